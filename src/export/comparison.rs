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
    for row in &comparison.rows {
        columns.extend([Column::number(heading(row)), Column::text(format!("{}：原文", name(row)), 18)]);
    }
    columns.extend([
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
        for (offer, candidate) in cell.candidates.iter().enumerate() {
            let Some(found) = generation.clause(candidate.clause) else { continue };
            let mut row = vec![
                Cell::text(region(cell)),
                Cell::text(verdict(cell, candidate)),
                Cell::text(found.clause.text.trim()),
            ];
            row.extend(comparison.rows.iter().flat_map(|row| promised(comparison, row, place, offer)));
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

/// What the candidate `offer` of the cell `place` promises in `row`: the number, of a range the end that is
/// promised, so that a sheet can sort and reckon; and how it is written, with its mark.
fn promised(comparison: &Comparison, row: &QuantityRow, place: usize, offer: usize) -> [Cell; 2] {
    let is_here = |value: &&RowValue| comparison.cell_of(value) == Some(place) && value.offer == offer;
    let Some(value) = row.values.iter().find(is_here) else { return [Cell::Empty, Cell::Empty] };
    let mark = match value.mark {
        Some(Mark::Best) => "（最优）",
        Some(Mark::Worst) => "（最弱）",
        None => "",
    };
    let number = match (row.better, value.value_max) {
        (Some(Better::Lower), Some(most)) => most,
        _ => value.value,
    };
    let rounded = (number * 1000.0).round() / 1000.0;
    [Cell::Number(rounded), Cell::text(format!("{}{mark}", value.promise.target.raw))]
}
