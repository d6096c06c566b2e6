//! The best of scored clauses.

use std::cmp::Ordering;

use super::generation::ClauseIndex;

/// The `count` of `scored` with the highest scores, in no particular order; of equal ones the first clauses.
pub fn highest(mut scored: Vec<(ClauseIndex, f32)>, count: usize) -> Vec<(ClauseIndex, f32)> {
    if scored.len() > count {
        scored.select_nth_unstable_by(count, |a, b| best_first(*a, *b));
        scored.truncate(count);
    }
    scored
}

/// The higher score first; of equal ones the first clause.
pub(super) fn best_first(a: (ClauseIndex, f32), b: (ClauseIndex, f32)) -> Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}
