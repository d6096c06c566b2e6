//! The atlas: which measures there are where, as a heat map that opens into lists of them.

mod map;
mod measure;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;

use self::map::{HeatMap, Shown, heat_map, list_href};
use super::html;
use super::layout::Layout;
use crate::error::{Error, Result};
use crate::index::Generation;
use crate::search::{Atlas, AtlasRequest, Engine, MeasureSummary, RegionName};
use crate::serve::assets;
use crate::serve::error::{Failure, page_status, words_zh};
use crate::serve::query::{self, Pairs, escape, to_query};
use crate::serve::state::AppState;

pub(super) use measure::get as get_measure;

/// Measures a page.
const PAGE: usize = 20;

#[derive(Template)]
#[template(path = "atlas.html")]
struct AtlasPage {
    layout: Layout,
    css: String,
    script: String,
    switch: Vec<Choice>,
    map: HeatMap,
    cell: (usize, usize),
    /// What the map counts, in words.
    shown: &'static str,
    list: List,
}

/// One of the numbers that the map can show.
struct Choice {
    label: &'static str,
    href: String,
    is_chosen: bool,
}

/// The measures below the map.
struct List {
    title: String,
    /// Whether all of it is shown, not a cell, a row or a column.
    is_whole: bool,
    whole_href: String,
    total: usize,
    measures: Vec<MeasureItem>,
    next_href: Option<String>,
    first_href: Option<String>,
    /// Title and advice of what is wrong, in Chinese.
    refused: Option<(&'static str, &'static str)>,
}

/// A measure in the list.
pub(super) struct MeasureItem {
    title: String,
    href: String,
    domain: Option<String>,
    having: String,
    regions: usize,
    lacking: String,
    compare_href: Option<String>,
}

/// `GET /atlas`.
pub(super) async fn get(State(state): State<AppState>, RawQuery(raw): RawQuery) -> Result<Response, Failure> {
    let mut pairs = query::pairs(raw.as_deref())?;
    pairs.retain(|(name, value)| !value.trim().is_empty() && is_parameter(name));
    let layout = Layout::of(&state, "atlas", "举措图谱");
    let page = state.on_engine(move |engine| page(engine, layout, &pairs)).await?;
    html(&page)
}

fn is_parameter(name: &str) -> bool {
    matches!(name, "domain" | "region" | "lacking" | "min_regions" | "cursor" | "show")
}

fn page(engine: &Engine, layout: Layout, pairs: &Pairs) -> Result<AtlasPage> {
    let (_, whole) = engine.atlas(&AtlasRequest { limit: 1, ..AtlasRequest::default() })?;
    let (shown, request) = read(pairs);
    let answer = request.and_then(|request| Ok((engine.atlas(&request)?, request)));
    let list = match answer {
        Ok(((generation, atlas), request)) => list(&generation, &atlas, &request, pairs),
        Err(error) if page_status(&error).is_client_error() => refused(&error),
        Err(error) => return Err(error),
    };
    let value = |wanted: &[&str]| {
        let found = pairs.iter().find(|(name, _)| wanted.contains(&name.as_str()));
        found.map(|(_, value)| value.as_str())
    };
    let choice = |choice: Shown| Choice {
        label: choice.label(),
        href: if choice == Shown::default() {
            "/atlas".into()
        } else {
            format!("/atlas?show={}", choice.word())
        },
        is_chosen: choice == shown,
    };
    Ok(AtlasPage {
        css: assets::address("atlas.css"),
        script: assets::address("atlas.js"),
        switch: Shown::ALL.map(choice).into(),
        map: heat_map(&whole, shown, (value(&["domain"]), value(&["region", "lacking"]))),
        cell: map::size(),
        shown: shown.label(),
        list,
        layout,
    })
}

/// What the map shows, and what is listed: without a domain or a region what at least two regions have.
fn read(pairs: &Pairs) -> (Shown, Result<AtlasRequest>) {
    let value = |wanted: &str| pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    let shown = value("show").and_then(|word| query::word("show", &word).ok()).unwrap_or_default();
    let (domain, region, lacking) = (value("domain"), value("region"), value("lacking"));
    let is_whole = domain.is_none() && region.is_none() && lacking.is_none();
    let min_regions = match value("min_regions") {
        Some(number) => query::number("min_regions", &number),
        None => Ok(if is_whole { 2 } else { 1 }),
    };
    let cursor = value("cursor");
    let request = min_regions.map(|min_regions| AtlasRequest {
        domain,
        region,
        lacking,
        min_regions,
        limit: PAGE,
        cursor,
    });
    (shown, request)
}

fn list(generation: &Generation, atlas: &Atlas, request: &AtlasRequest, pairs: &Pairs) -> List {
    let paged = |cursor: Option<&str>| {
        let others = pairs.iter().filter(|(name, _)| name != "cursor");
        let others = others.map(|(name, value)| (name.as_str(), value.as_str()));
        format!("/atlas?{}#measures", to_query(others.chain(cursor.map(|cursor| ("cursor", cursor)))))
    };
    let (shown, _) = read(pairs);
    List {
        title: title(atlas, request),
        is_whole: request.domain.is_none() && request.region.is_none() && request.lacking.is_none(),
        whole_href: list_href(shown, &[]),
        total: atlas.total,
        measures: atlas.measures.iter().map(|measure| MeasureItem::of(generation, measure)).collect(),
        next_href: atlas.next_cursor.as_deref().map(|cursor| paged(Some(cursor))),
        first_href: request.cursor.is_some().then(|| paged(None)),
        refused: None,
    }
}

/// What the list is of, in words.
fn title(atlas: &Atlas, request: &AtlasRequest) -> String {
    let name = |wanted: &str| {
        let found = atlas.regions.iter().find(|column| column.region.code == wanted);
        found.map_or_else(|| region_name(atlas, wanted), |column| column.region.name.clone())
    };
    let domain = request.domain.as_deref().map(|domain| format!("“{domain}”")).unwrap_or_default();
    match (&request.region, &request.lacking) {
        (Some(region), _) if request.min_regions > 1 => format!("{}{domain}中别处也有的举措", name(region)),
        (Some(region), _) => format!("{}{domain}的举措", name(region)),
        (None, Some(region)) => format!("别处有、{}没有的{domain}举措", name(region)),
        (None, None) if domain.is_empty() => "多个地区都有的举措".to_owned(),
        (None, None) => format!("{domain}的举措"),
    }
}

/// The name of a region that has no column: one that was asked for by name.
fn region_name(atlas: &Atlas, wanted: &str) -> String {
    let lacking = atlas.measures.iter().flat_map(|measure| &measure.lacking);
    let known = lacking.into_iter().find(|region| region.code == wanted);
    known.map_or_else(|| wanted.to_owned(), |region| region.name.clone())
}

fn refused(error: &Error) -> List {
    List {
        title: "没有可以列出的举措".to_owned(),
        is_whole: false,
        whole_href: "/atlas".to_owned(),
        total: 0,
        measures: Vec::new(),
        next_href: None,
        first_href: None,
        refused: Some(words_zh(error)),
    }
}

impl MeasureItem {
    fn of(generation: &Generation, summary: &MeasureSummary) -> Self {
        Self {
            title: summary.title.clone(),
            href: format!("/measures/{}", escape(&summary.id)),
            domain: summary.domain.clone(),
            having: having(summary),
            regions: summary.regions.len(),
            lacking: names(&summary.lacking),
            compare_href: compare_href(generation, summary),
        }
    }
}

/// The address of the comparison of a measure that two regions or more have: by its first clause.
pub(super) fn compare_href(generation: &Generation, summary: &MeasureSummary) -> Option<String> {
    let measure = generation.measures()?.find(&summary.id).filter(|_| summary.regions.len() > 1)?;
    let first = generation.clause(*measure.clauses.first()?)?;
    Some(format!("/compare?clause_id={}", escape(first.clause.id.as_str())))
}

/// Which regions have it, in words.
fn having(summary: &MeasureSummary) -> String {
    match (summary.regions.len(), summary.lacking.is_empty()) {
        (0, _) => "地区不明".to_owned(),
        (count @ 2.., true) => format!("全部 {count} 个地区都有"),
        _ => names(&summary.regions),
    }
}

fn names(regions: &[RegionName]) -> String {
    regions.iter().map(|region| region.name.as_str()).collect::<Vec<_>>().join("、")
}
