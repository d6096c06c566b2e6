//! `/v1/documents`.

pub(super) mod change;
pub(super) mod versions;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use self::versions::Found;
use crate::error::{Error, Result, Warning};
use crate::index::ClauseRef;
use crate::model::Span;
use crate::serve::access::Caller;
use crate::serve::error::{Failure, Problem};
use crate::serve::query;
use crate::serve::state::AppState;
use crate::view::{ClauseView, DocumentSummary};

/// Documents a page without `limit`.
const DEFAULT_LIMIT: usize = 100;
/// Most documents a page.
const MAX_DOCUMENTS: usize = 1_000;

/// One page of documents.
#[derive(Debug, Serialize, ToSchema)]
struct Documents<'a> {
    /// In order of their ids.
    documents: Vec<DocumentSummary<'a>>,
    /// Continues where this page ends; null on the last page.
    next_cursor: Option<&'a str>,
}

/// A document with its outline.
#[derive(Debug, Serialize, ToSchema)]
struct DocumentDetail<'a> {
    #[serde(flatten)]
    summary: DocumentSummary<'a>,
    /// Which version this is: 1 for the first that was received.
    version: u32,
    /// When it was received.
    #[schema(format = DateTime)]
    received: &'a str,
    /// Whether no later version was received.
    is_newest: bool,
    /// SHA-256 of the file's bytes.
    sha256: &'a str,
    /// Its headings in order.
    outline: Vec<OutlineEntry<'a>>,
    /// What was understood only in part.
    warnings: Vec<WarningView<'a>>,
}

/// A heading.
#[derive(Debug, Serialize, ToSchema)]
struct OutlineEntry<'a> {
    /// 0 for a title, more for what lies deeper.
    level: u8,
    /// As written.
    text: &'a str,
    /// Where it stands in the source, in code points.
    span: Span,
}

/// A remark about a document that was understood only in part.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Warning)]
struct WarningView<'a> {
    /// Stable code.
    code: &'a str,
    /// One sentence that quotes the text at fault.
    message: &'a str,
    /// 1-based line of the file as received, when known.
    line: Option<u32>,
}

/// All clauses of a document.
#[derive(Debug, Serialize, ToSchema)]
struct DocumentClauses<'a> {
    /// In the order of the text.
    clauses: Vec<ClauseView<'a>>,
}

/// List documents
#[utoipa::path(
    get, path = "/v1/documents", operation_id = "documents", tag = "documents",
    params(
        ("limit" = Option<u32>, Query, nullable = false, minimum = 1, maximum = 1000, description = "Documents a page; 100 without it"),
        ("cursor" = Option<String>, Query, nullable = false, description = "`next_cursor` of the page before"),
    ),
    responses(
        (status = 200, description = "One page, in order of ids", body = Documents),
        (status = 400, description = "A parameter is unknown or of the wrong type", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is out of range", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "No index yet", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let page = DocumentsPage::read(query.as_deref())?;
    let generation = state.generation()?;
    let all = generation.documents();
    // The cursor is the last id seen: pages stay whole while documents come and go.
    let start = page
        .after
        .as_deref()
        .map_or(0, |after| all.partition_point(|record| record.document.id.as_str() <= after));
    let rest = all.get(start..).unwrap_or_default();
    let shown = rest.get(..page.limit).unwrap_or(rest);
    let last = shown.last().filter(|_| shown.len() < rest.len());
    let documents = shown.iter().map(|record| DocumentSummary::from(record.as_ref())).collect();
    Ok(Json(Documents { documents, next_cursor: last.map(|record| record.document.id.as_str()) })
        .into_response())
}

struct DocumentsPage {
    limit: usize,
    after: Option<String>,
}

impl DocumentsPage {
    fn read(query: Option<&str>) -> Result<Self> {
        let mut page = Self { limit: DEFAULT_LIMIT, after: None };
        for (name, value) in query::pairs(query)? {
            match name.as_str() {
                "limit" => page.limit = query::number("limit", &value)?,
                "cursor" => page.after = Some(value),
                _ => return Err(query::unknown(&name)),
            }
        }
        if !(1..=MAX_DOCUMENTS).contains(&page.limit) {
            return Err(Error::invalid(
                "invalid_limit",
                "limit",
                format!("limit: must be 1 to {MAX_DOCUMENTS}"),
            ));
        }
        if page.after.as_deref().is_some_and(|after| after.parse::<crate::model::DocumentId>().is_err()) {
            return Err(Error::invalid("invalid_cursor", "cursor", "cursor: not one that this server gave"));
        }
        Ok(page)
    }
}

/// Read a document's description
#[utoipa::path(
    get, path = "/v1/documents/{id}", operation_id = "document", tag = "documents",
    params(("id" = String, Path, description = "The document's id"), versions::VersionParameters),
    responses(
        (status = 200, description = "The document with its outline", body = DocumentDetail),
        (status = 400, description = "An unknown parameter", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such document", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "No index yet", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get(
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let Found { record, entry, is_newest } = versions::find(&state, &id, query.as_deref())?;
    let outline = record.outline.iter().map(|heading| OutlineEntry {
        level: heading.level,
        text: &heading.text,
        span: heading.span,
    });
    let detail = DocumentDetail {
        summary: DocumentSummary::from(record.as_ref()),
        version: entry.version,
        received: &entry.received,
        is_newest,
        sha256: &record.document.sha256,
        outline: outline.collect(),
        warnings: record.warnings.iter().map(WarningView::from).collect(),
    };
    Ok(Json(detail).into_response())
}

/// Read all clauses of a document
#[utoipa::path(
    get, path = "/v1/documents/{id}/clauses", operation_id = "document_clauses", tag = "documents",
    params(("id" = String, Path, description = "The document's id"), versions::VersionParameters),
    responses(
        (status = 200, description = "All clauses, in the order of the text", body = DocumentClauses),
        (status = 400, description = "An unknown parameter", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such document", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "No index yet", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn clauses(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let Found { record, .. } = versions::find(&state, &id, query.as_deref())?;
    let document = &record.document;
    let view = |clause| {
        let found = ClauseRef { index: 0, clause, document };
        let view = ClauseView::new(found, state.links());
        if caller.sees_personal_data() { view.with_contacts(found) } else { view }
    };
    let views = record.clauses.iter().map(view);
    Ok(Json(DocumentClauses { clauses: views.collect() }).into_response())
}

/// Read a document's text
///
/// The normalised source that every span counts in.
#[utoipa::path(
    get, path = "/v1/documents/{id}/source", operation_id = "document_source", tag = "documents",
    params(("id" = String, Path, description = "The document's id"), versions::VersionParameters),
    responses(
        (status = 200, description = "The text", body = String, content_type = "text/plain"),
        (status = 400, description = "An unknown parameter", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such document", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "No index yet", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn source(
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let Found { record, .. } = versions::find(&state, &id, query.as_deref())?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], record.source.clone()).into_response())
}

impl<'a> From<&'a Warning> for WarningView<'a> {
    fn from(warning: &'a Warning) -> Self {
        Self { code: &warning.code, message: &warning.message, line: warning.line }
    }
}
