//! One region of a comparison: its clause beside those of the others.

use super::words::{self, Word};
use crate::index::{ClauseRef, Generation};
use crate::model::Span;
use crate::search::Comparison;
use crate::search::compare::{Cell, Segment};
use crate::serve::pages::hit::RegionLabel;
use crate::serve::pages::naming::{body_start, name, title_span};
use crate::serve::pages::source::{SourceLabel, deadline_words};
use crate::view::{Permalinks, deadline, excerpt, leads};

/// What a region has of the measure.
#[derive(Debug)]
pub(super) struct Side {
    /// Name of the region.
    pub(super) region: String,
    /// Province and city.
    pub(super) above: String,
    /// Whether the others are compared with this one.
    pub(super) is_basis: bool,
    /// Its clause.
    pub(super) clause: SideClause,
}

/// A region in which no clause was found to promise the same.
#[derive(Debug)]
pub(super) struct Absent {
    /// Name of the region.
    pub(super) region: String,
    /// The clause that comes nearest.
    pub(super) near: Option<NamedLink>,
}

/// A clause of a side.
#[derive(Debug)]
pub(super) struct SideClause {
    /// Where it stands.
    pub(super) source: SourceLabel,
    /// The part of its text that says the promise.
    pub(super) words: Vec<Word>,
    /// Whether text stands before that part.
    pub(super) is_cut_before: bool,
    /// Whether text stands after it.
    pub(super) is_cut_after: bool,
    /// The whole text, where the part is not all of it.
    pub(super) full: Vec<Word>,
    /// Who leads.
    pub(super) leads: Vec<String>,
    /// By when.
    pub(super) deadline: Option<String>,
    /// Whether it is worded too differently for marks.
    pub(super) is_worded_apart: bool,
    /// Further clauses of the region on the same measure.
    pub(super) others: Vec<NamedLink>,
}

/// A clause by its name.
#[derive(Debug)]
pub(super) struct NamedLink {
    /// How its text begins.
    pub(super) name: String,
    /// Address of its page.
    pub(super) href: String,
}

impl NamedLink {
    fn of(found: ClauseRef<'_>) -> Self {
        Self { name: name(found.clause), href: crate::serve::pages::hit::clause_href(found.clause) }
    }
}

/// The regions of `comparison` that have the measure, in its order. With `marks` what differs from the first is
/// marked.
pub(super) fn sides(
    generation: &Generation,
    comparison: &Comparison,
    links: &Permalinks,
    marks: bool,
) -> Vec<Side> {
    let wordings = comparison.wordings.iter().map(Option::as_deref);
    let cells = comparison.cells.iter().zip(wordings).enumerate();
    let is_same = |wording: &[Segment]| wording.iter().all(|segment| segment.here() == segment.there());
    let side = |(place, (cell, wording)): (usize, (&Cell, Option<&[Segment]>))| {
        let is_own_text = comparison.subject.is_none() && place == 0 && wording.is_some_and(is_same);
        let is_basis = cell.is_subject || is_own_text;
        let mut found = counterparts(generation, cell);
        let best = found.next().filter(|_| cell.is_found)?;
        Some(Side {
            region: region(cell),
            above: RegionLabel::of(best.document).map(|label| label.above).unwrap_or_default(),
            is_basis,
            clause: SideClause {
                others: found.map(NamedLink::of).collect(),
                ..clause(best, wording.filter(|_| marks && !is_basis), links)
            },
        })
    };
    cells.filter_map(side).collect()
}

/// The regions of `comparison` that have not, each with what comes nearest.
pub(super) fn absent(generation: &Generation, comparison: &Comparison) -> Vec<Absent> {
    let without = comparison.cells.iter().filter(|cell| !cell.is_found);
    let nearest = |cell: &Cell| generation.clause(cell.candidates.first()?.clause);
    without.map(|cell| Absent { region: region(cell), near: nearest(cell).map(NamedLink::of) }).collect()
}

fn region(cell: &Cell) -> String {
    cell.region.as_ref().map_or("地区不明", |region| &region.name).to_owned()
}

fn counterparts<'a>(generation: &'a Generation, cell: &'a Cell) -> impl Iterator<Item = ClauseRef<'a>> {
    let sure = cell.candidates.iter().filter(|candidate| candidate.is_counterpart);
    sure.filter_map(|candidate| generation.clause(candidate.clause))
}

fn clause(found: ClauseRef<'_>, wording: Option<&[Segment]>, links: &Permalinks) -> SideClause {
    let own = found.clause;
    let different = wording.map(words::differing);
    let is_worded_apart = different.as_ref().is_some_and(Option::is_none);
    let mut different = different.flatten().unwrap_or_default();
    // That clauses are numbered differently is no difference.
    let number = own.number.as_ref().map_or(0, |number| number.chars().count() as u32);
    different.retain(|span| span.end > number + 1);
    let numbers = words::numbers(own);
    let body = title_span(own).map_or(0, |title| body_start(own, title));
    let length = own.text.trim_end().chars().count() as u32;
    let focus = numbers.iter().find(|number| number.start >= body).copied();
    let shown = excerpt(own.text.trim_end(), body, &[], focus);
    let is_cut = shown.start > body || shown.end < length;
    let whole = Span { start: body, end: length };
    SideClause {
        source: SourceLabel::of(found, links),
        words: words::words(&own.text, shown, &different, &numbers),
        is_cut_before: shown.start > body,
        is_cut_after: shown.end < length,
        full: if is_cut { words::words(&own.text, whole, &different, &numbers) } else { Vec::new() },
        leads: leads(own).into_iter().map(|agency| agency.name.clone()).collect(),
        deadline: deadline(own).map(deadline_words),
        is_worded_apart,
        others: Vec::new(),
    }
}
