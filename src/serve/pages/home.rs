//! The first page: a box, examples, and what there is.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::html;
use super::layout::Layout;
use crate::serve::api::{domain_counts, region_counts};
use crate::serve::error::Failure;
use crate::serve::query::escape;
use crate::serve::state::AppState;

/// Queries that show what can be asked: words, a promise, lay wording.
const EXAMPLES: [&str; 5] = [
    "用水用气外线工程 并联审批",
    "企业开办 办结时限",
    "想把公司关掉怎么办",
    "施工许可 压缩至几个工作日",
    "不动产登记 一窗受理",
];

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    layout: Layout,
    documents: usize,
    clauses: usize,
    regions: Vec<Entry>,
    domains: Vec<Entry>,
    examples: Vec<Entry>,
}

/// A link with what lies behind it.
struct Entry {
    label: String,
    href: String,
    count: usize,
}

/// `GET /`.
pub(super) async fn get(State(state): State<AppState>) -> Result<Response, Failure> {
    let generation = state.generation()?;
    let regions = region_counts(&generation).into_iter().filter(|region| region.has_own);
    let domains = domain_counts(&generation).into_iter().filter(|domain| domain.clauses > 0);
    let page = HomePage {
        layout: Layout::of(&state, "search", "检索政策条款"),
        documents: generation.documents().len(),
        clauses: generation.len(),
        regions: regions
            .map(|region| Entry {
                href: format!("/documents?region={}", escape(&region.code)),
                label: region.name,
                count: region.clauses,
            })
            .collect(),
        domains: domains
            .map(|domain| Entry {
                // All that is counted, whatever its wording.
                href: format!("/search?q={}", escape(&format!("领域:\"{}\"", domain.name))),
                label: domain.name,
                count: domain.clauses,
            })
            .collect(),
        examples: EXAMPLES
            .map(|query| Entry {
                href: format!("/search?q={}", escape(query)),
                label: query.to_owned(),
                count: 0,
            })
            .into(),
    };
    html(&page)
}
