//! Clauses as tools name them: small, each text within a bound.

use rmcp::schemars::JsonSchema;
use serde::Serialize;

use crate::index::{ClauseRef, Generation};
use crate::model::{Document, Region};
use crate::search::Hit;
use crate::serve::query::name_of;
use crate::view::{Offsets, Permalinks, excerpt};

/// Longest title, heading path or note, in characters.
const SHORT: usize = 120;

/// A clause that was found.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars", inline)]
pub(super) struct FoundClause {
    /// Id, for get_clause, similar_measures and compare_regions.
    id: String,
    /// The part of the text that answers best; … marks where it was cut.
    snippet: String,
    /// Headings above the clause.
    headings: String,
    /// measure, goal, safeguard, roster, table, article, notice or other.
    kind: String,
    /// How likely it answers, 0 to 1.
    relevance: f64,
    /// The document that it stands in.
    document: FoundDocument,
    /// Where people read it.
    url: String,
}

/// A document that a clause stands in.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars", inline)]
pub(super) struct FoundDocument {
    /// Id, for the filter `document`.
    id: String,
    /// Title.
    title: String,
    /// Region in force; null where none is known.
    region: Option<FoundRegion>,
    /// Date of issue, YYYY-MM-DD; null where it states none.
    date: Option<String>,
    /// effective, draft, trial or repealed.
    status: String,
}

/// A region.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars", inline)]
pub(super) struct FoundRegion {
    /// GB/T 2260 code.
    code: String,
    /// Full name.
    name: String,
    /// Province.
    province: Option<String>,
}

impl FoundClause {
    /// What is told of `hit`; none where the generation does not have it.
    pub(super) fn new(generation: &Generation, hit: &Hit, links: &Permalinks) -> Option<Self> {
        let found = generation.clause(hit.clause)?;
        let ClauseRef { clause, document, .. } = found;
        Some(Self {
            id: clause.id.as_str().to_owned(),
            snippet: snippet(&clause.text, hit),
            headings: short(&clause.path.join(" › ")),
            kind: name_of(clause.kind),
            relevance: rounded(hit.relevance),
            document: FoundDocument::from(document),
            url: links.clause(clause.id.as_str()),
        })
    }
}

impl From<&Document> for FoundDocument {
    fn from(document: &Document) -> Self {
        Self {
            id: document.id.as_str().to_owned(),
            title: short(&document.title),
            region: document.region.as_ref().map(FoundRegion::from),
            date: document.date.as_deref().map(short),
            status: name_of(document.status),
        }
    }
}

impl From<&Region> for FoundRegion {
    fn from(region: &Region) -> Self {
        Self { code: region.code.clone(), name: region.name.clone(), province: region.province.clone() }
    }
}

fn snippet(text: &str, hit: &Hit) -> String {
    let window = excerpt(text, 0, &hit.highlights, hit.best_sentence);
    let offsets = Offsets::of(text);
    let before = if window.start > 0 { "…" } else { "" };
    let after = if window.end < offsets.len() { "…" } else { "" };
    format!("{before}{}{after}", offsets.slice(window))
}

/// `text` within the bound for titles.
pub(super) fn short(text: &str) -> String {
    cut(text, SHORT)
}

/// The first `most` characters of `text`, with … where that is not all.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A relevance with three places: more would be noise.
pub(super) fn rounded(value: f32) -> f64 {
    (f64::from(value) * 1000.0).round() / 1000.0
}
