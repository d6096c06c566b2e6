//! Documents taken in and out by forms.

use askama::Template;
use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Path, Request, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::clause::DocumentLabel;
use super::documents::{RefusedUpload, with_refusal};
use super::html;
use super::layout::Layout;
use super::visitor::Visitor;
use crate::error::{Error, Kind, Result};
use crate::load::sha256_hex;
use crate::model::DocumentId;
use crate::pipeline::{Change, Input};
use crate::serve::api::unknown_document;
use crate::serve::error::{Failure, Rendered, page_status, words_zh};
use crate::serve::query::escape;
use crate::serve::state::AppState;

#[derive(Template)]
#[template(path = "document_delete.html")]
struct DeletePage {
    layout: Layout,
    document: DocumentLabel,
    clauses: usize,
    /// Name of the file as received.
    file: String,
    /// Title and advice of what went wrong, in Chinese.
    refused: Option<(&'static str, &'static str)>,
}

/// What the form of an upload holds.
#[derive(Debug, Default)]
struct Upload {
    file: String,
    bytes: Vec<u8>,
    /// As typed; the file's name makes one where it is empty.
    id: String,
    /// Whether a document of the same id may be replaced.
    replaces: bool,
}

/// `POST /documents`: takes the file of a form in, and leads to what was understood of it.
pub(super) async fn upload(
    State(state): State<AppState>,
    visitor: Visitor,
    request: Request,
) -> Result<Response, Failure> {
    let mut upload = Upload::default();
    let taken = match upload.read(&state, request).await {
        Ok(()) => take(&state, &mut upload).await,
        Err(error) => Err(error),
    };
    match taken {
        Ok(id) => Ok(Redirect::to(&format!("/documents/{}/report?new", escape(id.as_str()))).into_response()),
        Err(error) if is_for_the_form(&error) => refused(&state, visitor, upload, &error),
        Err(error) => Err(error.into()),
    }
}

/// Whether the person at the form can do something about `error`.
fn is_for_the_form(error: &Error) -> bool {
    let status = page_status(error);
    status.is_client_error()
        || matches!(error.code(), "ingestion_busy" | "uploads_busy" | "model_absent" | "model_mismatch")
}

fn refused(state: &AppState, visitor: Visitor, upload: Upload, error: &Error) -> Result<Response, Failure> {
    let (title, advice) = words_zh(error);
    let can_replace = error.code() == "document_exists";
    let mut response =
        with_refusal(state, visitor, RefusedUpload { title, advice, can_replace, id: upload.id })?;
    *response.status_mut() = page_status(error);
    response.extensions_mut().insert(Rendered);
    Ok(response)
}

impl Upload {
    /// Reads the form; what was read before a failure stays, so that the page can show it again.
    async fn read(&mut self, state: &AppState, request: Request) -> Result<()> {
        let (head, body) = request.into_parts();
        // Received whole first, within the room that all uploads share.
        let (bytes, _room) = state.receive(body).await?;
        let request = Request::from_parts(head, Body::from(bytes));
        let no_form = |_| Error::invalid("no_file", "file", "the body is no form with a file");
        let mut form = Multipart::from_request(request, state).await.map_err(no_form)?;
        while let Some(field) = form.next_field().await.map_err(broken)? {
            match field.name().unwrap_or_default() {
                "file" => {
                    self.file = plain_name(field.file_name().unwrap_or_default());
                    self.bytes = field.bytes().await.map_err(broken)?.to_vec();
                }
                "id" => field.text().await.map_err(broken)?.trim().clone_into(&mut self.id),
                "replace" => self.replaces = field.text().await.map_err(broken)? == "1",
                _ => {}
            }
        }
        if self.file.is_empty() {
            return Err(Error::invalid("no_file", "file", "the form holds no file"));
        }
        Ok(())
    }

    /// The id asked for, or the one that the file's name makes.
    fn document_id(&self) -> Result<DocumentId> {
        if !self.id.is_empty() {
            return self.id.parse();
        }
        let stem = self.file.rsplit_once('.').map_or(self.file.as_str(), |(stem, _)| stem);
        Ok(DocumentId::from_stem(stem))
    }
}

fn broken(error: axum::extract::multipart::MultipartError) -> Error {
    Error::new(Kind::Invalid, "bad_request", "the form ended early or is damaged").with_source(error)
}

/// A file's name without the folders that some browsers send.
fn plain_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    name.chars().filter(|c| !c.is_control()).take(80).collect::<String>().trim().to_owned()
}

async fn take(state: &AppState, upload: &mut Upload) -> Result<DocumentId> {
    let id = upload.document_id()?;
    let known = state.generation().ok().and_then(|generation| generation.document(id.as_str()).cloned());
    // 实施方案.docx is what half of all plans are called: nothing is replaced unasked.
    let is_other = |sha256: &str| sha256 != sha256_hex(&upload.bytes);
    if known.is_some_and(|known| !upload.replaces && is_other(&known.document.sha256)) {
        upload.id = id.as_str().to_owned();
        let message = format!("there is a document {:?} already", id.as_str());
        return Err(Error::invalid("document_exists", "id", message));
    }
    let (file, bytes) = (upload.file.clone(), std::mem::take(&mut upload.bytes));
    let input = Input { file, id: id.clone(), bytes, entry: None, again: None };
    state.change(Change::Put(Box::new(input))).await?;
    Ok(id)
}

/// `GET /documents/{id}/delete`: what goes, before it goes.
pub(super) async fn confirm(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let page = html(&delete_page(&state, &visitor, &id, None)?)?;
    Ok(visitor.answer(page))
}

/// `POST /documents/{id}/delete`.
pub(super) async fn delete(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    // Unknown ids end here, with a page of their own.
    delete_page(&state, &visitor, &id, None)?;
    let removed = match id.parse() {
        Ok(id) => state.change(Change::Remove(id)).await.map(drop),
        Err(error) => Err(error),
    };
    match removed {
        Ok(()) => Ok(Redirect::to("/documents?deleted").into_response()),
        Err(error) if is_for_the_form(&error) => {
            let mut response = html(&delete_page(&state, &visitor, &id, Some(words_zh(&error)))?)?;
            *response.status_mut() = page_status(&error);
            response.extensions_mut().insert(Rendered);
            Ok(visitor.answer(response))
        }
        Err(error) => Err(error.into()),
    }
}

fn delete_page(
    state: &AppState,
    visitor: &Visitor,
    id: &str,
    refused: Option<(&'static str, &'static str)>,
) -> Result<DeletePage> {
    let generation = state.generation()?;
    let record = generation.document(id).ok_or_else(|| unknown_document(id))?;
    Ok(DeletePage {
        layout: Layout::of(state, "documents", "删除文件").with_token(visitor.token()),
        document: DocumentLabel::of(&record.document),
        clauses: record.clauses.len(),
        file: record.document.file.clone(),
        refused,
    })
}
