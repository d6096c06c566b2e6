//! Tables that an export wrote one cell a line, each behind a tab, put back into rows.

use super::{Draft, LineKind};

/// Joins cells into rows; a row's cells are separated by tabs.
pub(super) fn rebuild_rows(lines: Vec<Draft>) -> Vec<Draft> {
    let mut out = Vec::with_capacity(lines.len());
    let mut lines = lines.into_iter().peekable();
    while let Some(line) = lines.next() {
        if !line.cell {
            if !line.text.is_empty() {
                out.push(line);
            }
            continue;
        }
        let mut cells = vec![Cell::from(line)];
        let mut empty = cells.iter().all(|cell| cell.text.is_empty());
        while let Some(next) =
            lines.next_if(|next| next.cell || continues_cell(next) || (empty && fills_cell(next)))
        {
            match cells.last_mut() {
                Some(cell) if !next.cell => cell.text.push_str(&next.text),
                _ => cells.push(Cell::from(next)),
            }
            empty = cells.last().is_some_and(|cell| cell.text.is_empty());
        }
        out.extend(rows(cells));
    }
    out
}

struct Cell {
    text: String,
    origin: u32,
    after_blank: bool,
}

impl From<Draft> for Cell {
    fn from(line: Draft) -> Self {
        Self { text: line.text.replace('\t', " "), origin: line.origin, after_blank: line.after_blank }
    }
}

/// A cell's text wraps onto following lines without a tab: short ones, with no blank line between,
/// that begin neither a heading nor a label.
fn continues_cell(line: &Draft) -> bool {
    let begins_block = crate::text::marker::begins_block(&line.text);
    !line.after_blank && line.kind == LineKind::Text && !begins_block && line.text.chars().count() <= 60
}

/// A bare number below an empty cell is what the cell says, after empty paragraphs.
fn fills_cell(line: &Draft) -> bool {
    line.kind == LineKind::Text && line.text.chars().all(|c| c.is_ascii_digit())
}

/// Cells to rows: by the header's width where it divides the cells, else by the blank lines.
fn rows(cells: Vec<Cell>) -> Vec<Draft> {
    let mut groups: Vec<Vec<Cell>> = Vec::new();
    for cell in cells {
        match groups.last_mut() {
            Some(group) if !cell.after_blank => group.push(cell),
            _ => groups.push(vec![cell]),
        }
    }
    let width = groups.iter().take(2).map(Vec::len).max().unwrap_or(1);
    let rows = regroup(groups, width);
    rows.into_iter().filter(|row| row.iter().any(|cell| !cell.text.is_empty())).map(row).collect()
}

/// Blank lines inside a row (an empty paragraph in a cell) break it in two: joins groups up to the
/// header's width.
fn regroup(groups: Vec<Vec<Cell>>, width: usize) -> Vec<Vec<Cell>> {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (index, group) in groups.into_iter().enumerate() {
        match rows.last_mut() {
            Some(last) if index > 1 && last.len() + group.len() <= width => last.extend(group),
            _ => rows.push(group),
        }
    }
    rows
}

fn row(cells: Vec<Cell>) -> Draft {
    let origin = cells.first().map_or(0, |cell| cell.origin);
    let after_blank = cells.first().is_some_and(|cell| cell.after_blank);
    let text = cells.into_iter().map(|cell| cell.text).collect::<Vec<_>>().join("\t");
    Draft { text, origin, kind: LineKind::Row, after_blank, cell: false }
}
