//! `/v1/compare`.

use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::extract;
use crate::search::CompareRequest;
use crate::serve::body::ApiJson;
use crate::serve::error::{Failure, Problem};
use crate::serve::state::AppState;
use crate::view::ComparisonView;

/// Compare one measure over regions
///
/// A cell a region with up to three counterparts or an honest none found, what they promise aligned row by row in
/// common units, how their wording differs, and who had the measure first.
#[utoipa::path(
    post, path = "/v1/compare", operation_id = "compare", tag = "search", request_body = CompareRequest,
    responses(
        (status = 200, description = "The comparison", body = ComparisonView),
        (status = 400, description = "Malformed JSON or not UTF-8", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such clause", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Body larger than 1 MB", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Body is not application/json", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field is unknown, of the wrong type or out of range", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "No index yet", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn post(
    State(state): State<AppState>,
    ApiJson(request): ApiJson<CompareRequest>,
) -> Result<Response, Failure> {
    let started = Instant::now();
    let request = request.with_targets(extract::targets_of);
    let (generation, comparison) = state.on_engine(move |engine| engine.compare(&request)).await?;
    Ok(Json(ComparisonView::new(&generation, &comparison, state.has_model(), state.links(), started))
        .into_response())
}
