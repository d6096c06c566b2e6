//! The reader: a whole document with its outline, each clause at its anchor.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::clause::DocumentLabel;
use super::html;
use super::layout::Layout;
use super::reader::{self, Block, OutlineLink};
use crate::error::{Error, Kind};
use crate::serve::error::Failure;
use crate::serve::query::escape;
use crate::serve::state::AppState;

#[derive(Template)]
#[template(path = "document.html")]
struct DocumentPage {
    layout: Layout,
    document: DocumentLabel,
    clauses: usize,
    raw_href: String,
    report_href: String,
    /// Address of all its clauses as a list.
    within_href: String,
    outline: Vec<OutlineLink>,
    blocks: Vec<Block>,
}

/// `GET /documents/{id}`.
pub(super) async fn get(State(state): State<AppState>, Path(id): Path<String>) -> Result<Response, Failure> {
    let generation = state.generation()?;
    let unknown = || Error::new(Kind::NotFound, "unknown_document", format!("there is no document {id:?}"));
    let record = generation.document(&id).ok_or_else(unknown)?;
    html(&DocumentPage {
        layout: Layout::of(&state, "documents", record.document.title.as_str()),
        document: DocumentLabel::of(&record.document),
        clauses: record.clauses.len(),
        raw_href: format!("/v1/documents/{}/source", escape(&id)),
        report_href: format!("/documents/{}/report", escape(&id)),
        within_href: format!("/search?q={}", escape(&format!("文件:{id}"))),
        outline: reader::outline(record),
        blocks: reader::blocks(record),
    })
}
