//! A clause at its permanent address.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::export::{self, ExportLink};
use super::facts::FactLabels;
use super::hit::{self, HitCard, RegionLabel};
use super::layout::Layout;
use super::version::{VersionLabel, versions};
use super::{html, labels, naming, reader};
use crate::error::{Error, Kind, Result};
use crate::index::{ClauseRef, DocumentRecord};
use crate::model::Clause;
use crate::search::{Engine, SimilarRequest};
use crate::serve::api::export_links;
use crate::serve::error::Failure;
use crate::serve::state::AppState;
use crate::view::{Permalinks, chinese_date, citation};

/// How many regions' best similar measures are shown.
const SIMILAR: usize = 8;

#[derive(Template)]
#[template(path = "clause.html")]
struct ClausePage {
    layout: Layout,
    heading: String,
    kind: &'static str,
    text: String,
    table: Vec<Vec<String>>,
    own: FactLabels,
    inherited: FactLabels,
    citation: String,
    id: String,
    path: Vec<PathLink>,
    document: DocumentLabel,
    /// Name of the file as received.
    file: String,
    report_href: String,
    /// Versions of the document, newest first, where there are several.
    versions: Vec<VersionLabel>,
    /// Address of the clause itself.
    permalink: String,
    source_href: String,
    similar_href: String,
    before: Option<Neighbour>,
    after: Option<Neighbour>,
    similar: Vec<HitCard>,
    exports: Vec<ExportLink>,
}

/// A heading above the clause.
struct PathLink {
    text: String,
    /// Where it stands in the document.
    href: Option<String>,
}

/// The document that a clause stands in.
pub(super) struct DocumentLabel {
    pub(super) title: String,
    pub(super) href: String,
    pub(super) region: Option<RegionLabel>,
    pub(super) year: Option<i32>,
    pub(super) status: Option<&'static str>,
    pub(super) number: Option<String>,
    pub(super) issuer: Option<String>,
    pub(super) date: Option<String>,
}

impl DocumentLabel {
    /// What is shown of `document`.
    pub(super) fn of(document: &crate::model::Document) -> Self {
        Self {
            title: document.title.clone(),
            href: hit::document_href(document),
            region: RegionLabel::of(document),
            year: document.year,
            status: labels::status(document.status),
            number: document.number.clone(),
            issuer: document.issuer.clone(),
            date: document.date.as_deref().map(chinese_date),
        }
    }
}

/// The clause before or after.
struct Neighbour {
    href: String,
    heading: String,
}

/// `GET /clauses/{id}`.
pub(super) async fn get(
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let layout = Layout::of(&state, "", "");
    let links = export_links(&state, &headers);
    let page = state.on_engine(move |engine| page(engine, &id, layout, &links)).await?;
    html(&page)
}

fn page(engine: &Engine, id: &str, mut layout: Layout, links: &Permalinks) -> Result<ClausePage> {
    let none = || Error::new(Kind::Unavailable, "no_generation", "no index has been published yet");
    let generation = engine.generation().ok_or_else(none)?;
    let unknown = || Error::new(Kind::NotFound, "unknown_clause", format!("there is no clause {id:?}"));
    let (_, found) = generation.find_clause(id).ok_or_else(unknown)?;
    let ClauseRef { clause, document, .. } = found;
    let record = generation.document(document.id.as_str()).ok_or_else(unknown)?;
    let siblings = record.clauses.as_slice();
    let at = siblings.iter().position(|sibling| sibling.id == clause.id);
    let neighbour = |at: Option<usize>| at.and_then(|at| siblings.get(at)).map(Neighbour::of);
    let heading = naming::heading(clause);
    layout.title = naming::name(clause);
    Ok(ClausePage {
        layout,
        heading,
        kind: clause.kind.words(),
        text: clause.text.trim().to_owned(),
        table: clause.table.clone(),
        own: FactLabels::all(&clause.facts),
        inherited: FactLabels::all(&clause.inherited),
        citation: citation(document, clause, links),
        id: clause.id.as_str().to_owned(),
        path: path(record, clause),
        file: document.file.clone(),
        report_href: format!("{}/report", hit::document_href(document)),
        versions: several(versions(&generation, document.id.as_str(), Some(clause))),
        permalink: hit::clause_href(clause),
        document: DocumentLabel::of(document),
        source_href: hit::source_href(document, clause),
        similar_href: hit::similar_href(clause),
        before: neighbour(at.and_then(|at| at.checked_sub(1))),
        after: neighbour(at.map(|at| at + 1)),
        similar: similar(engine, clause),
        exports: exports(clause),
    })
}

/// A single version is nothing to choose from.
fn several(versions: Vec<VersionLabel>) -> Vec<VersionLabel> {
    if versions.len() > 1 { versions } else { Vec::new() }
}

/// The headings above `clause`, each with the address where it stands in the document.
fn path(record: &DocumentRecord, clause: &Clause) -> Vec<PathLink> {
    let link = |heading: &String| PathLink {
        text: heading.clone(),
        href: reader::heading_before(record, heading, clause)
            .map(|anchor| format!("{}#{anchor}", hit::document_href(&record.document))),
    };
    naming::path_above(clause).iter().map(link).collect()
}

impl Neighbour {
    fn of(clause: &Clause) -> Self {
        Self { href: hit::clause_href(clause), heading: naming::name(clause) }
    }
}

/// Links to the best similar measure of every other region as a table.
fn exports(clause: &Clause) -> Vec<ExportLink> {
    let pairs = [("clause_id", clause.id.as_str()), ("per_region", "1"), ("exclude_same_document", "true")];
    export::links(&pairs.map(|(name, value)| (name.to_owned(), value.to_owned())))
}

/// The best similar measure of each other region; none when that fails, for the clause itself is
/// what the page is for.
fn similar(engine: &Engine, clause: &Clause) -> Vec<HitCard> {
    let mut request = SimilarRequest::to_clause(clause.id.as_str());
    request.limit = SIMILAR;
    request.per_region = Some(1);
    request.exclude_same_document = true;
    match engine.similar(&request) {
        Ok((generation, answer)) => HitCard::similar(&generation, &answer),
        Err(error) => {
            tracing::warn!(%error, "no similar measures for the clause page");
            Vec::new()
        }
    }
}
