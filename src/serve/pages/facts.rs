//! A clause's facts as chips and rows.

use super::labels;
use crate::model::{Agency, Clause, Deadline, Facts};

/// An agency and what it does.
#[derive(Debug)]
pub(super) struct AgencyLabel {
    /// Name as written.
    pub(super) name: String,
    /// 牵头, 配合 or 责任.
    pub(super) role: &'static str,
}

/// A deadline as written and, when it is one, as a date.
#[derive(Debug)]
pub(super) struct DeadlineLabel {
    /// As written.
    pub(super) raw: String,
    /// ISO date.
    pub(super) date: Option<String>,
}

/// Facts for a template.
#[derive(Debug, Default)]
pub(super) struct FactLabels {
    /// Indicator domain.
    pub(super) domain: Option<String>,
    /// Agencies.
    pub(super) units: Vec<AgencyLabel>,
    /// Deadlines.
    pub(super) deadlines: Vec<DeadlineLabel>,
    /// Promises as written.
    pub(super) targets: Vec<String>,
    /// Documents named.
    pub(super) references: Vec<String>,
}

impl FactLabels {
    /// Every fact, one each mention.
    pub(super) fn all(facts: &Facts) -> Self {
        Self {
            domain: facts.domain.clone(),
            units: facts.units.iter().map(AgencyLabel::of).collect(),
            deadlines: facts.deadlines.iter().map(DeadlineLabel::of).collect(),
            targets: distinct(facts.targets.iter().map(|target| target.raw.clone())),
            references: distinct(facts.references.iter().cloned()),
        }
    }

    /// What a card has room for: at most so many of each, the clause's own before the inherited.
    pub(super) fn brief(clause: &Clause) -> Self {
        let mut brief = Self::all(&clause.facts);
        let inherited = Self::all(&clause.inherited);
        brief.domain = brief.domain.or(inherited.domain);
        brief.units.extend(inherited.units);
        brief.deadlines.extend(inherited.deadlines);
        brief.units.truncate(4);
        brief.deadlines.truncate(2);
        brief.targets.truncate(4);
        brief.references.clear();
        brief
    }

    /// Whether there is nothing to show.
    pub(super) fn is_empty(&self) -> bool {
        self.domain.is_none()
            && self.units.is_empty()
            && self.deadlines.is_empty()
            && self.targets.is_empty()
            && self.references.is_empty()
    }
}

impl AgencyLabel {
    fn of(agency: &Agency) -> Self {
        Self { name: agency.name.clone(), role: labels::role(agency.role) }
    }
}

impl DeadlineLabel {
    fn of(deadline: &Deadline) -> Self {
        Self { raw: deadline.raw.clone(), date: deadline.date.clone() }
    }
}

fn distinct(values: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for value in values {
        if !seen.contains(&value) {
            seen.push(value);
        }
    }
    seen
}
