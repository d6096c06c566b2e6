//! A row of a comparison: one quantity, named, in one unit, with its best and worst marked.

use std::collections::BTreeSet;

use serde::Serialize;

use super::alignment::Member;
use super::likeness::overlap;
use super::promise::{Change, Promise};
use crate::text::quantity_kind::{Better, plain_name};

/// Values of one row that differ by more than this factor are not said to be better or worse.
const FAR_APART: f64 = 6.0;

/// Bigrams of another's name that a sentence without a name must share with it.
const NAMED_BY_OTHERS: f32 = 0.4;

/// Which value of a row is the best or the worst for whom the policy serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// 最优
    Best,
    /// 最弱
    Worst,
}

/// What one column promises of a row's quantity.
#[derive(Clone, Debug)]
pub struct RowValue {
    /// Which column.
    pub column: usize,
    /// Which of its offers.
    pub offer: usize,
    /// The promise.
    pub promise: Promise,
    /// The number in the row's unit.
    pub value: f64,
    /// The upper end of a range in the row's unit.
    pub value_max: Option<f64>,
    /// Whether the clause is held to be the same measure.
    pub is_counterpart: bool,
    /// Best or worst of the row.
    pub mark: Option<Mark>,
    /// Further numbers of the same clause for the same quantity, as of another date.
    pub more: Vec<Promise>,
}

/// A quantity over the columns.
#[derive(Clone, Debug)]
pub struct QuantityRow {
    /// What is counted.
    pub name: String,
    /// The kind of quantity, such as 办理时限.
    pub kind: Option<&'static str>,
    /// The unit that all values are brought to: the one most of them are written in.
    pub unit: String,
    /// Levels or changes.
    pub change: Change,
    /// Which direction is better; none where it cannot be said.
    pub better: Option<Better>,
    /// At most one a column, in the order of the columns.
    pub values: Vec<RowValue>,
    /// What to mind when reading across, such as `working_and_calendar_days`; stable codes.
    pub notes: Vec<&'static str>,
}

impl QuantityRow {
    /// The values of clauses that are held to be the same measure.
    pub fn sure(&self) -> impl Iterator<Item = &RowValue> {
        self.values.iter().filter(|value| value.is_counterpart)
    }

    /// Whether two such values or more can be set against each other.
    pub fn is_comparable(&self) -> bool {
        self.sure().nth(1).is_some()
    }

    /// Whether the query asks for what this row counts.
    pub fn is_asked(&self) -> bool {
        self.values.iter().any(|value| value.promise.is_asked)
    }
}

/// Names a row, brings its values to one unit and marks the best and the worst.
pub(super) fn finish(mut members: Vec<Member>) -> QuantityRow {
    members.sort_by_key(|member| member.place.column);
    let kind = members.iter().find_map(|member| member.promise.kind);
    let change = members.first().map_or(Change::Level, |member| member.promise.change);
    let (unit, factor) = common(&members);
    let better = direction(change, kind.and_then(|kind| kind.better));
    let name = name(&members);
    let mut notes = notes(&members);
    let value = |member: Member| RowValue {
        column: member.place.column,
        offer: member.place.offer,
        value: rounded(member.promise.normalised() / factor),
        value_max: member.promise.normalised_max().map(|value| rounded(value / factor)),
        is_counterpart: member.is_counterpart,
        mark: None,
        more: member.more,
        promise: member.promise,
    };
    let mut values: Vec<RowValue> = members.into_iter().map(value).collect();
    if let Some(better) = better {
        mark(&mut values, better);
        let sure = values.iter().filter(|value| value.is_counterpart);
        if are_far_apart(sure.map(|value| value.value)) {
            notes.push("far_apart");
        }
    }
    QuantityRow { name, kind: kind.map(|kind| kind.name.as_str()), unit, change, better, values, notes }
}

/// The unit that most members are written in and what one of it is in the base of its dimension.
fn common(members: &[Member]) -> (String, f64) {
    let mut counts: Vec<(&str, f64, usize)> = Vec::new();
    for Member { promise, .. } in members {
        match counts.iter_mut().find(|(unit, ..)| *unit == promise.target.unit) {
            Some((.., count)) => *count += 1,
            None => counts.push((&promise.target.unit, promise.unit.factor, 1)),
        }
    }
    let most = counts.iter().map(|(.., count)| *count).max().unwrap_or(0);
    let found = counts.iter().find(|(.., count)| *count == most);
    found.map_or_else(|| (String::new(), 1.0), |(unit, factor, _)| ((*unit).to_owned(), *factor))
}

/// Nine significant places: 0.1 × 10000 is 1000, not 1000.0000000000001.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// A larger reduction of what should be low is better, as is a larger increase of what should be high.
fn direction(change: Change, better: Option<Better>) -> Option<Better> {
    match (change, better?) {
        (Change::Level, better) => Some(better),
        (Change::Reduction, Better::Lower) | (Change::Increase, Better::Higher) => Some(Better::Higher),
        (Change::Reduction, Better::Higher) | (Change::Increase, Better::Lower) => None,
    }
}

/// Marks the best and the worst of the sure values; none where all are the same.
fn mark(values: &mut [RowValue], better: Better) {
    // The bound that is promised: of a term the upper end, of a coverage the lower.
    let promised = |value: &RowValue| match better {
        Better::Lower => value.value_max.unwrap_or(value.value),
        Better::Higher => -value.value,
    };
    let sure = || values.iter().filter(|value| value.is_counterpart).map(promised);
    let (best, worst) = (sure().fold(f64::INFINITY, f64::min), sure().fold(f64::NEG_INFINITY, f64::max));
    if worst - best < 1e-9 || are_far_apart(sure().map(f64::abs)) {
        return;
    }
    for value in values.iter_mut().filter(|value| value.is_counterpart) {
        let own = promised(value);
        value.mark = match () {
            () if own - best < 1e-9 => Some(Mark::Best),
            () if worst - own < 1e-9 => Some(Mark::Worst),
            () => None,
        };
    }
}

/// Whether `values` differ by so much that they hardly measure the same: 3 days for one permit and 90 for all of a
/// project's are no contest.
pub(in crate::search) fn are_far_apart(values: impl Iterator<Item = f64> + Clone) -> bool {
    let positive = values.filter(|value| *value > 0.0);
    let least = positive.clone().fold(f64::INFINITY, f64::min);
    positive.fold(0.0, f64::max) > least * FAR_APART
}

/// What the first column calls it, where that is what is compared; for a query the name that is most like the others,
/// of equals the shortest; without any, the kind's.
fn name(members: &[Member]) -> String {
    let subject = members.first().filter(|member| member.place.column == 0).map(|member| &member.promise);
    let subject = subject.filter(|promise| promise.is_related.is_none());
    let named: Vec<&Promise> =
        members.iter().map(|member| &member.promise).filter(|promise| !promise.name.is_empty()).collect();
    let alike = |promise: &Promise| {
        named.iter().map(|other| overlap(&promise.grams[0], &other.grams[0])).sum::<f32>()
    };
    let length = |promise: &Promise| promise.name.chars().count();
    let best = named.iter().max_by(|a, b| {
        alike(a)
            .total_cmp(&alike(b))
            .then_with(|| length(b).cmp(&length(a)))
            .then_with(|| b.name.cmp(&a.name))
    });
    let fallback = || {
        let first = members.first().map(|member| &member.promise);
        let kind = members.iter().find_map(|member| member.promise.kind);
        kind.map_or_else(|| plain_name(first.map_or("", |promise| promise.unit.family)), |kind| &kind.name)
            .to_owned()
    };
    // Another's name for a number that its own clause gives none must at least share its words.
    let fits = |promise: &&&Promise| {
        subject.is_none_or(|subject| overlap(&promise.grams[0], &subject.grams[2]) >= NAMED_BY_OTHERS)
    };
    match subject {
        Some(subject) if !subject.name.is_empty() => subject.name.clone(),
        _ => best.filter(fits).map_or_else(fallback, |promise| promise.name.clone()),
    }
}

fn notes(members: &[Member]) -> Vec<&'static str> {
    let bases: BTreeSet<&str> = members.iter().map(|member| member.promise.unit.base.as_str()).collect();
    let is_time = members.first().is_some_and(|member| member.promise.unit.family == "time");
    match bases.len() {
        0 | 1 => Vec::new(),
        _ if is_time => vec!["working_and_calendar_days"],
        _ => vec!["different_units"],
    }
}
