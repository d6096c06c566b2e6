//! Searches the vectors of all segments of a generation.

use std::sync::Arc;

use fixedbitset::FixedBitSet;
use rayon::prelude::*;

use super::super::passage::PassageKind;
use super::super::placement::Placement;
use super::centring::{Centring, Mean};
use super::segment::VectorSegment;
use super::{ClauseCosines, PassageVector};

/// A query's vector, ready to be compared.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryVector {
    row: Vec<i8>,
    centring: Centring,
}

/// The vectors of one generation: those of its segments, less what is no longer part of it.
pub struct VectorIndex {
    segments: Vec<Arc<VectorSegment>>,
    placement: Arc<Placement>,
    dimensions: usize,
    mean: Mean,
    /// For each segment and vector.
    centrings: Vec<Vec<Centring>>,
}

impl VectorIndex {
    pub(in crate::index) fn new(
        segments: Vec<Arc<VectorSegment>>,
        placement: Arc<Placement>,
        dimensions: usize,
    ) -> Self {
        let mut index =
            Self { segments, placement, dimensions, mean: Mean::default(), centrings: Vec::new() };
        index.mean = Mean::of(index.wholes(), dimensions);
        let centrings = |vectors: &VectorSegment| {
            let rows = 0..vectors.table().len();
            rows.into_par_iter().map(|row| index.mean.centring(vectors.table().row(row))).collect()
        };
        index.centrings = index.parts().map(|(_, vectors)| centrings(vectors)).collect();
        index
    }

    /// The vector of every whole clause.
    fn wholes(&self) -> impl Iterator<Item = &[i8]> {
        (0..self.placement.len() as u32).filter_map(|clause| self.vector(clause, PassageKind::Whole))
    }

    fn parts(&self) -> impl Iterator<Item = (usize, &VectorSegment)> {
        self.segments.iter().map(Arc::as_ref).enumerate()
    }

    /// The segment's vectors that hold those of `clause`, which segment that is, and the clause's place in it.
    fn home(&self, clause: u32) -> Option<(&VectorSegment, usize, u32)> {
        let (segment, place) = self.placement.home(clause)?;
        Some((self.segments.get(segment)?.as_ref(), segment, place))
    }

    /// Makes a query of `row`, a quantised vector of [`dimensions`](Self::dimensions) components.
    pub fn query(&self, row: Vec<i8>) -> QueryVector {
        let centring = self.mean.centring(&row);
        QueryVector { row, centring }
    }

    /// Components a vector.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Whether wide searches go through a graph, at least in a part of the clauses.
    pub fn has_graph(&self) -> bool {
        self.parts().any(|(_, vectors)| vectors.has_graph())
    }

    /// The stored vector of the passage of `kind` of `clause`.
    pub fn vector(&self, clause: u32, kind: PassageKind) -> Option<&[i8]> {
        let (vectors, _, place) = self.home(clause)?;
        let passage = vectors.passages(place).iter().find(|passage| passage.kind == kind)?;
        Some(vectors.table().row(passage.vector as usize))
    }

    /// The stored vectors of all passages of `kind` of `clause`, in the order of the text.
    pub fn passage_vectors(&self, clause: u32, kind: PassageKind) -> Vec<&[i8]> {
        let Some((vectors, _, place)) = self.home(clause) else { return Vec::new() };
        let of_kind = |passage: &&PassageVector| passage.kind == kind;
        let passages = vectors.passages(place).iter().filter(of_kind);
        passages.map(|passage| vectors.table().row(passage.vector as usize)).collect()
    }

    /// Cosines of `query` with the passages of `clause`.
    pub fn cosines(&self, query: &QueryVector, clause: u32) -> ClauseCosines {
        let Some((vectors, segment, place)) = self.home(clause) else { return ClauseCosines::default() };
        let centrings = self.centrings.get(segment).map_or(&[][..], Vec::as_slice);
        vectors.cosines(&query.row, place, |plain, row| {
            let centring = centrings.get(row as usize).copied().unwrap_or_default();
            self.mean.centred(plain, query.centring, centring)
        })
    }

    /// Clauses nearest to `query` by any passage, at most about `limit`, within `allowed`.
    ///
    /// Goes through the graphs of segments that have one when `allowed` keeps more than a tenth of the
    /// clauses; else scans: a narrow filter makes a graph slower than a scan and loses neighbours.
    pub fn nearest(
        &self,
        query: &QueryVector,
        limit: usize,
        allowed: Option<&FixedBitSet>,
    ) -> Vec<(u32, ClauseCosines)> {
        let narrow = allowed.is_some_and(|allowed| allowed.count_ones(..) * 10 < self.placement.len());
        self.best(query, limit, allowed, narrow)
    }

    /// As [`nearest`](Self::nearest), by an exact scan: what it is measured by.
    pub fn nearest_exactly(
        &self,
        query: &QueryVector,
        limit: usize,
        allowed: Option<&FixedBitSet>,
    ) -> Vec<(u32, ClauseCosines)> {
        self.best(query, limit, allowed, true)
    }

    fn best(
        &self,
        query: &QueryVector,
        limit: usize,
        allowed: Option<&FixedBitSet>,
        narrow: bool,
    ) -> Vec<(u32, ClauseCosines)> {
        let is_allowed = |clause: &u32| allowed.is_none_or(|allowed| allowed.contains(*clause as usize));
        let mut scored: Vec<(u32, ClauseCosines)> = self
            .parts()
            .flat_map(|(at, vectors)| self.candidates(at, vectors, query, limit, narrow))
            .filter(is_allowed)
            .map(|clause| (clause, self.cosines(query, clause)))
            .collect();
        let key = |cosines: &ClauseCosines| cosines.whole + cosines.sentence;
        scored.sort_by(|a, b| key(&b.1).total_cmp(&key(&a.1)).then(a.0.cmp(&b.0)));
        scored.truncate(limit);
        scored
    }

    fn candidates(
        &self,
        segment: usize,
        vectors: &VectorSegment,
        query: &QueryVector,
        limit: usize,
        narrow: bool,
    ) -> Vec<u32> {
        let graph = if narrow { None } else { vectors.neighbours(&query.row, limit * 2) };
        let position = |place: u32| self.placement.position(segment, place);
        match graph {
            Some(found) => found.into_iter().filter_map(position).collect(),
            None => self.placement.of_segment(segment).collect(),
        }
    }
}
