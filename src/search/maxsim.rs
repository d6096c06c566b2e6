//! The best candidates compared with the query token by token.

use super::fuse::Weights;
use super::rank::Weighed;
use crate::error::Result;
use crate::index::{ClauseIndex, TokenIndex};

/// Candidates that are compared, from the best.
const COMPARED: usize = 50;

/// Sets the `maxsim` of the best of `weighed`: how much more alike its tokens are with the query's
/// `[tokens][dimensions]` than those of the least alike of them. What is not compared has 0, so that
/// the compared ones stay before it.
pub(super) fn add(
    index: &TokenIndex,
    query: &[Vec<f32>],
    weights: &Weights,
    weighed: &mut [Weighed],
) -> Result<()> {
    let mut best: Vec<&mut Weighed> = weighed.iter_mut().collect();
    let score = |candidate: &Weighed| weights.score(&candidate.features);
    best.sort_by(|a, b| score(b).total_cmp(&score(a)).then(a.clause.cmp(&b.clause)));
    best.truncate(COMPARED);
    let clauses: Vec<ClauseIndex> = best.iter().map(|candidate| candidate.clause).collect();
    let similarities = index.max_similarities(query, &clauses)?;
    let least = similarities.iter().copied().reduce(f32::min).unwrap_or(0.0);
    for (candidate, similarity) in best.into_iter().zip(similarities) {
        candidate.features.maxsim = similarity - least;
    }
    Ok(())
}
