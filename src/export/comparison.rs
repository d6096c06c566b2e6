//! A comparison as rows: a row a candidate, a column a quantity.

use super::table::{Cell, Column, Table};
use crate::index::{ClauseRef, Generation};
use crate::search::Comparison;
use crate::search::compare::{Candidate, Cell as RegionCell, Change, Mark, QuantityRow, RowValue};
use crate::text::quantity_kind::Better;
use crate::view::{Permalinks, citation, deadline, leads};

/// `comparison` as a table: the best of each region first in its region, what was found nowhere said so.
pub fn table_of_comparison(generation: &Generation, comparison: &Comparison, links: &Permalinks) -> Table {
    let mut columns = vec![Column::text("地区", 16), Column::text("结论", 18), Column::text("条款原文", 60)];
    let (compared, single): (Vec<&QuantityRow>, Vec<&QuantityRow>) =
        comparison.rows.iter().partition(|row| row.is_comparable());
    for row in &compared {
        columns.push(Column::number(heading(row)));
        if is_judged(row) {
            columns.push(Column::text(format!("{}：评价", name(row)), 10));
        }
        columns.push(Column::text(format!("{}：原文", name(row)), 18));
    }
    columns.extend([
        Column::text("其他写明的数", 36),
        Column::text("时限", 18),
        Column::text("牵头单位", 24),
        Column::text("文件", 36),
        Column::date("日期"),
        Column::text("状态", 12),
        Column::number("相关度"),
        Column::text("引用格式", 48),
        Column::link("链接"),
    ]);
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (place, cell) in comparison.cells.iter().enumerate() {
        if cell.candidates.is_empty() {
            rows.push(vec![Cell::text(region(cell)), Cell::text("未见")]);
        }
        // What only comes near says something where nothing else was found.
        let is_shown = |candidate: &Candidate| candidate.is_counterpart || !cell.is_found;
        for (offer, candidate) in cell.candidates.iter().enumerate().filter(|(_, one)| is_shown(one)) {
            let Some(found) = generation.clause(candidate.clause) else { continue };
            let mut row = vec![
                Cell::text(region(cell)),
                Cell::text(verdict(cell, candidate)),
                Cell::text(found.clause.text.trim()),
            ];
            row.extend(compared.iter().flat_map(|row| promised(comparison, row, place, offer)));
            row.push(others(comparison, &single, place, offer));
            row.extend(source_cells(found, candidate, links));
            rows.push(row);
        }
    }
    let total = rows.len();
    let asked = comparison.query.as_deref().unwrap_or(&comparison.text);
    let first = asked.trim().lines().next().unwrap_or_default();
    Table::new(format!("举措对比 {first}"), columns)
        .with_note("对比内容", comparison.text.trim())
        .with_note("地区", format!("{} 个，其中 {} 个有", comparison.total, comparison.found))
        .with_rows(rows, total)
}

fn source_cells(found: ClauseRef<'_>, candidate: &Candidate, links: &Permalinks) -> Vec<Cell> {
    let by =
        deadline(found.clause).map(|deadline| deadline.date.clone().unwrap_or_else(|| deadline.raw.clone()));
    let leading: Vec<&str> = leads(found.clause).into_iter().map(|agency| agency.name.as_str()).collect();
    vec![
        Cell::stated(by.as_deref()),
        Cell::text(leading.join("；")),
        Cell::text(found.document.title.as_str()),
        Cell::date(found.document.date.as_deref()),
        Cell::text(found.document.status.words()),
        Cell::relevance(candidate.relevance),
        Cell::text(citation(found.document, found.clause, links)),
        Cell::Link(links.clause(found.clause.id.as_str())),
    ]
}

fn region(cell: &RegionCell) -> String {
    cell.region.as_ref().map_or_else(|| "地区不明".to_owned(), |region| region.name.clone())
}

fn verdict(cell: &RegionCell, candidate: &Candidate) -> &'static str {
    match (cell.is_subject, candidate.is_counterpart) {
        (true, _) => "本条",
        (false, true) => "有同类举措",
        (false, false) => "相近，未必同一举措",
    }
}

/// 报装时限（工作日）.
fn heading(row: &QuantityRow) -> String {
    let change = match row.change {
        Change::Level => "",
        Change::Reduction => "，压减",
        Change::Increase => "，提高",
    };
    format!("{}（{}{change}）", name(row), row.unit)
}

fn name(row: &QuantityRow) -> &str {
    match (row.name.as_str(), row.kind) {
        ("", Some(kind)) => kind,
        ("", None) => "目标值",
        (name, _) => name,
    }
}

/// Whether any value of `row` is the best or the worst.
fn is_judged(row: &QuantityRow) -> bool {
    row.values.iter().any(|value| value.mark.is_some())
}

/// What the candidate `offer` of the cell `place` promises in `row`.
fn value_at<'a>(
    comparison: &Comparison,
    row: &'a QuantityRow,
    place: usize,
    offer: usize,
) -> Option<&'a RowValue> {
    row.values.iter().find(|value| comparison.cell_of(value) == Some(place) && value.offer == offer)
}

/// The number of a candidate in `row`, of a range the end that is promised, so that a sheet can sort and reckon; where
/// the row is judged, its mark; and how it is written.
fn promised(comparison: &Comparison, row: &QuantityRow, place: usize, offer: usize) -> Vec<Cell> {
    let value = value_at(comparison, row, place, offer);
    let number = value.map_or(Cell::Empty, |value| {
        let number = match (row.better, value.value_max) {
            (Some(Better::Lower), Some(most)) => most,
            _ => value.value,
        };
        Cell::Number((number * 1000.0).round() / 1000.0)
    });
    let mark = match value.and_then(|value| value.mark) {
        Some(Mark::Best) => "最优",
        Some(Mark::Worst) => "最弱",
        None => "",
    };
    let raw = Cell::stated(value.map(|value| value.promise.target.raw.as_str()));
    if is_judged(row) { vec![number, Cell::text(mark), raw] } else { vec![number, raw] }
}

/// What the candidate promises that has no column: 一站式办理施工许可时间：2.
fn others(comparison: &Comparison, rows: &[&QuantityRow], place: usize, offer: usize) -> Cell {
    let here = rows.iter().filter_map(|row| Some((row, value_at(comparison, row, place, offer)?)));
    let said = here.map(|(row, value)| format!("{}：{}", name(row), value.promise.target.with_unit()));
    Cell::text(said.collect::<Vec<_>>().join("；"))
}
