//! The reader: a whole document with its outline, each clause at its anchor.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;

use super::clause::DocumentLabel;
use super::html;
use super::layout::Layout;
use super::reader::{self, Block, OutlineLink};
use super::version::{VersionLabel, versions};
use crate::serve::api::{Found, find_version};
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
    /// All versions, newest first, where there are several.
    versions: Vec<VersionLabel>,
    /// The version shown, where it is not the newest.
    earlier: Option<u32>,
    newest_href: String,
    outline: Vec<OutlineLink>,
    blocks: Vec<Block>,
}

/// `GET /documents/{id}`, with `version` for an earlier one.
pub(super) async fn get(
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let Found { record, entry, is_newest } = find_version(&state, &id, raw.as_deref())?;
    let record = record.as_ref();
    let versions = versions(state.generation()?.as_ref(), &id, None);
    let version = if is_newest { String::new() } else { format!("?version={}", entry.version) };
    html(&DocumentPage {
        layout: Layout::of(&state, "documents", record.document.title.as_str()),
        document: DocumentLabel::of(&record.document),
        clauses: record.clauses.len(),
        raw_href: format!("/v1/documents/{}/source{version}", escape(&id)),
        report_href: format!("/documents/{}/report", escape(&id)),
        within_href: format!("/search?q={}", escape(&format!("文件:{id}"))),
        versions: if versions.len() > 1 { versions } else { Vec::new() },
        earlier: (!is_newest).then_some(entry.version),
        newest_href: format!("/documents/{}", escape(&id)),
        outline: reader::outline(record),
        blocks: reader::blocks(record),
    })
}
