//! Takes documents in and out.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Result;
use crate::ingestion::Done;
use crate::load::manifest::Entry;
use crate::model::DocumentId;
use crate::pipeline::{Change, Input, Outcome};
use crate::serve::error::{Failure, Problem};
use crate::serve::openapi::File;
use crate::serve::query;
use crate::serve::state::AppState;
use crate::view::escape;

/// What became of a document that was put or deleted.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangeReceipt {
    id: DocumentId,
    /// What happened to it.
    outcome: Outcome,
    /// Its newest version; of one that was removed, the last that it had.
    version: u32,
    /// How many clauses it has.
    clauses: usize,
    /// How many remarks there are about what was understood only in part.
    warnings: usize,
    /// The generation of the index that has the change.
    generation: u64,
}

impl From<Done> for ChangeReceipt {
    fn from(done: Done) -> Self {
        let Done { receipt, generation } = done;
        Self {
            id: receipt.document,
            outcome: receipt.outcome,
            version: receipt.version,
            clauses: receipt.clauses,
            warnings: receipt.warnings,
            generation,
        }
    }
}

/// How a document is put.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
#[expect(dead_code, reason = "describes the parameters; never built")]
pub(super) struct PutParameters {
    /// Name of the file; the id without it. Its format is recognised by its content.
    #[param(
        nullable = false,
        min_length = 1,
        max_length = 255,
        pattern = r"^(?!\.{1,2}$)[^/\\\x00-\x1f\x7f-\x9f]+$"
    )]
    file: Option<String>,
    /// Region by name or code. This and what follows counts only where the document's own text is silent.
    #[param(nullable = false, min_length = 1)]
    region: Option<String>,
    /// Date of issue.
    #[param(nullable = false, format = Date)]
    date: Option<String>,
    #[param(nullable = false)]
    title: Option<String>,
    /// Issuing agency.
    #[param(nullable = false)]
    issuer: Option<String>,
    /// Document number (发文字号).
    #[param(nullable = false)]
    number: Option<String>,
    /// Where the file comes from, in words or as an address.
    #[param(nullable = false)]
    source: Option<String>,
}

/// Take a document in
///
/// The body is the file as it is, of at most 64 MiB: text, Markdown, HTML, docx or PDF, whatever its name says.
/// The answer comes when the document is durable and searchable. The same bytes under the same name change
/// nothing; others become a new version, and the earlier ones can still be read.
#[utoipa::path(
    put, path = "/v1/documents/{id}", operation_id = "put_document", tag = "documents",
    params(("id" = String, Path, description = "The id that the document gets: letters of any script, digits, `-`, `_` and `.`"), PutParameters),
    request_body(content = File, content_type = "application/octet-stream", description = "The file"),
    responses(
        (status = 200, description = "A new version, or nothing new", body = ChangeReceipt),
        (status = 201, description = "A new document", body = ChangeReceipt),
        (status = 400, description = "A parameter is unknown or of the wrong type", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The service only reads", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Another process is writing the index", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Larger than 64 MiB", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "A format that cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The id or a parameter is wrong, or the file is damaged or holds no clause", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "Nothing more of the file came", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many documents wait", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "The disk is full; nothing was changed", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(in crate::serve::api) async fn put(
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
    body: Body,
) -> Result<Response, Failure> {
    let id: DocumentId = id.parse()?;
    let mut file = id.as_str().to_owned();
    let mut stated = Entry::default();
    for (name, value) in query::pairs(raw.as_deref())? {
        match name.as_str() {
            "file" => file = file_name(&value)?,
            _ if stated.set(&name, &value)? => {}
            _ => return Err(query::unknown(&name).into()),
        }
    }
    let (bytes, _room) = state.receive(body).await?;
    let entry = (stated != Entry::default()).then_some(stated);
    let input = Input { file, id: id.clone(), bytes, entry, again: None };
    let done = state.change(Change::Put(Box::new(input))).await?;
    let status = match done.receipt.outcome {
        Outcome::Created => StatusCode::CREATED,
        Outcome::Replaced | Outcome::Unchanged | Outcome::Removed => StatusCode::OK,
    };
    let location = format!("/v1/documents/{}", escape(id.as_str()));
    Ok((status, [(header::LOCATION, location)], Json(ChangeReceipt::from(done))).into_response())
}

/// A name without folders.
fn file_name(name: &str) -> Result<String> {
    let is_plain = !name.is_empty()
        && name.chars().count() <= 255
        && !name.contains(['/', '\\'])
        && !name.chars().any(char::is_control)
        && name != "."
        && name != "..";
    if is_plain {
        return Ok(name.to_owned());
    }
    Err(crate::error::Error::invalid(
        "invalid_parameter",
        "file",
        format!("file: {name:?} is not the name of a file without folders, of at most 255 characters"),
    ))
}

/// Take a document out
///
/// In every version, with its kept source.
#[utoipa::path(
    delete, path = "/v1/documents/{id}", operation_id = "delete_document", tag = "documents",
    params(("id" = String, Path, description = "The document's id")),
    responses(
        (status = 200, description = "It is gone", body = ChangeReceipt),
        (status = 403, description = "The service only reads", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such document", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Another process is writing the index", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Not a document id", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many changes wait", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "The disk is full; nothing was changed", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(in crate::serve::api) async fn delete(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let done = state.change(Change::Remove(id.parse()?)).await?;
    Ok(Json(ChangeReceipt::from(done)).into_response())
}
