//! The documents there are.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;

use super::clause::DocumentLabel;
use super::html;
use super::layout::Layout;
use super::listing::{Listing, Pick, Sort};
use super::visitor::Visitor;
use crate::index::{DocumentRecord, Generation};
use crate::serve::error::Failure;
use crate::serve::query;
use crate::serve::state::AppState;

/// Documents a page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "documents.html")]
struct DocumentsPage {
    layout: Layout,
    /// Name of the region that the list is of.
    region: Option<String>,
    /// Documents on all pages of this list, and in the whole index.
    total: usize,
    all: usize,
    filters: Vec<Choices>,
    /// The word of the order in force, where it is not the usual one.
    sort: Option<&'static str>,
    orders: Vec<Order>,
    rows: Vec<Row>,
    page: usize,
    pages: usize,
    previous_href: Option<String>,
    next_href: Option<String>,
    /// Whether documents can be taken in and out here, by this reader.
    takes_documents: bool,
    /// Whether a document was taken out a moment ago.
    is_deleted: bool,
    /// What was wrong with an upload.
    refused: Option<RefusedUpload>,
}

/// Why a file was not taken, for the form that it came from.
pub(super) struct RefusedUpload {
    pub(super) title: &'static str,
    pub(super) advice: &'static str,
    /// Whether the file would be taken as a new version of the document that has its id.
    pub(super) can_replace: bool,
    /// The id that was asked for.
    pub(super) id: String,
}

/// One filter with its values.
struct Choices {
    name: &'static str,
    title: &'static str,
    picks: Vec<Pick>,
}

/// One order to choose.
struct Order {
    label: &'static str,
    href: String,
    is_chosen: bool,
}

struct Row {
    document: DocumentLabel,
    clauses: usize,
}

/// `GET /documents`, with `region`, `year`, `status`, `sort` and `page`.
pub(super) async fn get(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let pairs = query::pairs(raw.as_deref())?;
    let generation = state.generation()?;
    let mut page = page(&state, &visitor, &generation, &Listing::read(&pairs));
    page.is_deleted = pairs.iter().any(|(name, _)| name == "deleted");
    Ok(visitor.answer(html(&page)?))
}

/// The whole list with what was wrong with an upload.
pub(super) fn with_refusal(
    state: &AppState,
    visitor: Visitor,
    refused: RefusedUpload,
) -> Result<Response, Failure> {
    let generation = state.generation()?;
    let mut page = page(state, &visitor, &generation, &Listing::read(&Vec::new()));
    page.refused = Some(refused);
    Ok(visitor.answer(html(&page)?))
}

fn page(state: &AppState, visitor: &Visitor, generation: &Generation, listing: &Listing) -> DocumentsPage {
    let shown = listing.documents(generation);
    let pages = shown.len().div_ceil(PAGE).max(1);
    let at = listing.page.min(pages);
    let to = |page: usize| Listing { page, ..listing.clone() }.href();
    let regions = listing.regions(generation);
    let region = listing.region.as_ref().map(|code| {
        let known = regions.iter().find(|pick| pick.is_chosen).map(|pick| pick.label.clone());
        known.unwrap_or_else(|| code.clone())
    });
    DocumentsPage {
        layout: Layout::of(state, "documents", "文件").with_token(visitor.token()),
        region,
        total: shown.len(),
        all: generation.documents().len(),
        filters: vec![
            Choices { name: "region", title: "地区", picks: regions },
            Choices { name: "year", title: "年份", picks: listing.years(generation) },
            Choices { name: "status", title: "状态", picks: listing.statuses(generation) },
        ],
        sort: Sort::ALL.into_iter().skip(1).find(|(sort, ..)| *sort == listing.sort).map(|(_, word, _)| word),
        orders: orders(listing),
        rows: shown.iter().skip((at - 1) * PAGE).take(PAGE).map(|record| Row::of(record)).collect(),
        page: at,
        pages,
        previous_href: (at > 1).then(|| to(at - 1)),
        next_href: (at < pages).then(|| to(at + 1)),
        takes_documents: visitor.may_write,
        is_deleted: false,
        refused: None,
    }
}

fn orders(listing: &Listing) -> Vec<Order> {
    let order = |(sort, _, label): (Sort, &'static str, &'static str)| Order {
        label,
        href: Listing { sort, page: 1, ..listing.clone() }.href(),
        is_chosen: sort == listing.sort,
    };
    Sort::ALL.map(order).into()
}

impl Row {
    fn of(record: &DocumentRecord) -> Self {
        Self { document: DocumentLabel::of(&record.document), clauses: record.clauses.len() }
    }
}
