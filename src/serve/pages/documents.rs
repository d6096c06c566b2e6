//! The documents there are.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;

use super::clause::DocumentLabel;
use super::html;
use super::layout::Layout;
use crate::model::Region;
use crate::serve::api::region_counts;
use crate::serve::error::Failure;
use crate::serve::query;
use crate::serve::state::AppState;

/// Documents a page.
const PAGE: usize = 100;

#[derive(Template)]
#[template(path = "documents.html")]
struct DocumentsPage {
    layout: Layout,
    total: usize,
    rows: Vec<Row>,
    /// Name of the region that the list is of.
    region: Option<String>,
    next_href: Option<String>,
}

struct Row {
    document: DocumentLabel,
    clauses: usize,
}

/// `GET /documents`, with `region` (a code, which takes in what lies below it) and `cursor`.
pub(super) async fn get(State(state): State<AppState>, RawQuery(raw): RawQuery) -> Result<Response, Failure> {
    let pairs = query::pairs(raw.as_deref())?;
    let value = |wanted: &str| {
        pairs
            .iter()
            .find(|(name, value)| name == wanted && !value.is_empty())
            .map(|(_, value)| value.as_str())
    };
    let (region, after) = (value("region"), value("cursor").unwrap_or_default());
    let generation = state.generation()?;
    let in_region = |own: Option<&Region>| {
        region.is_none_or(|code| own.is_some_and(|own| own.code.starts_with(significant(code))))
    };
    let listed: Vec<_> =
        generation.documents().iter().filter(|record| in_region(record.document.region.as_ref())).collect();
    let rest: Vec<_> = listed.iter().filter(|record| record.document.id.as_str() > after).collect();
    let last = rest.get(PAGE - 1).filter(|_| rest.len() > PAGE);
    let next_href = last.map(|record| {
        let region = region.map(|code| ("region", code));
        format!(
            "/documents?{}",
            query::to_query(region.into_iter().chain([("cursor", record.document.id.as_str())]))
        )
    });
    let row = |record: &std::sync::Arc<crate::index::DocumentRecord>| Row {
        document: DocumentLabel::of(&record.document),
        clauses: record.clauses.len(),
    };
    let name_of =
        |code: &str| region_counts(&generation).into_iter().find(|row| row.code == code).map(|row| row.name);
    html(&DocumentsPage {
        layout: Layout::of(&state, "documents", "文件"),
        total: listed.len(),
        rows: rest.iter().take(PAGE).map(|record| row(record)).collect(),
        region: region.map(|code| name_of(code).unwrap_or_else(|| code.to_owned())),
        next_href,
    })
}

/// The digits of a GB/T 2260 code that its children share: two of a province, four of a city.
fn significant(code: &str) -> &str {
    code.strip_suffix("0000").or_else(|| code.strip_suffix("00")).unwrap_or(code)
}
