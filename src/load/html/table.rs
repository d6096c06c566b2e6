//! Tables of a page: those that hold data become rows, those that describe the document become
//! lines of key and value, those that only lay the page out are read as text.

use ego_tree::NodeRef;
use scraper::Node;

use super::super::{RawKind, RawLine};
use super::element::is_invisible;
use super::page::text_of;
use crate::text::particulars;

/// Longest cell, in characters; a longer one holds a document, not a datum.
const LONGEST_CELL: usize = 1_500;

/// Most columns and rows that a span may reach over; pages lie about spans.
const MOST_SPANNED: usize = 200;

/// Whether it is a table that holds data: no table within, two columns at least, no cell that is a document.
pub(super) fn holds_data(table: NodeRef<'_, Node>) -> bool {
    if !is_named(&table, &["table"]) {
        return false;
    }
    if table.descendants().skip(1).any(|node| is_named(&node, &["table"])) {
        return false;
    }
    let rows = cells(table);
    let widest =
        rows.iter().map(|row| row.iter().filter(|cell| !cell.text.is_empty()).count()).max().unwrap_or(0);
    let longest = rows.iter().flatten().map(|cell| cell.text.chars().count()).max().unwrap_or(0);
    let is_tabular = rows.len() >= 2 || describes_document(&rows);
    is_tabular && widest >= 2 && longest <= LONGEST_CELL
}

/// The lines of a table that holds data.
pub(super) fn read(table: NodeRef<'_, Node>) -> Vec<RawLine> {
    let rows = cells(table);
    if describes_document(&rows) {
        return describe(&rows);
    }
    grid(rows)
        .into_iter()
        .map(|row| row.join("\t"))
        .filter(|text| !text.trim().is_empty())
        .map(|text| RawLine { text, kind: RawKind::Row, origin: 0 })
        .collect()
}

struct Cell {
    text: String,
    columns: usize,
    rows: usize,
}

fn cells(table: NodeRef<'_, Node>) -> Vec<Vec<Cell>> {
    let rows = table.descendants().filter(|node| is_named(node, &["tr"]));
    rows.map(|row| {
        row.children().filter(|node| is_named(node, &["td", "th"])).map(|node| read_cell(&node)).collect()
    })
    .collect()
}

fn read_cell(node: &NodeRef<'_, Node>) -> Cell {
    let span = |name: &str| {
        let value = node.value().as_element().and_then(|element| element.attr(name));
        value.and_then(|value| value.trim().parse().ok()).unwrap_or(1).clamp(1, MOST_SPANNED)
    };
    let is_hidden = node.value().as_element().is_some_and(is_invisible);
    let text = if is_hidden { String::new() } else { text_of(node) };
    Cell { text, columns: span("colspan"), rows: span("rowspan") }
}

/// Puts cells into their columns; what a merged cell covers stays empty.
fn grid(rows: Vec<Vec<Cell>>) -> Vec<Vec<String>> {
    let mut covered: Vec<usize> = Vec::new();
    rows.into_iter()
        .map(|row| {
            let mut line: Vec<String> = Vec::new();
            for cell in row {
                take_covered(&mut covered, &mut line);
                for column in 0..cell.columns {
                    let at = line.len();
                    line.push(if column == 0 { cell.text.clone() } else { String::new() });
                    if covered.len() <= at {
                        covered.resize(at + 1, 0);
                    }
                    if let Some(rows) = covered.get_mut(at) {
                        *rows = cell.rows - 1;
                    }
                }
            }
            take_covered(&mut covered, &mut line);
            line
        })
        .collect()
}

/// Columns that a cell from above still covers.
fn take_covered(covered: &mut [usize], line: &mut Vec<String>) {
    while let Some(rows) = covered.get_mut(line.len()).filter(|rows| **rows > 0) {
        *rows -= 1;
        line.push(String::new());
    }
}

/// Two cells that name particulars; one will do where the table has nothing else but keys and values.
fn describes_document(rows: &[Vec<Cell>]) -> bool {
    let mut cells = rows.iter().flatten().filter(|cell| !cell.text.is_empty());
    let named = cells.clone().filter(|cell| is_key(&cell.text) && particulars::begins(&cell.text)).count();
    let only_pairs = rows.iter().all(|row| row.len() == 2) && cells.clone().count() <= 2;
    let is_short = cells.all(|cell| cell.text.chars().count() <= 300);
    named >= 2 || (named == 1 && only_pairs && is_short)
}

/// The name of a particular, or anything short that ends in a colon.
fn is_key(text: &str) -> bool {
    let length = text.chars().count();
    length <= 60 && particulars::begins(text) || length <= 14 && text.ends_with([':', '：'])
}

/// Keys and values as lines: `发文字号：相政办〔2022〕6号`.
fn describe(rows: &[Vec<Cell>]) -> Vec<RawLine> {
    let mut lines: Vec<String> = Vec::new();
    let mut awaits_value = false;
    for cell in rows.iter().flatten().filter(|cell| !cell.text.is_empty()) {
        let is_key = is_key(&cell.text);
        match lines.last_mut() {
            Some(line) if awaits_value && !is_key => {
                if !line.ends_with([':', '：']) {
                    line.push('：');
                }
                line.push_str(&cell.text);
                awaits_value = false;
            }
            _ => {
                awaits_value =
                    is_key && (cell.text.ends_with([':', '：']) || !cell.text.contains([':', '：']));
                lines.push(cell.text.clone());
            }
        }
    }
    lines.into_iter().map(|text| RawLine { text, kind: RawKind::Text, origin: 0 }).collect()
}

fn is_named(node: &NodeRef<'_, Node>, names: &[&str]) -> bool {
    node.value().as_element().is_some_and(|element| names.contains(&element.name()))
}
