//! The vectors of one segment, open for reading.

use std::path::Path;

use tantivy::directory::OwnedBytes;

use super::super::mapped::map;
use super::super::passage::PassageKind;
use super::graph::{Graph, Rows};
use super::table::{PASSAGES, VECTORS, VectorTable};
use super::{ClauseCosines, PassageVector, corrupt, dot};
use crate::error::{Error, Result};

/// Clauses whose rows are touched before the first is compared.
const TOUCHED: usize = 8;

/// The vectors of one segment.
pub(in crate::index) struct VectorSegment {
    dimensions: usize,
    /// `[n × dimensions]`, signed.
    vectors: OwnedBytes,
    /// In the order of clauses.
    passages: Vec<PassageVector>,
    /// Where each clause's passages begin; one more than there are clauses.
    starts: Vec<u32>,
    graph: Option<(Graph, Users)>,
}

/// For each vector the clauses that use it.
pub(in crate::index) struct Users {
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
        let vectors = map(&directory.join(VECTORS))?;
        let passages: Vec<PassageVector> =
            postcard::from_bytes(&read(PASSAGES)?).map_err(|error| corrupt(&error))?;
        let count = vectors.len() / dimensions.max(1);
        let in_range = |passage: &PassageVector| {
            (passage.clause as usize) < clauses && (passage.vector as usize) < count
        };
        if !passages.iter().all(in_range) || !passages.is_sorted_by_key(|passage| passage.clause) {
            return Err(corrupt(&"passages and vectors do not fit together"));
        }
        let starts = starts(passages.iter().map(|passage| passage.clause), clauses);
        let graph = Graph::open(directory, count)?.map(|graph| (graph, Users::of(&passages, count)));
        Ok(Self { dimensions, vectors, passages, starts, graph })
    }

    /// Vectors in memory, without a graph.
    pub(in crate::index) fn of_table(table: VectorTable, clauses: usize) -> Self {
        let VectorTable { dimensions, vectors, passages } = table;
        let starts = starts(passages.iter().map(|passage| passage.clause), clauses);
        let vectors = OwnedBytes::new(bytemuck::allocation::cast_vec::<i8, u8>(vectors));
        Self { dimensions, vectors, passages, starts, graph: None }
    }

    /// Components a vector.
    pub(super) fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// How many distinct vectors it has.
    pub(in crate::index) fn len(&self) -> usize {
        self.vectors.len() / self.dimensions.max(1)
    }

    fn rows(&self) -> Rows<'_> {
        Rows { values: bytemuck::cast_slice(&self.vectors), dimensions: self.dimensions }
    }

    /// The vector of row `index`; empty beyond all rows.
    pub(in crate::index) fn row(&self, index: u32) -> &[i8] {
        let start = index as usize * self.dimensions;
        bytemuck::cast_slice(self.vectors.get(start..start + self.dimensions).unwrap_or(&[]))
    }

    /// How many clauses it has.
    pub(super) fn clauses(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// For each of its vectors the clauses that use it.
    pub(in crate::index) fn users(&self) -> Users {
        Users::of(&self.passages, self.len())
    }

    /// The passages of all clauses.
    pub(super) fn all_passages(&self) -> &[PassageVector] {
        &self.passages
    }

    /// Whether it has a graph.
    pub(super) fn has_graph(&self) -> bool {
        self.graph.is_some()
    }

    /// The passages of the clause at `clause` in the segment, in the order of the text.
    pub(in crate::index) fn passages(&self, clause: u32) -> &[PassageVector] {
        let bound = |index: usize| self.starts.get(index).copied().unwrap_or(0) as usize;
        self.passages.get(bound(clause as usize)..bound(clause as usize + 1)).unwrap_or(&[])
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
            let value = super::cosine(row, self.row(passage.vector));
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

    /// What clauses are found by: how near the whole of each of `clauses` and its best sentence are together to each
    /// of `queries`, `[clauses × queries]`.
    pub(super) fn nearness(&self, queries: &[&[i8]], clauses: &[u32]) -> Vec<f32> {
        let compared = |clause: &u32| self.passages(*clause).iter().filter(|p| p.kind != PassageKind::Core);
        let to = |query: &[i8], clause: &u32| {
            let (mut whole, mut sentence) = (0.0, None);
            for passage in compared(clause) {
                let value = super::cosine(query, self.row(passage.vector));
                match passage.kind {
                    PassageKind::Whole => whole = value,
                    PassageKind::Core => {}
                    PassageKind::Sentence => sentence = Some(sentence.unwrap_or(0.0f32).max(value)),
                }
            }
            whole + sentence.filter(|sentence| *sentence > 0.0).unwrap_or(whole)
        };
        let mut near = Vec::with_capacity(clauses.len() * queries.len());
        for some in clauses.chunks(TOUCHED) {
            dot::touch(some.iter().flat_map(compared).map(|passage| self.row(passage.vector)));
            near.extend(some.iter().flat_map(|clause| queries.iter().map(move |query| to(query, clause))));
        }
        near
    }

    /// Clauses that use one of the `beam` vectors nearest to `query` that an admitted clause uses, by the
    /// graph; none without one. All are admitted where `admits` says nothing.
    pub(super) fn neighbours(
        &self,
        query: &[i8],
        beam: usize,
        admits: Option<&dyn Fn(u32) -> bool>,
    ) -> Option<Vec<u32>> {
        let (graph, users) = self.graph.as_ref()?;
        let is_admitted = |clause: &u32| admits.is_none_or(|admits| admits(*clause));
        // Without a bound no user needs to be looked up: they are far apart, and a search passes thousands of rows.
        let is_used = |row: u32| admits.is_none() || users.of_row(row).iter().any(is_admitted);
        let nearest = graph.search(self.rows(), query, beam, is_used);
        let mut clauses: Vec<u32> =
            nearest.iter().flat_map(|(_, row)| users.of_row(*row)).copied().filter(is_admitted).collect();
        clauses.sort_unstable();
        clauses.dedup();
        Some(clauses)
    }
}

impl Users {
    fn of(passages: &[PassageVector], rows: usize) -> Self {
        let mut pairs: Vec<(u32, u32)> =
            passages.iter().map(|passage| (passage.vector, passage.clause)).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let starts = starts(pairs.iter().map(|(row, _)| *row), rows);
        Self { starts, clauses: pairs.into_iter().map(|(_, clause)| clause).collect() }
    }

    /// The clauses that use the vector of `row`, in their order.
    pub(in crate::index) fn of_row(&self, row: u32) -> &[u32] {
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
