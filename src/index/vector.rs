//! Vectors of passages, quantised to a byte a component: an exact scan and a graph (HNSW) behind
//! one type.

use std::path::Path;

use fixedbitset::FixedBitSet;
use hnsw_rs::prelude::{AnnT, Distance, Hnsw, HnswIo};
use serde::{Deserialize, Serialize};

use super::passage::PassageKind;
use crate::error::{Error, Kind, Result};
use crate::model::Span;

/// Distinct vectors above which a graph is built; below it an exact scan is as fast and exact.
pub const GRAPH_FROM: usize = 50_000;
/// Largest component that a byte holds. Components of a unit vector of 512 dimensions are around
/// 0.04; those beyond are cut off.
const RANGE: f32 = 0.35;
const GRAPH_CONNECTIONS: usize = 24;
const GRAPH_LAYERS: usize = 16;
const GRAPH_CONSTRUCTION: usize = 200;
const GRAPH_NAME: &str = "graph";

/// A vector as bytes, `[dimensions]`.
pub fn quantise(vector: &[f32]) -> Vec<i8> {
    vector.iter().map(|x| (x / RANGE * 127.0).round().clamp(-127.0, 127.0) as i8).collect()
}

/// Cosine of two quantised unit vectors.
pub(super) fn cosine(a: &[i8], b: &[i8]) -> f32 {
    const SCALE: f32 = (RANGE / 127.0) * (RANGE / 127.0);
    let product: i32 = a.iter().zip(b).map(|(x, y)| i32::from(*x) * i32::from(*y)).sum();
    product as f32 * SCALE
}

/// A query's vector, ready to be compared.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryVector {
    row: Vec<i8>,
    centring: Centring,
}

/// What centring needs of a vector: its product with the mean vector and its distance from it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Centring {
    product: f32,
    distance: f32,
}

/// The mean of all whole-clause vectors. Vectors of one genre share a large part, which says nothing
/// of what tells clauses apart; centred cosines leave it out (Mu and Viswanath 2018).
#[derive(Clone, Debug, Default)]
struct Mean {
    vector: Vec<f32>,
    square: f32,
}

impl Mean {
    fn of(table: &VectorTable) -> Self {
        let mut sum = vec![0.0f32; table.dimensions];
        let wholes = table.passages.iter().filter(|passage| passage.kind == PassageKind::Whole);
        let mut count = 0.0f32;
        for passage in wholes {
            count += 1.0;
            for (sum, x) in sum.iter_mut().zip(table.row(passage.vector as usize)) {
                *sum += f32::from(*x);
            }
        }
        let scale = RANGE / 127.0 / count.max(1.0);
        let vector: Vec<f32> = sum.into_iter().map(|x| x * scale).collect();
        let square = vector.iter().map(|x| x * x).sum();
        Self { vector, square }
    }

    fn centring(&self, row: &[i8]) -> Centring {
        let product =
            row.iter().zip(&self.vector).map(|(x, m)| f32::from(*x) * m).sum::<f32>() * RANGE / 127.0;
        let distance = (cosine(row, row) - 2.0 * product + self.square).max(1e-6).sqrt();
        Centring { product, distance }
    }

    /// The cosine of two vectors after the mean is taken from both, from their plain cosine.
    fn centred(&self, plain: f32, a: Centring, b: Centring) -> f32 {
        (plain - a.product - b.product + self.square) / (a.distance * b.distance)
    }
}

/// Distance for the graph: 1 − cosine, never negative.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CosineDistance;

impl Distance<i8> for CosineDistance {
    fn eval(&self, a: &[i8], b: &[i8]) -> f32 {
        (1.0 - cosine(a, b)).max(0.0)
    }
}

/// A passage of a clause and the vector that stands for it; passages of one text share a vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassageVector {
    /// Which clause.
    pub clause: u32,
    /// Whole clause, its core, or a sentence.
    pub kind: PassageKind,
    /// Where in the clause's text, in code points.
    pub span: Span,
    /// Row of the vector table.
    pub vector: u32,
}

/// Best cosines of one clause with a query.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClauseCosines {
    /// Of the whole clause.
    pub whole: f32,
    /// Of the clause without its number and responsibility notes.
    pub core: f32,
    /// Of the whole clause, centred.
    pub centred_whole: f32,
    /// Of its core, centred.
    pub centred_core: f32,
    /// Of its best sentence; the whole clause's where it has one sentence only.
    pub sentence: f32,
    /// The best sentence.
    pub best: Option<Span>,
}

/// What is written: distinct vectors `[n, dimensions]` and the passages that use them, by clause.
#[derive(Debug, Default)]
pub struct VectorTable {
    /// Components a vector.
    pub dimensions: usize,
    /// `[n × dimensions]`.
    pub vectors: Vec<i8>,
    /// In the order of clauses.
    pub passages: Vec<PassageVector>,
}

impl VectorTable {
    fn len(&self) -> usize {
        self.vectors.len() / self.dimensions.max(1)
    }

    /// The vector of row `index`; empty beyond the table.
    pub fn row(&self, index: usize) -> &[i8] {
        self.vectors.get(index * self.dimensions..(index + 1) * self.dimensions).unwrap_or(&[])
    }

    /// Writes the table into `directory`, with a graph from [`GRAPH_FROM`] vectors on.
    pub fn write(&self, directory: &Path, graph_from: usize) -> Result<()> {
        let write = |name: &str, bytes: &[u8]| {
            let path = directory.join(name);
            std::fs::write(&path, bytes).map_err(|error| Error::io(path.display(), error))
        };
        write("vectors.i8", bytemuck::cast_slice(&self.vectors))?;
        let passages = postcard::to_stdvec(&self.passages)
            .map_err(|error| Error::internal(format!("passages: {error}")))?;
        write("passages", &passages)?;
        if self.len() >= graph_from {
            self.write_graph(directory)?;
        }
        Ok(())
    }

    fn write_graph(&self, directory: &Path) -> Result<()> {
        let graph: Hnsw<'_, i8, CosineDistance> =
            Hnsw::new(GRAPH_CONNECTIONS, self.len(), GRAPH_LAYERS, GRAPH_CONSTRUCTION, CosineDistance);
        let rows: Vec<(&[i8], usize)> = (0..self.len()).map(|index| (self.row(index), index)).collect();
        graph.parallel_insert_slice(&rows);
        graph
            .file_dump(directory, GRAPH_NAME)
            .map_err(|error| Error::new(Kind::Io, "vector_index", format!("vector index: {error}")))?;
        Ok(())
    }
}

/// The vectors of one generation, open for reading.
pub struct VectorIndex {
    table: VectorTable,
    /// Where each clause's passages begin; one more than there are clauses.
    starts: Vec<u32>,
    /// For each vector the passages that use it, when there is a graph.
    users: Vec<Vec<u32>>,
    graph: Option<Hnsw<'static, i8, CosineDistance>>,
    mean: Mean,
    /// For each vector.
    centrings: Vec<Centring>,
}

impl VectorIndex {
    /// Opens what [`VectorTable::write`] wrote. The caller has verified the files' hashes: the
    /// graph's reader asserts on damage.
    pub fn open(directory: &Path, dimensions: usize, clauses: usize) -> Result<Self> {
        let read = |name: &str| {
            let path = directory.join(name);
            std::fs::read(&path).map_err(|error| Error::io(path.display(), error))
        };
        let vectors: Vec<i8> = bytemuck::allocation::cast_vec(read("vectors.i8")?);
        let passages: Vec<PassageVector> =
            postcard::from_bytes(&read("passages")?).map_err(|error| corrupt(&error))?;
        let table = VectorTable { dimensions, vectors, passages };
        let in_range = |passage: &PassageVector| {
            (passage.clause as usize) < clauses && (passage.vector as usize) < table.len()
        };
        if !table.passages.iter().all(in_range) || !table.passages.is_sorted_by_key(|passage| passage.clause)
        {
            return Err(corrupt(&"passages and vectors do not fit together"));
        }
        let starts = (0..=clauses)
            .map(|clause| table.passages.partition_point(|p| (p.clause as usize) < clause) as u32)
            .collect();
        let graph = directory
            .join(format!("{GRAPH_NAME}.hnsw.graph"))
            .is_file()
            .then(|| open_graph(directory))
            .transpose()?;
        let users = if graph.is_some() { users(&table) } else { Vec::new() };
        Ok(Self::with(table, starts, users, graph))
    }

    fn with(
        table: VectorTable,
        starts: Vec<u32>,
        users: Vec<Vec<u32>>,
        graph: Option<Hnsw<'static, i8, CosineDistance>>,
    ) -> Self {
        let mean = Mean::of(&table);
        let centrings = (0..table.len()).map(|index| mean.centring(table.row(index))).collect();
        Self { table, starts, users, graph, mean, centrings }
    }

    /// Makes a query of `row`, a quantised vector of [`dimensions`](Self::dimensions) components.
    pub fn query(&self, row: Vec<i8>) -> QueryVector {
        let centring = self.mean.centring(&row);
        QueryVector { row, centring }
    }

    /// Components a vector.
    pub fn dimensions(&self) -> usize {
        self.table.dimensions
    }

    /// Whether wide searches go through the graph.
    pub fn has_graph(&self) -> bool {
        self.graph.is_some()
    }

    /// The stored vector of the passage of `kind` of `clause`.
    pub fn vector(&self, clause: u32, kind: PassageKind) -> Option<&[i8]> {
        let passage = self.passages(clause).iter().find(|passage| passage.kind == kind)?;
        Some(self.table.row(passage.vector as usize))
    }

    /// The stored vectors of all passages of `kind` of `clause`, in the order of the text.
    pub fn passage_vectors(&self, clause: u32, kind: PassageKind) -> Vec<&[i8]> {
        let passages = self.passages(clause).iter().filter(|passage| passage.kind == kind);
        passages.map(|passage| self.table.row(passage.vector as usize)).collect()
    }

    fn passages(&self, clause: u32) -> &[PassageVector] {
        let bound = |index: usize| self.starts.get(index).copied().unwrap_or(0) as usize;
        self.table.passages.get(bound(clause as usize)..bound(clause as usize + 1)).unwrap_or(&[])
    }

    /// Cosines of `query` with the passages of `clause`.
    pub fn cosines(&self, query: &QueryVector, clause: u32) -> ClauseCosines {
        let mut cosines = ClauseCosines::default();
        for passage in self.passages(clause) {
            let value = cosine(&query.row, self.table.row(passage.vector as usize));
            let centred = |value| {
                let centring = self.centrings.get(passage.vector as usize).copied().unwrap_or_default();
                self.mean.centred(value, query.centring, centring)
            };
            match passage.kind {
                PassageKind::Whole => (cosines.whole, cosines.centred_whole) = (value, centred(value)),
                PassageKind::Core => (cosines.core, cosines.centred_core) = (value, centred(value)),
                PassageKind::Sentence if value > cosines.sentence => {
                    (cosines.sentence, cosines.best) = (value, Some(passage.span));
                }
                PassageKind::Sentence => {}
            }
        }
        if cosines.best.is_none() {
            cosines.sentence = cosines.whole;
        }
        cosines
    }

    /// Clauses nearest to `query` by any passage, at most about `limit`, within `allowed`.
    ///
    /// Searches the graph when there is one and `allowed` keeps more than a tenth of the clauses;
    /// else scans: a narrow filter makes a graph slower than a scan and loses neighbours.
    pub fn nearest(
        &self,
        query: &QueryVector,
        limit: usize,
        allowed: Option<&FixedBitSet>,
    ) -> Vec<(u32, ClauseCosines)> {
        let clauses = self.starts.len().saturating_sub(1);
        let narrow = allowed.is_some_and(|allowed| allowed.count_ones(..) * 10 < clauses);
        let candidates: Vec<u32> = match &self.graph {
            Some(graph) if !narrow => self.neighbours(graph, &query.row, limit * 2),
            _ => (0..clauses as u32).collect(),
        };
        let is_allowed = |clause: &u32| allowed.is_none_or(|allowed| allowed.contains(*clause as usize));
        let mut scored: Vec<(u32, ClauseCosines)> = candidates
            .into_iter()
            .filter(is_allowed)
            .map(|clause| (clause, self.cosines(query, clause)))
            .collect();
        let key = |cosines: &ClauseCosines| cosines.whole + cosines.sentence;
        scored.sort_by(|a, b| key(&b.1).total_cmp(&key(&a.1)).then(a.0.cmp(&b.0)));
        scored.truncate(limit);
        scored
    }

    fn neighbours(&self, graph: &Hnsw<'static, i8, CosineDistance>, query: &[i8], wanted: usize) -> Vec<u32> {
        let nearest = graph.search(query, wanted, wanted.max(64) * 2);
        let users = nearest.iter().filter_map(|neighbour| self.users.get(neighbour.d_id)).flatten();
        let mut clauses: Vec<u32> = users.copied().collect();
        clauses.sort_unstable();
        clauses.dedup();
        clauses
    }
}

/// The graph borrows from its reader, which therefore lives as long as the process: some hundred
/// bytes a generation opened.
fn open_graph(directory: &Path) -> Result<Hnsw<'static, i8, CosineDistance>> {
    let reader: &'static mut HnswIo = Box::leak(Box::new(HnswIo::new(directory, GRAPH_NAME)));
    reader.load_hnsw::<i8, CosineDistance>().map_err(|error| corrupt(&error))
}

fn users(table: &VectorTable) -> Vec<Vec<u32>> {
    let mut users = vec![Vec::new(); table.len()];
    for passage in &table.passages {
        if let Some(clauses) = users.get_mut(passage.vector as usize) {
            clauses.push(passage.clause);
        }
    }
    users
}

fn corrupt(what: &dyn std::fmt::Display) -> Error {
    Error::new(
        Kind::Corrupt,
        "index_corrupt",
        format!("vector index: {what}; rebuild it with `tiaokuan index --rebuild`"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Deterministic unit vectors in loose clusters, as embeddings of a genre are.
    fn vectors(n: usize, dimensions: usize) -> Vec<Vec<f32>> {
        let mut state = 42u64;
        let mut next = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) as f32 / (1u64 << 31) as f32) - 0.5
        };
        let centres: Vec<Vec<f32>> = (0..20).map(|_| (0..dimensions).map(|_| next()).collect()).collect();
        (0..n)
            .map(|i| {
                let raw: Vec<f32> = centres[i % 20].iter().map(|c| c + next()).collect();
                let norm = raw.iter().map(|x| x * x).sum::<f32>().sqrt();
                raw.iter().map(|x| x / norm).collect()
            })
            .collect()
    }

    fn table(n: usize) -> VectorTable {
        let mut table = VectorTable { dimensions: 128, ..VectorTable::default() };
        for (i, vector) in vectors(n, 128).iter().enumerate() {
            table.vectors.extend(quantise(vector));
            let span = Span { start: 0, end: 1 };
            table.passages.push(PassageVector {
                clause: i as u32,
                kind: PassageKind::Whole,
                span,
                vector: i as u32,
            });
        }
        table
    }

    #[test]
    fn quantised_cosine_is_close() {
        let vectors = vectors(50, 512);
        for pair in vectors.windows(2) {
            let exact: f32 = pair[0].iter().zip(&pair[1]).map(|(a, b)| a * b).sum();
            assert!((cosine(&quantise(&pair[0]), &quantise(&pair[1])) - exact).abs() < 0.01);
        }
    }

    #[test]
    fn graph_finds_what_the_scan_finds() {
        let directory = tempfile::tempdir().expect("a temporary folder");
        let table = table(2_000);
        table.write(directory.path(), 1_000).expect("written");
        let graph = VectorIndex::open(directory.path(), 128, 2_000).expect("opened");
        assert!(graph.has_graph());
        let exact = VectorIndex::with(table, (0..=2_000).collect(), Vec::new(), None);
        let (mut found, mut wanted) = (0, 0);
        for clause in (0..2_000).step_by(40) {
            let query = exact.query(exact.table.row(clause).to_vec());
            let truth: Vec<u32> = exact.nearest(&query, 10, None).into_iter().map(|hit| hit.0).collect();
            let answer: Vec<u32> = graph.nearest(&query, 10, None).into_iter().map(|hit| hit.0).collect();
            assert_eq!(answer.first(), Some(&(clause as u32)), "every vector finds itself");
            wanted += truth.len();
            found += truth.iter().filter(|clause| answer.contains(clause)).count();
        }
        assert!(found * 100 >= wanted * 95, "recall {found} of {wanted}");
    }

    #[test]
    fn a_filter_holds() {
        let directory = tempfile::tempdir().expect("a temporary folder");
        table(300).write(directory.path(), 100).expect("written");
        let index = VectorIndex::open(directory.path(), 128, 300).expect("opened");
        let query = index.query(index.table.row(7).to_vec());
        let allowed: FixedBitSet = (0..300).filter(|i| i % 50 == 3).collect();
        let hits = index.nearest(&query, 10, Some(&allowed));
        assert_eq!(hits.len(), 6);
        assert!(hits.iter().all(|hit| hit.0 % 50 == 3));
    }
}
