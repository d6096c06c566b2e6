//! `/v1/suggest`.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{Error, Result};
use crate::index::{Suggestion, SuggestionKind};
use crate::search::MAX_LIMIT;
use crate::serve::error::{Failure, Problem};
use crate::serve::query::{self, escape};
use crate::serve::state::AppState;
use crate::text::region::RegionTable;

/// Suggestions without `limit`.
const DEFAULT_LIMIT: usize = 8;
/// More than this nobody means as a name; longer text gets no suggestions.
const LONGEST_NAME: usize = 40;

/// Completions of what is typed.
#[derive(Debug, Serialize, ToSchema)]
struct Suggestions {
    /// Best first.
    suggestions: Vec<SuggestionView>,
}

/// A completion and where it leads.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NameSuggestion)]
struct SuggestionView {
    /// What it is the name of.
    kind: SuggestionKind,
    /// What a person reads.
    #[schema(example = "相山区")]
    label: String,
    /// What tells it from its like.
    #[schema(example = "安徽省淮北市")]
    detail: Option<String>,
    /// Clauses that it holds.
    clauses: usize,
    /// The query that it completes what is typed to; null for a document, which is opened.
    #[schema(example = "用水 地区:相山区")]
    query: Option<String>,
    /// Address of the page that it leads to.
    #[schema(example = "/search?q=%E7%94%A8%E6%B0%B4%20%E5%9C%B0%E5%8C%BA%3A%E7%9B%B8%E5%B1%B1%E5%8C%BA")]
    href: String,
}

/// Complete a query
///
/// Names of regions, domains, agencies, documents and headings that hold the text typed or, failing that, its
/// last word.
#[utoipa::path(
    get, path = "/v1/suggest", operation_id = "suggest", tag = "search",
    params(
        ("q" = Option<String>, Query, nullable = false, description = "What is typed so far; nothing is completed by nothing"),
        ("limit" = Option<u32>, Query, nullable = false, minimum = 1, maximum = 100, description = "Suggestions; 8 without it"),
    ),
    responses(
        (status = 200, description = "Suggestions, best first", body = Suggestions),
        (status = 400, description = "A parameter is unknown or of the wrong type", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is out of range", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "No index yet", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get(State(state): State<AppState>, RawQuery(raw): RawQuery) -> Result<Response, Failure> {
    let (typed, limit) = read(raw.as_deref())?;
    let generation = state.generation()?;
    if typed.trim().chars().count() > LONGEST_NAME {
        return Ok(Json(Suggestions { suggestions: Vec::new() }).into_response());
    }
    let names = generation.suggestions();
    let (before, last) = last_word(&typed);
    let whole = names.find(&typed, limit);
    let (before, found) =
        if whole.is_empty() { (before, names.find(without_field(last), limit)) } else { ("", whole) };
    let found = found.into_iter().map(|name| SuggestionView::of(name, before)).collect();
    Ok(Json(Suggestions { suggestions: found }).into_response())
}

fn read(raw: Option<&str>) -> Result<(String, usize)> {
    let (mut typed, mut limit) = (String::new(), DEFAULT_LIMIT);
    for (name, value) in query::pairs(raw)? {
        match name.as_str() {
            "q" => typed = value,
            "limit" => limit = query::number("limit", &value)?,
            _ => return Err(query::unknown(&name)),
        }
    }
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Error::invalid("invalid_limit", "limit", format!("limit: must be 1 to {MAX_LIMIT}")));
    }
    Ok((typed, limit))
}

/// What is typed before the last word, and that word.
fn last_word(typed: &str) -> (&str, &str) {
    let typed = typed.trim();
    typed.rsplit_once(char::is_whitespace).map_or(("", typed), |(before, last)| (before.trim_end(), last))
}

/// A word without the name of a field in front of it: 相山 of 地区:相山.
fn without_field(word: &str) -> &str {
    word.rsplit_once([':', '：']).map_or(word, |(_, value)| value)
}

impl SuggestionView {
    /// The view of `name` after the words `before`.
    fn of(name: &Suggestion, before: &str) -> Self {
        let completed = match name.kind {
            SuggestionKind::Region => Some(format!("地区:{}", region(name))),
            SuggestionKind::Domain => Some(format!("领域:{}", quoted(&name.value))),
            SuggestionKind::Unit => Some(format!("单位:{}", quoted(&name.value))),
            SuggestionKind::Heading => Some(name.value.clone()),
            SuggestionKind::Document => None,
        };
        let query = completed.map(|words| format!("{before} {words}").trim_start().to_owned());
        let href = match &query {
            Some(query) => format!("/search?q={}", escape(query)),
            None => format!("/documents/{}", escape(&name.value)),
        };
        let Suggestion { kind, label, detail, clauses, .. } = name.clone();
        Self { kind, label, detail, clauses, query, href }
    }
}

/// The name of a region; its code where several have that name.
fn region(name: &Suggestion) -> &str {
    let is_plain = RegionTable::builtin().resolve(&name.label).len() == 1;
    if is_plain { &name.label } else { &name.value }
}

/// A value as a field of a query takes it: in quotation marks where it would end early.
fn quoted(value: &str) -> String {
    let ends_early = |c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、');
    if value.contains(ends_early) { format!("\"{value}\"") } else { value.to_owned() }
}
