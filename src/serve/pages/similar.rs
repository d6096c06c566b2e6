//! Measures like a given clause or text.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;

use super::clause::DocumentLabel;
use super::export::{self, ExportLink};
use super::hit::{self, HitCard};
use super::layout::Layout;
use super::{html, naming};
use crate::error::{Error, Result};
use crate::search::{Engine, SimilarRequest};
use crate::serve::error::{Failure, Rendered, page_status, words_zh};
use crate::serve::query;
use crate::serve::state::AppState;

#[derive(Template)]
#[template(path = "similar.html")]
struct SimilarPage {
    layout: Layout,
    /// The clause to start from.
    origin: Option<Origin>,
    /// The text to start from.
    text: String,
    is_best_per_region: bool,
    excludes_document: bool,
    /// Title and advice of what is wrong, in Chinese.
    refused: Option<(&'static str, &'static str)>,
    /// None when nothing has been asked yet.
    cards: Option<Vec<HitCard>>,
    exports: Vec<ExportLink>,
}

/// The clause that a query starts from.
struct Origin {
    id: String,
    href: String,
    heading: String,
    text: String,
    document: DocumentLabel,
}

/// `GET /similar`.
pub(super) async fn get(State(state): State<AppState>, RawQuery(raw): RawQuery) -> Result<Response, Failure> {
    let mut page = SimilarPage {
        layout: Layout::of(&state, "similar", "相似举措"),
        origin: None,
        text: String::new(),
        is_best_per_region: true,
        excludes_document: true,
        refused: None,
        cards: None,
        exports: Vec::new(),
    };
    let request = match read(raw.as_deref()) {
        Ok(Some(request)) => request,
        Ok(None) => return html(&page),
        Err(error) => return refused(page, &error),
    };
    page.text = request.text.clone().unwrap_or_default();
    page.is_best_per_region = request.per_region.is_some();
    page.excludes_document = request.exclude_same_document;
    page.exports = exports(raw.as_deref())?;
    match state.on_engine(move |engine| find(engine, &request)).await {
        Ok((origin, cards)) => {
            page.origin = origin;
            page.cards = Some(cards);
            html(&page)
        }
        Err(error) if page_status(&error).is_client_error() => refused(page, &error),
        Err(error) => Err(error.into()),
    }
}

fn read(raw: Option<&str>) -> Result<Option<SimilarRequest>> {
    let mut pairs = query::pairs(raw)?;
    pairs.retain(|(name, value)| !value.trim().is_empty() && query::is_similar_parameter(name));
    let mut request = query::similar_request(&pairs)?;
    if request.clause_id.is_none() && request.text.is_none() {
        return Ok(None);
    }
    request.explain = true;
    if !pairs.iter().any(|(name, _)| name == "limit") {
        request.limit = 20;
    }
    Ok(Some(request))
}

/// Links to all hits as a table, by the parameters of the page itself.
fn exports(raw: Option<&str>) -> Result<Vec<ExportLink>> {
    let mut pairs = query::pairs(raw)?;
    pairs.retain(|(name, value)| {
        !value.trim().is_empty() && name != "limit" && query::is_similar_parameter(name)
    });
    Ok(export::links(&pairs))
}

fn find(engine: &Engine, request: &SimilarRequest) -> Result<(Option<Origin>, Vec<HitCard>)> {
    let (generation, answer) = engine.similar(request)?;
    let origin =
        request.clause_id.as_deref().and_then(|id| generation.find_clause(id)).map(|(_, found)| Origin {
            id: found.clause.id.as_str().to_owned(),
            href: hit::clause_href(found.clause),
            heading: naming::heading(found.clause),
            text: found.clause.text.trim().to_owned(),
            document: DocumentLabel::of(found.document),
        });
    Ok((origin, HitCard::similar(&generation, &answer)))
}

fn refused(mut page: SimilarPage, error: &Error) -> Result<Response, Failure> {
    page.refused = Some(words_zh(error));
    let mut response = html(&page)?;
    *response.status_mut() = page_status(error);
    response.extensions_mut().insert(Rendered);
    Ok(response)
}
