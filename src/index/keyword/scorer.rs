//! BM25 of a query's terms: of the best clauses, of given ones, or of all that hold a term.

use std::collections::BTreeMap;
use std::sync::Arc;

use fixedbitset::FixedBitSet;
use tantivy::InvertedIndexReader;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{BlockSegmentPostings, TermInfo};
use tantivy::schema::IndexRecordOption;

use super::gathered::Gathered;
use super::score::Scores;
use super::{B, K1, KeywordField, KeywordIndex};
use crate::error::{Error, Result};
use crate::index::{ClauseIndex, admits};

/// Term frequencies whose saturation is computed beforehand: nearly all that occur.
const TABLED: usize = 4;

/// The weighted terms of a query with their postings.
pub struct Scorer<'a> {
    pub(super) index: &'a KeywordIndex,
    /// The heaviest first. Every way to score adds up in this order, so that all give the same sums.
    pub(super) terms: Vec<WeightedTerm>,
    /// In the place of terms with postings: what a cluster found, and the weight of each term by its hash.
    pub(super) gathered: Option<(&'a Gathered, Vec<(u64, f32)>)>,
    pub(super) saturation: &'a Saturation,
    /// Where in [`Part::lengths`](super::Part) the field's stand.
    pub(super) field: usize,
    ideal: f32,
}

/// A term, what it weighs, and where it stands.
pub(super) struct WeightedTerm {
    pub weight: f32,
    pub postings: Vec<TermPostings>,
}

/// The postings of a term in one part of a segment.
pub(super) struct TermPostings {
    /// The segment's place in the generation.
    pub segment: usize,
    /// tantivy's part of it.
    pub part: usize,
    pub info: TermInfo,
    pub inverted: Arc<InvertedIndexReader>,
}

impl TermPostings {
    pub(super) fn open(&self, option: IndexRecordOption) -> Result<BlockSegmentPostings> {
        self.inverted.read_block_postings_from_terminfo(&self.info, option).map_err(io)
    }
}

impl WeightedTerm {
    pub(super) fn new(weight: f32, postings: Vec<TermPostings>) -> Self {
        Self { weight, postings }
    }
}

impl<'a> Scorer<'a> {
    pub(super) fn new(index: &'a KeywordIndex, field: KeywordField, mut terms: Vec<WeightedTerm>) -> Self {
        let ideal = terms.iter().map(|term| term.weight).sum::<f32>() / (1.0 + K1);
        terms.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        let field = usize::from(field == KeywordField::Bigram);
        let [words, bigrams] = &index.saturations;
        let saturation = if field == 0 { words } else { bigrams };
        Self { index, terms, gathered: None, saturation, field, ideal }
    }

    /// A scorer of the clauses that a cluster found, for terms of these `weights`, each by its hash.
    pub(super) fn of_gathered(
        index: &'a KeywordIndex,
        gathered: &'a Gathered,
        field: KeywordField,
        mut weights: Vec<(u64, f32)>,
    ) -> Self {
        let ideal = weights.iter().map(|(_, weight)| weight).sum::<f32>() / (1.0 + K1);
        weights.sort_by(|a, b| b.1.total_cmp(&a.1));
        Self { ideal, gathered: Some((gathered, weights)), ..Self::new(index, field, Vec::new()) }
    }

    /// What a clause of average length would score that holds every term once: the yardstick that makes BM25 of
    /// different queries comparable.
    pub fn ideal(&self) -> f32 {
        self.ideal
    }

    /// Scores of all clauses `within` that hold a term.
    pub fn all(&self, within: Option<&FixedBitSet>) -> Result<Scores> {
        let mut scores = self.index.empty_scores();
        if let Some((gathered, weights)) = &self.gathered {
            let counts = |frequency, length| self.saturation.of(frequency, length);
            gathered.add_to(&mut scores, self.field, weights, counts, within);
        }
        for term in &self.terms {
            self.add(&mut scores, term, within)?;
        }
        Ok(scores)
    }

    /// What a score is multiplied by to be one over the [`ideal`](Self::ideal).
    pub fn factor(&self) -> f32 {
        if self.ideal > 0.0 { 1.0 / self.ideal } else { 0.0 }
    }

    /// Adds what `term` gives to every clause `within`.
    fn add(&self, scores: &mut Scores, term: &WeightedTerm, within: Option<&FixedBitSet>) -> Result<()> {
        for postings in &term.postings {
            let Some((part, positions)) = self.index.part(postings.segment, postings.part) else { continue };
            let Some(lengths) = part.lengths.get(self.field) else { continue };
            let mut block = postings.open(IndexRecordOption::WithFreqs)?;
            while block.block_len() > 0 {
                for (doc, frequency) in block.docs().iter().zip(block.freqs()) {
                    let at = *doc as usize;
                    let (Some(position), Some(length)) = (positions.get(at), lengths.get(at)) else {
                        continue;
                    };
                    if admits(within, *position) {
                        scores.add(*position, term.weight * self.saturation.of(*frequency, *length));
                    }
                }
                block.advance();
            }
        }
        Ok(())
    }
}

/// Clauses by segment and part of it, each with the document that stands for it in tantivy; in the order of those.
pub(super) type Places = BTreeMap<(usize, usize), Vec<(u32, ClauseIndex)>>;

/// What a term frequency counts in a clause of some length, 0 to 1: the saturation of BM25.
pub(super) struct Saturation {
    /// By length as tantivy writes it in a byte, for each of the tabled frequencies.
    tabled: Vec<[f32; 256]>,
    /// What is added to a frequency beneath the line.
    dampings: [f32; 256],
}

impl Saturation {
    pub(super) fn new(average: f32) -> Self {
        let mut dampings = [0.0; 256];
        for (damping, length) in dampings.iter_mut().zip(0u8..=u8::MAX) {
            let length = FieldNormReader::id_to_fieldnorm(length) as f32;
            *damping = K1 * (1.0 - B + B * length / average);
        }
        let of = |frequency: usize| dampings.map(|damping| frequency as f32 / (frequency as f32 + damping));
        Self { tabled: (0..=TABLED).map(of).collect(), dampings }
    }

    #[inline]
    pub(super) fn of(&self, frequency: u32, length: u8) -> f32 {
        if let Some(tabled) = self.tabled.get(frequency as usize) {
            return tabled.get(usize::from(length)).copied().unwrap_or(0.0);
        }
        let damping = self.dampings.get(usize::from(length)).copied().unwrap_or(K1);
        frequency as f32 / (frequency as f32 + damping)
    }
}

pub(super) fn io(error: std::io::Error) -> Error {
    Error::io("keyword index", error)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::super::best::{READING, Reading};
    use super::super::{ClauseTokens, KeywordSegment, write};
    use super::*;
    use crate::index::placement::Placement;
    use crate::text::tokenizer;

    /// The index of clauses of these `texts` in two segments, without the clauses `gone`.
    fn index(folder: &std::path::Path, texts: &[String], gone: &[usize]) -> KeywordIndex {
        let (first, second) = texts.split_at(texts.len() / 2);
        let open = |(at, texts): (usize, &[String])| {
            let folder = folder.join(at.to_string());
            std::fs::create_dir(&folder).unwrap();
            let tokens =
                |text: &String| ClauseTokens { words: Vec::new(), bigrams: tokenizer::bigrams(text) };
            write(&folder, texts.iter().map(tokens)).unwrap();
            Arc::new(KeywordSegment::open(&folder, texts.len()).unwrap())
        };
        let segments = [first, second].into_iter().enumerate().map(open).collect();
        let all = (0..texts.len()).filter(|clause| !gone.contains(clause));
        let home =
            |clause: usize| clause.checked_sub(first.len()).map_or((0, clause as u32), |at| (1, at as u32));
        let placement = Placement::new(all.map(home).collect(), &[first.len(), second.len()]);
        KeywordIndex::new(segments, Arc::new(placement))
    }

    fn terms(text: &str) -> BTreeMap<String, f32> {
        let mut terms = BTreeMap::new();
        for token in tokenizer::bigrams(text) {
            *terms.entry(token.text).or_insert(0.0) += 1.0;
        }
        terms
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn every_way_to_score_agrees(
            texts in prop::collection::vec("[甲乙丙丁戊己]{2,12}", 2..60),
            query in "[甲乙丙丁戊己]{2,9}",
            gone in prop::collection::vec(0usize..60, 0..5),
            count in 1usize..12,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let index = index(folder.path(), &texts, &gone);
            let scorer = index.scorer(KeywordField::Bigram, &terms(&query)).unwrap();
            let clauses: Vec<ClauseIndex> = (0..index.placement.len() as u32).collect();
            let all = scorer.all(None).unwrap();
            let given = scorer.of(&clauses).unwrap();
            for (clause, given) in clauses.iter().zip(&given) {
                prop_assert_eq!(all.of(*clause).to_bits(), given.to_bits());
            }
            let even: FixedBitSet = clauses.iter().map(|clause| *clause as usize).filter(|at| at % 2 == 0).collect();
            for within in [None, Some(&even)] {
                let admits = |clause: &u32| within.is_none_or(|within| within.contains(*clause as usize));
                let mut expected: Vec<u32> = clauses.iter().copied().filter(|c| all.of(*c) > 0.0 && admits(c)).collect();
                expected.sort_by(|a, b| all.of(*b).total_cmp(&all.of(*a)).then(a.cmp(b)));
                expected.truncate(count);
                expected.sort_unstable();
                let eager = Reading { window: 3, seeking: 0, narrow: 1 };
                let never = Reading { seeking: u64::MAX, ..eager };
                for reading in [eager, never, Reading { narrow: 8, ..never }, READING] {
                    let best = scorer.best_by(within, count, reading).unwrap();
                    prop_assert!(best.iter().all(|(clause, score)| score.to_bits() == all.of(*clause).to_bits()));
                    let best: Vec<u32> = best.into_iter().map(|(clause, _)| clause).collect();
                    prop_assert_eq!(&best, &expected);
                }
            }
        }
    }
}
