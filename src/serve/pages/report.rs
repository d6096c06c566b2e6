//! What was understood of a document: its indexing report within the layout.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::clause::DocumentLabel;
use super::html;
use super::layout::Layout;
use crate::report::Report;
use crate::serve::api::unknown_document;
use crate::serve::error::Failure;
use crate::serve::state::AppState;

#[derive(Template)]
#[template(path = "document_report.html")]
struct ReportPage {
    layout: Layout,
    document: DocumentLabel,
    report: Report,
    /// Whether the document was taken a moment ago.
    is_new: bool,
}

/// `GET /documents/{id}/report`.
pub(super) async fn get(
    State(state): State<AppState>,
    Path(id): Path<String>,
    axum::extract::RawQuery(query): axum::extract::RawQuery,
) -> Result<Response, Failure> {
    let generation = state.generation()?;
    let record = Arc::clone(generation.document(&id).ok_or_else(|| unknown_document(&id))?);
    let document = DocumentLabel::of(&record.document);
    // Hundreds of headings and remarks take a moment to lay out.
    let report = state.on_engine(move |_| Ok(Report::of(&record))).await?;
    let layout = Layout::of(&state, "documents", format!("识别情况：{}", document.title));
    html(&ReportPage { layout, document, report, is_new: query.as_deref() == Some("new") })
}
