//! The outline as a person reads it: headings and clauses in the order of the text.

use serde::Serialize;

use super::Lines;
use crate::index::{DocumentRecord, OutlineHeading};
use crate::model::{Clause, ClauseKind};

/// Characters of a clause's text that an entry shows.
const SHOWN: usize = 48;

/// A heading or a clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// What it is.
    #[serde(flatten)]
    pub kind: EntryKind,
    /// Headings above it.
    pub depth: usize,
    /// 1-based line of the file as received, when known.
    pub line: Option<u32>,
    /// Characters of its text.
    pub characters: usize,
    /// A heading's text, or how a clause begins, its number included.
    pub text: String,
}

/// What an entry of the outline is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum EntryKind {
    /// A heading.
    Heading,
    /// A clause.
    Clause {
        /// Its id.
        id: String,
        /// Its number as written.
        number: Option<String>,
        /// Its kind.
        kind: ClauseKind,
        /// How many agencies, deadlines and targets it carries itself.
        facts: [usize; 3],
    },
}

impl Entry {
    /// The entry of a clause with so many headings above it.
    pub(super) fn of_clause(clause: &Clause, depth: usize) -> Self {
        let facts = &clause.facts;
        Self {
            kind: EntryKind::Clause {
                id: clause.id.to_string(),
                number: clause.number.clone(),
                kind: clause.kind,
                facts: [facts.units.len(), facts.deadlines.len(), facts.targets.len()],
            },
            depth,
            line: Some(clause.line),
            characters: clause.text.chars().count(),
            text: beginning(&clause.text),
        }
    }

    fn of_heading(heading: &OutlineHeading, lines: &Lines<'_>) -> Self {
        Self {
            kind: EntryKind::Heading,
            depth: usize::from(heading.level),
            line: lines.received(heading.span.start),
            characters: heading.text.chars().count(),
            text: heading.text.clone(),
        }
    }
}

/// Headings and clauses in the order of the text; a clause is one deeper than the heading that it stands under.
pub(super) fn outline(record: &DocumentRecord, lines: &Lines<'_>) -> Vec<Entry> {
    let headings =
        record.outline.iter().map(|heading| (heading.span.start, Entry::of_heading(heading, lines)));
    let base = usize::from(record.outline.first().is_some_and(|heading| heading.level == 0));
    let clauses = record
        .clauses
        .iter()
        .map(|clause| (clause.span.start, Entry::of_clause(clause, clause.path.len() + base)));
    let mut entries: Vec<(u32, Entry)> = headings.chain(clauses).collect();
    entries.sort_by_key(|(start, _)| *start);
    entries.into_iter().map(|(_, entry)| entry).collect()
}

/// How a text begins, on one line.
fn beginning(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut shown: String = line.chars().take(SHOWN).collect();
    if shown.len() < line.len() {
        shown.push('…');
    }
    shown
}
