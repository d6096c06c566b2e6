//! `/v1/similar`.

use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::search::SimilarRequest;
use crate::serve::access::Caller;
use crate::serve::body::ApiJson;
use crate::serve::error::{Failure, Problem};
use crate::serve::state::AppState;
use crate::view::AnswerView;

/// Find similar measures
///
/// Clauses like a given clause or text, best first; cut by no threshold unless `min_relevance` is given.
#[utoipa::path(
    post, path = "/v1/similar", operation_id = "similar", tag = "search", request_body = SimilarRequest,
    responses(
        (status = 200, description = "Hits, best first", body = AnswerView),
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
    caller: Caller,
    ApiJson(request): ApiJson<SimilarRequest>,
) -> Result<Response, Failure> {
    let started = Instant::now();
    let (generation, answer) = state.on_engine(move |engine| engine.similar(&request)).await?;
    let mut view = AnswerView::new(&generation, &answer, state.has_model(), state.links(), started);
    if caller.sees_personal_data() {
        view = view.with_contacts(&generation);
    }
    Ok(Json(view).into_response())
}
