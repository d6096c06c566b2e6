//! Facts of one clause: agencies with roles, deadlines, numeric targets, domain, references, contacts.
//!
//! [`extract`] folds the clause once (width, brackets, spaces, hard wraps), finds where it says who does it and
//! by when — labelled lines (责任单位：…) and closing notes ((甲局牵头，乙局配合；2022年底前完成)) — and then
//! lets one file a fact read it. What is a rule is code here; what is vocabulary stands in `text/lexicons`.

mod contacts;
mod dates;
mod deadline_words;
mod deadlines;
pub mod domain;
mod labels;
mod names;
mod notes;
mod plain;
mod promise;
mod promise_words;
mod quantity;
mod references;
mod table;
mod targets;
mod units;

#[cfg(test)]
mod graded;
#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::error::Warning;
use crate::model::{Agency, ClauseKind, Facts, Target};
use labels::{Label, Labelled};
use notes::Bracket;
use plain::Plain;

/// What a clause's surroundings tell extraction.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The document's year: the year of a deadline that names none.
    pub year: Option<i32>,
    /// The document's title.
    pub title: &'a str,
    /// Headings above the clause, outermost first.
    pub path: &'a [String],
    /// What kind of text the clause is.
    pub kind: ClauseKind,
    /// Rows of its table, header first; empty where there is none.
    pub table: &'a [Vec<String>],
}

/// Facts of one clause; never fails: odd text gives warnings.
pub fn extract(text: &str, context: &Context<'_>) -> (Facts, Vec<Warning>) {
    let mut warnings = Vec::new();
    let plain = Plain::new(text);
    let labels = labels::find_labels(&plain);
    let brackets = notes::find_brackets(&plain.text);
    let notes = notes::find_notes(&plain, &brackets, &labels);
    warn_of_open_notes(&plain, &notes, &mut warnings);
    let places = deadline_places(&labels, &notes);
    // of a list of tasks: the header and the clause's own row
    let is_row = context.table.len() == 2;
    let facts = Facts {
        domain: domain::find_domain(text, context),
        units: match context.kind {
            ClauseKind::Table => Vec::new(),
            _ if is_row => with_columns(units::find_units(&plain, &labels, &notes), context.table),
            _ => units::find_units(&plain, &labels, &notes),
        },
        deadlines: match context.kind {
            ClauseKind::Roster => Vec::new(),
            ClauseKind::Table => table::find_deadlines(context.table, context.year, &mut warnings),
            _ => deadlines::find_deadlines(&plain, &places, context.year, &mut warnings),
        },
        targets: match context.kind {
            ClauseKind::Table => table::find_targets(context.table),
            ClauseKind::Roster => Vec::new(),
            _ => targets::find_targets(&plain, context.year, &places),
        },
        references: references::find_references(text),
        contacts: contacts::find_contacts(&plain, &labels),
    };
    (facts, warnings)
}

/// The targets of a text that stands alone, such as a draft's measure.
pub fn targets_of(text: &str) -> Vec<Target> {
    let context = Context { year: None, title: "", path: &[], kind: ClauseKind::Measure, table: &[] };
    extract(text, &context).0.targets
}

/// The agencies of a row's text, and those that only its columns tell.
fn with_columns(mut units: Vec<Agency>, table: &[Vec<String>]) -> Vec<Agency> {
    for unit in table::find_units(table) {
        if units.iter().all(|known| known.canonical != unit.canonical) {
            units.push(unit);
        }
    }
    units
}

/// Facts that headings give every clause below them: 一、开办企业(区市监局牵头).
pub fn inherited(path: &[String], year: Option<i32>) -> Facts {
    let mut facts = Facts::default();
    for heading in path {
        let plain = Plain::new(heading);
        let labels = labels::find_labels(&plain);
        let notes = notes::find_notes(&plain, &notes::find_brackets(&plain.text), &labels);
        let places = deadline_places(&labels, &notes);
        facts.units.extend(units::find_units(&plain, &labels, &notes));
        facts.deadlines.extend(
            deadlines::find_deadlines(&plain, &places, year, &mut Vec::new())
                .into_iter()
                .filter(|_| !places.is_empty()),
        );
    }
    facts
}

/// Where any date is a deadline: the values of deadline labels and the closing notes, with what else their
/// brackets hold.
fn deadline_places(labels: &[Labelled], notes: &[Bracket]) -> Vec<Range<usize>> {
    let labelled =
        labels.iter().filter(|labelled| matches!(labelled.label, Label::Deadline | Label::Agencies(_)));
    labelled
        .map(|labelled| labelled.value.clone())
        .chain(notes.iter().map(|note| note.content.clone()))
        .collect()
}

fn warn_of_open_notes(plain: &Plain<'_>, notes: &[Bracket], warnings: &mut Vec<Warning>) {
    for note in notes.iter().filter(|note| !note.closed) {
        let quoted: String = plain.raw(note.content.clone()).chars().take(40).collect();
        warnings
            .push(Warning::new("unclosed_bracket", format!("the bracket before {quoted:?} is never closed")));
    }
}
