//! A comparison over regions, as programs and pages read it.

use std::time::Instant;

use serde::Serialize;
use utoipa::ToSchema;

use super::{ClauseView, ModelPresence, Permalinks};
use crate::index::{ClauseRef, Generation};
use crate::model::{Agency, Clause, Comparator, Deadline, Region, Role, Status};
use crate::search::Comparison;
use crate::search::compare::{Candidate, Cell, Change, Mark, Promise, QuantityRow, RowValue, Segment, Since};
use crate::text::quantity_kind::Better;

/// One measure over regions: a cell a region, a row a quantity.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Comparison)]
pub(crate) struct ComparisonView<'a> {
    /// What is compared.
    subject: SubjectView<'a>,
    /// The subject's own region first, then the surest; rows and chronology name a cell by its position.
    cells: Vec<CellView<'a>>,
    /// What the clauses promise, a row a quantity: first what the subject promises.
    rows: Vec<RowView<'a>>,
    /// The cells that have the measure, the oldest document first.
    chronology: Vec<SinceView<'a>>,
    /// How many regions were looked at.
    total: usize,
    /// How many of them have it.
    found: usize,
    /// The state of the index that answered.
    generation: u64,
    /// Time taken, in milliseconds.
    took_ms: u64,
    /// Whether a model took part.
    model: ModelPresence,
    /// What the answer lacks, as stable codes, such as `model_absent`.
    notices: &'a [&'static str],
    /// The query that was answered instead of the one asked, which had no good answer; null otherwise.
    corrected_query: Option<&'a str>,
}

/// What is compared.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComparisonSubject)]
struct SubjectView<'a> {
    /// The clause, where one was named.
    clause_id: Option<&'a str>,
    /// Its text, the text given, or that of the best clause that a query found; empty where it found none.
    text: &'a str,
}

/// A region and what was found there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComparisonCell)]
struct CellView<'a> {
    /// The region; null for a document whose region is not known, which has a cell of its own.
    region: Option<&'a Region>,
    /// How many documents of the region took part.
    documents: usize,
    /// Whether the subject stands here.
    is_subject: bool,
    /// Whether the region has the measure, as far as can be told; without it the candidates are only near.
    found: bool,
    /// Best first, up to three.
    candidates: Vec<CandidateView<'a>>,
    /// Who leads, by the best candidate; who is responsible, where no one leads.
    lead_agencies: Vec<&'a Agency>,
    /// By when, by the best candidate: the last date that it states.
    deadline: Option<&'a Deadline>,
    /// Date of the best candidate's document, ISO 8601.
    date: Option<&'a str>,
    /// Whether that document is in force.
    status: Option<Status>,
    /// How the best candidate's wording differs from the subject's; null for the subject itself, for an empty cell
    /// and for long texts.
    wording: Option<&'a [Segment]>,
}

/// A clause offered as the counterpart.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComparisonCandidate)]
struct CandidateView<'a> {
    /// The clause, with its citation.
    clause: ClauseView<'a>,
    /// How likely it is the same measure (for a query: that it answers), 0 to 1.
    relevance: f32,
    /// Whether that is enough to call it the counterpart.
    is_counterpart: bool,
}

/// A quantity over the cells.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComparisonRow)]
struct RowView<'a> {
    /// What is counted.
    #[schema(example = "并联办理时间")]
    name: &'a str,
    /// The kind of quantity.
    #[schema(example = "办理时限")]
    kind: Option<&'a str>,
    /// The unit that `value` and `value_max` are in.
    #[schema(example = "工作日")]
    unit: &'a str,
    /// Levels or changes; they never share a row.
    change: Change,
    /// Which direction is better; null where it cannot be said.
    better: Option<Better>,
    /// At most one a cell.
    values: Vec<ValueView<'a>>,
    /// What to mind when reading across: `working_and_calendar_days`, `different_units`, `far_apart`
    /// (more than sixfold: the values hardly measure the same, and none is marked).
    notes: &'a [&'static str],
}

/// What one cell promises.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComparisonValue)]
struct ValueView<'a> {
    /// Position of the cell; null for what the given text promises itself.
    cell: Option<usize>,
    /// The clause that promises it; not always the cell's best. Null for the given text.
    clause_id: Option<&'a str>,
    /// The number in the row's unit; of a range the lower end.
    value: f64,
    /// The upper end of a range in the row's unit.
    value_max: Option<f64>,
    /// As written.
    #[serde(flatten)]
    written: WrittenView<'a>,
    /// Whether the clause is a counterpart; the number of one that is only near is not marked.
    is_counterpart: bool,
    /// Best or worst of the row; null between them, or where the direction or the difference is unknown.
    mark: Option<Mark>,
    /// Further numbers of the same clause for the same quantity, such as another year's.
    more: Vec<WrittenView<'a>>,
}

/// A number as its clause writes it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WrittenNumber)]
struct WrittenView<'a> {
    /// As written.
    #[schema(example = "压缩至5个工作日以内")]
    raw: &'a str,
    /// What it counts, as written.
    quantity: &'a str,
    /// How the promise compares with the number.
    comparator: Comparator,
    /// The number as written.
    written_value: f64,
    /// The unit as written.
    #[schema(example = "工作日")]
    written_unit: &'a str,
}

/// Since when a region has the measure.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComparisonSince)]
struct SinceView<'a> {
    /// Position of the cell.
    cell: usize,
    /// Date of its oldest document that has the measure, ISO 8601; null where that states none.
    date: Option<&'a str>,
    /// The clause there.
    clause_id: Option<&'a str>,
    /// Whether no other region had it earlier; a draft is never the first.
    first: bool,
}

impl<'a> ComparisonView<'a> {
    /// `comparison` as found in `generation` by a request that began at `started`.
    pub(crate) fn new(
        generation: &'a Generation,
        comparison: &'a Comparison,
        has_model: bool,
        links: &Permalinks,
        started: Instant,
    ) -> Self {
        let id = |found: Option<ClauseRef<'a>>| found.map(|found| found.clause.id.as_str());
        let subject = comparison.subject.and_then(|subject| generation.clause(subject));
        let wordings = comparison.wordings.iter().map(Option::as_deref);
        let cells = comparison.cells.iter().zip(wordings);
        let rows = comparison.rows.iter();
        Self {
            subject: SubjectView { clause_id: id(subject), text: &comparison.text },
            cells: cells.map(|(cell, wording)| cell_view(generation, cell, wording, links)).collect(),
            rows: rows.map(|row| row_view(generation, comparison, row)).collect(),
            chronology: comparison
                .chronology
                .iter()
                .map(|since| SinceView {
                    cell: since.cell,
                    date: since.date.as_deref(),
                    clause_id: id(dated(generation, comparison, since)),
                    first: since.is_first,
                })
                .collect(),
            total: comparison.total,
            found: comparison.found,
            generation: generation.id(),
            took_ms: started.elapsed().as_millis() as u64,
            model: ModelPresence::of(has_model),
            notices: &comparison.notices,
            corrected_query: comparison.corrected.as_deref(),
        }
    }
}

fn dated<'a>(generation: &'a Generation, comparison: &Comparison, since: &Since) -> Option<ClauseRef<'a>> {
    let candidate = comparison.cells.get(since.cell)?.candidates.get(since.candidate)?;
    generation.clause(candidate.clause)
}

fn cell_view<'a>(
    generation: &'a Generation,
    cell: &'a Cell,
    wording: Option<&'a [Segment]>,
    links: &Permalinks,
) -> CellView<'a> {
    let best = cell.candidates.first().and_then(|best| generation.clause(best.clause));
    let candidate = |candidate: &Candidate| {
        Some(CandidateView {
            clause: ClauseView::new(generation.clause(candidate.clause)?, links),
            relevance: candidate.relevance,
            is_counterpart: candidate.is_counterpart,
        })
    };
    CellView {
        region: cell.region.as_ref(),
        documents: cell.documents,
        is_subject: cell.is_subject,
        found: cell.is_found,
        candidates: cell.candidates.iter().filter_map(candidate).collect(),
        lead_agencies: best.map(|best| leads(best.clause)).unwrap_or_default(),
        deadline: best.and_then(|best| deadline(best.clause)),
        date: best.and_then(|best| best.document.date.as_deref()),
        status: best.map(|best| best.document.status),
        wording,
    }
}

fn row_view<'a>(generation: &'a Generation, comparison: &'a Comparison, row: &'a QuantityRow) -> RowView<'a> {
    let value = |value: &'a RowValue| {
        let cell = comparison.cell_of(value);
        let candidate = cell.and_then(|cell| comparison.cells.get(cell)?.candidates.get(value.offer));
        let clause = candidate.and_then(|candidate| generation.clause(candidate.clause));
        ValueView {
            cell,
            clause_id: clause.map(|found| found.clause.id.as_str()),
            value: value.value,
            value_max: value.value_max,
            written: WrittenView::from(&value.promise),
            is_counterpart: value.is_counterpart,
            mark: value.mark,
            more: value.more.iter().map(WrittenView::from).collect(),
        }
    };
    RowView {
        name: &row.name,
        kind: row.kind,
        unit: &row.unit,
        change: row.change,
        better: row.better,
        values: row.values.iter().map(value).collect(),
        notes: &row.notes,
    }
}

impl<'a> From<&'a Promise> for WrittenView<'a> {
    fn from(promise: &'a Promise) -> Self {
        let target = &promise.target;
        Self {
            raw: &target.raw,
            quantity: &target.quantity,
            comparator: target.comparator,
            written_value: target.value,
            written_unit: &target.unit,
        }
    }
}

/// Who leads what `clause` says, by itself or by a line elsewhere; who is responsible, where no one leads.
pub(crate) fn leads(clause: &Clause) -> Vec<&Agency> {
    let with = |role: Role| {
        let own: Vec<&Agency> = clause.facts.units.iter().filter(|unit| unit.role == role).collect();
        if own.is_empty() {
            return clause.inherited.units.iter().filter(|unit| unit.role == role).collect();
        }
        own
    };
    let leading: Vec<&Agency> = with(Role::Lead);
    if leading.is_empty() { with(Role::Responsible) } else { leading }
}

/// By when `clause` is to be done: the last date that it states, or that a line elsewhere gives it; without any
/// date its last words on time (持续推进).
pub(crate) fn deadline(clause: &Clause) -> Option<&Deadline> {
    last(&clause.facts.deadlines).or_else(|| last(&clause.inherited.deadlines))
}

fn last(deadlines: &[Deadline]) -> Option<&Deadline> {
    let dated = deadlines.iter().filter(|deadline| deadline.date.is_some());
    dated.max_by_key(|deadline| deadline.date.as_deref()).or(deadlines.last())
}
