//! Versions of a document.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{Error, Kind, Result};
use crate::index::{CatalogueEntry, DocumentRecord};
use crate::model::DocumentId;
use crate::serve::error::{Failure, Problem};
use crate::serve::query;
use crate::serve::state::AppState;

/// Which version is meant.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
#[expect(dead_code, reason = "describes the parameters; never built")]
pub(super) struct VersionParameters {
    /// A version by its number; the newest without it.
    #[param(nullable = false, minimum = 1)]
    version: Option<u32>,
}

/// All versions of a document.
#[derive(Debug, Serialize, ToSchema)]
struct Versions<'a> {
    id: &'a DocumentId,
    /// Newest first.
    versions: Vec<VersionView<'a>>,
}

/// One version of a document.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DocumentVersion)]
struct VersionView<'a> {
    /// 1 for the first that was received.
    version: u32,
    /// When it was received.
    #[schema(format = DateTime)]
    received: &'a str,
    /// Whether it is the one that is searched.
    is_newest: bool,
    title: &'a str,
    /// Name of its file.
    file: &'a str,
    /// SHA-256 of the file's bytes.
    sha256: &'a str,
    /// How many clauses it has.
    clauses: usize,
}

/// List the versions of a document
#[utoipa::path(
    get, path = "/v1/documents/{id}/versions", operation_id = "document_versions", tag = "documents",
    params(("id" = String, Path, description = "The document's id")),
    responses(
        (status = 200, description = "All versions, newest first", body = Versions),
        (status = 404, description = "No such document", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "No index yet", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(in crate::serve::api) async fn list(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let generation = state.generation()?;
    let entries = generation.versions(&id);
    let newest = entries.last().ok_or_else(|| unknown_document(&id))?;
    let view = |entry: &'_ CatalogueEntry| {
        let record = generation.record(entry)?;
        Some((entry.clone(), Arc::clone(record)))
    };
    let found: Vec<(CatalogueEntry, Arc<DocumentRecord>)> = entries.iter().rev().filter_map(view).collect();
    let versions = found.iter().map(|(entry, record)| VersionView {
        version: entry.version,
        received: &entry.received,
        is_newest: entry.version == newest.version,
        title: &record.document.title,
        file: &entry.file,
        sha256: &entry.sha256,
        clauses: record.clauses.len(),
    });
    Ok(Json(Versions { id: &newest.id, versions: versions.collect() }).into_response())
}

/// A document in one of its versions.
pub(in crate::serve) struct Found {
    pub(in crate::serve) record: Arc<DocumentRecord>,
    pub(in crate::serve) entry: CatalogueEntry,
    pub(in crate::serve) is_newest: bool,
}

/// The document `id` in the version that the address's query names, else in its newest.
pub(in crate::serve) fn find(state: &AppState, id: &str, query: Option<&str>) -> Result<Found> {
    let mut wanted: Option<u32> = None;
    for (name, value) in query::pairs(query)? {
        match name.as_str() {
            "version" => wanted = Some(query::number("version", &value)?),
            _ => return Err(query::unknown(&name)),
        }
    }
    let generation = state.generation()?;
    let entries = generation.versions(id);
    let newest = entries.last().ok_or_else(|| unknown_document(id))?;
    let version = wanted.unwrap_or(newest.version);
    let unknown = || {
        let message = format!("{id:?} has no version {version}; its newest is {}", newest.version);
        Error::new(Kind::NotFound, "unknown_version", message)
    };
    let entry = entries.iter().find(|entry| entry.version == version).ok_or_else(unknown)?;
    let record = generation.record(entry).map(Arc::clone).ok_or_else(unknown)?;
    Ok(Found { record, entry: entry.clone(), is_newest: version == newest.version })
}

fn unknown_document(id: &str) -> Error {
    Error::new(Kind::NotFound, "unknown_document", format!("there is no document {id:?}"))
}
