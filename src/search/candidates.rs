//! Which clauses are weighed: the best of every leg, each within the filter.

use std::collections::BTreeMap;

use fixedbitset::FixedBitSet;

use super::query::Query;
use super::request::Mode;
use crate::error::Result;
use crate::index::{ClauseCosines, ClauseIndex, Generation, KeywordField};

/// Candidates that each leg gives. The union of the legs holds about 96% of what people judged
/// relevant at 150 a leg; more costs time and adds little.
const PER_LEG: usize = 200;

/// What every leg says of the whole generation.
#[derive(Debug)]
pub(super) struct Legs {
    /// BM25 of words divided by the query's ideal; `[clauses]`; empty without the keyword leg.
    pub words: Vec<f32>,
    /// BM25 of bigrams divided by the query's ideal; `[clauses]`; empty without the keyword leg.
    pub bigrams: Vec<f32>,
    /// The query's vector, quantised; none without the semantic leg.
    pub vector: Option<Vec<i8>>,
}

impl Legs {
    /// Runs the keyword leg for `query` when `mode` has one.
    pub(super) fn run(generation: &Generation, query: &Query, mode: Mode, vector: Option<Vec<i8>>) -> Result<Self> {
        let (words, bigrams) = match mode {
            Mode::Semantic => (Vec::new(), Vec::new()),
            Mode::Hybrid | Mode::Keyword => (
                normalised(generation, KeywordField::Word, &query.words)?,
                normalised(generation, KeywordField::Bigram, &query.bigrams)?,
            ),
        };
        let vector = vector.filter(|_| mode != Mode::Keyword);
        Ok(Self { words, bigrams, vector })
    }

    /// The candidates within `allowed`, with their cosines where vectors take part; in the order of
    /// the generation.
    pub(super) fn candidates(
        &self,
        generation: &Generation,
        allowed: Option<&FixedBitSet>,
    ) -> Vec<(ClauseIndex, ClauseCosines)> {
        let mut found: BTreeMap<ClauseIndex, ClauseCosines> = BTreeMap::new();
        if let (Some(vector), Some(vectors)) = (&self.vector, generation.vectors()) {
            found.extend(vectors.nearest(vector, PER_LEG, allowed));
        }
        for scores in [&self.words, &self.bigrams] {
            for clause in best(scores, allowed) {
                found.entry(clause).or_insert_with(|| match (&self.vector, generation.vectors()) {
                    (Some(vector), Some(vectors)) => vectors.cosines(vector, clause),
                    _ => ClauseCosines::default(),
                });
            }
        }
        found.into_iter().collect()
    }

    /// The keyword scores of one clause: words, bigrams.
    pub(super) fn keyword(&self, clause: ClauseIndex) -> (f32, f32) {
        let at = |scores: &[f32]| scores.get(clause as usize).copied().unwrap_or(0.0);
        (at(&self.words), at(&self.bigrams))
    }
}

fn normalised(
    generation: &Generation,
    field: KeywordField,
    terms: &BTreeMap<String, f32>,
) -> Result<Vec<f32>> {
    let ideal = generation.keyword().ideal(field, terms)?;
    let mut scores = generation.keyword().scores(field, terms)?;
    if ideal > 0.0 {
        for score in &mut scores {
            *score /= ideal;
        }
    }
    Ok(scores)
}

/// The clauses with the highest scores above 0, ties by position.
fn best(scores: &[f32], allowed: Option<&FixedBitSet>) -> Vec<ClauseIndex> {
    let matching = scores.iter().zip(0u32..).filter(|(score, clause)| {
        **score > 0.0 && allowed.is_none_or(|allowed| allowed.contains(*clause as usize))
    });
    let mut ranked: Vec<(f32, ClauseIndex)> = matching.map(|(score, clause)| (*score, clause)).collect();
    let order = |a: &(f32, ClauseIndex), b: &(f32, ClauseIndex)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    if ranked.len() > PER_LEG {
        ranked.select_nth_unstable_by(PER_LEG - 1, order);
        ranked.truncate(PER_LEG);
    }
    ranked.into_iter().map(|(_, clause)| clause).collect()
}
