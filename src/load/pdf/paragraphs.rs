//! Hard wraps undone: a line goes on in the next one when the next one's first word would not have
//! fitted behind it.

use std::collections::{HashMap, HashSet};

use super::page::PlacedLine;
use super::rows::Item;
use crate::load::{RawKind, RawLine};
use crate::text::marker::begins_block;

/// Share of lines that must begin at an edge to make it one.
const EDGE_SHARE: usize = 40;

/// Joins lines to paragraphs. Running lines, which would stand within sentences, come last, each once.
pub(super) fn join(items: Vec<Item>) -> Vec<RawLine> {
    let columns = columns(&items);
    let mut joiner = Joiner { columns, width: 0.0, out: Vec::new(), last: None, pitch: None };
    let mut running = Vec::new();
    let mut seen = HashSet::new();
    for item in items {
        match item {
            Item::Page(width) => joiner.turn(width),
            Item::Row(cells) => joiner.push(cells.join("\t"), RawKind::Row),
            Item::Line(line) if line.is_furniture => {
                if seen.insert(line.text.replace(|c: char| c.is_ascii_digit(), "")) {
                    running.push(line.text);
                }
            }
            Item::Line(line) => joiner.line(line),
        }
    }
    for text in running {
        joiner.push(text, RawKind::Furniture);
    }
    joiner.out
}

/// Pages whose widths round alike are alike.
#[expect(clippy::cast_sign_loss, reason = "a negative width becomes 0")]
fn width_key(width: f32) -> u32 {
    width.round() as u32
}

/// Edges of the text on pages of one width.
#[derive(Clone, Copy, Debug)]
struct Column {
    left: f32,
    right: f32,
    /// Paragraphs begin indented, so a line at the left edge goes on.
    is_indented: bool,
}

/// Pages of one width share their column.
fn columns(items: &[Item]) -> HashMap<u32, Column> {
    let mut lines: HashMap<u32, Vec<&PlacedLine>> = HashMap::new();
    let mut width = 0;
    for item in items {
        match item {
            Item::Page(page) => width = width_key(*page),
            Item::Line(line) if !line.is_furniture => lines.entry(width).or_default().push(line),
            _ => {}
        }
    }
    lines.into_iter().filter_map(|(width, lines)| Some((width, column(&lines, width as f32)?))).collect()
}

fn column(lines: &[&PlacedLine], width: f32) -> Option<Column> {
    let least = (lines.len() / EDGE_SHARE).max(2);
    let em = median(lines.iter().map(|line| line.size).collect())?;
    let near = |one: f32, other: f32| (one - other).abs() < 0.6 * em;
    let mut lefts: Vec<f32> = lines.iter().map(|line| line.left).collect();
    let mut rights: Vec<f32> = lines.iter().map(|line| line.right).collect();
    lefts.sort_by(f32::total_cmp);
    rights.sort_by(|one, other| other.total_cmp(one));
    let held = |edges: &[f32], edge: f32| edges.iter().filter(|other| near(**other, edge)).count() >= least;
    let left = lefts.iter().copied().find(|edge| held(&lefts, *edge)).or(lefts.first().copied())?;
    let right =
        justified_edge(&rights, em).or_else(|| rights.iter().copied().find(|edge| held(&rights, *edge)));
    // Too few lines to tell: the margins are alike.
    let right = right.or(rights.first().map(|right| right.max(width - left)))?;
    let indented = lefts.iter().filter(|edge| (1.4..2.8).contains(&((**edge - left) / em))).count();
    Some(Column { left, right, is_indented: indented * 8 >= lines.len() })
}

/// The right edge of justified text: where most full lines end, but for punctuation that hangs over.
fn justified_edge(rights: &[f32], em: f32) -> Option<f32> {
    let count = |edge: f32| rights.iter().filter(|right| (**right - edge).abs() < 0.3 * em).count();
    let middle = rights.iter().copied().max_by_key(|edge| count(*edge))?;
    let edge = rights.iter().copied().filter(|right| (*right - middle).abs() < 0.3 * em).reduce(f32::max)?;
    let beyond = rights.iter().filter(|right| **right > edge + 1.2 * em).count();
    (count(middle) * 4 >= rights.len() && beyond * 20 <= rights.len()).then_some(edge)
}

fn median(mut values: Vec<f32>) -> Option<f32> {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied()
}

struct Joiner {
    columns: HashMap<u32, Column>,
    width: f32,
    out: Vec<RawLine>,
    /// The last line of text, and where its paragraph is in `out`.
    last: Option<(PlacedLine, usize, bool)>,
    /// Distance of baselines within a paragraph.
    pitch: Option<f32>,
}

impl Joiner {
    /// A paragraph may go on over the page.
    fn turn(&mut self, width: f32) {
        self.width = width;
        if let Some((_, _, is_same_page)) = &mut self.last {
            *is_same_page = false;
        }
    }

    fn push(&mut self, text: String, kind: RawKind) {
        let origin = self.out.len() as u32 + 1;
        self.out.push(RawLine { text, kind, origin });
        self.last = None;
    }

    fn line(&mut self, line: PlacedLine) {
        let goes_on = self
            .last
            .as_ref()
            .is_some_and(|(last, _, is_same_page)| self.continues(last, &line, *is_same_page));
        if let Some((last, at, is_same_page)) = self.last.take() {
            let step = line.y - last.y;
            if goes_on && let Some(paragraph) = self.out.get_mut(at) {
                append(&mut paragraph.text, &line.text);
                if is_same_page {
                    self.pitch = Some(step);
                }
                self.last = Some((line, at, true));
                return;
            }
            let pitch = self.pitch.unwrap_or(1.6 * last.size);
            if is_same_page && step > 1.6 * pitch.max(last.size) {
                self.push(String::new(), RawKind::Text);
            }
        }
        let text = line.text.clone();
        self.push(text, RawKind::Text);
        self.last = Some((line, self.out.len() - 1, true));
    }

    fn continues(&self, last: &PlacedLine, next: &PlacedLine, is_same_page: bool) -> bool {
        let Some(column) = self.columns.get(&width_key(self.width)) else { return false };
        let em = next.size;
        let step = next.y - last.y;
        let is_near =
            !is_same_page || (step > 0.0 && step < 1.5 * self.pitch.unwrap_or(2.4 * em).max(1.2 * em));
        let is_alike = (last.size - next.size).abs() < 0.2 * em;
        let fills = last.right + first_word(&next.text) * em > column.right + 0.2 * em;
        if !is_near || !is_alike || !fills {
            return false;
        }
        let indent = (next.left - column.left) / em;
        if column.is_indented && indent > 1.0 && next.left >= last.left - 0.5 * em {
            return (next.left - last.left).abs() < 0.5 * em
                && !begins_block(&next.text)
                && !ends_paragraph(&last.text);
        }
        (column.is_indented && indent < 0.6) || !begins_block(&next.text)
    }
}

fn ends_paragraph(text: &str) -> bool {
    text.ends_with(['。', '；', '：', '！', '？', ':', ';'])
}

/// Width in ems of what cannot be parted at the beginning of a line: a Latin word or an ideograph,
/// with the opening mark before and the closing marks behind it.
fn first_word(text: &str) -> f32 {
    let mut width = 0.0;
    let mut has_core = false;
    let mut is_latin = false;
    for c in text.chars().take(40) {
        let latin = c.is_ascii_graphic();
        let closes = "，。、；：？！）》”’〕】〉…%％".contains(c);
        let opens = "（《“‘〔【〈".contains(c);
        if has_core && !closes && !(latin && is_latin) {
            break;
        }
        has_core |= !closes && !opens;
        is_latin = latin;
        width += if latin { 0.5 } else { 1.0 };
    }
    width
}

/// Adds a wrapped line: a space between Latin words, nothing between ideographs.
pub(super) fn append(text: &mut String, next: &str) {
    let is_latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    if is_latin(text.chars().last()) && is_latin(next.chars().next()) {
        text.push(' ');
    }
    text.push_str(next);
}
