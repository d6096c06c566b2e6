//! What was understood of a document, for a person to see in a minute: its outline with numbers and
//! kinds, its front matter and where each field was read, what was dropped, what is doubtful.
//!
//! [`Report::of`] makes it of a [`DocumentRecord`] alone, so documents that were indexed long ago have
//! one too. The writers are [`text`] for a terminal, [`html`] for one page that needs nothing beside it,
//! and serde for programs.

mod doubts;
mod facts;
mod front;
pub mod html;
pub mod labels;
mod outline;
pub mod text;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::index::DocumentRecord;
use crate::model::{Clause, ClauseKind, Span};
use crate::normalise::front_matter;

pub use facts::FactCounts;
pub use front::{Field, FieldName, Source};
pub use outline::{Entry, EntryKind};

/// How many of the longest and of the shortest clauses a report names.
const EXTREMES: usize = 3;

/// What was understood of one document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The document's id.
    pub id: String,
    /// Name of the file as received.
    pub file: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// What to look at first: codes with figures.
    pub doubts: Vec<Doubt>,
    /// Front matter as understood, all fields, in one order.
    pub front_matter: Vec<Field>,
    /// Counts of clauses by kind, most first.
    pub kinds: Vec<KindCount>,
    /// Clauses in all.
    pub clauses: usize,
    /// Where the characters of the normalised source went.
    pub characters: Characters,
    /// Facts counted.
    pub facts: FactCounts,
    /// Headings and clauses in the order of the text.
    pub outline: Vec<Entry>,
    /// What was understood only in part.
    pub warnings: Vec<Remark>,
    /// What is no part of a clause: page furniture, signatures, lists of attachments.
    pub furniture: Vec<Dropped>,
    /// The longest clauses, longest first.
    pub longest: Vec<Entry>,
    /// The shortest clauses, shortest first.
    pub shortest: Vec<Entry>,
}

/// Something that a person should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Doubt {
    /// Stable code, such as `no_region`.
    pub code: &'static str,
    /// One Chinese sentence with the figures.
    pub message: String,
}

/// How many clauses are of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct KindCount {
    /// The kind.
    pub kind: ClauseKind,
    /// How many.
    pub count: usize,
}

/// Characters of the normalised source, line breaks left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Characters {
    /// In all.
    pub all: usize,
    /// In clauses.
    pub clauses: usize,
    /// In headings.
    pub headings: usize,
    /// In furniture.
    pub furniture: usize,
}

/// A warning with the line that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// Stable code.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// 1-based line of the file as received, when known.
    pub line: Option<u32>,
    /// The text of that line in the normalised source, when there is one.
    pub text: Option<String>,
}

/// A line that was dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dropped {
    /// 1-based line of the file as received, when known.
    pub line: Option<u32>,
    /// The text.
    pub text: String,
}

impl Report {
    /// The report of `record`; nothing is read but the record itself.
    pub fn of(record: &DocumentRecord) -> Self {
        let lines = Lines::of(record);
        let read = || front_matter::front_matter(&record.source);
        let front = record.front_matter.clone().unwrap_or_else(read);
        let front_matter = front::fields(&record.document, &front);
        let characters = characters(record);
        let facts = FactCounts::of(&record.clauses);
        let kinds = kinds(&record.clauses);
        let furniture = dropped(record, &lines);
        Self {
            id: record.document.id.to_string(),
            file: record.document.file.clone(),
            sha256: record.document.sha256.clone(),
            doubts: doubts::doubts(record, &front_matter, &characters, &facts, &furniture),
            front_matter,
            kinds,
            clauses: record.clauses.len(),
            characters,
            facts,
            outline: outline::outline(record, &lines),
            warnings: remarks(record, &lines),
            furniture,
            longest: extremes(record, true),
            shortest: extremes(record, false),
        }
    }
}

/// The lines of a record's source.
struct Lines<'a> {
    /// First code point, 1-based line as received where known, text.
    lines: Vec<(u32, Option<u32>, &'a str)>,
}

impl<'a> Lines<'a> {
    fn of(record: &'a DocumentRecord) -> Self {
        let mut start = 0;
        let lines = record.source.lines().enumerate().map(|(index, text)| {
            let line = (start, record.origins.get(index).copied(), text);
            start += text.chars().count() as u32 + 1;
            line
        });
        Self { lines: lines.collect() }
    }

    /// Index of the line in which a code point stands.
    fn index(&self, code_point: u32) -> Option<usize> {
        self.lines.partition_point(|(start, ..)| *start <= code_point).checked_sub(1)
    }

    /// 1-based line as received in which a code point stands.
    fn received(&self, code_point: u32) -> Option<u32> {
        self.lines.get(self.index(code_point)?)?.1
    }

    /// The text of the last line that begins at `received` or before it; hard wraps are joined by now.
    fn text(&self, received: u32) -> Option<&'a str> {
        let known = self.lines.iter().filter_map(|(_, line, text)| Some(((*line)?, *text)));
        known.filter(|(line, _)| *line <= received).max_by_key(|(line, _)| *line).map(|(_, text)| text)
    }
}

fn characters(record: &DocumentRecord) -> Characters {
    let visible = |text: &str| text.chars().filter(|c| *c != '\n').count();
    let spans = |spans: &mut dyn Iterator<Item = Span>| -> usize {
        spans.map(|span| visible(slice(&record.source, span))).sum()
    };
    Characters {
        all: visible(&record.source),
        clauses: spans(&mut record.clauses.iter().map(|clause| clause.span)),
        headings: spans(&mut record.outline.iter().map(|heading| heading.span)),
        furniture: spans(&mut record.furniture.iter().copied()),
    }
}

/// The code points of `span` in `text`.
fn slice(text: &str, span: Span) -> &str {
    let mut offsets = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let start = offsets.nth(span.start as usize);
    let length = (span.end.saturating_sub(span.start)) as usize;
    let end = if length == 0 { start } else { offsets.nth(length - 1) };
    start.zip(end).and_then(|(start, end)| text.get(start..end)).unwrap_or_default()
}

fn kinds(clauses: &[Clause]) -> Vec<KindCount> {
    let mut counts: BTreeMap<&'static str, KindCount> = BTreeMap::new();
    for clause in clauses {
        let count = counts.entry(clause.kind.words()).or_insert(KindCount { kind: clause.kind, count: 0 });
        count.count += 1;
    }
    let mut counts: Vec<KindCount> = counts.into_values().collect();
    counts.sort_by_key(|count| std::cmp::Reverse(count.count));
    counts
}

fn remarks(record: &DocumentRecord, lines: &Lines<'_>) -> Vec<Remark> {
    let remark = |warning: &crate::error::Warning| Remark {
        code: warning.code.clone(),
        message: warning.message.clone(),
        line: warning.line,
        text: warning.line.and_then(|line| lines.text(line)).map(str::to_owned),
    };
    record.warnings.iter().map(remark).collect()
}

fn dropped(record: &DocumentRecord, lines: &Lines<'_>) -> Vec<Dropped> {
    let spans = record.furniture.iter();
    let dropped = spans.map(|span| Dropped {
        line: lines.received(span.start),
        text: slice(&record.source, *span).to_owned(),
    });
    dropped.filter(|dropped| !dropped.text.trim().is_empty()).collect()
}

fn extremes(record: &DocumentRecord, longest: bool) -> Vec<Entry> {
    let mut clauses: Vec<Entry> = record.clauses.iter().map(|clause| Entry::of_clause(clause, 0)).collect();
    clauses.sort_by_key(|clause| if longest { usize::MAX - clause.characters } else { clause.characters });
    clauses.truncate(EXTREMES);
    clauses
}

#[cfg(test)]
mod tests;
