//! `/v1/regions`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::index::Generation;
use crate::model::Region;
use crate::serve::error::{Failure, Problem};
use crate::serve::state::AppState;

/// The regions that have documents, and those above them.
#[derive(Debug, Serialize, ToSchema)]
struct Regions {
    /// In order of their codes, so that a parent stands before its children.
    regions: Vec<RegionCount>,
}

/// A region with what it holds, its children included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::serve) struct RegionCount {
    /// GB/T 2260 code.
    #[schema(example = "340603")]
    pub(in crate::serve) code: String,
    /// Full name.
    #[schema(example = "相山区")]
    pub(in crate::serve) name: String,
    /// Code of the region above; null for a province.
    #[schema(example = "340600")]
    pub(in crate::serve) parent: Option<String>,
    /// Whether documents are in force for just this region.
    pub(in crate::serve) has_own: bool,
    /// Documents here and below.
    pub(in crate::serve) documents: usize,
    /// Clauses here and below.
    pub(in crate::serve) clauses: usize,
}

/// List regions
///
/// The regions that have documents, and those above them, with counts.
#[utoipa::path(
    get, path = "/v1/regions", operation_id = "regions", tag = "lists",
    responses(
        (status = 200, description = "The regions", body = Regions),
        (status = 503, description = "No index yet", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(State(state): State<AppState>) -> Result<Response, Failure> {
    let regions = region_counts(&*state.generation()?);
    Ok(Json(Regions { regions }).into_response())
}

/// Counts of `generation` by region, in order of codes.
pub(in crate::serve) fn region_counts(generation: &Generation) -> Vec<RegionCount> {
    let mut counts: BTreeMap<String, RegionCount> = BTreeMap::new();
    for record in generation.documents() {
        let Some(region) = &record.document.region else { continue };
        for row in lineage(region) {
            let count = counts.entry(row.code.clone()).or_insert(row.clone());
            count.has_own |= row.has_own;
            count.documents += 1;
            count.clauses += record.clauses.len();
        }
    }
    counts.into_values().collect()
}

/// The region itself and those above it, each with the code that GB/T 2260 gives it.
fn lineage(region: &Region) -> Vec<RegionCount> {
    let above = |digits: usize, name: Option<&String>| {
        let head = region.code.get(..digits)?;
        Some((format!("{head:0<6}"), name?.clone()))
    };
    let own = (region.code.clone(), region.name.clone());
    let names = [above(2, region.province.as_ref()), above(4, region.city.as_ref()), Some(own)];
    let mut rows: Vec<RegionCount> = Vec::new();
    for (code, name) in names.into_iter().flatten() {
        let parent = rows.last().map(|row| row.code.clone());
        if parent.as_ref() == Some(&code) {
            continue;
        }
        let has_own = code == region.code;
        rows.push(RegionCount { code, name, parent, has_own, documents: 0, clauses: 0 });
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::lineage;
    use crate::model::Region;

    #[test]
    fn parents_by_code() {
        let region = Region {
            code: "340603".into(),
            name: "相山区".into(),
            province: Some("安徽省".into()),
            city: Some("淮北市".into()),
        };
        let rows = lineage(&region);
        let codes: Vec<_> = rows.iter().map(|row| (row.code.as_str(), row.parent.as_deref())).collect();
        assert_eq!(codes, [("340000", None), ("340600", Some("340000")), ("340603", Some("340600"))]);
    }
}
