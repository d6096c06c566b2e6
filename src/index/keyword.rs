//! The inverted index: words and character bigrams of each clause with its heading path.

use std::collections::BTreeMap;
use std::path::Path;

use fixedbitset::FixedBitSet;
use tantivy::postings::Postings;
use tantivy::query::{EnableScoring, PhraseQuery};
use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::PreTokenizedString;
use tantivy::{DocSet, Index, IndexWriter, Searcher, TERMINATED, TantivyDocument, Term};

use super::vocabulary::Vocabulary;
use crate::error::{Error, Kind, Result};
use crate::text::tokenizer::{self, Token};

/// BM25's saturation of term frequency (Robertson and Zaragoza 2009, section 3.4).
const K1: f32 = 1.2;
/// BM25's normalisation by length.
const B: f32 = 0.75;
/// Memory of tantivy's writer; beyond it a segment is written early, which the final merge undoes.
const WRITER_MEMORY: usize = 128 << 20;

/// A tokenised field of a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeywordField {
    /// Words by jieba's search mode.
    Word,
    /// Character bigrams.
    Bigram,
}

/// Words and bigrams of one clause, its heading path first.
#[derive(Clone, Debug, Default)]
pub(super) struct ClauseTokens {
    /// By [`KeywordField::Word`].
    pub words: Vec<Token>,
    /// By [`KeywordField::Bigram`].
    pub bigrams: Vec<Token>,
}

fn schema() -> (Schema, Fields) {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let options = TextOptions::default().set_indexing_options(indexing);
    let mut builder = Schema::builder();
    let word = builder.add_text_field("word", options.clone());
    let bigram = builder.add_text_field("bigram", options);
    let ordinal = builder.add_u64_field("ordinal", FAST);
    (builder.build(), Fields { word, bigram, ordinal })
}

#[derive(Clone, Copy)]
struct Fields {
    word: Field,
    bigram: Field,
    ordinal: Field,
}

impl Fields {
    fn of(&self, field: KeywordField) -> Field {
        match field {
            KeywordField::Word => self.word,
            KeywordField::Bigram => self.bigram,
        }
    }
}

/// Writes the index of `clauses` into the empty folder `directory`, as one segment.
pub(super) fn write(directory: &Path, clauses: impl Iterator<Item = ClauseTokens>) -> Result<()> {
    let (schema, fields) = schema();
    let index = Index::create_in_dir(directory, schema).map_err(failed)?;
    let mut writer: IndexWriter = index.writer_with_num_threads(1, WRITER_MEMORY).map_err(failed)?;
    for (ordinal, tokens) in clauses.enumerate() {
        let mut document = TantivyDocument::default();
        document.add_pre_tokenized_text(fields.word, pretokenized(tokens.words));
        document.add_pre_tokenized_text(fields.bigram, pretokenized(tokens.bigrams));
        document.add_u64(fields.ordinal, ordinal as u64);
        writer.add_document(document).map_err(failed)?;
    }
    writer.commit().map_err(failed)?;
    let segments = index.searchable_segment_ids().map_err(failed)?;
    if segments.len() > 1 {
        writer.merge(&segments).wait().map_err(failed)?;
        writer.garbage_collect_files().wait().map_err(failed)?;
    }
    writer.wait_merging_threads().map_err(failed)
}

fn failed(error: tantivy::TantivyError) -> Error {
    Error::new(Kind::Io, "keyword_index", format!("keyword index: {error}")).with_source(error)
}

fn pretokenized(tokens: Vec<Token>) -> PreTokenizedString {
    let tokens = tokens
        .into_iter()
        .map(|token| tantivy::tokenizer::Token {
            offset_from: token.start as usize,
            offset_to: token.end as usize,
            position: token.position as usize,
            text: token.text,
            position_length: 1,
        })
        .collect();
    PreTokenizedString { text: String::new(), tokens }
}

/// The inverted index of one generation, open for reading.
pub struct KeywordIndex {
    searcher: Searcher,
    fields: Fields,
    /// Per segment, the clause of each document.
    ordinals: Vec<Vec<u32>>,
    clauses: usize,
}

impl KeywordIndex {
    /// Opens the index in `directory`, which must hold `clauses` clauses.
    pub fn open(directory: &Path, clauses: usize) -> Result<Self> {
        let index = Index::open_in_dir(directory).map_err(|error| corrupt(&error))?;
        let reader = index.reader().map_err(|error| corrupt(&error))?;
        let searcher = reader.searcher();
        let (_, fields) = schema();
        let mut ordinals = Vec::new();
        for segment in searcher.segment_readers() {
            let column = segment.fast_fields().u64("ordinal").map_err(|error| corrupt(&error))?;
            ordinals.push(
                (0..segment.max_doc()).map(|doc| column.first(doc).unwrap_or(u64::MAX) as u32).collect(),
            );
        }
        let total: usize = ordinals.iter().map(Vec::len).sum();
        if total != clauses || ordinals.iter().flatten().any(|&ordinal| ordinal as usize >= clauses) {
            return Err(corrupt(&format!("{total} documents for {clauses} clauses")));
        }
        Ok(Self { searcher, fields, ordinals, clauses })
    }

    /// BM25 of every clause for the weighted `terms`; `[clauses]`, 0 where no term occurs.
    ///
    /// The formula is Lucene's: idf = ln(1 + (N − n + 0.5) / (n + 0.5)), without the factor k1 + 1.
    pub fn scores(&self, field: KeywordField, terms: &BTreeMap<String, f32>) -> Result<Vec<f32>> {
        let mut scores = vec![0.0; self.clauses];
        let tantivy_field = self.fields.of(field);
        for (text, weight) in terms {
            let term = Term::from_field_text(tantivy_field, text);
            let weight = weight * self.idf(&term)?;
            self.accumulate(tantivy_field, &term, weight, &mut scores)?;
        }
        Ok(scores)
    }

    /// What a clause of average length would score that holds every term once: the yardstick that
    /// makes BM25 of different queries comparable.
    pub fn ideal(&self, field: KeywordField, terms: &BTreeMap<String, f32>) -> Result<f32> {
        let tantivy_field = self.fields.of(field);
        let mut sum = 0.0;
        for (text, weight) in terms {
            sum += weight * self.idf(&Term::from_field_text(tantivy_field, text))?;
        }
        Ok(sum / (1.0 + K1))
    }

    /// How many clauses hold the term `text`.
    pub fn frequency(&self, field: KeywordField, text: &str) -> Result<u64> {
        self.searcher.doc_freq(&Term::from_field_text(self.fields.of(field), text)).map_err(failed)
    }

    /// The clauses that hold the term `text`.
    pub fn holding(&self, field: KeywordField, text: &str) -> Result<FixedBitSet> {
        let term = Term::from_field_text(self.fields.of(field), text);
        self.matching(&tantivy::query::TermQuery::new(term, IndexRecordOption::Basic))
    }

    /// The words of two to eight ideographs, each with how many clauses hold it.
    pub(super) fn words(&self) -> Result<Vec<(String, u32)>> {
        let io = |error: std::io::Error| Error::io("keyword index", error);
        let mut words: BTreeMap<String, u32> = BTreeMap::new();
        for segment in self.searcher.segment_readers() {
            let inverted = segment.inverted_index(self.fields.word).map_err(failed)?;
            let mut terms = inverted.terms().stream().map_err(io)?;
            while terms.advance() {
                let Ok(text) = std::str::from_utf8(terms.key()) else { continue };
                let length = text.chars().count();
                if (2..=Vocabulary::LONGEST).contains(&length) && text.chars().all(tokenizer::is_ideograph) {
                    *words.entry(text.to_owned()).or_insert(0) += terms.value().doc_freq;
                }
            }
        }
        Ok(words.into_iter().collect())
    }

    fn idf(&self, term: &Term) -> Result<f32> {
        let n = self.searcher.doc_freq(term).map_err(failed)? as f32;
        Ok((1.0 + (self.clauses as f32 - n + 0.5) / (n + 0.5)).ln())
    }

    fn accumulate(&self, field: Field, term: &Term, weight: f32, scores: &mut [f32]) -> Result<()> {
        let io = |error: std::io::Error| Error::io("keyword index", error);
        for (segment, ordinals) in self.searcher.segment_readers().iter().zip(&self.ordinals) {
            let inverted = segment.inverted_index(field).map_err(failed)?;
            let Some(mut postings) =
                inverted.read_postings(term, IndexRecordOption::WithFreqs).map_err(io)?
            else {
                continue;
            };
            let lengths = segment.get_fieldnorms_reader(field).map_err(failed)?;
            let average = inverted.total_num_tokens() as f32 / segment.max_doc().max(1) as f32;
            while postings.doc() != TERMINATED {
                let frequency = postings.term_freq() as f32;
                let length = lengths.fieldnorm(postings.doc()) as f32;
                let score = weight * frequency / (frequency + K1 * (1.0 - B + B * length / average.max(1.0)));
                if let Some(slot) = ordinals
                    .get(postings.doc() as usize)
                    .and_then(|&ordinal| scores.get_mut(ordinal as usize))
                {
                    *slot += score;
                }
                postings.advance();
            }
        }
        Ok(())
    }

    /// Clauses that hold `tokens` as a phrase, by the bigram field's positions.
    pub fn phrase(&self, tokens: &[Token]) -> Result<FixedBitSet> {
        let Some(first) = tokens.first() else { return Ok(FixedBitSet::with_capacity(self.clauses)) };
        if tokens.len() == 1 {
            return self.holding(KeywordField::Bigram, &first.text);
        }
        let term = |token: &Token| Term::from_field_text(self.fields.bigram, &token.text);
        let offsets = tokens.iter().map(|token| ((token.position - first.position) as usize, term(token)));
        self.matching(&PhraseQuery::new_with_offset(offsets.collect()))
    }

    fn matching(&self, query: &dyn tantivy::query::Query) -> Result<FixedBitSet> {
        let mut found = FixedBitSet::with_capacity(self.clauses);
        let weight = query.weight(EnableScoring::enabled_from_searcher(&self.searcher)).map_err(failed)?;
        for (segment, ordinals) in self.searcher.segment_readers().iter().zip(&self.ordinals) {
            let mut scorer = weight.scorer(segment, 1.0).map_err(failed)?;
            while scorer.doc() != TERMINATED {
                if let Some(&ordinal) = ordinals.get(scorer.doc() as usize) {
                    found.insert(ordinal as usize);
                }
                scorer.advance();
            }
        }
        Ok(found)
    }
}

fn corrupt(what: &dyn std::fmt::Display) -> Error {
    Error::new(
        Kind::Corrupt,
        "index_corrupt",
        format!("keyword index: {what}; rebuild it with `tiaokuan index --rebuild`"),
    )
}
