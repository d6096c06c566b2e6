//! The vectors of one segment, open for reading.

use std::path::Path;

use super::super::passage::PassageKind;
use super::graph::Graph;
use super::table::{PASSAGES, VECTORS, VectorTable};
use super::{ClauseCosines, PassageVector, corrupt};
use crate::error::{Error, Result};

/// The vectors of one segment.
pub(in crate::index) struct VectorSegment {
    table: VectorTable,
    /// Where each clause's passages begin; one more than there are clauses.
    starts: Vec<u32>,
    graph: Option<(Graph, Users)>,
}

/// For each vector the clauses that use it.
struct Users {
    /// Where each vector's begin; one more than there are vectors.
    starts: Vec<u32>,
    clauses: Vec<u32>,
}

impl VectorSegment {
    /// Opens what [`VectorTable::write`] wrote.
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
        let graph = Graph::open(directory, table.len())?;
        Ok(Self::new(table, clauses, graph))
    }

    /// Vectors in memory, without a graph.
    pub(in crate::index) fn of_table(table: VectorTable, clauses: usize) -> Self {
        Self::new(table, clauses, None)
    }

    fn new(table: VectorTable, clauses: usize, graph: Option<Graph>) -> Self {
        let starts = starts(table.passages.iter().map(|passage| passage.clause), clauses);
        let graph = graph.map(|graph| (graph, Users::of(&table)));
        Self { table, starts, graph }
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

    /// What clauses are found by: how near the whole of `clause` and its best sentence are to `row` together.
    pub(super) fn nearness(&self, row: &[i8], clause: u32) -> f32 {
        let (mut whole, mut sentence) = (0.0, None);
        for passage in self.passages(clause) {
            let value = || super::cosine(row, self.table.row(passage.vector as usize));
            match passage.kind {
                PassageKind::Whole => whole = value(),
                PassageKind::Core => {}
                PassageKind::Sentence => sentence = Some(sentence.unwrap_or(0.0f32).max(value())),
            }
        }
        whole + sentence.filter(|sentence| *sentence > 0.0).unwrap_or(whole)
    }

    /// Clauses that use one of the `beam` vectors nearest to `query` that an admitted clause uses, by the
    /// graph; none without one.
    pub(super) fn neighbours(
        &self,
        query: &[i8],
        beam: usize,
        admits: impl Fn(u32) -> bool,
    ) -> Option<Vec<u32>> {
        let (graph, users) = self.graph.as_ref()?;
        let is_used = |row: u32| users.of_row(row).iter().any(|clause| admits(*clause));
        let nearest = graph.search(self.table.rows(), query, beam, is_used);
        let mut clauses: Vec<u32> =
            nearest.iter().flat_map(|(_, row)| users.of_row(*row)).copied().filter(|c| admits(*c)).collect();
        clauses.sort_unstable();
        clauses.dedup();
        Some(clauses)
    }
}

impl Users {
    fn of(table: &VectorTable) -> Self {
        let mut pairs: Vec<(u32, u32)> =
            table.passages.iter().map(|passage| (passage.vector, passage.clause)).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let starts = starts(pairs.iter().map(|(row, _)| *row), table.len());
        Self { starts, clauses: pairs.into_iter().map(|(_, clause)| clause).collect() }
    }

    fn of_row(&self, row: u32) -> &[u32] {
        let bound = |index: usize| self.starts.get(index).copied().unwrap_or(0) as usize;
        self.clauses.get(bound(row as usize)..bound(row as usize + 1)).unwrap_or(&[])
    }
}

/// Where each of `count` numbers begins in the ascending `numbers`, and where the last ends.
fn starts(numbers: impl Iterator<Item = u32>, count: usize) -> Vec<u32> {
    let mut starts = vec![0u32; count + 1];
    for number in numbers {
        if let Some(slot) = starts.get_mut(number as usize + 1) {
            *slot += 1;
        }
    }
    let mut sum = 0;
    for slot in &mut starts {
        sum += *slot;
        *slot = sum;
    }
    starts
}
