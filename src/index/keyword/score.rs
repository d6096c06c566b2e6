//! BM25 of the clauses that hold a query's terms.

use std::collections::BTreeMap;
use std::sync::Arc;

use fixedbitset::FixedBitSet;
use parking_lot::Mutex;
use tantivy::postings::{Postings, TermInfo};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED, Term};

use super::{B, K1, KeywordField, KeywordIndex, KeywordSegment, failed};
use crate::error::{Error, Result};
use crate::index::ClauseIndex;

/// Arrays that are kept for the next query: as many as a few queries at a time want.
const KEPT: usize = 32;

/// A score a clause, where most clauses have none: an array to add up in, and which places of it are used, so
/// that nothing takes time in proportion to all clauses. The array goes back to the index when dropped.
#[derive(Default)]
pub struct Scores {
    of_clause: Vec<f32>,
    /// Clauses with a score, in no particular order.
    scored: Vec<ClauseIndex>,
    /// What a clause of average length would score that holds every term once: the yardstick that makes BM25
    /// of different queries comparable.
    ideal: f32,
    pool: Option<Arc<Pool>>,
}

/// Arrays of zeros, one a clause.
#[derive(Default)]
pub(super) struct Pool(Mutex<Vec<Vec<f32>>>);

impl Scores {
    fn new(pool: &Arc<Pool>, clauses: usize) -> Self {
        let kept = pool.0.lock().pop();
        let of_clause = kept.unwrap_or_else(|| vec![0.0; clauses]);
        Self { of_clause, scored: Vec::new(), ideal: 0.0, pool: Some(Arc::clone(pool)) }
    }

    /// The score of `clause`; 0 where it holds no term.
    pub fn of(&self, clause: ClauseIndex) -> f32 {
        self.of_clause.get(clause as usize).copied().unwrap_or(0.0)
    }

    /// Clauses with a score above 0, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (ClauseIndex, f32)> {
        self.scored.iter().map(|clause| (*clause, self.of(*clause)))
    }

    /// Every score over what a clause would have that holds all terms.
    #[must_use]
    pub fn over_ideal(mut self) -> Self {
        if self.ideal > 0.0 {
            for clause in &self.scored {
                if let Some(score) = self.of_clause.get_mut(*clause as usize) {
                    *score /= self.ideal;
                }
            }
        }
        self
    }

    /// Raises each score to that of `other` where that is higher.
    pub fn raise(&mut self, other: &Self) {
        for (clause, score) in other.iter() {
            let Some(slot) = self.of_clause.get_mut(clause as usize) else { continue };
            if *slot == 0.0 {
                self.scored.push(clause);
            }
            *slot = slot.max(score);
        }
    }

    pub(super) fn add(&mut self, clause: ClauseIndex, score: f32) {
        let Some(slot) = self.of_clause.get_mut(clause as usize) else { return };
        if *slot == 0.0 {
            self.scored.push(clause);
        }
        *slot += score;
    }
}

impl Drop for Scores {
    fn drop(&mut self) {
        let Some(pool) = self.pool.take() else { return };
        for clause in &self.scored {
            if let Some(slot) = self.of_clause.get_mut(*clause as usize) {
                *slot = 0.0;
            }
        }
        let mut kept = pool.0.lock();
        if kept.len() < KEPT {
            kept.push(std::mem::take(&mut self.of_clause));
        }
    }
}

impl std::fmt::Debug for Scores {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// Where a segment holds a term.
struct Found<'a> {
    segment: &'a KeywordSegment,
    /// The segment's place in the generation.
    at: usize,
    /// tantivy's part of it.
    part: usize,
    info: TermInfo,
}

impl KeywordIndex {
    /// BM25 of the clauses `within` for the weighted `terms`; of others nothing is said.
    ///
    /// The formula is Lucene's: idf = ln(1 + (N − n + 0.5) / (n + 0.5)), without the factor k1 + 1.
    pub fn scores(
        &self,
        field: KeywordField,
        terms: &BTreeMap<String, f32>,
        within: Option<&FixedBitSet>,
    ) -> Result<Scores> {
        let mut scores = Scores::new(&self.pool, self.placement.len());
        let dampings = self.dampings(field);
        if let Some(gathered) = &self.gathered {
            let weights = gathered.weights(field, terms, |frequency| self.idf(frequency))?;
            scores.ideal = weights.iter().map(|(_, weight)| weight).sum::<f32>() / (1.0 + K1);
            gathered.add_to(&mut scores, field, &weights, &dampings, within);
            return Ok(scores);
        }
        for (text, weight) in terms {
            let term = self.term(field, text);
            let found = self.find(&term)?;
            let weight = weight * self.idf(self.count(&term, &found)?);
            scores.ideal += weight;
            for found in &found {
                self.add(&mut scores, found, (field, weight), &dampings, within)?;
            }
        }
        scores.ideal /= 1.0 + K1;
        Ok(scores)
    }

    /// What a clause of average length would score that holds every term once.
    pub fn ideal(&self, field: KeywordField, terms: &BTreeMap<String, f32>) -> Result<f32> {
        if let Some(gathered) = &self.gathered {
            let weights = gathered.weights(field, terms, |frequency| self.idf(frequency))?;
            return Ok(weights.iter().map(|(_, weight)| weight).sum::<f32>() / (1.0 + K1));
        }
        let mut sum = 0.0;
        for (text, weight) in terms {
            let term = self.term(field, text);
            sum += weight * self.idf(self.count(&term, &self.find(&term)?)?);
        }
        Ok(sum / (1.0 + K1))
    }

    /// What is added to a term's frequency beneath the line, by the length as tantivy writes it in a byte.
    fn dampings(&self, field: KeywordField) -> [f32; 256] {
        let average = self.averages[usize::from(field == KeywordField::Bigram)];
        let mut dampings = [0.0; 256];
        for (damping, length) in dampings.iter_mut().zip(0u8..=u8::MAX) {
            let length = tantivy::fieldnorm::FieldNormReader::id_to_fieldnorm(length) as f32;
            *damping = K1 * (1.0 - B + B * length / average);
        }
        dampings
    }

    fn add(
        &self,
        scores: &mut Scores,
        found: &Found<'_>,
        (field, weight): (KeywordField, f32),
        dampings: &[f32; 256],
        within: Option<&FixedBitSet>,
    ) -> Result<()> {
        let Some((part, reader)) =
            found.segment.parts.get(found.part).zip(found.segment.searcher.segment_readers().get(found.part))
        else {
            return Ok(());
        };
        let inverted = reader.inverted_index(self.fields.of(field)).map_err(failed)?;
        let mut postings =
            inverted.read_postings_from_terminfo(&found.info, IndexRecordOption::WithFreqs).map_err(io)?;
        let lengths = &part.lengths[usize::from(field == KeywordField::Bigram)];
        let mut document = postings.doc();
        while document != TERMINATED {
            let clause = part.ordinals.get(document as usize);
            let position = clause.and_then(|clause| self.placement.position(found.at, *clause));
            let is_within = |at: &u32| within.is_none_or(|within| within.contains(*at as usize));
            if let Some(position) = position.filter(is_within) {
                let frequency = postings.term_freq() as f32;
                let damping =
                    dampings.get(usize::from(lengths.fieldnorm_id(document))).copied().unwrap_or(K1);
                scores.add(position, weight * frequency / (frequency + damping));
            }
            document = postings.advance();
        }
        Ok(())
    }

    /// Where each segment holds `term`.
    fn find(&self, term: &Term) -> Result<Vec<Found<'_>>> {
        let mut all = Vec::new();
        for (at, segment) in self.parts() {
            for (part, reader) in segment.searcher.segment_readers().iter().enumerate() {
                let inverted = reader.inverted_index(term.field()).map_err(failed)?;
                if let Some(info) = inverted.get_term_info(term).map_err(io)? {
                    all.push(Found { segment, at, part, info });
                }
            }
        }
        Ok(all)
    }

    /// How many clauses of the generation hold the term that was `found`.
    fn count(&self, term: &Term, found: &[Found<'_>]) -> Result<u64> {
        let mut count = 0;
        for found in found {
            if self.placement.is_whole(found.at) {
                count += u64::from(found.info.doc_freq);
                continue;
            }
            let (readers, parts) = (found.segment.searcher.segment_readers(), &found.segment.parts);
            let Some((reader, part)) = readers.get(found.part).zip(parts.get(found.part)) else { continue };
            let inverted = reader.inverted_index(term.field()).map_err(failed)?;
            let mut postings =
                inverted.read_postings_from_terminfo(&found.info, IndexRecordOption::Basic).map_err(io)?;
            let mut document = postings.doc();
            while document != TERMINATED {
                let clause = part.ordinals.get(document as usize);
                let position = clause.and_then(|clause| self.placement.position(found.at, *clause));
                count += u64::from(position.is_some());
                document = postings.advance();
            }
        }
        Ok(count)
    }

    /// How many clauses hold `term`.
    pub(super) fn frequency_of(&self, term: &Term) -> Result<u64> {
        self.count(term, &self.find(term)?)
    }

    fn idf(&self, frequency: u64) -> f32 {
        let n = frequency as f32;
        (1.0 + (self.placement.len() as f32 - n + 0.5) / (n + 0.5)).ln()
    }
}

fn io(error: std::io::Error) -> Error {
    Error::io("keyword index", error)
}
