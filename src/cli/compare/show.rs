//! A comparison for people in a terminal: a table of clauses, a table of numbers, a chronology.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};

use super::super::line;
use crate::error::Result;
use crate::index::{ClauseRef, Generation};
use crate::model::Status;
use crate::search::Comparison;
use crate::search::compare::{Cell, Change, Mark, QuantityRow, RowValue, Segment, Side};
use crate::text::quantity_kind::Better;
use crate::view::{deadline, leads};

/// Columns of a terminal that a table fills.
const WIDTH: u16 = 110;
/// Characters of a clause's text that a table shows.
const EXCERPT: usize = 60;
/// Regions that the table of numbers has a column for.
const COLUMNS: usize = 6;
const HERE: Style = AnsiColor::Green.on_default();
const THERE: Style = AnsiColor::Red.on_default().strikethrough();
const FAINT: Style = Style::new().dimmed();

/// Writes `comparison` for people; with `wording`, how each text differs as well.
pub(super) fn comparison(
    out: &mut dyn Write,
    generation: &Generation,
    comparison: &Comparison,
    wording: bool,
) -> Result<()> {
    for notice in &comparison.notices {
        anstream::eprintln!("notice: {notice}");
    }
    line(out, clauses(generation, comparison))?;
    if !comparison.rows.is_empty() {
        line(out, numbers(comparison))?;
        write_notes(out, comparison)?;
    }
    write_chronology(out, comparison)?;
    if wording {
        write_wordings(out, comparison)?;
    }
    let (total, found) = (comparison.total, comparison.found);
    line(out, format_args!("{FAINT}{total} 个地区，{found} 个有这项举措{FAINT:#}"))
}

fn empty() -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH);
    table
}

/// A line a candidate: where, what it says, who leads, by when, how sure.
fn clauses(generation: &Generation, comparison: &Comparison) -> Table {
    let mut table = empty();
    table.set_header(["地区", "条款", "牵头", "时限", "成文日期", "把握"]);
    for cell in &comparison.cells {
        let mut place = region(cell).to_owned();
        if !cell.is_found {
            place.push_str("\n未找到");
        }
        if cell.candidates.is_empty() {
            table.add_row([place.as_str(), "—", "", "", "", ""]);
        }
        for candidate in &cell.candidates {
            let Some(found) = generation.clause(candidate.clause) else { continue };
            let sure = match candidate.is_counterpart {
                _ if cell.is_subject => "本条".to_owned(),
                true => format!("{:.2}", candidate.relevance),
                false => format!("相近 {:.2}", candidate.relevance),
            };
            table.add_row([
                std::mem::take(&mut place),
                said(&found),
                leading(&found),
                due(&found),
                dated(&found),
                sure,
            ]);
        }
    }
    table
}

fn region(cell: &Cell) -> &str {
    cell.region.as_ref().map_or("地区不明", |region| region.name.as_str())
}

fn said(found: &ClauseRef<'_>) -> String {
    let text: String = found.clause.text.split_whitespace().collect();
    let excerpt: String = text.chars().take(EXCERPT).collect();
    let more = if text.chars().count() > EXCERPT { "…" } else { "" };
    format!("{}{more}\n{}", clean(&excerpt), found.clause.id)
}

fn leading(found: &ClauseRef<'_>) -> String {
    leads(found.clause).iter().take(2).map(|unit| clean(&unit.name)).collect::<Vec<_>>().join("、")
}

fn due(found: &ClauseRef<'_>) -> String {
    deadline(found.clause).map(|due| due.date.clone().unwrap_or_else(|| clean(&due.raw))).unwrap_or_default()
}

fn dated(found: &ClauseRef<'_>) -> String {
    let date = found.document.date.clone().unwrap_or_else(|| "不详".to_owned());
    let status = match found.document.status {
        Status::Effective => "",
        Status::Draft => "\n征求意见稿",
        Status::Trial => "\n试行",
        Status::Repealed => "\n已废止",
    };
    format!("{date}{status}")
}

/// A line a quantity, a column a region that promises one; where there are many, those that promise most.
fn numbers(comparison: &Comparison) -> Table {
    let mut columns: Vec<(Option<usize>, usize)> = Vec::new();
    for value in comparison.rows.iter().flat_map(|row| &row.values) {
        let cell = comparison.cell_of(value);
        match columns.iter_mut().find(|(known, _)| *known == cell) {
            Some((_, count)) => *count += 1,
            None => columns.push((cell, 1)),
        }
    }
    columns
        .sort_by_key(|(cell, count)| (*cell != Some(0) && cell.is_some(), std::cmp::Reverse(*count), *cell));
    columns.truncate(COLUMNS);
    columns.sort_unstable();
    let name = |cell: Option<usize>| match cell.map(|cell| comparison.cells.get(cell)) {
        None => "所给文字",
        Some(cell) => cell.map_or("", region),
    };
    let mut table = empty();
    table.set_header(std::iter::once("指标").chain(columns.iter().map(|(cell, _)| name(*cell))));
    for row in &comparison.rows {
        let shown = columns.iter().map(|(cell, _)| {
            let value = row.values.iter().find(|value| comparison.cell_of(value) == *cell);
            value.map(|value| number(row, value)).unwrap_or_default()
        });
        table.add_row(std::iter::once(heading(row)).chain(shown));
    }
    table
}

/// 办理时间（工作日，越少越好）
fn heading(row: &QuantityRow) -> String {
    let change = match row.change {
        Change::Level => "",
        Change::Reduction => "，压减",
        Change::Increase => "，提升",
    };
    let better = match row.better {
        Some(Better::Lower) => "，越少越好",
        Some(Better::Higher) => "，越多越好",
        None => "",
    };
    format!("{}（{}{change}{better}）", clean(&row.name), row.unit)
}

fn number(row: &QuantityRow, value: &RowValue) -> String {
    let high = value.value_max.map(|high| format!("—{high}")).unwrap_or_default();
    let mark = match value.mark {
        Some(Mark::Best) => " ★最优",
        Some(Mark::Worst) => " ▽最弱",
        None => "",
    };
    let near = if value.is_counterpart { "" } else { "（相近条款）" };
    let written = &value.promise.target;
    let unit = if written.unit == row.unit {
        String::new()
    } else {
        format!("\n原文 {}{}", written.value, written.unit)
    };
    let more = value.more.iter().map(|more| format!("\n另 {}{}", more.target.value, more.target.unit));
    format!("{}{high}{mark}{near}{unit}{}", value.value, more.collect::<String>())
}

fn write_notes(out: &mut dyn Write, comparison: &Comparison) -> Result<()> {
    let has = |code| comparison.rows.iter().any(|row| row.notes.contains(&code));
    if has("working_and_calendar_days") {
        line(out, format_args!("{FAINT}同一行有工作日与自然日，按数字比较，未折算节假日。{FAINT:#}"))?;
    }
    if has("far_apart") {
        line(out, format_args!("{FAINT}同一行的数相差悬殊，口径可能不同，没有评优劣，请看原文。{FAINT:#}"))?;
    }
    if has("different_units") {
        line(out, format_args!("{FAINT}同一行的计量单位不同，请看原文。{FAINT:#}"))?;
    }
    Ok(())
}

fn write_chronology(out: &mut dyn Write, comparison: &Comparison) -> Result<()> {
    let told = comparison.chronology.iter().filter_map(|since| {
        let place = region(comparison.cells.get(since.cell)?);
        let first = if since.is_first { "（最早）" } else { "" };
        Some(format!("{} {place}{first}", since.date.as_deref().unwrap_or("日期不详")))
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() { Ok(()) } else { line(out, format_args!("先后：{}", told.join(" → "))) }
}

fn write_wordings(out: &mut dyn Write, comparison: &Comparison) -> Result<()> {
    for (cell, wording) in comparison.cells.iter().zip(&comparison.wordings) {
        let Some(wording) = wording else { continue };
        line(out, format_args!("\n{}：{}", region(cell), wording.iter().map(marked).collect::<String>()))?;
    }
    line(out, "")
}

fn marked(segment: &Segment) -> String {
    let text = clean(&segment.text);
    match segment.side {
        Side::Shared => text,
        Side::OnlyHere => format!("{HERE}{text}{HERE:#}"),
        Side::OnlyThere => format!("{THERE}{text}{THERE:#}"),
    }
}

/// One line, and no control character that a terminal would obey.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
