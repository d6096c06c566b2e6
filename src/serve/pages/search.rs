//! The results of a search.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::choices::{Choice, Way, modes, unfiltered, views, ways};
use super::export::{self, ExportLink};
use super::facets::{self, Condition, Facet};
use super::hit::HitCard;
use super::layout::Layout;
use super::{html, labels};
use crate::error::{Error, Result};
use crate::index::Generation;
use crate::search::{Answer, Engine, FILTER_ONLY, FacetCount, FacetField, GroupBy, Mode, SearchRequest};
use crate::serve::error::{Failure, Rendered, page_status, words_zh};
use crate::serve::query;
use crate::serve::state::AppState;

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    layout: Layout,
    modes: Vec<Choice>,
    /// One after the other, or put together by region.
    views: Vec<Choice>,
    conditions: Vec<Condition>,
    clear_href: String,
    /// Address of the feed of this search; none where nothing was searched.
    feed_href: Option<String>,
    /// The same search by meaning alone, where it went by words alone.
    semantic_href: Option<String>,
    /// What a new query keeps of this state and no control of the page says.
    kept: Vec<(String, String)>,
    outcome: Outcome,
}

/// What came of the search.
enum Outcome {
    /// Hits, or none.
    Found(Box<Results>),
    /// What is wrong with the request, in Chinese, and ways out.
    Refused { title: &'static str, advice: &'static str, ways: Vec<Way> },
}

/// A page of hits.
struct Results {
    total: usize,
    took_ms: u128,
    /// Whether even the best hit is a guess.
    is_remote: bool,
    groups: Vec<GroupCards>,
    /// What the query may have meant.
    suggestion: Option<OtherQuery>,
    /// The query that was answered, and the way back to the one asked.
    corrected: Option<OtherQuery>,
    facets: Vec<Facet>,
    exports: Vec<ExportLink>,
    /// Address of the comparison of what the search finds.
    compare_href: String,
    next_href: Option<String>,
    first_href: Option<String>,
}

/// A query, and the address of a search.
struct OtherQuery {
    query: String,
    href: String,
}

/// Hits under one heading; the only group of an ungrouped page has none.
struct GroupCards {
    label: Option<String>,
    total: usize,
    only_href: String,
    cards: Vec<HitCard>,
}

/// `GET /search`: parameters that are empty or not ours are passed over, for links are shared and
/// forms send empty fields.
pub(super) async fn get(State(state): State<AppState>, RawQuery(raw): RawQuery) -> Result<Response, Failure> {
    let started = Instant::now();
    let request = match read(raw.as_deref()) {
        Ok(request) if request.query.trim().is_empty() && facets::state(&request).len() == 1 => {
            return Ok(Redirect::to("/").into_response());
        }
        Ok(request) => request,
        Err(error) => {
            let nothing = SearchRequest { collapse: true, ..SearchRequest::new("") };
            return refused(&state, &nothing, &error);
        }
    };
    let asked = request.clone();
    let found = state.on_engine(move |engine| answer(engine, &asked)).await;
    match found {
        Ok(found) => show(&state, &request, found, started),
        Err(error)
            if page_status(&error).is_client_error()
                || matches!(error.code(), "model_absent" | "model_mismatch") =>
        {
            refused(&state, &request, &error)
        }
        Err(error) => Err(error.into()),
    }
}

fn read(raw: Option<&str>) -> Result<SearchRequest> {
    let mut pairs = query::pairs(raw)?;
    pairs.retain(|(name, value)| !value.is_empty() && query::is_search_parameter(name));
    let mut request = query::search_request(&pairs)?;
    request.facets = facets::SHOWN.to_vec();
    request.explain = true;
    request.collapse |= !pairs.iter().any(|(name, _)| name == "collapse");
    Ok(request)
}

/// An answer, and for every facet with a condition its counts as they would be without that condition.
struct Found {
    generation: Arc<Generation>,
    answer: Answer,
    facets: BTreeMap<FacetField, Vec<FacetCount>>,
}

fn answer(engine: &Engine, request: &SearchRequest) -> Result<Found> {
    let (generation, answer) = engine.search(request)?;
    let mut facets = answer.facets.clone();
    for field in facets::SHOWN {
        let filter = facets::without_field(&request.filter, field);
        if filter == request.filter {
            continue;
        }
        let mut wider = SearchRequest {
            filter,
            limit: 1,
            cursor: None,
            group_by: None,
            explain: false,
            correct: false,
            query: answer.corrected_query.clone().unwrap_or_else(|| request.query.clone()),
            ..request.clone()
        };
        wider.facets = vec![field];
        facets.extend(engine.search(&wider)?.1.facets);
    }
    Ok(Found { generation, answer, facets })
}

fn show(
    state: &AppState,
    request: &SearchRequest,
    found: Found,
    started: Instant,
) -> Result<Response, Failure> {
    let Found { generation, answer, facets: counts } = found;
    let label_of = |name: &str, value: &str| {
        label_in(&counts, name, value).or_else(|| label_of_document(&generation, name, value))
    };
    let conditions = facets::conditions(request, label_of);
    let facets = facets::SHOWN.into_iter().filter_map(|field| {
        let counts = counts.get(&field).map(Vec::as_slice).unwrap_or_default();
        facets::facet(field, counts, &conditions)
    });
    let mut paged = facets::state(request);
    let first_href = request.cursor.is_some().then(|| facets::search_href(&paged));
    let next_href = answer.next_cursor.clone().map(|cursor| {
        paged.push(("cursor".to_owned(), cursor));
        facets::search_href(&paged)
    });
    let results = Results {
        total: answer.total,
        suggestion: suggestion(request, &answer),
        corrected: corrected(request, &answer),
        is_remote: !answer.hits.is_empty()
            && !answer.notices.contains(&FILTER_ONLY)
            && answer.hits.iter().all(|hit| hit.relevance < labels::POSSIBLE),
        groups: groups(&generation, &answer, request),
        facets: facets.collect(),
        exports: exports(request),
        compare_href: super::compare::href(request),
        next_href,
        first_href,
        took_ms: started.elapsed().as_millis(),
    };
    html(&page(state, request, conditions, Outcome::Found(Box::new(results))))
}

/// Links to all hits as a table: what the page leaves unsaid for brevity an export must be told.
fn exports(request: &SearchRequest) -> Vec<ExportLink> {
    let mut pairs = facets::state(request);
    if request.collapse {
        pairs.push(("collapse".to_owned(), "true".to_owned()));
    }
    export::links(&pairs)
}

/// The same search for what the query may have meant.
fn suggestion(request: &SearchRequest, answer: &Answer) -> Option<OtherQuery> {
    let query = answer.suggestion.as_ref()?.query.clone();
    let meant = SearchRequest { query: query.clone(), ..request.clone() };
    Some(OtherQuery { query, href: facets::search_href(&facets::state(&meant)) })
}

/// The query that was answered, with the way to the one asked.
fn corrected(request: &SearchRequest, answer: &Answer) -> Option<OtherQuery> {
    let query = answer.corrected_query.clone()?;
    let typed = SearchRequest { correct: false, ..request.clone() };
    Some(OtherQuery { query, href: facets::search_href(&facets::state(&typed)) })
}

fn groups(generation: &Generation, answer: &Answer, request: &SearchRequest) -> Vec<GroupCards> {
    if answer.groups.is_empty() {
        return vec![GroupCards {
            label: None,
            total: answer.total,
            only_href: String::new(),
            cards: HitCard::all(generation, answer),
        }];
    }
    let group = |group: &crate::search::Group| {
        let hits = answer.hits.get(group.hits.clone()).unwrap_or_default();
        let field = if request.group_by == Some(GroupBy::Document) { "document" } else { "region" };
        let mut only = facets::state(request);
        only.retain(|(name, _)| name != "group_by" && name != field);
        only.push((field.to_owned(), group.key.clone()));
        GroupCards {
            label: Some(group.label.clone()),
            total: group.total,
            only_href: facets::search_href(&only),
            cards: hits.iter().filter_map(|hit| HitCard::new(generation, hit)).collect(),
        }
    };
    answer.groups.iter().map(group).collect()
}

fn label_in(counts: &BTreeMap<FacetField, Vec<FacetCount>>, name: &str, value: &str) -> Option<String> {
    let (_, counts) = counts.iter().find(|(field, _)| query::name_of(field) == name)?;
    counts.iter().find(|count| count.value == value).map(|count| count.label.clone())
}

fn label_of_document(generation: &Generation, name: &str, value: &str) -> Option<String> {
    match name {
        "document" => generation.document(value).map(|record| record.document.title.clone()),
        "region" | "province" | "city" => {
            let regions = crate::serve::api::region_counts(generation);
            regions.into_iter().find(|region| region.code == value).map(|region| region.name)
        }
        _ => None,
    }
}

fn refused(state: &AppState, request: &SearchRequest, error: &Error) -> Result<Response, Failure> {
    let (title, advice) = words_zh(error);
    let conditions = facets::conditions(request, |_, _| None);
    let ways = ways(request, error);
    let mut response = html(&page(state, request, conditions, Outcome::Refused { title, advice, ways }))?;
    *response.status_mut() = page_status(error);
    response.extensions_mut().insert(Rendered);
    Ok(response)
}

fn page(
    state: &AppState,
    request: &SearchRequest,
    conditions: Vec<Condition>,
    outcome: Outcome,
) -> SearchPage {
    let title = if request.query.is_empty() { "检索".to_owned() } else { request.query.clone() };
    let semantic = (request.mode == Mode::Keyword && state.has_model())
        .then(|| SearchRequest { mode: Mode::Semantic, ..request.clone() });
    SearchPage {
        layout: Layout::of(state, "search", title).with_query(&request.query),
        modes: modes(request),
        views: views(request),
        conditions,
        clear_href: facets::search_href(&facets::state(&unfiltered(request))),
        feed_href: matches!(outcome, Outcome::Found(_)).then(|| feed_href(request)),
        semantic_href: semantic.map(|semantic| facets::search_href(&facets::state(&semantic))),
        kept: kept(request, &outcome),
        outcome,
    }
}

/// The feed of what `request` finds, however it is put together here.
fn feed_href(request: &SearchRequest) -> String {
    let mut pairs = facets::state(request);
    pairs.retain(|(name, _)| name != "group_by" && name != "collapse");
    if request.collapse {
        pairs.push(("collapse".to_owned(), "true".to_owned()));
    }
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    format!("/v1/feed?{}", query::to_query(pairs))
}

/// The parts of the state that a new query keeps: all but the query itself, its correction, and what the facets
/// beside the results state.
fn kept(request: &SearchRequest, outcome: &Outcome) -> Vec<(String, String)> {
    let shown: Vec<&str> = match outcome {
        Outcome::Found(results) => results.facets.iter().map(|facet| facet.name.as_str()).collect(),
        Outcome::Refused { .. } => Vec::new(),
    };
    let mut pairs = facets::state(request);
    pairs.retain(|(name, _)| !matches!(name.as_str(), "q" | "correct") && !shown.contains(&name.as_str()));
    pairs
}
