//! `/v1/search`.

use std::time::Instant;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};

use super::parameters::{AnswerParameters, FilterParameters};
use crate::search::{FacetField, SearchRequest};
use crate::serve::access::Caller;
use crate::serve::body::ApiJson;
use crate::serve::error::{Failure, Problem};
use crate::serve::query;
use crate::serve::state::AppState;
use crate::view::AnswerView;

/// Search clauses
///
/// Finds clauses by words, by meaning, or by both.
#[utoipa::path(
    post, path = "/v1/search", operation_id = "search", tag = "search", request_body = SearchRequest,
    responses(
        (status = 200, description = "One page of hits, best first", body = AnswerView),
        (status = 400, description = "Malformed JSON or not UTF-8", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Body larger than 1 MB", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Body is not application/json", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field is unknown, of the wrong type or out of range", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "No index yet, or semantic mode without a model", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn post(
    State(state): State<AppState>,
    caller: Caller,
    ApiJson(request): ApiJson<SearchRequest>,
) -> Result<Response, Failure> {
    answer(&state, &caller, request).await
}

/// Search clauses by address
///
/// The same search for links; every filter may stand more than once.
#[utoipa::path(
    get, path = "/v1/search", operation_id = "search_by_address", tag = "search", params(SearchParameters, AnswerParameters, FilterParameters),
    responses(
        (status = 200, description = "One page of hits, best first", body = AnswerView),
        (status = 400, description = "A parameter is unknown or of the wrong type", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is out of range or unknown", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "No index yet, or semantic mode without a model", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let pairs = query::pairs(query.as_deref())?;
    answer(&state, &caller, query::search_request(&pairs)?).await
}

async fn answer(state: &AppState, caller: &Caller, request: SearchRequest) -> Result<Response, Failure> {
    let started = Instant::now();
    let (generation, answer) = state.on_engine(move |engine| engine.search(&request)).await?;
    let mut view = AnswerView::new(&generation, &answer, state.has_model(), state.links(), started);
    if caller.sees_personal_data() {
        view = view.with_contacts(&generation);
    }
    Ok(Json(view).into_response())
}

/// The parameters of a search by address alone.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
#[expect(dead_code, reason = "describes the parameters; never built")]
struct SearchParameters {
    /// Words, a question, a document number.
    #[param(min_length = 1, max_length = 2000, example = "新公司注册最快多久能办完")]
    q: String,
    /// Hits a page.
    #[param(nullable = false, minimum = 1, maximum = 100, default = 10)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
    /// Fields to count over all matches; may be separated by commas.
    #[param(nullable = false)]
    facets: Option<Vec<FacetField>>,
    /// Whether every hit says how its score came about.
    #[param(nullable = false)]
    explain: Option<bool>,
}
