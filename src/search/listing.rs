//! Queries of fields only: what satisfies them, in the order of the documents.

use super::engine::{Found, restrict};
use super::filter;
use super::query::Query;
use super::request::SearchRequest;
use super::response::{FILTER_ONLY, Hit};
use crate::error::Result;
use crate::index::{ClauseIndex, Generation};

/// Every clause that satisfies the fields and the filter, without rank: score and relevance are 0.
pub(super) fn list(generation: &Generation, request: &SearchRequest, query: Query) -> Result<Found> {
    let allowed = filter::allowed_by_both(generation, &request.filter, &query.filter)?;
    let allowed = restrict(generation, &query, allowed)?;
    let hit = |clause: ClauseIndex| Hit {
        clause,
        score: 0.0,
        relevance: 0.0,
        highlights: Vec::new(),
        best_sentence: None,
        collapsed: Vec::new(),
        explain: None,
    };
    let hits = match allowed {
        Some(allowed) => allowed.ones().map(|clause| hit(clause as u32)).collect(),
        None => (0..generation.len()).map(|clause| hit(clause as u32)).collect(),
    };
    Ok(Found { query, hits, coverage: 0.0, notices: vec![FILTER_ONLY], suggestion: None, corrected: None })
}
