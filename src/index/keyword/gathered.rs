//! BM25 of the clauses that a cluster found for one query, from what it keeps of them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use fixedbitset::FixedBitSet;
use tantivy::fieldnorm::FieldNormReader;

use super::KeywordField;
use super::score::Scores;
use crate::error::Result;
use crate::index::ClauseIndex;
use crate::index::cluster::{Evidence, Remote, hash_of};

/// Clauses that a cluster found, and where to ask for what concerns others.
pub(super) struct Gathered {
    pub remote: Arc<Remote>,
    /// In the order of the generation.
    pub clauses: Vec<(ClauseIndex, Arc<Evidence>)>,
}

impl Gathered {
    /// How many clauses of the generation hold the term `text`.
    pub(super) fn frequency(&self, field: KeywordField, text: &str) -> Result<u64> {
        Ok(self.remote.frequencies(field, &[text])?.first().copied().unwrap_or(0))
    }

    /// What each of `terms`, by its hash, adds to a score at most: its weight times its `idf`.
    pub(super) fn weights(
        &self,
        field: KeywordField,
        terms: &BTreeMap<String, f32>,
        idf: impl Fn(u64) -> f32,
    ) -> Result<Vec<(u64, f32)>> {
        let texts: Vec<&str> = terms.keys().map(String::as_str).collect();
        let frequencies = self.remote.frequencies(field, &texts)?;
        let weighted = terms.iter().zip(frequencies);
        Ok(weighted.map(|((text, weight), frequency)| (hash_of(text), weight * idf(frequency))).collect())
    }

    /// Adds the scores of the clauses `within` for terms of these `weights`, in their order: sums come out as those
    /// over postings do, to the last bit. `field` is 0 for words, 1 for bigrams; `counts` says what a frequency
    /// counts in a clause of a length as tantivy writes it in a byte.
    pub(super) fn add_to(
        &self,
        scores: &mut Scores,
        field: usize,
        weights: &[(u64, f32)],
        counts: impl Fn(u32, u8) -> f32,
        within: Option<&FixedBitSet>,
    ) {
        let places: HashMap<u64, usize> =
            weights.iter().zip(0..).map(|((hash, _), at)| (*hash, at)).collect();
        for (clause, evidence) in &self.clauses {
            if within.is_some_and(|within| !within.contains(*clause as usize)) {
                continue;
            }
            let tokens = if field == 0 { &evidence.words } else { &evidence.bigrams };
            let length = evidence.lengths.get(field).copied().unwrap_or(0);
            let norm = FieldNormReader::fieldnorm_to_id(length);
            let held = tokens.iter().filter_map(|(hash, count)| Some((*places.get(hash)?, *count)));
            let mut held: Vec<(usize, u32)> = held.collect();
            held.sort_unstable();
            for (at, count) in held {
                let weight = weights.get(at).map_or(0.0, |(_, weight)| *weight);
                scores.add(*clause, weight * counts(count, norm));
            }
        }
    }
}
