//! `/v1/atlas` and `/v1/measures/{id}`.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};

use crate::error::Result;
use crate::search::AtlasRequest;
use crate::serve::error::{Failure, Problem};
use crate::serve::query;
use crate::serve::state::AppState;
use crate::view::{AtlasView, MeasureView};

/// Read the atlas
///
/// Domains by regions: how many measures, what share of those that two regions or more have (coverage), and
/// the measures themselves with the regions that have or lack them. A measure is a set of clauses of
/// different documents that say the same, found when documents are indexed; "lacking" means that no indexed
/// document of the region was found to have it.
#[utoipa::path(
    get, path = "/v1/atlas", operation_id = "atlas", tag = "atlas",
    params(
        ("domain" = Option<String>, Query, nullable = false, min_length = 1, description = "Only measures of this domain, by name or alias"),
        ("region" = Option<String>, Query, nullable = false, min_length = 1, description = "Only this region, by name or GB/T 2260 code, with those in it, and the measures that one of them has"),
        ("lacking" = Option<String>, Query, nullable = false, min_length = 1, description = "Only measures that this region, with those in it, lacks"),
        ("min_regions" = Option<u32>, Query, nullable = false, minimum = 1, maximum = 10000, description = "Only measures that at least so many regions have; 1 without it, which takes in what one region alone has"),
        ("limit" = Option<u32>, Query, nullable = false, minimum = 1, maximum = 100, description = "Measures a page; 20 without it"),
        ("cursor" = Option<String>, Query, nullable = false, description = "`next_cursor` of the page before"),
    ),
    responses(
        (status = 200, description = "The counts and one page of measures", body = AtlasView),
        (status = 400, description = "A parameter is unknown or of the wrong type", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is out of range or unknown", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "No index yet, or one without measures", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get(
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let request = request(query.as_deref())?;
    let (generation, atlas) = state.on_engine(move |engine| engine.atlas(&request)).await?;
    Ok(Json(AtlasView::new(&generation, &atlas)).into_response())
}

fn request(query: Option<&str>) -> Result<AtlasRequest> {
    let mut request = AtlasRequest::default();
    for (name, value) in query::pairs(query)? {
        match name.as_str() {
            "domain" => request.domain = Some(value),
            "region" => request.region = Some(value),
            "lacking" => request.lacking = Some(value),
            "min_regions" => request.min_regions = query::number("min_regions", &value)?,
            "limit" => request.limit = query::number("limit", &value)?,
            "cursor" => request.cursor = Some(value),
            _ => return Err(query::unknown(&name)),
        }
    }
    Ok(request)
}

/// Read a measure
#[utoipa::path(
    get, path = "/v1/measures/{id}", operation_id = "measure", tag = "atlas",
    params(("id" = String, Path, description = "The measure's id")),
    responses(
        (status = 200, description = "The measure with its clauses by region", body = MeasureView),
        (status = 404, description = "No such measure", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "No index yet, or one without measures", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn measure(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let (generation, summary, clauses) = state.on_engine(move |engine| engine.measure(&id)).await?;
    Ok(Json(MeasureView::new(&generation, &summary, &clauses, state.links())).into_response())
}
