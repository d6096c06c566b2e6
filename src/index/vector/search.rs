//! Searches the vectors of all segments of a generation.

use std::collections::HashMap;
use std::sync::Arc;

use fixedbitset::FixedBitSet;
use parking_lot::Mutex;
use rayon::prelude::*;

use super::super::generation::admits;
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
/// Clauses near to a shared vector are kept for each that is wanted: within a filter that admits a half, most searches
/// find as many as they want among them.
const KEPT: usize = 4;

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
        self.best(&[(query, limit)], allowed, SCANNED).pop().unwrap_or_default()
    }

    /// As [`nearest`](Self::nearest) for each of `queries`, each with its limit; quicker than one after the other.
    pub fn nearest_of_each(
        &self,
        queries: &[(&QueryVector, usize)],
        allowed: Option<&FixedBitSet>,
    ) -> Vec<Vec<(u32, f32)>> {
        self.best(queries, allowed, SCANNED)
    }

    /// The `limit` clauses nearest to `query` within `allowed`, best first, out of some that were found once without a
    /// filter and kept: for the few vectors that many queries share. None where too few of these are allowed.
    pub fn nearest_kept(
        &self,
        query: &QueryVector,
        limit: usize,
        allowed: Option<&FixedBitSet>,
    ) -> Option<Vec<u32>> {
        let kept = self.kept(query, limit * KEPT);
        let nearest: Vec<u32> =
            kept.iter().copied().filter(|clause| admits(allowed, *clause)).take(limit).collect();
        (nearest.len() == limit || allowed.is_none()).then_some(nearest)
    }

    fn kept(&self, query: &QueryVector, limit: usize) -> Arc<[u32]> {
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
        self.best(&[(query, limit)], allowed, usize::MAX).pop().unwrap_or_default()
    }

    /// The clauses nearest to each of `queries`, as many as it comes with, by graphs where a scan would look at more
    /// than `scanned` vectors. What is scanned is read once for all.
    pub(super) fn best(
        &self,
        queries: &[(&QueryVector, usize)],
        allowed: Option<&FixedBitSet>,
        scanned: usize,
    ) -> Vec<Vec<(u32, f32)>> {
        let is_wide = |((_, vectors), kept): ((usize, &VectorSegment), usize)| {
            let work = vectors.all_passages().len() * kept / vectors.clauses().max(1);
            vectors.has_graph() && work > scanned
        };
        let by_graph: Vec<bool> = self.parts().zip(self.kept_of_segments(allowed)).map(is_wide).collect();
        let rows: Vec<&[i8]> = queries.iter().map(|(query, _)| query.row()).collect();
        let mut scored: Vec<Vec<(u32, f32)>> = vec![Vec::new(); queries.len()];
        for ((at, vectors), _) in self.parts().zip(&by_graph).filter(|(_, by_graph)| **by_graph) {
            let is_allowed =
                |place| self.placement.position(at, place).is_some_and(|clause| admits(allowed, clause));
            let is_bounded = allowed.is_some() || !self.placement.is_whole(at);
            let is_allowed = is_bounded.then_some(&is_allowed as &dyn Fn(u32) -> bool);
            for ((row, (_, limit)), scored) in rows.iter().zip(queries).zip(&mut scored) {
                let beam = (limit + limit / SPARE).max(LEAST_BEAM);
                let places = vectors.neighbours(row, beam, is_allowed).unwrap_or_default();
                let clauses = places.iter().map(|place| self.placement.position(at, *place));
                let near = clauses.zip(vectors.nearness(&[*row], &places));
                scored.extend(near.filter_map(|(clause, near)| Some((clause?, near))));
            }
        }
        for ((_, vectors), clauses) in self.parts().zip(self.clauses_of_segments(allowed, &by_graph)) {
            let places: Vec<u32> = clauses.iter().map(|(_, place)| *place).collect();
            let near = vectors.nearness(&rows, &places);
            for ((clause, _), near) in clauses.iter().zip(near.chunks(rows.len().max(1))) {
                scored.iter_mut().zip(near).for_each(|(scored, near)| scored.push((*clause, *near)));
            }
        }
        let nearest = |((_, limit), scored): (&(&QueryVector, usize), Vec<(u32, f32)>)| {
            let mut nearest = highest(scored, *limit);
            nearest.sort_unstable_by(|a, b| best_first(*a, *b));
            nearest
        };
        queries.iter().zip(scored).map(nearest).collect()
    }

    /// The `allowed` clauses of each segment that is not `left_out`, each with its place there.
    fn clauses_of_segments(&self, allowed: Option<&FixedBitSet>, left_out: &[bool]) -> Vec<Vec<(u32, u32)>> {
        let mut clauses = vec![Vec::new(); left_out.len()];
        let mut add = |clause: u32| {
            let Some((segment, place)) = self.placement.home(clause) else { return };
            if let (Some(false), Some(of_segment)) = (left_out.get(segment), clauses.get_mut(segment)) {
                of_segment.push((clause, place));
            }
        };
        match allowed {
            _ if !left_out.contains(&false) => {}
            Some(allowed) => allowed.ones().for_each(|clause| add(clause as u32)),
            None => self.placement.placed().for_each(add),
        }
        clauses
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
