//! What a reviewer should look at in one clause.

use serde::Serialize;

use super::standing::{Place, Standing};
use super::{Caution, Precedent};
use crate::index::Generation;
use crate::model::{Clause, ClauseKind};

/// A remark on one clause; each a stable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// No region is held to have the measure.
    NoPrecedent,
    /// A number is the worst among those of the precedents.
    Weakest,
    /// A number is better than that of every precedent.
    Strongest,
    /// No agency answers for the measure.
    MissingResponsibility,
    /// It has no deadline, where precedents or most of the draft's measures have one.
    MissingDeadline,
    /// All precedents are repealed, drafts or old.
    DoubtfulPrecedents,
}

/// What is said of `clause`. `expects_deadline`: most of the draft's measures have one.
pub(super) fn findings(
    generation: &Generation,
    clause: &Clause,
    precedents: &[Precedent],
    standings: &[Standing],
    expects_deadline: bool,
) -> Vec<Finding> {
    let counterparts: Vec<&Precedent> = precedents.iter().filter(|found| found.is_counterpart).collect();
    let stands = |place: Place| standings.iter().any(|standing| standing.place == Some(place));
    let is_measure = clause.kind == ClauseKind::Measure;
    let others_have_deadline = || {
        let found = counterparts.iter().filter_map(|found| generation.clause(found.clause));
        let (mut all, mut dated) = (0, 0);
        for other in found {
            all += 1;
            dated += usize::from(has_deadline(other.clause));
        }
        dated > 0 && dated * 2 >= all
    };
    let is_doubtful =
        |found: &&Precedent| matches!(found.caution, Some(Caution::Repealed | Caution::Draft | Caution::Old));
    let remarks = [
        (Finding::NoPrecedent, counterparts.is_empty()),
        (Finding::DoubtfulPrecedents, !counterparts.is_empty() && counterparts.iter().all(is_doubtful)),
        (Finding::Weakest, stands(Place::Worst)),
        (Finding::Strongest, stands(Place::Best)),
        (Finding::MissingResponsibility, is_measure && !has_agency(clause)),
        (
            Finding::MissingDeadline,
            is_measure && !has_deadline(clause) && (expects_deadline || others_have_deadline()),
        ),
    ];
    remarks.into_iter().filter(|(_, holds)| *holds).map(|(finding, _)| finding).collect()
}

fn has_agency(clause: &Clause) -> bool {
    !clause.facts.units.is_empty() || !clause.inherited.units.is_empty()
}

fn has_deadline(clause: &Clause) -> bool {
    !clause.facts.deadlines.is_empty() || !clause.inherited.deadlines.is_empty()
}

/// Whether at least half of the measures among `clauses` have a deadline.
pub(super) fn expects_deadline<'a>(clauses: impl Iterator<Item = &'a Clause>) -> bool {
    let (mut all, mut dated) = (0, 0);
    for clause in clauses.filter(|clause| clause.kind == ClauseKind::Measure) {
        all += 1;
        dated += usize::from(has_deadline(clause));
    }
    all > 0 && dated * 2 >= all
}
