//! Rows of tables, told by the order of drawing: after a cell the pen goes up and to the right, after
//! a row it comes back.

use super::page::{PageText, PlacedLine};

/// Least gap between cells, in ems.
const CELL_GAP: f32 = 0.15;

/// What stands on the pages, in order.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Line(PlacedLine),
    Row(Vec<String>),
    /// A new page of this width begins.
    Page(f32),
}

/// Finds rows among the lines of the pages.
pub(super) fn rebuild(pages: Vec<PageText>) -> Vec<Item> {
    let mut items = Vec::new();
    for page in pages {
        items.push(Item::Page(page.width));
        items.extend(keep_tables(find_rows(page.lines)).into_iter().flat_map(Piece::into_items));
    }
    items
}

/// Lines that belong together: one line, or the cells of a row.
enum Piece {
    Line(PlacedLine),
    Row(Vec<Vec<PlacedLine>>),
}

impl Piece {
    fn into_items(self) -> Vec<Item> {
        match self {
            Self::Line(line) => vec![Item::Line(line)],
            Self::Row(cells) => vec![Item::Row(cells.into_iter().map(|cell| cell_text(&cell)).collect())],
        }
    }
}

fn find_rows(lines: Vec<PlacedLine>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for line in lines {
        if line.is_furniture {
            pieces.push(Piece::Line(line));
            continue;
        }
        match pieces.last_mut() {
            Some(Piece::Row(cells)) if cells.last().is_some_and(|cell| is_next_cell(cell, &line)) => {
                cells.push(vec![line]);
            }
            Some(Piece::Row(cells)) if cells.last().is_some_and(|cell| is_in_cell(cell, &line)) => {
                cells.last_mut().into_iter().for_each(|cell| cell.push(line.clone()));
            }
            Some(Piece::Line(last)) if !last.is_furniture && is_right_of(last, &line) => {
                let first = take_first_cell(&mut pieces, &line);
                pieces.push(Piece::Row(vec![first, vec![line]]));
            }
            _ => pieces.push(Piece::Line(line)),
        }
    }
    pieces
}

/// To the right, and no lower than a line: the pen went back up, or on along the baseline.
fn is_right_of(last: &PlacedLine, line: &PlacedLine) -> bool {
    line.left > last.right + CELL_GAP * line.size && line.y < last.y + 0.5 * line.size
}

fn is_next_cell(cell: &[PlacedLine], line: &PlacedLine) -> bool {
    let right = cell.iter().map(|line| line.right).fold(f32::MIN, f32::max);
    cell.last()
        .is_some_and(|last| line.left > right + CELL_GAP * line.size && line.y < last.y + 0.5 * line.size)
}

/// Below the cell's last line and within its column.
fn is_in_cell(cell: &[PlacedLine], line: &PlacedLine) -> bool {
    let Some(last) = cell.last() else { return false };
    let left = cell.iter().map(|line| line.left).fold(f32::MAX, f32::min);
    let below = line.y - last.y;
    below > 0.5 * line.size && below < 2.2 * line.size && line.left > left - 1.2 * line.size
}

/// The lines before `line` that make the first cell of its row: one below another, left of it, and
/// no more of them above it than below, since cells are set from the top or centred.
fn take_first_cell(pieces: &mut Vec<Piece>, line: &PlacedLine) -> Vec<PlacedLine> {
    let mut cell: Vec<PlacedLine> = Vec::new();
    let (mut above, mut below) = (0, 0);
    while let Some(Piece::Line(last)) = pieces.last() {
        let step = cell.first().map_or(last.size, |lower| lower.y - last.y);
        let is_next = step > 0.5 * last.size && step < 1.8 * last.size;
        above += usize::from(last.y < line.y - 0.4 * line.size);
        below += usize::from(last.y > line.y + 0.4 * line.size);
        if last.is_furniture || !is_next || last.right > line.left || above > below {
            break;
        }
        if let Some(Piece::Line(last)) = pieces.pop() {
            cell.insert(0, last);
        }
    }
    cell
}

/// A row alone, of two cells, is a line with a wide gap (a signature beside a date) or the way from
/// one column of text to the next.
fn keep_tables(pieces: Vec<Piece>) -> Vec<Piece> {
    let is_row: Vec<bool> = pieces.iter().map(|piece| matches!(piece, Piece::Row(_))).collect();
    let has_neighbour = |index: usize| {
        [index.checked_sub(1), Some(index + 1)].into_iter().flatten().any(|at| is_row.get(at) == Some(&true))
    };
    let mut kept = Vec::new();
    for (index, piece) in pieces.into_iter().enumerate() {
        match piece {
            Piece::Row(cells) if cells.len() == 2 && !has_neighbour(index) => {
                if cells.iter().all(|cell| cell.len() == 1) {
                    kept.push(Piece::Line(one_line(&cells)));
                } else {
                    kept.extend(cells.into_iter().flatten().map(Piece::Line));
                }
            }
            other => kept.push(other),
        }
    }
    kept
}

fn one_line(cells: &[Vec<PlacedLine>]) -> PlacedLine {
    let mut lines = cells.iter().flatten();
    let mut whole = lines.next().cloned().unwrap_or_default();
    for line in lines {
        whole.text.push_str("  ");
        whole.text.push_str(&line.text);
        whole.right = whole.right.max(line.right);
        whole.y = whole.y.max(line.y);
    }
    whole
}

fn cell_text(cell: &[PlacedLine]) -> String {
    let mut text = String::new();
    for line in cell {
        super::paragraphs::append(&mut text, &line.text);
    }
    text.replace('\t', " ")
}
