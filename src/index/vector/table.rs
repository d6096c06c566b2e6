//! What the vectors of a segment are written from.

use std::path::Path;

use hnsw_rs::prelude::{AnnT, Distance, Hnsw};

use super::{PassageVector, cosine};
use crate::error::{Error, Kind, Result};

const GRAPH_CONNECTIONS: usize = 24;
const GRAPH_LAYERS: usize = 16;
const GRAPH_CONSTRUCTION: usize = 200;
pub(super) const GRAPH_NAME: &str = "graph";
pub(super) const VECTORS: &str = "vectors.i8";
pub(super) const PASSAGES: &str = "passages";

/// Distance for the graph: 1 − cosine, never negative.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::index) struct CosineDistance;

impl Distance<i8> for CosineDistance {
    fn eval(&self, a: &[i8], b: &[i8]) -> f32 {
        (1.0 - cosine(a, b)).max(0.0)
    }
}

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
