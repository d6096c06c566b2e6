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
    /// Its clause; none where no clause was found to promise the same.
    pub(super) clause: Option<SideClause>,
    /// Where nothing was found, the clause that comes nearest.
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

/// The sides of `comparison`, in its order. With `marks` what differs from the first is marked.
pub(super) fn sides(
    generation: &Generation,
    comparison: &Comparison,
    links: &Permalinks,
    marks: bool,
) -> Vec<Side> {
    let wordings = comparison.wordings.iter().map(Option::as_deref);
    let cells = comparison.cells.iter().zip(wordings).enumerate();
    let is_text_given = comparison.subject.is_none() && comparison.cells.iter().all(|cell| !cell.is_subject);
    cells
        .map(|(place, (cell, wording))| {
            let is_own_text = wording
                .is_some_and(|wording| wording.iter().all(|segment| segment.here() == segment.there()));
            let is_basis = cell.is_subject || (is_text_given && place == 0 && is_own_text);
            side(generation, cell, wording.filter(|_| marks && !is_basis), is_basis, links)
        })
        .collect()
}

fn side(
    generation: &Generation,
    cell: &Cell,
    wording: Option<&[Segment]>,
    is_basis: bool,
    links: &Permalinks,
) -> Side {
    let mut found = cell
        .candidates
        .iter()
        .filter(|candidate| candidate.is_counterpart == cell.is_found)
        .filter_map(|candidate| generation.clause(candidate.clause));
    let best = found.next();
    let label = best.and_then(|best| RegionLabel::of(best.document));
    let name = cell.region.as_ref().map_or("地区不明", |region| &region.name);
    Side {
        region: name.to_owned(),
        above: label.map(|label| label.above).unwrap_or_default(),
        is_basis,
        near: best.filter(|_| !cell.is_found).map(NamedLink::of),
        clause: best.filter(|_| cell.is_found).map(|best| SideClause {
            others: found.map(NamedLink::of).collect(),
            ..clause(best, wording, links)
        }),
    }
}

fn clause(found: ClauseRef<'_>, wording: Option<&[Segment]>, links: &Permalinks) -> SideClause {
    let own = found.clause;
    let different = wording.map(words::differing);
    let is_worded_apart = different.as_ref().is_some_and(Option::is_none);
    let different = different.flatten().unwrap_or_default();
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
