//! `get_clause`.

use rmcp::model::Tool;
use rmcp::schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::found::{FoundDocument, short};
use crate::error::{Error, Kind, Result};
use crate::index::ClauseRef;
use crate::model::{Facts, Span};
use crate::serve::query::name_of;
use crate::serve::state::AppState;
use crate::view::{Offsets, citation};

pub(super) const NAME: &str = "get_clause";

/// Most characters of text in one answer: clauses are shorter, long tables are not.
const TEXT: u32 = 4_000;
/// Most facts of one kind.
const FACTS: usize = 20;

/// The tool's description.
pub(super) fn tool() -> Tool {
    super::tool::<Arguments, Read>(
        NAME,
        "读取条款全文",
        "Reads one clause whole, with its headings, agencies, deadlines, numeric promises and citation. A text \
         longer than 4,000 characters continues at next_offset.",
    )
}

/// Which clause.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "rmcp::schemars")]
pub(super) struct Arguments {
    /// Id, from search_clauses, similar_measures or compare_regions.
    id: String,
    /// From which character of the text on; next_offset of the answer before.
    #[serde(default)]
    offset: u32,
}

/// A clause.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub(super) struct Read {
    /// Its id.
    id: String,
    /// Text exactly as written.
    text: String,
    /// Where the text continues; null where this is its end.
    next_offset: Option<u32>,
    /// Its number as written.
    number: Option<String>,
    /// Headings above it, outermost first.
    headings: Vec<String>,
    /// measure, goal, safeguard, roster, table, article, notice or other.
    kind: String,
    /// Indicator domain.
    domain: Option<String>,
    /// Agencies with their role, its own and those that a line elsewhere gives it.
    agencies: Vec<ReadAgency>,
    /// Deadlines as written.
    deadlines: Vec<String>,
    /// Numeric promises as written.
    targets: Vec<String>,
    /// Other documents that it names.
    references: Vec<String>,
    /// How to cite it, in Chinese.
    citation: String,
    /// The document that it stands in.
    document: FoundDocument,
    /// Where people read it.
    url: String,
}

/// An agency and what it must do.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars", inline)]
struct ReadAgency {
    /// Name as written.
    name: String,
    /// lead, support or responsible.
    role: String,
}

/// Answers a call.
#[expect(clippy::unused_async, reason = "called like the other tools")]
pub(super) async fn call(state: &AppState, arguments: Arguments) -> Result<Read> {
    let Arguments { id, offset } = arguments;
    let generation = state.generation()?;
    let unknown = || Error::new(Kind::NotFound, "unknown_clause", format!("there is no clause {id:?}"));
    let (_, found) = generation.find_clause(&id).ok_or_else(unknown)?;
    let ClauseRef { clause, document, .. } = found;
    let offsets = Offsets::of(&clause.text);
    let end = offset.saturating_add(TEXT).min(offsets.len());
    let facts = [&clause.facts, &clause.inherited];
    Ok(Read {
        text: offsets.slice(Span { start: offset, end }).to_owned(),
        next_offset: (end < offsets.len()).then_some(end),
        number: clause.number.clone(),
        headings: clause.path.iter().take(FACTS).map(|heading| short(heading)).collect(),
        kind: name_of(clause.kind),
        domain: facts.iter().find_map(|facts| facts.domain.clone()),
        agencies: stated(
            facts,
            |facts| &facts.units,
            |unit| ReadAgency { name: short(&unit.name), role: name_of(unit.role) },
        ),
        deadlines: stated(facts, |facts| &facts.deadlines, |deadline| short(&deadline.raw)),
        targets: stated(facts, |facts| &facts.targets, |target| short(&target.raw)),
        references: stated(facts, |facts| &facts.references, |reference| short(reference)),
        citation: citation(document, clause, state.links()),
        document: FoundDocument::from(document),
        url: state.links().clause(clause.id.as_str()),
        id,
    })
}

/// What the clause's own and its inherited `facts` state of one kind, within a bound.
fn stated<T, V>(facts: [&Facts; 2], of: impl Fn(&Facts) -> &[T], view: impl Fn(&T) -> V) -> Vec<V> {
    facts.into_iter().flat_map(of).take(FACTS).map(view).collect()
}
