//! Facts of a document, counted.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::model::{Clause, ClauseKind};

/// How many facts the clauses carry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FactCounts {
    /// Measures.
    pub measures: usize,
    /// Measures that name an agency themselves or inherit one.
    pub measures_with_agency: usize,
    /// Mentions of agencies.
    pub agencies: usize,
    /// Different agencies, by canonical name.
    pub different_agencies: usize,
    /// Mentions of deadlines.
    pub deadlines: usize,
    /// Those with a date.
    pub dated_deadlines: usize,
    /// Targets.
    pub targets: usize,
    /// References to other documents.
    pub references: usize,
    /// Clauses with a domain.
    pub with_domain: usize,
    /// Clauses that inherit facts from a line elsewhere.
    pub inheriting: usize,
}

impl FactCounts {
    pub(super) fn of(clauses: &[Clause]) -> Self {
        let sum = |count: fn(&Clause) -> usize| clauses.iter().map(count).sum::<usize>();
        let having = |has: fn(&Clause) -> bool| clauses.iter().filter(|clause| has(clause)).count();
        let names = clauses.iter().flat_map(|clause| &clause.facts.units).map(|unit| unit.canonical.as_str());
        Self {
            measures: having(is_measure),
            measures_with_agency: having(|clause| is_measure(clause) && has_agency(clause)),
            agencies: sum(|clause| clause.facts.units.len()),
            different_agencies: names.collect::<BTreeSet<_>>().len(),
            deadlines: sum(|clause| clause.facts.deadlines.len()),
            dated_deadlines: sum(|clause| {
                clause.facts.deadlines.iter().filter(|deadline| deadline.date.is_some()).count()
            }),
            targets: sum(|clause| clause.facts.targets.len()),
            references: sum(|clause| clause.facts.references.len()),
            with_domain: having(|clause| clause.facts.domain.is_some()),
            inheriting: having(|clause| {
                !clause.inherited.units.is_empty() || !clause.inherited.deadlines.is_empty()
            }),
        }
    }
}

fn is_measure(clause: &Clause) -> bool {
    clause.kind == ClauseKind::Measure
}

fn has_agency(clause: &Clause) -> bool {
    !clause.facts.units.is_empty() || !clause.inherited.units.is_empty()
}
