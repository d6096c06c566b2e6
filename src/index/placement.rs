//! Which clause of which segment stands where in a generation.

use std::collections::HashMap;

use super::generation::ClauseIndex;

/// A clause that is not part of the generation.
const ABSENT: u32 = u32::MAX;

/// Positions of clauses in a generation, and the segments that they stand in.
#[derive(Debug)]
pub(super) struct Placement {
    homes: Homes,
    /// How many clauses the generation has.
    clauses: usize,
    /// Per segment and clause of it: its position, or [`ABSENT`].
    positions: Vec<Vec<ClauseIndex>>,
    /// Per segment: whether all of its clauses are part of the generation.
    whole: Vec<bool>,
}

/// Where clauses of the generation stand.
#[derive(Debug)]
enum Homes {
    /// Per clause: its segment, and its place in it.
    OfAll(Vec<(u32, u32)>),
    /// The place of some clauses in the one segment that there is.
    OfSome(HashMap<ClauseIndex, u32>),
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
        Self { clauses: homes.len(), homes: Homes::OfAll(homes), positions, whole }
    }

    /// The placement of some of a generation's `clauses`, those at `positions` in ascending order, in one segment
    /// that holds them alone.
    pub(super) fn of_some(positions: Vec<ClauseIndex>, clauses: usize) -> Self {
        let homes = positions.iter().copied().zip(0..).collect();
        Self { homes: Homes::OfSome(homes), clauses, positions: vec![positions], whole: vec![true] }
    }

    /// The clauses whose homes it knows, in order.
    pub(super) fn placed(&self) -> Box<dyn Iterator<Item = ClauseIndex> + '_> {
        match &self.homes {
            Homes::OfAll(homes) => Box::new(0..homes.len() as u32),
            Homes::OfSome(_) => Box::new(self.positions.iter().flatten().copied()),
        }
    }

    /// How many clauses the generation has.
    pub(super) fn len(&self) -> usize {
        self.clauses
    }

    /// The segment of the clause at `position`, and its place in it.
    pub(super) fn home(&self, position: ClauseIndex) -> Option<(usize, u32)> {
        match &self.homes {
            Homes::OfAll(homes) => {
                homes.get(position as usize).map(|(segment, clause)| (*segment as usize, *clause))
            }
            Homes::OfSome(homes) => homes.get(&position).map(|clause| (0, *clause)),
        }
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

    #[test]
    fn some_clauses_keep_their_positions_in_the_whole() {
        let placement = Placement::of_some(vec![3, 70], 100);
        assert_eq!((placement.len(), placement.home(70), placement.home(4)), (100, Some((0, 1)), None));
        assert_eq!((placement.position(0, 0), placement.position(0, 2)), (Some(3), None));
        assert_eq!(placement.placed().collect::<Vec<_>>(), [3, 70]);
    }
}
