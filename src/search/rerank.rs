//! The best hits reordered by a cross-encoder, within a bound on time.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::page;
use super::response::{Component, Hit};
use crate::embed::Reranker;
use crate::error::Result;
use crate::index::Generation;

/// Hits that are read again, from the best.
const REORDERED: usize = 50;
/// Hits read between two looks at the clock.
const STEP: usize = 4;
/// What a full score adds to the fused score. The fused scores of the first fifty hits lie about as far
/// apart, so that the reranker can lift a hit from their end to their beginning.
const WEIGHT: f32 = 1.0;
/// Scores kept; beyond it all are forgotten.
const KEPT: usize = 50_000;

/// A reranker, the time that it may take, and the scores it gave: pages and facets of one query ask for
/// the same pairs again.
pub(super) struct Refinement {
    reranker: Arc<dyn Reranker>,
    budget: Duration,
    known: Mutex<HashMap<blake3::Hash, f32>>,
}

impl Refinement {
    /// Uses `reranker` for at most about `budget` a query.
    pub(super) fn new(reranker: Arc<dyn Reranker>, budget: Duration) -> Self {
        Self { reranker, budget, known: Mutex::default() }
    }

    /// Which model reorders.
    pub(super) fn reranker(&self) -> &dyn Reranker {
        self.reranker.as_ref()
    }

    /// Reorders the first of `hits`, best first: each gains between 0 and [`WEIGHT`], so that the ones
    /// behind them stay behind. Says false, and changes nothing, where the time would not do or the
    /// reranker failed.
    pub(super) fn apply(&self, generation: &Generation, query: &str, hits: &mut [Hit]) -> bool {
        let count = hits.len().min(REORDERED);
        let Some(first) = hits.get_mut(..count) else { return true };
        let texts: Vec<&str> = first
            .iter()
            .map(|hit| generation.clause(hit.clause).map_or("", |found| found.clause.text.as_str()))
            .collect();
        let scores = match self.scores(query, &texts) {
            Ok(Some(scores)) => scores,
            Ok(None) => return false,
            Err(error) => {
                tracing::warn!(%error, "the reranker failed; the order is that of the fused scores");
                return false;
            }
        };
        for (hit, logit) in first.iter_mut().zip(scores) {
            lift(hit, logistic(logit));
        }
        page::sort(generation, first);
        true
    }

    /// One logit a text; none where the time would not do.
    fn scores(&self, query: &str, texts: &[&str]) -> Result<Option<Vec<f32>>> {
        let keys: Vec<blake3::Hash> = texts.iter().map(|text| key(query, text)).collect();
        let missing: Vec<(blake3::Hash, &str)> = {
            let known = self.known.lock();
            let pairs = keys.iter().copied().zip(texts.iter().copied());
            pairs.filter(|(key, _)| !known.contains_key(key)).collect()
        };
        let started = Instant::now();
        let mut done = 0;
        for step in missing.chunks(STEP) {
            // The steps done show what all will take: what would be in vain is not gone on with.
            let share = done as f64 / missing.len() as f64;
            if done > 0 && started.elapsed() > self.budget.mul_f64(share) {
                return Ok(None);
            }
            let texts: Vec<&str> = step.iter().map(|(_, text)| *text).collect();
            let scores = self.reranker.score(query, &texts)?;
            done += step.len();
            self.keep(step.iter().map(|(key, _)| *key).zip(scores));
        }
        let known = self.known.lock();
        Ok(keys.iter().map(|key| known.get(key).copied()).collect())
    }

    fn keep(&self, scores: impl Iterator<Item = (blake3::Hash, f32)>) {
        let mut known = self.known.lock();
        if known.len() >= KEPT {
            known.clear();
        }
        known.extend(scores);
    }
}

fn key(query: &str, text: &str) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(query.as_bytes()).update(&[0]).update(text.as_bytes());
    hasher.finalize()
}

fn logistic(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

/// Adds the reranker's `value`, 0 to 1, to the score; the relevance comes to lie between the two opinions.
fn lift(hit: &mut Hit, value: f32) {
    let contribution = WEIGHT * value;
    hit.score += contribution;
    hit.relevance = f32::midpoint(hit.relevance, value);
    if let Some(explain) = &mut hit.explain {
        let component = Component { name: "reranker", label: "精排", value, weight: WEIGHT, contribution };
        explain.components.push(component);
    }
}
