//! From text as received to the normalised source: page furniture marked, hard wraps joined,
//! linearised tables put back into rows. What is shown, cited and split is the normalised source.

pub mod front_matter;
mod furniture;
mod table;
mod wrap;

use crate::load::{Format, Loaded, RawKind, RawLine};
use crate::text::fold::fold_width;

/// The normalised source of a document: lines joined by `\n`, no blank lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The whole text.
    pub text: String,
    /// Its lines in order.
    pub lines: Vec<Line>,
}

/// One line of a [`Source`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Byte offset of the first character in [`Source::text`].
    pub start: usize,
    /// Byte offset one past the last character, before the `\n`.
    pub end: usize,
    /// 1-based line of the text as received where it begins.
    pub origin: u32,
    /// What kind of line it is.
    pub kind: LineKind,
    /// Whether blank lines stood before it.
    pub after_blank: bool,
}

/// What kind of line a [`Line`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// Running text.
    Text,
    /// A heading marked up as such, with its level from 1.
    Heading(u8),
    /// A row of a table, cells separated by tabs.
    Row,
    /// Page furniture: navigation, page numbers, print marks.
    Furniture,
}

impl Source {
    /// The text of `line`.
    pub fn line(&self, line: &Line) -> &str {
        self.text.get(line.start..line.end).unwrap_or_default()
    }
}

/// A line on its way through the steps.
#[derive(Clone, Debug)]
struct Draft {
    text: String,
    origin: u32,
    kind: LineKind,
    after_blank: bool,
    /// Whether the line as received began with a tab: a table cell.
    cell: bool,
}

/// Normalises what was loaded.
pub fn normalise(loaded: &Loaded) -> Source {
    let lines = read_lines(&loaded.lines);
    let lines = furniture::set_page_marks_aside(furniture::mark(lines));
    let lines = table::rebuild_rows(lines);
    let lines = wrap::join_hard_wraps(lines, knows_paragraphs(loaded.format));
    assemble(lines)
}

/// Whether a line of the format is a paragraph rather than what fitted between two margins.
fn knows_paragraphs(format: Format) -> bool {
    match format {
        Format::Html | Format::Docx => true,
        Format::Text | Format::Markdown | Format::Pdf => false,
    }
}

fn read_lines(raw: &[RawLine]) -> Vec<Draft> {
    let mut lines = Vec::new();
    let mut after_blank = false;
    for line in raw {
        let kind = kind_of(line.kind);
        let cell = kind == LineKind::Text && line.text.starts_with('\t');
        let text = if kind == LineKind::Row { clean_row(&line.text) } else { clean_line(&line.text) };
        // An empty line behind a tab is an empty cell.
        if text.trim().is_empty() && !cell {
            after_blank = true;
            continue;
        }
        lines.push(Draft { text, origin: line.origin, kind, after_blank, cell });
        after_blank = false;
    }
    lines
}

fn kind_of(raw: RawKind) -> LineKind {
    match raw {
        RawKind::Text => LineKind::Text,
        RawKind::Heading(level) => LineKind::Heading(level),
        RawKind::Row => LineKind::Row,
        RawKind::Furniture => LineKind::Furniture,
    }
}

/// The cells of a row, each cleaned; an empty one keeps its column.
fn clean_row(row: &str) -> String {
    row.split('\t').map(clean_line).collect::<Vec<_>>().join("\t")
}

/// Drops what only a word processor reads; odd spaces become plain ones.
fn clean_line(line: &str) -> String {
    let visible: String = line
        .chars()
        .filter(|c| !matches!(c, '\u{FEFF}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{AD}' | '\0'))
        .map(|c| if matches!(c, '\u{A0}' | '\u{2002}'..='\u{200A}' | '\u{202F}') { ' ' } else { c })
        .collect();
    furniture::strip_field_codes(&visible).trim().to_owned()
}

fn assemble(lines: Vec<Draft>) -> Source {
    let mut source = Source::default();
    for line in lines {
        if !source.text.is_empty() {
            source.text.push('\n');
        }
        let start = source.text.len();
        source.text.push_str(&line.text);
        source.lines.push(Line {
            start,
            end: source.text.len(),
            origin: line.origin,
            kind: line.kind,
            after_blank: line.after_blank,
        });
    }
    source
}

/// Whether a line ends the way a sentence, a label or a note ends.
fn ends_sentence(text: &str) -> bool {
    text.chars().last().map(fold_width).is_some_and(|last| {
        matches!(last, '。' | '.' | '!' | '?' | ';' | ':' | ')' | ']' | '”' | '》' | '"' | '…' | '’')
    })
}
