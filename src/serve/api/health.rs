//! `/healthz` and `/readyz`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{Error, Kind};
use crate::serve::error::{Failure, Problem};
use crate::serve::state::AppState;
use crate::view::ModelPresence;

/// Alive.
#[derive(Debug, Serialize, ToSchema)]
struct Live {
    /// Always `ok`.
    status: &'static str,
}

/// Ready to answer.
#[derive(Debug, Serialize, ToSchema)]
struct Ready {
    /// Always `ready`.
    status: &'static str,
    /// The state of the index that answers.
    generation: u64,
    /// Whether semantic queries are answered.
    model: ModelPresence,
    /// The model whose vectors the index holds.
    #[schema(example = "bge-small-zh-v1.5-int8@15b717c3+fold1")]
    indexed_model: Option<String>,
    /// The model given, where it is another: semantic queries are off until the index is made again.
    mismatched_model: Option<String>,
    /// The cross-encoder that reorders the best hits.
    reranker: Option<String>,
    /// Whether documents can be taken in: the data directory can be written to. Null where none is known.
    writable: Option<bool>,
    /// How many searches wait for a place.
    waiting: usize,
    /// How many documents there are.
    documents: usize,
    /// How many clauses there are.
    clauses: usize,
}

/// Whether the process is alive
#[utoipa::path(get, path = "/healthz", operation_id = "healthz", tag = "operation",
    responses((status = 200, description = "Alive", body = Live)))]
pub(super) async fn live() -> Response {
    Json(Live { status: "ok" }).into_response()
}

/// Whether queries are answered
#[utoipa::path(get, path = "/readyz", operation_id = "readyz", tag = "operation",
    responses(
        (status = 200, description = "Ready", body = Ready),
        (status = 503, description = "No index yet, the line of waiting searches is full, or the search cluster is away", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn ready(State(state): State<AppState>) -> Result<Response, Failure> {
    let generation = state.generation()?;
    if state.queue().is_full() {
        let message = "the line of waiting searches is full; try again in a moment";
        return Err(Error::new(Kind::Unavailable, "busy", message).into());
    }
    let asked = state.clone();
    let writable = tokio::task::spawn_blocking(move || asked.is_writable()).await.unwrap_or(Some(false));
    if let Some(cluster) = state.cluster().cloned() {
        let checked = tokio::task::spawn_blocking(move || cluster.check()).await;
        checked.map_err(|error| Error::internal("a check ended abnormally").with_source(error))??;
    }
    let documents = generation.documents();
    let ready = Ready {
        status: "ready",
        generation: generation.id(),
        model: ModelPresence::of(state.has_model()),
        indexed_model: generation.manifest().model.clone(),
        mismatched_model: state.mismatch().map(|mismatch| mismatch.given.to_string()),
        reranker: state.reranker().map(ToString::to_string),
        writable,
        waiting: state.queue().waiting(),
        documents: documents.len(),
        clauses: generation.len(),
    };
    Ok(Json(ready).into_response())
}
