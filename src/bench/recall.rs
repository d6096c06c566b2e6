//! What the vector search finds of what an exact one finds.

use std::collections::HashSet;

use crate::embed::Embedder;
use crate::error::Result;
use crate::index::{FixedBitSet, Generation, quantise};

/// Neighbours that count.
const DEPTH: usize = 10;
/// Neighbours asked for: as many as a query's leg asks for.
const ASKED: usize = 200;

/// The share of the ten nearest clauses that are found, over all `queries`; none without vectors.
pub(super) fn at_ten(
    generation: &Generation,
    embedder: &dyn Embedder,
    queries: &[String],
    allowed: Option<&FixedBitSet>,
) -> Result<Option<f64>> {
    let Some(vectors) = generation.vectors() else { return Ok(None) };
    let (mut found, mut wanted) = (0, 0);
    for query in queries {
        let query = vectors.query(quantise(&embedder.embed(query)?));
        let first = |hits: Vec<(u32, f32)>| -> HashSet<u32> {
            hits.into_iter().take(DEPTH).map(|(clause, _)| clause).collect()
        };
        let truth = first(vectors.nearest_exactly(&query, DEPTH, allowed));
        wanted += truth.len();
        found += first(vectors.nearest(&query, ASKED, allowed)).intersection(&truth).count();
    }
    Ok(Some(found as f64 / wanted.max(1) as f64))
}
