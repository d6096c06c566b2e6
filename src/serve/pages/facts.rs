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
        brief.deadlines.extend(inherited.deadlines);
        brief.units.clear();
        brief.deadlines.truncate(2);
        brief.targets.truncate(4);
        brief.references.clear();
        brief
    }

    /// Whether a card has a chip to show.
    pub(super) fn has_chips(&self) -> bool {
        self.domain.is_some() || !self.deadlines.is_empty() || !self.targets.is_empty()
    }
}

/// How many agencies of one role a card names.
const NAMED: usize = 3;

/// The agencies of one role on one line.
#[derive(Debug)]
pub(super) struct Bearers {
    /// 牵头, 配合 or 责任.
    pub(super) role: &'static str,
    /// The first few names, and how many there are in all.
    pub(super) names: String,
}

impl Bearers {
    /// The agencies of `clause` by role, in the order of the text; inherited ones where it names none itself.
    pub(super) fn of(clause: &Clause) -> Vec<Self> {
        let own = &clause.facts.units;
        let units = if own.is_empty() { &clause.inherited.units } else { own };
        let mut roles: Vec<(&'static str, Vec<&str>)> = Vec::new();
        for unit in units {
            let role = labels::role(unit.role);
            match roles.iter_mut().find(|(known, _)| *known == role) {
                Some((_, names)) if !names.contains(&unit.name.as_str()) => names.push(&unit.name),
                Some(_) => {}
                None => roles.push((role, vec![&unit.name])),
            }
        }
        roles.into_iter().map(|(role, names)| Self { role, names: first_of(&names) }).collect()
    }
}

fn first_of(names: &[&str]) -> String {
    let first = names.get(..NAMED).unwrap_or(names).join("、");
    if names.len() > NAMED { format!("{first}等{}个单位", names.len()) } else { first }
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
