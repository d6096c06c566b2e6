//! The vectors of one segment, open for reading.

use std::path::Path;

use hnsw_rs::prelude::{Hnsw, HnswIo};

use super::super::passage::PassageKind;
use super::table::{CosineDistance, GRAPH_NAME, PASSAGES, VECTORS, VectorTable};
use super::{ClauseCosines, PassageVector, corrupt};
use crate::error::{Error, Result};

/// The vectors of one segment.
pub(in crate::index) struct VectorSegment {
    table: VectorTable,
    /// Where each clause's passages begin; one more than there are clauses.
    starts: Vec<u32>,
    /// For each vector the clauses that use it, when there is a graph.
    users: Vec<Vec<u32>>,
    graph: Option<Hnsw<'static, i8, CosineDistance>>,
}

impl VectorSegment {
    /// Opens what [`VectorTable::write`] wrote. The caller has verified the files' hashes: the
    /// graph's reader asserts on damage.
    pub(in crate::index) fn open(directory: &Path, dimensions: usize, clauses: usize) -> Result<Self> {
        let read = |name: &str| {
            let path = directory.join(name);
            std::fs::read(&path).map_err(|error| Error::io(path.display(), error))
        };
        let vectors: Vec<i8> = bytemuck::allocation::cast_vec(read(VECTORS)?);
        let passages: Vec<PassageVector> =
            postcard::from_bytes(&read(PASSAGES)?).map_err(|error| corrupt(&error))?;
        let table = VectorTable { dimensions, vectors, passages };
        let in_range = |passage: &PassageVector| {
            (passage.clause as usize) < clauses && (passage.vector as usize) < table.len()
        };
        if !table.passages.iter().all(in_range) || !table.passages.is_sorted_by_key(|passage| passage.clause)
        {
            return Err(corrupt(&"passages and vectors do not fit together"));
        }
        let has_graph = directory.join(format!("{GRAPH_NAME}.hnsw.graph")).is_file();
        let graph = has_graph.then(|| open_graph(directory)).transpose()?;
        Ok(Self::new(table, clauses, graph))
    }

    pub(super) fn new(
        table: VectorTable,
        clauses: usize,
        graph: Option<Hnsw<'static, i8, CosineDistance>>,
    ) -> Self {
        let starts = (0..=clauses)
            .map(|clause| table.passages.partition_point(|p| (p.clause as usize) < clause) as u32)
            .collect();
        let users = if graph.is_some() { users(&table) } else { Vec::new() };
        Self { table, starts, users, graph }
    }

    /// Its distinct vectors and passages.
    pub(in crate::index) fn table(&self) -> &VectorTable {
        &self.table
    }

    /// Whether it has a graph.
    pub(super) fn has_graph(&self) -> bool {
        self.graph.is_some()
    }

    /// The passages of the clause at `clause` in the segment, in the order of the text.
    pub(in crate::index) fn passages(&self, clause: u32) -> &[PassageVector] {
        let bound = |index: usize| self.starts.get(index).copied().unwrap_or(0) as usize;
        self.table.passages.get(bound(clause as usize)..bound(clause as usize + 1)).unwrap_or(&[])
    }

    /// Cosines of `row` with the passages of `clause`; `centred` makes a centred one of a plain one and the
    /// row that it was taken with.
    pub(super) fn cosines(
        &self,
        row: &[i8],
        clause: u32,
        centred: impl Fn(f32, u32) -> f32,
    ) -> ClauseCosines {
        let mut cosines = ClauseCosines::default();
        for passage in self.passages(clause) {
            let value = super::cosine(row, self.table.row(passage.vector as usize));
            match passage.kind {
                PassageKind::Whole => {
                    (cosines.whole, cosines.centred_whole) = (value, centred(value, passage.vector));
                }
                PassageKind::Core => {
                    (cosines.core, cosines.centred_core) = (value, centred(value, passage.vector));
                }
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

    /// Clauses that use one of about `wanted` vectors nearest to `query` by the graph; none without one.
    pub(super) fn neighbours(&self, query: &[i8], wanted: usize) -> Option<Vec<u32>> {
        let nearest = self.graph.as_ref()?.search(query, wanted, wanted.max(64) * 2);
        let users = nearest.iter().filter_map(|neighbour| self.users.get(neighbour.d_id)).flatten();
        let mut clauses: Vec<u32> = users.copied().collect();
        clauses.sort_unstable();
        clauses.dedup();
        Some(clauses)
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
