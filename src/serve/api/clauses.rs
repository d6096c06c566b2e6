//! `/v1/clauses/{id}`.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};

use crate::error::{Error, Kind};
use crate::serve::access::Caller;
use crate::serve::error::{Failure, Problem};
use crate::serve::state::AppState;
use crate::view::ClauseView;

/// Read a clause
#[utoipa::path(
    get, path = "/v1/clauses/{id}", operation_id = "clause", tag = "documents",
    params(("id" = String, Path, description = "The clause's id")),
    responses(
        (status = 200, description = "The clause", body = ClauseView),
        (status = 404, description = "No such clause", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "No index yet", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let generation = state.generation()?;
    let unknown = || Error::new(Kind::NotFound, "unknown_clause", format!("there is no clause {id:?}"));
    let (_, found) = generation.find_clause(&id).ok_or_else(unknown)?;
    let mut view = ClauseView::new(found, state.links());
    if caller.sees_personal_data() {
        view = view.with_contacts(found);
    }
    Ok(Json(view).into_response())
}
