//! The inverted index: words and character bigrams of each clause with its heading path.

mod best;
mod gathered;
mod score;
mod scorer;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use fixedbitset::FixedBitSet;
use tantivy::query::{EnableScoring, PhraseQuery};
use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::PreTokenizedString;
use tantivy::{DocSet, Index, IndexWriter, Searcher, TERMINATED, TantivyDocument, Term};

use gathered::Gathered;
pub use score::Scores;
pub use scorer::Scorer;

use super::cluster::{Evidence, Remote};
use super::generation::ClauseIndex;
use super::placement::Placement;
use super::vocabulary::Vocabulary;
use crate::error::{Error, Kind, Result};
use crate::text::tokenizer::{self, Token};
use scorer::{Saturation, TermPostings};

/// BM25's saturation of term frequency (Robertson and Zaragoza 2009, section 3.4).
pub(super) const K1: f32 = 1.2;
/// BM25's normalisation by length.
pub(super) const B: f32 = 0.75;
/// Memory of tantivy's writer; beyond it a segment is written early, which the final merge undoes.
const WRITER_MEMORY: usize = 128 << 20;

/// A tokenised field of a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    let words = builder.add_u64_field("words", FAST);
    let bigrams = builder.add_u64_field("bigrams", FAST);
    (builder.build(), Fields { word, bigram, ordinal, words, bigrams })
}

#[derive(Clone, Copy)]
struct Fields {
    word: Field,
    bigram: Field,
    ordinal: Field,
    /// How many words the clause has.
    words: Field,
    /// How many bigrams it has.
    bigrams: Field,
}

impl Fields {
    fn of(&self, field: KeywordField) -> Field {
        match field {
            KeywordField::Word => self.word,
            KeywordField::Bigram => self.bigram,
        }
    }
}

/// Writes the index of `clauses` into the empty folder `directory`, as one segment of tantivy's.
pub(super) fn write(directory: &Path, clauses: impl Iterator<Item = ClauseTokens>) -> Result<()> {
    let (schema, fields) = schema();
    let index = Index::create_in_dir(directory, schema).map_err(failed)?;
    let mut writer: IndexWriter = index.writer_with_num_threads(1, WRITER_MEMORY).map_err(failed)?;
    for (ordinal, tokens) in clauses.enumerate() {
        let mut document = TantivyDocument::default();
        document.add_u64(fields.words, tokens.words.len() as u64);
        document.add_u64(fields.bigrams, tokens.bigrams.len() as u64);
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

/// The inverted index of one segment, open for reading.
pub(super) struct KeywordSegment {
    searcher: Searcher,
    fields: Fields,
    /// Per segment of tantivy's.
    parts: Vec<Part>,
    /// Words and bigrams of each clause, `[clauses]`.
    lengths: Vec<[u32; 2]>,
    /// The part that each clause stands in, and its document there, `[clauses]`.
    places: Vec<(u32, u32)>,
}

/// What is read of each posting's document.
struct Part {
    /// How many words and bigrams each has, as tantivy writes them in a byte.
    lengths: [Vec<u8>; 2],
}

impl KeywordSegment {
    /// Opens the index in `directory`, which must hold `clauses` clauses.
    pub(super) fn open(directory: &Path, clauses: usize) -> Result<Self> {
        let index = Index::open_in_dir(directory).map_err(|error| corrupt(&error))?;
        let reader = index.reader().map_err(|error| corrupt(&error))?;
        let searcher = reader.searcher();
        let (_, fields) = schema();
        let mut parts: Vec<Part> = Vec::new();
        let total: usize = searcher.segment_readers().iter().map(|segment| segment.max_doc() as usize).sum();
        let misfit = || corrupt(&format!("{total} documents for {clauses} clauses"));
        if total != clauses {
            return Err(misfit());
        }
        let (mut lengths, mut places) = (vec![[0; 2]; clauses], vec![(0, 0); clauses]);
        for segment in searcher.segment_readers() {
            let column = |name| segment.fast_fields().u64(name).map_err(|error| corrupt(&error));
            let (ordinal, words, bigrams) = (column("ordinal")?, column("words")?, column("bigrams")?);
            for doc in 0..segment.max_doc() {
                let length = |column: &tantivy::columnar::Column<u64>| column.first(doc).unwrap_or(0) as u32;
                let clause = ordinal.first(doc).map_or(usize::MAX, |clause| clause as usize);
                let slot = lengths.get_mut(clause).zip(places.get_mut(clause)).ok_or_else(misfit)?;
                *slot.0 = [length(&words), length(&bigrams)];
                *slot.1 = (parts.len() as u32, doc);
            }
            let norms = |field| {
                let norms = segment.get_fieldnorms_reader(field).map_err(|error| corrupt(&error))?;
                Ok((0..segment.max_doc()).map(|doc| norms.fieldnorm_id(doc)).collect::<Vec<u8>>())
            };
            let lengths = [norms(fields.word)?, norms(fields.bigram)?];
            parts.push(Part { lengths });
        }
        Ok(Self { searcher, fields, parts, lengths, places })
    }

    /// Per part the clause in the generation that each document stands for, as [`KeywordIndex`] keeps it; this is the
    /// segment at `at`.
    fn positions(&self, at: usize, placement: &Placement) -> Vec<Vec<ClauseIndex>> {
        let absent = |part: &Part| vec![ClauseIndex::MAX; part.lengths[0].len()];
        let mut positions: Vec<Vec<ClauseIndex>> = self.parts.iter().map(absent).collect();
        for ((part, doc), clause) in self.places.iter().zip(0u32..) {
            let slot = positions.get_mut(*part as usize).and_then(|of_part| of_part.get_mut(*doc as usize));
            if let Some((slot, position)) = slot.zip(placement.position(at, clause)) {
                *slot = position;
            }
        }
        positions
    }

    /// How many words and bigrams each clause has, `[clauses]`.
    pub(super) fn lengths(&self) -> &[[u32; 2]] {
        &self.lengths
    }

    /// Tells `found` the part and the document of everything that `query` matches.
    fn matching(&self, query: &dyn tantivy::query::Query, mut found: impl FnMut(usize, u32)) -> Result<()> {
        let weight = query.weight(EnableScoring::enabled_from_searcher(&self.searcher)).map_err(failed)?;
        for (part, segment) in self.searcher.segment_readers().iter().enumerate() {
            let mut scorer = weight.scorer(segment, 1.0).map_err(failed)?;
            while scorer.doc() != TERMINATED {
                found(part, scorer.doc());
                scorer.advance();
            }
        }
        Ok(())
    }

    fn add_words(&self, words: &mut BTreeMap<String, Term>) -> Result<()> {
        let io = |error: std::io::Error| Error::io("keyword index", error);
        for segment in self.searcher.segment_readers() {
            let inverted = segment.inverted_index(self.fields.word).map_err(failed)?;
            let mut terms = inverted.terms().stream().map_err(io)?;
            while terms.advance() {
                let Ok(text) = std::str::from_utf8(terms.key()) else { continue };
                let length = text.chars().count();
                let is_word =
                    (2..=Vocabulary::LONGEST).contains(&length) && text.chars().all(tokenizer::is_ideograph);
                if is_word && !words.contains_key(text) {
                    words.insert(text.to_owned(), Term::from_field_text(self.fields.word, text));
                }
            }
        }
        Ok(())
    }
}

/// The inverted index of one generation: that of its segments, less what is no longer part of it. Scores are
/// those that one segment with the same clauses would give.
pub struct KeywordIndex {
    segments: Vec<Arc<KeywordSegment>>,
    /// In the place of segments: what a cluster found for one query.
    gathered: Option<Gathered>,
    placement: Arc<Placement>,
    fields: Fields,
    /// Of words and of bigrams, by the mean number of them in a clause.
    saturations: [Saturation; 2],
    /// Per segment and part of it: the clause in the generation that each document stands for, or a number beyond
    /// all clauses.
    positions: Vec<Vec<Vec<ClauseIndex>>>,
    pool: Arc<score::Pool>,
}

impl KeywordIndex {
    pub(super) fn new(segments: Vec<Arc<KeywordSegment>>, placement: Arc<Placement>) -> Self {
        let (_, fields) = schema();
        let averages = mean_lengths(segments.iter().map(|segment| segment.lengths()), &placement);
        let positions = segments.iter().enumerate().map(|(at, segment)| segment.positions(at, &placement));
        let positions = positions.collect();
        let saturations = averages.map(Saturation::new);
        Self { segments, gathered: None, placement, fields, saturations, positions, pool: Arc::default() }
    }

    /// The index of the clauses that a cluster found; what is asked of others, the cluster is asked.
    pub(super) fn of_gathered(
        remote: Arc<Remote>,
        clauses: Vec<(ClauseIndex, Arc<Evidence>)>,
        placement: Arc<Placement>,
        before: Option<&Self>,
    ) -> Self {
        let (_, fields) = schema();
        let saturations = remote.averages().map(Saturation::new);
        let pool = before.map(|before| Arc::clone(&before.pool)).unwrap_or_default();
        let gathered = Some(Gathered { remote, clauses });
        Self { segments: Vec::new(), gathered, placement, fields, saturations, positions: Vec::new(), pool }
    }

    /// Makes ready what [`scorer`](Self::scorer) needs to know of `terms`: one request
    /// where the index is in a cluster, nothing where it is at hand.
    pub fn prepare<'a>(&self, terms: impl Iterator<Item = (KeywordField, &'a str)>) -> Result<()> {
        let Some(gathered) = &self.gathered else { return Ok(()) };
        gathered.remote.learn(&terms.collect::<Vec<_>>())
    }

    /// Scores of no clause yet.
    fn empty_scores(&self) -> Scores {
        Scores::new(&self.pool, self.placement.len())
    }

    /// A part of a segment, with the clauses that its documents stand for.
    fn part(&self, segment: usize, part: usize) -> Option<(&Part, &[ClauseIndex])> {
        let positions = self.positions.get(segment)?.get(part)?;
        Some((self.segments.get(segment)?.parts.get(part)?, positions))
    }

    /// The segments and their parts.
    fn all_parts(&self) -> impl Iterator<Item = (usize, usize)> {
        let parts = |(segment, of_segment): (usize, &Arc<KeywordSegment>)| {
            (0..of_segment.parts.len()).map(move |part| (segment, part))
        };
        self.segments.iter().enumerate().flat_map(parts)
    }

    /// Where `clauses` stand.
    fn places(&self, clauses: impl Iterator<Item = ClauseIndex>) -> scorer::Places {
        let mut places = scorer::Places::new();
        for position in clauses {
            let home = self.placement.home(position);
            let place = home.and_then(|(segment, clause)| {
                Some((segment, self.segments.get(segment)?.places.get(clause as usize)?))
            });
            if let Some((segment, (part, doc))) = place {
                places.entry((segment, *part as usize)).or_default().push((*doc, position));
            }
        }
        for of_part in places.values_mut() {
            of_part.sort_unstable();
        }
        places
    }

    /// What scores clauses by the weighted `terms`.
    ///
    /// The formula is Lucene's BM25: idf = ln(1 + (N − n + 0.5) / (n + 0.5)), without the factor k1 + 1.
    pub fn scorer(&self, field: KeywordField, terms: &BTreeMap<String, f32>) -> Result<Scorer<'_>> {
        if let Some(gathered) = &self.gathered {
            let weights = gathered.weights(field, terms, |frequency| self.idf(frequency))?;
            return Ok(Scorer::of_gathered(self, gathered, field, weights));
        }
        let mut weighted = Vec::with_capacity(terms.len());
        for (text, weight) in terms {
            let postings = self.postings(&self.term(field, text))?;
            let weight = weight * self.idf(self.count(&postings)?);
            weighted.push(scorer::WeightedTerm::new(weight, postings));
        }
        Ok(Scorer::new(self, field, weighted))
    }

    /// Where each segment holds `term`.
    fn postings(&self, term: &Term) -> Result<Vec<TermPostings>> {
        let mut all = Vec::new();
        for (at, segment) in self.parts() {
            for (part, reader) in segment.searcher.segment_readers().iter().enumerate() {
                let inverted = reader.inverted_index(term.field()).map_err(failed)?;
                if let Some(info) = inverted.get_term_info(term).map_err(scorer::io)? {
                    all.push(TermPostings { segment: at, part, info, inverted });
                }
            }
        }
        Ok(all)
    }

    /// How many clauses of the generation hold the term with these postings.
    fn count(&self, postings: &[TermPostings]) -> Result<u64> {
        let mut count = 0;
        for postings in postings {
            if self.placement.is_whole(postings.segment) {
                count += u64::from(postings.info.doc_freq);
                continue;
            }
            let Some((_, positions)) = self.part(postings.segment, postings.part) else { continue };
            let is_there =
                |doc: &&u32| positions.get(**doc as usize).is_some_and(|at| *at != ClauseIndex::MAX);
            let mut block = postings.open(IndexRecordOption::Basic)?;
            while block.block_len() > 0 {
                count += block.docs().iter().filter(is_there).count() as u64;
                block.advance();
            }
        }
        Ok(count)
    }

    /// How many clauses hold `term`.
    fn frequency_of(&self, term: &Term) -> Result<u64> {
        self.count(&self.postings(term)?)
    }

    fn idf(&self, frequency: u64) -> f32 {
        let n = frequency as f32;
        (1.0 + (self.placement.len() as f32 - n + 0.5) / (n + 0.5)).ln()
    }

    fn parts(&self) -> impl Iterator<Item = (usize, &KeywordSegment)> {
        self.segments.iter().map(Arc::as_ref).enumerate()
    }

    /// How many clauses hold the term `text`.
    pub fn frequency(&self, field: KeywordField, text: &str) -> Result<u64> {
        if let Some(gathered) = &self.gathered {
            return gathered.frequency(field, text);
        }
        self.frequency_of(&self.term(field, text))
    }

    fn term(&self, field: KeywordField, text: &str) -> Term {
        Term::from_field_text(self.fields.of(field), text)
    }

    /// The clauses that hold the term `text`.
    pub fn holding(&self, field: KeywordField, text: &str) -> Result<FixedBitSet> {
        if let Some(gathered) = &self.gathered {
            return gathered.remote.holding(field, text);
        }
        self.matching(&tantivy::query::TermQuery::new(self.term(field, text), IndexRecordOption::Basic))
    }

    /// The words of two to eight ideographs, each with how many clauses hold it.
    pub(super) fn words(&self) -> Result<Vec<(String, u32)>> {
        if let Some(gathered) = &self.gathered {
            return Ok(gathered.remote.words().to_vec());
        }
        let mut words = BTreeMap::new();
        for (_, segment) in self.parts() {
            segment.add_words(&mut words)?;
        }
        let counted = words.into_iter().map(|(word, term)| Ok((word, self.frequency_of(&term)? as u32)));
        counted.filter(|counted| counted.as_ref().map_or(true, |(_, frequency)| *frequency > 0)).collect()
    }

    /// Clauses that hold `tokens` as a phrase, by the bigram field's positions.
    pub fn phrase(&self, tokens: &[Token]) -> Result<FixedBitSet> {
        let Some(first) = tokens.first() else {
            return Ok(FixedBitSet::with_capacity(self.placement.len()));
        };
        if tokens.len() == 1 {
            return self.holding(KeywordField::Bigram, &first.text);
        }
        if let Some(gathered) = &self.gathered {
            return gathered.remote.phrase(tokens);
        }
        let term = |token: &Token| self.term(KeywordField::Bigram, &token.text);
        let offsets = tokens.iter().map(|token| ((token.position - first.position) as usize, term(token)));
        self.matching(&PhraseQuery::new_with_offset(offsets.collect()))
    }

    fn matching(&self, query: &dyn tantivy::query::Query) -> Result<FixedBitSet> {
        let mut found = FixedBitSet::with_capacity(self.placement.len());
        for (at, segment) in self.parts() {
            segment.matching(query, |part, doc| {
                let positions = self.part(at, part).map_or(&[][..], |(_, positions)| positions);
                let position = positions.get(doc as usize).filter(|position| **position != ClauseIndex::MAX);
                found.extend(position.map(|position| *position as usize));
            })?;
        }
        Ok(found)
    }
}

/// The mean numbers of words and of bigrams of a generation's clauses, at least 1, from those of each of its segments.
pub(super) fn mean_lengths<'a>(
    segments: impl Iterator<Item = &'a [[u32; 2]]>,
    placement: &Placement,
) -> [f32; 2] {
    let mut totals = [0u64; 2];
    for (at, lengths) in segments.enumerate() {
        let placed = lengths.iter().zip(0u32..).filter(|(_, place)| placement.position(at, *place).is_some());
        for ([words, bigrams], _) in placed {
            totals[0] += u64::from(*words);
            totals[1] += u64::from(*bigrams);
        }
    }
    let clauses = placement.len().max(1) as f32;
    totals.map(|total| (total as f32 / clauses).max(1.0))
}

fn corrupt(what: &dyn std::fmt::Display) -> Error {
    Error::new(
        Kind::Corrupt,
        "index_corrupt",
        format!("keyword index: {what}; rebuild it with `tiaokuan index --rebuild`"),
    )
}
