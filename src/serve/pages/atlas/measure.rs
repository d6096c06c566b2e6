//! One measure with its clauses, region by region.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::{compare_href, names};
use crate::error::Result;
use crate::index::{ClauseRef, Generation};
use crate::search::Engine;
use crate::serve::assets;
use crate::serve::error::Failure;
use crate::serve::pages::facts::FactLabels;
use crate::serve::pages::html;
use crate::serve::pages::layout::Layout;
use crate::serve::pages::naming::{body_start, title_span};
use crate::serve::pages::source::SourceLabel;
use crate::serve::query::to_query;
use crate::serve::state::AppState;
use crate::view::{Offsets, Permalinks, excerpt};

#[derive(Template)]
#[template(path = "measure.html")]
struct MeasurePage {
    layout: Layout,
    css: String,
    title: String,
    domain: Option<String>,
    domain_href: String,
    clauses: usize,
    regions: usize,
    lacking: String,
    compare_href: Option<String>,
    groups: Vec<Group>,
}

/// A region's clauses.
struct Group {
    region: String,
    clauses: Vec<Item>,
}

struct Item {
    source: SourceLabel,
    text: String,
    is_cut_before: bool,
    is_cut_after: bool,
    facts: FactLabels,
}

/// `GET /measures/{id}`.
pub(in crate::serve::pages) async fn get(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let layout = Layout::of(&state, "atlas", "");
    let links = state.links().clone();
    let page = state.on_engine(move |engine| page(engine, &id, layout, &links)).await?;
    html(&page)
}

fn page(engine: &Engine, id: &str, layout: Layout, links: &Permalinks) -> Result<MeasurePage> {
    let (generation, summary, clauses) = engine.measure(id)?;
    let domain_href =
        summary.domain.as_deref().map(|domain| format!("/atlas?{}#measures", to_query([("domain", domain)])));
    Ok(MeasurePage {
        layout: Layout { title: summary.title.clone(), ..layout },
        css: assets::address("atlas.css"),
        domain_href: domain_href.unwrap_or_default(),
        clauses: clauses.len(),
        regions: summary.regions.len(),
        lacking: names(&summary.lacking),
        compare_href: compare_href(&generation, &summary),
        groups: groups(&generation, &clauses, links),
        title: summary.title,
        domain: summary.domain,
    })
}

/// The clauses by region, in order of codes; documents without a region last.
fn groups(generation: &Generation, clauses: &[u32], links: &Permalinks) -> Vec<Group> {
    let mut found: Vec<ClauseRef<'_>> =
        clauses.iter().filter_map(|clause| generation.clause(*clause)).collect();
    let code = |found: &ClauseRef<'_>| found.document.region.as_ref().map(|region| region.code.clone());
    found.sort_by_key(|found| (found.document.region.is_none(), code(found)));
    let mut groups: Vec<Group> = Vec::new();
    for one in found {
        let item = item(one, links);
        let region = item.source.place().to_owned();
        match groups.last_mut() {
            Some(group) if group.region == region => group.clauses.push(item),
            _ => groups.push(Group { region, clauses: vec![item] }),
        }
    }
    groups
}

fn item(found: ClauseRef<'_>, links: &Permalinks) -> Item {
    let clause = found.clause;
    let text = clause.text.trim_end();
    let body = title_span(clause).map_or(0, |title| body_start(clause, title));
    let shown = excerpt(text, body, &[], None);
    Item {
        source: SourceLabel::of(found, links),
        is_cut_before: shown.start > body,
        is_cut_after: (shown.end as usize) < text.chars().count(),
        text: Offsets::of(text).slice(shown).trim().to_owned(),
        facts: FactLabels::brief(clause),
    }
}
