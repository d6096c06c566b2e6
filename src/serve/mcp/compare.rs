//! `compare_regions`.

use rmcp::model::Tool;
use rmcp::schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arguments::{FilterArguments, checked};
use super::found::{FoundRegion, cut, rounded, short};
use crate::error::Result;
use crate::extract;
use crate::index::Generation;
use crate::search::compare::{Cell, QuantityRow, RowValue};
use crate::search::{CompareRequest, Comparison};
use crate::serve::query::name_of;
use crate::serve::state::AppState;
use crate::view::{deadline, leads};

pub(super) const NAME: &str = "compare_regions";

/// Most rows of numbers; what the subject promises comes first.
const MAX_ROWS: usize = 10;
/// Longest text of a cell, in characters.
const CELL: usize = 200;
/// Longest number as written, in characters.
const NUMBER: usize = 60;
/// Most agencies of a cell.
const AGENCIES: usize = 5;

/// The tool's description.
pub(super) fn tool() -> Tool {
    super::tool::<Arguments, Compared>(
        NAME,
        "对比各地做法",
        "Compares one measure over regions: what each region has of it or that none was found, what they promise \
         side by side in one unit, and who had it first. Give exactly one of clause_id, text and query.",
    )
}

/// What is compared.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "rmcp::schemars")]
pub(super) struct Arguments {
    /// Id of a clause that has the measure, from search_clauses.
    #[serde(default)]
    clause_id: Option<String>,
    /// Text of the measure in Chinese, such as a draft's.
    #[serde(default)]
    #[schemars(length(max = 20000))]
    text: Option<String>,
    /// A search for the measure.
    #[serde(default)]
    #[schemars(length(max = 2000))]
    query: Option<String>,
    /// Regions by name or six-digit code; a province takes in its cities and districts; empty for all.
    #[serde(default)]
    regions: Vec<String>,
    /// What the counterparts must satisfy.
    #[serde(default)]
    filter: FilterArguments,
    /// Most regions; those that have the measure come first.
    #[serde(default = "default_limit")]
    #[schemars(range(min = 1, max = 20))]
    limit: usize,
}

fn default_limit() -> usize {
    10
}

/// One measure over regions.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub(super) struct Compared {
    /// The beginning of what is compared; empty where a query found nothing.
    subject: String,
    /// The subject's own region first, then the surest.
    cells: Vec<ComparedCell>,
    /// Numeric promises, a row a quantity.
    rows: Vec<ComparedRow>,
    /// How many regions were looked at.
    total: usize,
    /// How many of them have the measure.
    found: usize,
    /// What the answer lacks, as stable codes, such as model_absent.
    notices: Vec<&'static str>,
}

/// What a region has of the measure.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars", inline)]
struct ComparedCell {
    /// The region; null for a document whose region is not known.
    region: Option<FoundRegion>,
    /// Whether the region has the measure, as far as can be told; without it the clause is only near.
    found: bool,
    /// Id of its best clause, for get_clause; null where nothing is near.
    clause_id: Option<String>,
    /// The beginning of that clause.
    snippet: Option<String>,
    /// How likely it is the same measure, 0 to 1.
    relevance: f64,
    /// Agencies that lead it.
    lead_agencies: Vec<String>,
    /// By when, as written.
    deadline: Option<String>,
    /// Date of the clause's document, YYYY-MM-DD.
    date: Option<String>,
    /// effective, draft, trial or repealed.
    status: Option<String>,
    /// Whether no other region had the measure earlier.
    first: bool,
}

/// A quantity over the regions.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars", inline)]
struct ComparedRow {
    /// What is counted.
    name: String,
    /// Unit of value and value_max.
    unit: String,
    /// At most one a region.
    values: Vec<ComparedValue>,
}

/// What one region promises.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars", inline)]
struct ComparedValue {
    /// Position of the region in cells; null for what the given text promises itself.
    cell: Option<usize>,
    /// The number in the row's unit; of a range the lower end.
    value: f64,
    /// The upper end of a range.
    value_max: Option<f64>,
    /// As written.
    raw: String,
    /// best or worst of the row; null between them or where that is not known.
    mark: Option<String>,
}

/// Answers a call.
pub(super) async fn call(state: &AppState, arguments: Arguments) -> Result<Compared> {
    let request = CompareRequest {
        clause_id: arguments.clause_id,
        text: arguments.text,
        query: arguments.query,
        regions: arguments.regions,
        filter: arguments.filter.into(),
        limit: checked(arguments.limit)?,
        ..CompareRequest::empty()
    };
    let request = request.with_targets(extract::targets_of);
    let (generation, comparison) = state.on_engine(move |engine| engine.compare(&request)).await?;
    let cells = comparison.cells.iter().enumerate();
    Ok(Compared {
        subject: cut(&comparison.text, CELL),
        cells: cells.map(|(at, cell)| compared_cell(&generation, &comparison, at, cell)).collect(),
        rows: comparison.rows.iter().take(MAX_ROWS).map(|row| compared_row(&comparison, row)).collect(),
        total: comparison.total,
        found: comparison.found,
        notices: comparison.notices,
    })
}

fn compared_cell(generation: &Generation, comparison: &Comparison, at: usize, cell: &Cell) -> ComparedCell {
    let best = cell.candidates.first();
    let found = best.and_then(|best| generation.clause(best.clause));
    let agencies = found.map(|found| leads(found.clause)).unwrap_or_default();
    ComparedCell {
        region: cell.region.as_ref().map(FoundRegion::from),
        found: cell.is_found,
        clause_id: found.map(|found| found.clause.id.as_str().to_owned()),
        snippet: found.map(|found| cut(&found.clause.text, CELL)),
        relevance: rounded(best.map_or(0.0, |best| best.relevance)),
        lead_agencies: agencies.iter().take(AGENCIES).map(|agency| short(&agency.name)).collect(),
        deadline: found.and_then(|found| deadline(found.clause)).map(|deadline| short(&deadline.raw)),
        date: found.and_then(|found| found.document.date.as_deref()).map(short),
        status: found.map(|found| name_of(found.document.status)),
        first: comparison.chronology.iter().any(|since| since.cell == at && since.is_first),
    }
}

fn compared_row(comparison: &Comparison, row: &QuantityRow) -> ComparedRow {
    let value = |value: &RowValue| ComparedValue {
        cell: comparison.cell_of(value),
        value: value.value,
        value_max: value.value_max,
        raw: cut(&value.promise.target.raw, NUMBER),
        mark: value.mark.map(name_of),
    };
    ComparedRow {
        name: short(&row.name),
        unit: short(&row.unit),
        values: row.values.iter().map(value).collect(),
    }
}
