//! One measure of several regions, side by side.

mod side;
mod sort;
mod table;
mod words;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;

use self::side::{Absent, Side, absent, sides};
use self::sort::Sort;
use self::table::{Numbers, numbers};
use super::export::ExportLink;
use super::hit;
use super::html;
use super::layout::Layout;
use super::regions::{self, RegionChoice};
use super::{facets, labels, naming};
use crate::error::{Error, Result};
use crate::export::Format;
use crate::extract;
use crate::index::Generation;
use crate::search::compare::Since;
use crate::search::{CompareRequest, Comparison, Engine, SearchRequest};
use crate::serve::api::export_links;
use crate::serve::assets;
use crate::serve::error::{Failure, Rendered, page_status, words_zh};
use crate::serve::query::{self, Pairs, to_query};
use crate::serve::state::AppState;
use crate::view::{Permalinks, chinese_date};

#[derive(Template)]
#[template(path = "compare.html")]
struct ComparePage {
    layout: Layout,
    css: String,
    /// The parameters of the address that say what is compared and how, but for the regions.
    kept: Pairs,
    /// What stands in the form.
    query: String,
    text: String,
    clause_id: String,
    regions: Vec<RegionChoice>,
    chosen: usize,
    conditions: Vec<Condition>,
    outcome: Outcome,
}

/// A filter in force.
struct Condition {
    title: &'static str,
    label: String,
    without: String,
}

enum Outcome {
    /// Nothing has been asked yet.
    Nothing,
    /// Title and advice of what is wrong, in Chinese.
    Refused(&'static str, &'static str),
    Compared(Box<Compared>),
}

/// A comparison as it is shown.
struct Compared {
    /// The clause that the others are compared with, where one was named.
    subject: Option<Subject>,
    /// The query that was answered instead.
    corrected: Option<String>,
    total: usize,
    found: usize,
    numbers: Numbers,
    sides: Vec<Side>,
    absent: Vec<Absent>,
    timeline: Vec<Event>,
    exports: Vec<ExportLink>,
    marks: bool,
    marks_href: String,
    /// The address, for links that add `sort` to it.
    address: String,
    is_any_worded_apart: bool,
}

struct Subject {
    heading: String,
    href: String,
}

/// Since when a region has the measure.
struct Event {
    region: String,
    date: Option<String>,
    iso: Option<String>,
    document: String,
    href: String,
    is_first: bool,
    status: Option<&'static str>,
}

/// Address of the comparison of what `request` searches for, within its filter.
pub(super) fn href(request: &SearchRequest) -> String {
    let state = facets::state(request);
    address(state.iter().filter(|(name, _)| is_parameter(name)))
}

/// `GET /compare`: parameters that are empty or not ours are passed over, as on the search page.
pub(super) async fn get(
    State(state): State<AppState>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let mut pairs = query::pairs(raw.as_deref())?;
    pairs.retain(|(name, value)| !value.trim().is_empty() && is_parameter(name));
    let generation = state.generation()?;
    let page = page(&state, &generation, &pairs);
    if !pairs.iter().any(|(name, _)| matches!(name.as_str(), "q" | "clause_id" | "text")) {
        return html(&page);
    }
    let asked: Pairs = pairs.iter().filter(|(name, _)| !is_of_page(name)).cloned().collect();
    let request = match query::compare_request(&asked) {
        Ok(request) => request.with_targets(extract::targets_of),
        Err(error) => return refused(page, &error),
    };
    let links = export_links(&state, &headers);
    match state.on_engine(move |engine| compare(engine, &request, &pairs, &links)).await {
        Ok(compared) => html(&ComparePage { outcome: Outcome::Compared(Box::new(compared)), ..page }),
        Err(error) if page_status(&error).is_client_error() => refused(page, &error),
        Err(error) => Err(error.into()),
    }
}

/// Whether the page reads the parameter `name`.
fn is_parameter(name: &str) -> bool {
    let is_of_search = matches!(name, "mode" | "limit" | "cursor" | "group_by" | "collapse" | "correct");
    is_of_page(name)
        || matches!(name, "clause_id" | "text")
        || (query::is_search_parameter(name) && !is_of_search)
}

/// Whether `name` says how the comparison is shown, not what it is.
fn is_of_page(name: &str) -> bool {
    matches!(name, "sort" | "marks")
}

fn page(state: &AppState, generation: &Generation, pairs: &Pairs) -> ComparePage {
    let value = |wanted: &str| {
        let found = pairs.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let chosen: Vec<&str> =
        pairs.iter().filter(|(name, _)| name == "region").map(|(_, value)| value.as_str()).collect();
    let choices = regions::choices(generation, &chosen);
    let query = value("q");
    let title = if query.is_empty() { "并列对比".to_owned() } else { format!("对比：{query}") };
    ComparePage {
        layout: Layout::of(state, "compare", title).with_query(&query),
        css: assets::address("compare.css"),
        kept: pairs.iter().filter(|(name, _)| name != "region").cloned().collect(),
        text: value("text"),
        clause_id: value("clause_id"),
        query,
        chosen: choices.iter().flat_map(|group| &group.options).filter(|option| option.is_checked).count(),
        regions: choices,
        conditions: conditions(pairs),
        outcome: Outcome::Nothing,
    }
}

/// The filters of the address but for regions, which the form shows.
fn conditions(pairs: &Pairs) -> Vec<Condition> {
    let is_filter = |name: &str| {
        is_parameter(name) && !is_of_page(name) && !matches!(name, "q" | "clause_id" | "text" | "region")
    };
    let condition = |(at, (name, value)): (usize, &(String, String))| Condition {
        title: labels::filter(name),
        label: labels::value(name, value).map_or_else(|| value.clone(), str::to_owned),
        without: address(pairs.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, pair)| pair)),
    };
    pairs.iter().enumerate().filter(|(_, (name, _))| is_filter(name)).map(condition).collect()
}

fn address<'a>(pairs: impl Iterator<Item = &'a (String, String)>) -> String {
    format!("/compare?{}", to_query(pairs.map(|(name, value)| (name.as_str(), value.as_str()))))
}

fn compare(engine: &Engine, request: &CompareRequest, pairs: &Pairs, links: &Permalinks) -> Result<Compared> {
    let (generation, comparison) = engine.compare(request)?;
    let is = |wanted: &'static str| move |pair: &&(String, String)| pair.0 == wanted;
    let sort = pairs.iter().find(is("sort")).map_or("", |(_, value)| value.as_str());
    let marks = !pairs.iter().any(|(name, value)| name == "marks" && value == "none");
    let unmarked = ("marks".to_owned(), "none".to_owned());
    let without_marks = pairs.iter().filter(|(name, _)| name != "marks");
    let marks_href = address(without_marks.chain(marks.then_some(&unmarked)));
    let sides = sides(&generation, &comparison, links, marks);
    let subject = comparison.subject.and_then(|subject| generation.clause(subject));
    Ok(Compared {
        subject: subject.map(|found| Subject {
            heading: naming::heading(found.clause),
            href: hit::clause_href(found.clause),
        }),
        corrected: comparison.corrected.clone(),
        total: comparison.total,
        found: comparison.found,
        numbers: numbers(&generation, &comparison, Sort::read(sort)),
        is_any_worded_apart: sides.iter().any(|side| side.clause.is_worded_apart),
        sides,
        absent: absent(&generation, &comparison),
        timeline: timeline(&generation, &comparison),
        exports: exports(pairs),
        marks,
        marks_href,
        address: address(pairs.iter().filter(|(name, _)| name != "sort")),
    })
}

fn timeline(generation: &Generation, comparison: &Comparison) -> Vec<Event> {
    let event = |since: &Since| {
        let cell = comparison.cells.get(since.cell)?;
        let found = generation.clause(cell.candidates.get(since.candidate)?.clause)?;
        Some(Event {
            region: cell.region.as_ref().map_or("地区不明", |region| &region.name).to_owned(),
            date: since.date.as_deref().map(chinese_date),
            iso: since.date.clone(),
            document: found.document.title.clone(),
            href: hit::clause_href(found.clause),
            is_first: since.is_first,
            status: labels::status(found.document.status),
        })
    };
    comparison.chronology.iter().filter_map(event).collect()
}

/// Links to the comparison as a file: what only the page knows is left out.
fn exports(pairs: &Pairs) -> Vec<ExportLink> {
    let formats = [(Format::Xlsx, "Excel"), (Format::Csv, "CSV"), (Format::Json, "JSON")];
    let link = |(format, label): (Format, &'static str)| {
        let asked = pairs.iter().filter(|(name, _)| !is_of_page(name));
        let asked = asked.map(|(name, value)| (name.as_str(), value.as_str()));
        let all = asked.chain([("of", "comparison"), ("format", format.suffix())]);
        ExportLink { href: format!("/v1/export?{}", to_query(all)), label }
    };
    formats.map(link).into()
}

fn refused(mut page: ComparePage, error: &Error) -> Result<Response, Failure> {
    let (title, advice) = words_zh(error);
    page.outcome = Outcome::Refused(title, advice);
    let mut response = html(&page)?;
    *response.status_mut() = page_status(error);
    response.extensions_mut().insert(Rendered);
    Ok(response)
}
