//! Vectors of passages, quantised to a byte a component.
//!
//! [`VectorTable`] is what a segment's vectors are written from; [`VectorIndex`] searches those of all
//! segments of a generation, by an exact scan or through a segment's graph, whichever is less work.

mod centring;
mod dot;
mod graph;
mod search;
mod segment;
mod table;

use serde::{Deserialize, Serialize};

use super::passage::PassageKind;
use crate::error::{Error, Kind};
use crate::model::Span;

pub(super) use centring::Mean;
pub use search::{QueryVector, VectorIndex};
pub(super) use segment::VectorSegment;
pub use table::VectorTable;

/// Distinct vectors above which a graph is built; below it an exact scan is as fast and exact.
pub const GRAPH_FROM: usize = 50_000;
/// Largest component that a byte holds. Components of a unit vector of 512 dimensions are around
/// 0.04; those beyond are cut off.
const RANGE: f32 = 0.35;

/// A vector as bytes, `[dimensions]`.
pub fn quantise(vector: &[f32]) -> Vec<i8> {
    vector.iter().map(|x| (x / RANGE * 127.0).round().clamp(-127.0, 127.0) as i8).collect()
}

/// Cosine of two quantised unit vectors.
pub(super) fn cosine(a: &[i8], b: &[i8]) -> f32 {
    const SCALE: f32 = (RANGE / 127.0) * (RANGE / 127.0);
    dot::product(a, b) as f32 * SCALE
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

fn corrupt(what: &dyn std::fmt::Display) -> Error {
    Error::new(
        Kind::Corrupt,
        "index_corrupt",
        format!("vector index: {what}; rebuild it with `tiaokuan index --rebuild`"),
    )
}

#[cfg(test)]
mod tests;
