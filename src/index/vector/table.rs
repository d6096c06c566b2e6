//! What the vectors of a segment are written from.

use std::collections::HashMap;
use std::path::Path;

use super::PassageVector;
use super::graph::{Graph, Rows};
use crate::error::{Error, Result};
use crate::index::build_span;

pub(super) const VECTORS: &str = "vectors.i8";
pub(super) const PASSAGES: &str = "passages";

/// Distinct vectors `[n, dimensions]` and the passages that use them, by clause.
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
    /// The table of `vectors`, `[n × dimensions]`, in which equal ones become one: around a vector that stands many
    /// times over a graph leads nowhere else.
    pub fn new(dimensions: usize, vectors: &[i8], mut passages: Vec<PassageVector>) -> Self {
        let mut distinct = Vec::with_capacity(vectors.len());
        let mut known: HashMap<&[i8], u32> = HashMap::new();
        let mut row_of = |vector| {
            let next = known.len() as u32;
            *known.entry(vector).or_insert_with(|| {
                distinct.extend_from_slice(vector);
                next
            })
        };
        let rows: Vec<u32> = vectors.chunks_exact(dimensions.max(1)).map(&mut row_of).collect();
        for passage in &mut passages {
            passage.vector = rows.get(passage.vector as usize).copied().unwrap_or(u32::MAX);
        }
        Self { dimensions, vectors: distinct, passages }
    }

    /// How many distinct vectors it has.
    pub fn len(&self) -> usize {
        self.vectors.len() / self.dimensions.max(1)
    }

    /// Whether it has no vector.
    pub fn is_empty(&self) -> bool {
        self.vectors.is_empty()
    }

    /// The vector of row `index`; empty beyond the table.
    pub fn row(&self, index: usize) -> &[i8] {
        self.vectors.get(index * self.dimensions..(index + 1) * self.dimensions).unwrap_or(&[])
    }

    /// Writes the table into `directory`, with a graph from `graph_from` distinct vectors on.
    pub fn write(&self, directory: &Path, graph_from: usize) -> Result<()> {
        let write = |name: &str, bytes: &[u8]| {
            let path = directory.join(name);
            std::fs::write(&path, bytes).map_err(|error| Error::io(path.display(), error))
        };
        write(VECTORS, bytemuck::cast_slice(&self.vectors))?;
        let passages = postcard::to_stdvec(&self.passages)
            .map_err(|error| Error::internal(format!("passages: {error}")))?;
        write(PASSAGES, &passages)?;
        if self.len() < graph_from {
            return Ok(());
        }
        let building = build_span("graph").entered();
        let graph = Graph::build(self.rows());
        drop(building);
        graph.write(directory)
    }

    /// The vectors as a graph takes them.
    pub(super) fn rows(&self) -> Rows<'_> {
        Rows { values: &self.vectors, dimensions: self.dimensions }
    }
}
