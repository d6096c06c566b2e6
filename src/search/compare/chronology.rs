//! Who had a measure first.

use crate::index::Generation;
use crate::model::{Document, Status};

use super::counterpart::Cell;

/// Since when a region has the measure, as far as the index knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    /// Position in [`super::Comparison::cells`].
    pub cell: usize,
    /// The date of the oldest document of the region with a counterpart, ISO 8601; none where it states none.
    pub date: Option<String>,
    /// Position of the candidate that stands in it.
    pub candidate: usize,
    /// Whether it is the oldest of all: issued, not a draft.
    pub is_first: bool,
}

/// The cells with a counterpart, the oldest first; those without a date last.
pub(super) fn chronology(generation: &Generation, cells: &[Cell]) -> Vec<Since> {
    let mut known: Vec<(bool, Since)> = cells
        .iter()
        .enumerate()
        .filter_map(|(position, cell)| {
            let (candidate, document) = oldest(generation, cell)?;
            let is_issued = document.status != Status::Draft && document.date.is_some();
            Some((
                is_issued,
                Since { cell: position, date: document.date.clone(), candidate, is_first: false },
            ))
        })
        .collect();
    known.sort_by(|(_, a), (_, b)| {
        (a.date.is_none(), &a.date, a.cell).cmp(&(b.date.is_none(), &b.date, b.cell))
    });
    let first = known.iter().find(|(is_issued, _)| *is_issued).and_then(|(_, since)| since.date.clone());
    known
        .into_iter()
        .map(|(is_issued, since)| Since { is_first: is_issued && since.date == first, ..since })
        .collect()
}

/// The counterpart in the oldest document.
fn oldest<'a>(generation: &'a Generation, cell: &Cell) -> Option<(usize, &'a Document)> {
    let counterparts = cell.candidates.iter().enumerate().filter(|(_, candidate)| candidate.is_counterpart);
    let dated = counterparts
        .filter_map(|(position, candidate)| Some((position, generation.clause(candidate.clause)?.document)));
    dated.min_by_key(|(position, document)| (document.date.is_none(), document.date.clone(), *position))
}
