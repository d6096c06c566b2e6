//! Which clause of which segment stands where in a generation.

use super::generation::ClauseIndex;

/// A clause that is not part of the generation.
const ABSENT: u32 = u32::MAX;

/// Positions of clauses in a generation, and the segments that they stand in.
#[derive(Debug)]
pub(super) struct Placement {
    /// Per clause of the generation: its segment, and its place in it.
    homes: Vec<(u32, u32)>,
    /// Per segment and clause of it: its position, or [`ABSENT`].
    positions: Vec<Vec<ClauseIndex>>,
    /// Per segment: whether all of its clauses are part of the generation.
    whole: Vec<bool>,
}

impl Placement {
    /// The placement of `homes`, the clauses of a generation in order, in segments of these `lengths`.
    pub(super) fn new(homes: Vec<(u32, u32)>, lengths: &[usize]) -> Self {
        let mut positions: Vec<Vec<u32>> = lengths.iter().map(|length| vec![ABSENT; *length]).collect();
        for ((segment, clause), position) in homes.iter().zip(0..) {
            let slot = positions.get_mut(*segment as usize).and_then(|of| of.get_mut(*clause as usize));
            if let Some(slot) = slot {
                *slot = position;
            }
        }
        let whole = positions.iter().map(|of| !of.contains(&ABSENT)).collect();
        Self { homes, positions, whole }
    }

    /// How many clauses the generation has.
    pub(super) fn len(&self) -> usize {
        self.homes.len()
    }

    /// The segment of the clause at `position`, and its place in it.
    pub(super) fn home(&self, position: ClauseIndex) -> Option<(usize, u32)> {
        self.homes.get(position as usize).map(|(segment, clause)| (*segment as usize, *clause))
    }

    /// Where `clause` of `segment` stands in the generation; none where it is not part of it.
    pub(super) fn position(&self, segment: usize, clause: u32) -> Option<ClauseIndex> {
        self.positions.get(segment)?.get(clause as usize).copied().filter(|position| *position != ABSENT)
    }

    /// Whether all clauses of `segment` are part of the generation.
    pub(super) fn is_whole(&self, segment: usize) -> bool {
        self.whole.get(segment).copied().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_and_homes_are_inverse() {
        let placement = Placement::new(vec![(1, 0), (0, 2), (0, 0)], &[3, 1]);
        assert_eq!(placement.len(), 3);
        for position in 0..3 {
            let (segment, clause) = placement.home(position).unwrap();
            assert_eq!(placement.position(segment, clause), Some(position));
        }
        assert_eq!(placement.position(0, 1), None);
        assert_eq!((placement.is_whole(0), placement.is_whole(1)), (false, true));
        assert!(placement.home(3).is_none() && placement.position(2, 0).is_none());
    }
}
