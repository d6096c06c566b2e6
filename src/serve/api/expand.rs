//! `/v1/expand`.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};

use crate::search::Expanded;
use crate::serve::error::{Failure, Problem};
use crate::serve::query;
use crate::serve::state::AppState;

/// Say how a query is understood
///
/// Words, fields, agencies, terms of the thesaurus and like questions that take part in a search for `q`.
#[utoipa::path(
    get, path = "/v1/expand", operation_id = "expand", tag = "search", params(ExpandParameters),
    responses(
        (status = 200, description = "The query as it is understood", body = Expanded),
        (status = 400, description = "A parameter is unknown", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "There is no word in the query, or a field's value is unknown", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "No index yet", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get(State(state): State<AppState>, RawQuery(raw): RawQuery) -> Result<Response, Failure> {
    let mut asked = String::new();
    for (name, value) in query::pairs(raw.as_deref())? {
        match name.as_str() {
            "q" => asked = value,
            _ => return Err(query::unknown(&name).into()),
        }
    }
    Ok(Json(state.on_engine(move |engine| engine.expand(&asked)).await?).into_response())
}

#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
#[expect(dead_code, reason = "describes the parameters; never built")]
struct ExpandParameters {
    /// A query as the search takes it.
    #[param(min_length = 1, max_length = 2000, example = "三个工作日办好用水报装")]
    q: String,
}
