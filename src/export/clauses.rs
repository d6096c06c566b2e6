//! Clauses as rows: what staff put side by side.

use super::documents;
use super::table::{Cell, Column, Table};
use crate::index::{ClauseRef, Generation};
use crate::model::{Agency, Clause, Deadline, Role, Target};
use crate::search::{Answer, FILTER_ONLY, GroupBy, Hit, SearchRequest, SimilarRequest};
use crate::view::{Permalinks, citation, ordinal};

/// What separates several values of a cell.
const SEPARATOR: &str = "；";

/// What a table shows beside the clauses themselves.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// What permalinks stand below.
    pub links: &'a Permalinks,
    /// Whether contacts have a column: personal data, only for who may see it.
    pub contacts: bool,
}

impl<'a> Shown<'a> {
    /// What anybody may see.
    pub fn to_anybody(links: &'a Permalinks) -> Self {
        Self { links, contacts: false }
    }
}

/// The columns of [`clause_cells`].
pub fn clause_columns(shown: &Shown<'_>) -> Vec<Column> {
    let mut columns = documents::document_columns();
    columns.extend([
        Column::text("条目路径", 36),
        Column::text("条款原文", 72),
        Column::text("目标值", 28),
        Column::text("时限", 20),
        Column::text("牵头单位", 22),
        Column::text("配合/责任单位", 30),
        Column::text("指标领域", 14),
        Column::number("相关度"),
        Column::text("引用格式", 48),
        Column::link("链接"),
    ]);
    columns.extend(shown.contacts.then(|| Column::text("联系方式", 24)));
    columns
}

/// A clause as a row. Facts that a line elsewhere gives it stand after its own. `relevance` is empty for what has no
/// rank.
pub fn clause_cells(found: ClauseRef<'_>, relevance: Option<f32>, shown: &Shown<'_>) -> Vec<Cell> {
    let ClauseRef { clause, document, .. } = found;
    let links = shown.links;
    let mut cells = documents::document_cells(document);
    cells.extend([
        Cell::text(place(clause)),
        Cell::text(clause.text.trim()),
        Cell::text(targets(clause)),
        Cell::text(deadlines(clause)),
        Cell::text(agencies(clause, |role| role == Role::Lead)),
        Cell::text(agencies(clause, |role| role != Role::Lead)),
        Cell::stated(clause.facts.domain.as_deref().or(clause.inherited.domain.as_deref())),
        relevance.map_or(Cell::Empty, Cell::relevance),
        Cell::text(citation(document, clause, links)),
        Cell::Link(links.clause(clause.id.as_str())),
    ]);
    cells.extend(shown.contacts.then(|| Cell::text(contacts(clause))));
    cells
}

fn contacts(clause: &Clause) -> String {
    let both = clause.facts.contacts.iter().chain(&clause.inherited.contacts);
    let said = both.map(|contact| {
        let parts = [contact.name.as_deref(), contact.phone.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    });
    said.collect::<Vec<_>>().join(SEPARATOR)
}

/// The hits of a search as rows, best first; those of one group together where it asked for groups.
pub fn table_of_search(
    generation: &Generation,
    request: &SearchRequest,
    answer: &Answer,
    shown: &Shown<'_>,
) -> Table {
    let asked = request.query.trim();
    let mut hits: Vec<&Hit> = answer.hits.iter().collect();
    if let Some(by) = request.group_by {
        put_together(generation, &mut hits, by);
    }
    let table = Table::new(format!("条款检索 {asked}"), clause_columns(shown)).with_note("检索内容", asked);
    let table = match &answer.corrected_query {
        Some(corrected) => table.with_note("实际检索", corrected.as_str()),
        None => table,
    };
    filled(table, generation, answer, &hits, shown)
}

/// Similar measures as rows, best first.
pub fn table_of_similar(
    generation: &Generation,
    request: &SimilarRequest,
    answer: &Answer,
    shown: &Shown<'_>,
) -> Table {
    let origin = request.clause_id.as_deref().and_then(|id| generation.find_clause(id));
    let text = origin.map(|(_, found)| found.clause.text.as_str()).or(request.text.as_deref());
    let text = text.unwrap_or_default().trim();
    let table =
        Table::new(format!("相似举措 {}", text.lines().next().unwrap_or_default()), clause_columns(shown));
    let table = match origin {
        Some((_, found)) => table.with_note("起点条款", citation(found.document, found.clause, shown.links)),
        None => table,
    };
    let hits: Vec<&Hit> = answer.hits.iter().collect();
    filled(table.with_note("起点文字", text), generation, answer, &hits, shown)
}

fn filled(
    mut table: Table,
    generation: &Generation,
    answer: &Answer,
    hits: &[&Hit],
    shown: &Shown<'_>,
) -> Table {
    let has_rank = !answer.notices.contains(&FILTER_ONLY);
    for notice in answer.notices.iter().filter_map(|notice| words(notice)) {
        table = table.with_note("提示", notice);
    }
    let row = |hit: &&Hit| {
        let found = generation.clause(hit.clause)?;
        Some(clause_cells(found, has_rank.then_some(hit.relevance), shown))
    };
    table
        .with_note("符合条件", format!("{} 条", answer.total))
        .with_rows(hits.iter().filter_map(row), answer.total)
}

/// What a reader of the table must know of a notice.
fn words(notice: &str) -> Option<&'static str> {
    match notice {
        "model_absent" | "model_mismatch" => Some("未启用语义检索，仅按关键词"),
        _ => None,
    }
}

/// Stable: within a group the order stays; the group of the best hit comes first.
fn put_together(generation: &Generation, hits: &mut [&Hit], by: GroupBy) {
    let key = |hit: &Hit| {
        let document = generation.clause(hit.clause)?.document;
        Some(match by {
            GroupBy::Region => document.region.as_ref()?.code.as_str(),
            GroupBy::Document => document.id.as_str(),
        })
    };
    let mut seen: Vec<Option<&str>> = Vec::new();
    for hit in hits.iter() {
        let key = key(hit);
        if !seen.contains(&key) {
            seen.push(key);
        }
    }
    hits.sort_by_key(|hit| seen.iter().position(|seen| *seen == key(hit)));
}

fn place(clause: &Clause) -> String {
    let headings = clause.path.iter().cloned().chain(ordinal(clause));
    headings.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" › ")
}

fn targets(clause: &Clause) -> String {
    let said = |target: &Target| match target.quantity.as_str() {
        quantity if quantity.is_empty() || target.raw.contains(quantity) => target.raw.clone(),
        quantity => format!("{quantity}：{}", target.raw),
    };
    joined(clause.facts.targets.iter().chain(&clause.inherited.targets).map(said))
}

fn deadlines(clause: &Clause) -> String {
    let said = |deadline: &Deadline| match &deadline.date {
        Some(date) => format!("{}（{date}）", deadline.raw),
        None => deadline.raw.clone(),
    };
    joined(clause.facts.deadlines.iter().chain(&clause.inherited.deadlines).map(said))
}

fn agencies(clause: &Clause, wanted: impl Fn(Role) -> bool) -> String {
    let all = clause.facts.units.iter().chain(&clause.inherited.units);
    joined(all.filter(|agency| wanted(agency.role)).map(|agency: &Agency| agency.name.clone()))
}

/// Each value once, in order.
fn joined(values: impl Iterator<Item = String>) -> String {
    let mut distinct: Vec<String> = Vec::new();
    for value in values {
        if !value.is_empty() && !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    distinct.join(SEPARATOR)
}
