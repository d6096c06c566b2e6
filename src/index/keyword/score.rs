//! Scores of clauses, added up term by term.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::index::ClauseIndex;

/// Arrays that are kept for the next query: as many as a few queries at a time want.
const KEPT: usize = 32;
/// Where fewer than one clause in so many has a score, those are looked at one by one.
const SPARSE: usize = 16;
/// Scores that are compared at once.
const BLOCK: usize = 32;

/// A score a clause, where most clauses have none: an array to add up in, and which places of it are used, so
/// that nothing takes time in proportion to all clauses. The arrays go back to the index when dropped.
#[derive(Default)]
pub struct Scores {
    arrays: Arrays,
    /// How many clauses have a score.
    len: usize,
    pool: Option<Arc<Pool>>,
}

#[derive(Default)]
struct Arrays {
    /// `[clauses]`
    of_clause: Vec<f32>,
    /// Clauses with a score, in no particular order; then room, `[clauses + 1]`.
    scored: Vec<ClauseIndex>,
}

/// Arrays without a score.
#[derive(Default)]
pub(super) struct Pool(Mutex<Vec<Arrays>>);

impl Scores {
    pub(super) fn new(pool: &Arc<Pool>, clauses: usize) -> Self {
        let kept = pool.0.lock().pop();
        let new = || Arrays { of_clause: vec![0.0; clauses], scored: vec![0; clauses + 1] };
        Self { arrays: kept.unwrap_or_else(new), len: 0, pool: Some(Arc::clone(pool)) }
    }

    /// The score of `clause`; 0 where it holds no term.
    pub fn of(&self, clause: ClauseIndex) -> f32 {
        self.arrays.of_clause.get(clause as usize).copied().unwrap_or(0.0)
    }

    /// Clauses with a score above 0, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (ClauseIndex, f32)> {
        self.scored().iter().map(|clause| (*clause, self.of(*clause)))
    }

    fn scored(&self) -> &[ClauseIndex] {
        self.arrays.scored.get(..self.len).unwrap_or(&[])
    }

    /// How many clauses have a score above 0.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Adds `score`, which is above 0.
    #[inline]
    pub(super) fn add(&mut self, clause: ClauseIndex, score: f32) {
        self.add_all(std::iter::once((clause, score)));
    }

    /// Adds scores, which are above 0. Writes where the next clause would stand even when a clause is known: a
    /// branch would be foretold wrongly half the time.
    #[inline]
    pub(super) fn add_all(&mut self, added: impl Iterator<Item = (ClauseIndex, f32)>) {
        let Arrays { of_clause, scored } = &mut self.arrays;
        let (of_clause, scored) = (of_clause.as_mut_slice(), scored.as_mut_slice());
        let mut len = self.len;
        for (clause, score) in added {
            let Some((slot, next)) = of_clause.get_mut(clause as usize).zip(scored.get_mut(len)) else {
                continue;
            };
            *next = clause;
            len += usize::from(*slot == 0.0);
            *slot += score;
        }
        self.len = len;
    }

    /// `clauses` with their scores.
    pub(super) fn of_all(&self, clauses: Vec<ClauseIndex>) -> impl Iterator<Item = (ClauseIndex, f32)> {
        clauses.into_iter().map(|clause| (clause, self.of(clause)))
    }

    /// Clauses that reach `least`, which is above 0, in no particular order. Stops once
    /// there are `most` or more.
    pub(super) fn reaching(&self, least: f32, most: usize) -> Vec<ClauseIndex> {
        let of_clause = &self.arrays.of_clause;
        if self.len * SPARSE < of_clause.len() {
            let reaching = self.iter().filter(|(_, score)| *score >= least);
            return reaching.map(|(clause, _)| clause).take(most).collect();
        }
        let mut reaching = Vec::new();
        for (first, block) in (0u32..).step_by(BLOCK).zip(of_clause.chunks(BLOCK)) {
            // Counted, without a way out early, so that a block is compared at once.
            if block.iter().filter(|score| **score >= least).count() == 0 {
                continue;
            }
            let in_block = (first..).zip(block).filter(|(_, score)| **score >= least);
            reaching.extend(in_block.map(|(clause, _)| clause));
            if reaching.len() >= most {
                break;
            }
        }
        reaching
    }
}

impl Drop for Scores {
    fn drop(&mut self) {
        let Some(pool) = self.pool.take() else { return };
        let mut arrays = std::mem::take(&mut self.arrays);
        let Arrays { of_clause, scored } = &mut arrays;
        for clause in scored.iter().take(self.len) {
            if let Some(slot) = of_clause.get_mut(*clause as usize) {
                *slot = 0.0;
            }
        }
        let mut kept = pool.0.lock();
        if kept.len() < KEPT {
            kept.push(arrays);
        }
    }
}

impl std::fmt::Debug for Scores {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
