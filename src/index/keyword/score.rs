//! Scores of clauses, added up term by term.

use std::sync::Arc;

use parking_lot::Mutex;

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
    pool: Option<Arc<Pool>>,
}

/// Arrays of zeros, one a clause, each with room for what is scored.
#[derive(Default)]
pub(super) struct Pool(Mutex<Vec<(Vec<f32>, Vec<ClauseIndex>)>>);

impl Scores {
    pub(super) fn new(pool: &Arc<Pool>, clauses: usize) -> Self {
        let kept = pool.0.lock().pop();
        let (of_clause, scored) = kept.unwrap_or_else(|| (vec![0.0; clauses], Vec::new()));
        Self { of_clause, scored, pool: Some(Arc::clone(pool)) }
    }

    /// The score of `clause`; 0 where it holds no term.
    pub fn of(&self, clause: ClauseIndex) -> f32 {
        self.of_clause.get(clause as usize).copied().unwrap_or(0.0)
    }

    /// Clauses with a score above 0, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (ClauseIndex, f32)> {
        self.scored.iter().map(|clause| (*clause, self.of(*clause)))
    }

    #[inline]
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
        self.scored.clear();
        let mut kept = pool.0.lock();
        if kept.len() < KEPT {
            kept.push((std::mem::take(&mut self.of_clause), std::mem::take(&mut self.scored)));
        }
    }
}

impl std::fmt::Debug for Scores {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
