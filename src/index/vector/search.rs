//! Searches the vectors of all segments of a generation.

use std::collections::HashMap;
use std::sync::Arc;

use fixedbitset::FixedBitSet;
use parking_lot::Mutex;
use rayon::prelude::*;

use super::super::highest::{best_first, highest};
use super::super::passage::PassageKind;
use super::super::placement::Placement;
use super::centring::{Centring, Mean};
use super::segment::VectorSegment;
use super::{ClauseCosines, PassageVector};

/// Vectors that a scan may look at before a graph is the quicker way: what a search of the graph looks at, some
/// of them far apart in memory, measured by `tiaokuan bench` on 147,000 articles.
const SCANNED: usize = 40_000;
/// A graph is asked for one vector more for so many clauses that are wanted: a clause has several. recall@10 on 150,410
/// clauses is .984 so, .992 with twice as many vectors as clauses, .974 with as many.
const SPARE: usize = 2;
/// Vectors that a graph is asked for at least: with fewer it misses some of the nearest.
const LEAST_BEAM: usize = 128;

/// A query's vector, ready to be compared.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryVector {
    row: Vec<i8>,
    centring: Centring,
}

impl QueryVector {
    /// Its components, quantised.
    pub fn row(&self) -> &[i8] {
        &self.row
    }
}

/// Clauses by the vector that they are nearest to, and how many were asked for.
type Kept = HashMap<(Vec<i8>, usize), Arc<[u32]>>;

/// The vectors of one generation: those of its segments, less what is no longer part of it.
pub struct VectorIndex {
    segments: Vec<Arc<VectorSegment>>,
    placement: Arc<Placement>,
    dimensions: usize,
    mean: Mean,
    /// For each segment and vector.
    centrings: Vec<Vec<Centring>>,
    /// What is near to vectors that many queries share.
    kept: Mutex<Kept>,
}

impl VectorIndex {
    pub(in crate::index) fn new(
        segments: Vec<Arc<VectorSegment>>,
        placement: Arc<Placement>,
        dimensions: usize,
    ) -> Self {
        let index = Self::without_mean(segments, placement, dimensions);
        let mean = Mean::of(&index.wholes().collect::<Vec<_>>(), dimensions);
        index.around(mean)
    }

    /// The vectors of some clauses of a generation whose mean is `mean`.
    pub(in crate::index) fn of_some(segment: VectorSegment, placement: Arc<Placement>, mean: Mean) -> Self {
        let dimensions = segment.dimensions();
        Self::without_mean(vec![Arc::new(segment)], placement, dimensions).around(mean)
    }

    fn without_mean(segments: Vec<Arc<VectorSegment>>, placement: Arc<Placement>, dimensions: usize) -> Self {
        let (mean, centrings, kept) = (Mean::default(), Vec::new(), Mutex::default());
        Self { segments, placement, dimensions, mean, centrings, kept }
    }

    fn around(mut self, mean: Mean) -> Self {
        self.mean = mean;
        let index = &self;
        let centrings = |vectors: &VectorSegment| {
            let rows = 0..vectors.len() as u32;
            rows.into_par_iter().map(|row| index.mean.centring(vectors.row(row))).collect()
        };
        self.centrings = index.parts().map(|(_, vectors)| centrings(vectors)).collect();
        self
    }

    /// The mean of the vectors of whole clauses, `[dimensions]`.
    pub(in crate::index) fn mean(&self) -> &[f32] {
        self.mean.vector()
    }

    /// The vector of every whole clause.
    fn wholes(&self) -> impl Iterator<Item = &[i8]> {
        self.placement.placed().filter_map(|clause| self.vector(clause, PassageKind::Whole))
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
        Some(vectors.row(passage.vector))
    }

    /// The stored vectors of all passages of `kind` of `clause`, in the order of the text.
    pub fn passage_vectors(&self, clause: u32, kind: PassageKind) -> Vec<&[i8]> {
        let Some((vectors, _, place)) = self.home(clause) else { return Vec::new() };
        let of_kind = |passage: &&PassageVector| passage.kind == kind;
        let passages = vectors.passages(place).iter().filter(of_kind);
        passages.map(|passage| vectors.row(passage.vector)).collect()
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

    /// The `limit` clauses nearest to `query` within `allowed`, each with how near its whole and its best
    /// sentence are together; best first.
    ///
    /// A segment with a graph is searched by it where a scan of what the filter keeps would be more work:
    /// within a narrow filter a graph is slower than a scan and loses neighbours.
    pub fn nearest(
        &self,
        query: &QueryVector,
        limit: usize,
        allowed: Option<&FixedBitSet>,
    ) -> Vec<(u32, f32)> {
        self.best(query, limit, allowed, SCANNED)
    }

    /// The `limit` clauses nearest to `query`, found once and kept: for the few vectors that many queries share.
    pub fn nearest_kept(&self, query: &QueryVector, limit: usize) -> Arc<[u32]> {
        let key = (query.row.clone(), limit);
        if let Some(known) = self.kept.lock().get(&key) {
            return Arc::clone(known);
        }
        let found: Arc<[u32]> =
            self.nearest(query, limit, None).into_iter().map(|(clause, _)| clause).collect();
        self.kept.lock().insert(key, Arc::clone(&found));
        found
    }

    /// As [`nearest`](Self::nearest), by an exact scan: what it is measured by.
    pub fn nearest_exactly(
        &self,
        query: &QueryVector,
        limit: usize,
        allowed: Option<&FixedBitSet>,
    ) -> Vec<(u32, f32)> {
        self.best(query, limit, allowed, usize::MAX)
    }

    /// As [`nearest`](Self::nearest), by graphs where a scan would look at more than `scanned` vectors.
    pub(super) fn best(
        &self,
        query: &QueryVector,
        limit: usize,
        allowed: Option<&FixedBitSet>,
        scanned: usize,
    ) -> Vec<(u32, f32)> {
        let kept = self.kept_of_segments(allowed);
        let is_allowed = |clause: u32| allowed.is_none_or(|allowed| allowed.contains(clause as usize));
        // Of each segment those that may be among the nearest, by their places in it; none where all are scanned.
        let by_graph = self.parts().zip(kept).map(|((at, vectors), kept)| {
            let work = vectors.all_passages().len() * kept / vectors.clauses().max(1);
            let admits = |place| self.placement.position(at, place).is_some_and(is_allowed);
            let is_bounded = allowed.is_some() || !self.placement.is_whole(at);
            let beam = (limit + limit / SPARE).max(LEAST_BEAM);
            let admits = is_bounded.then_some(&admits as &dyn Fn(u32) -> bool);
            (work > scanned).then(|| vectors.neighbours(&query.row, beam, admits)).flatten()
        });
        let mut compared: Vec<Option<Vec<u32>>> = by_graph.collect();
        let mut scanned: Vec<Vec<u32>> = vec![Vec::new(); compared.len()];
        let mut scan = |clause: u32| {
            let Some((segment, place)) = self.placement.home(clause) else { return };
            if let (Some(None), Some(scanned)) = (compared.get(segment), scanned.get_mut(segment)) {
                scanned.push(place);
            }
        };
        match allowed {
            _ if compared.iter().all(Option::is_some) => {}
            Some(allowed) => allowed.ones().for_each(|clause| scan(clause as u32)),
            None => self.placement.placed().for_each(scan),
        }
        let mut scored = Vec::new();
        for (((at, vectors), compared), scanned) in self.parts().zip(&mut compared).zip(scanned) {
            let places = compared.take().unwrap_or(scanned);
            let near = vectors.nearness(&query.row, &places);
            let clauses = places.iter().map(|place| self.placement.position(at, *place));
            scored.extend(clauses.zip(near).filter_map(|(clause, near)| Some((clause?, near))));
        }
        let mut nearest = highest(scored, limit);
        nearest.sort_unstable_by(|a, b| best_first(*a, *b));
        nearest
    }

    /// How many clauses of each segment are `allowed`.
    fn kept_of_segments(&self, allowed: Option<&FixedBitSet>) -> Vec<usize> {
        let Some(allowed) = allowed else {
            return self.parts().map(|(_, vectors)| vectors.clauses()).collect();
        };
        let mut kept = vec![0; self.segments.len()];
        for clause in allowed.ones() {
            let segment = self.placement.home(clause as u32).map(|(segment, _)| segment);
            if let Some(count) = segment.and_then(|segment| kept.get_mut(segment)) {
                *count += 1;
            }
        }
        kept
    }
}
