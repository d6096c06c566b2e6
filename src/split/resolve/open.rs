//! The lists that are open at a point of the text.

use crate::split::rank;
use crate::text::marker::MarkerKind;

/// A list that is open.
#[derive(Clone, Copy, Debug)]
struct List {
    rank: u8,
    value: u32,
    kind: Option<MarkerKind>,
}

/// The lists that are open, one a rank, outermost first; and the rank that each level of markup has.
#[derive(Debug, Default)]
pub(super) struct Open {
    lists: Vec<List>,
    levels: [Option<u8>; 7],
    /// Series that stood within another against custom: outer, inner.
    nested: Vec<(MarkerKind, MarkerKind)>,
}

impl Open {
    /// Goes on with the list of `rank`, or opens it, and closes those within it.
    pub(super) fn enter(&mut self, rank: u8, value: u32, kind: Option<MarkerKind>, level: Option<u8>) {
        self.lists.retain(|list| list.rank < rank);
        if rank <= rank::PLAN {
            self.nested.clear();
        }
        if let (Some(inner), Some(outer)) = (kind, self.lists.last().and_then(|list| list.kind)) {
            let known = self.nested.contains(&(outer, inner));
            if rank::natural(inner) < rank::natural(outer) && !known {
                self.nested.push((outer, inner));
            }
        }
        self.lists.push(List { rank, value, kind });
        if let Some(slot) = level.and_then(|level| self.levels.get_mut(usize::from(level))) {
            *slot = Some(rank);
        }
    }

    /// The last value of the list of `rank`.
    pub(super) fn last(&self, rank: u8) -> Option<u32> {
        self.lists.iter().find(|list| list.rank == rank).map(|list| list.value)
    }

    /// The series of the list of `rank`.
    pub(super) fn kind(&self, rank: u8) -> Option<MarkerKind> {
        self.lists.iter().find(|list| list.rank == rank).and_then(|list| list.kind)
    }

    /// The rank of the open list of `kind`.
    pub(super) fn rank_of(&self, kind: MarkerKind) -> Option<u8> {
        self.lists.iter().find(|list| list.kind == Some(kind)).map(|list| list.rank)
    }

    /// Rank and last value of the innermost list.
    pub(super) fn innermost(&self) -> Option<(u8, u32, Option<MarkerKind>)> {
        self.lists.last().map(|list| (list.rank, list.value, list.kind))
    }

    /// Whether a list of `inner` has stood within one of `outer` since the last title.
    pub(super) fn has_nested(&self, outer: MarkerKind, inner: MarkerKind) -> bool {
        self.nested.contains(&(outer, inner))
    }

    /// The rank that headings of a level of markup have had.
    pub(super) fn rank_of_level(&self, level: u8) -> Option<u8> {
        self.levels.get(usize::from(level)).copied().flatten()
    }
}
