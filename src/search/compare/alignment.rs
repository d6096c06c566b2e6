//! The promises of different clauses in rows by what they count.
//!
//! Two promises can share a row when their units are of one family and both are levels or both changes; how well
//! they do is a sum of how like their names are, how like the words around them, whether they are of one kind and
//! unit, and how few promises of that class the clause has. Each column gives a row one promise; the
//! surest pairs go first.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::promise::{Change, Promise};
use crate::model::Comparator;
use crate::text::quantity_kind::{Better, plain_name};

/// Likeness from which on two promises share a row.
const ALIKE: f32 = 0.42;
/// The same for a clause that is not its region's first candidate, or no sure counterpart.
const SURE: f32 = 0.55;
/// A clause with more promises of a class does not say which of them is meant.
const FEW: usize = 3;
/// Members of a row that a further promise is compared with.
const COMPARED: usize = 4;

/// The clauses that one place offers, best first.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// The promises of each clause offered. The first clause opens rows; the others only fill what it leaves open.
    pub offers: Vec<Vec<Promise>>,
    /// Whether the first clause is held to be the same measure: one that is not fills rows and opens none.
    pub is_counterpart: bool,
}

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

/// A promise with where it comes from.
#[derive(Clone, Debug)]
struct Member {
    column: usize,
    offer: usize,
    is_counterpart: bool,
    promise: Promise,
    more: Vec<Promise>,
}

/// Puts the promises of `columns` into rows: first those that the first column opens, in the order of its text,
/// then by how many columns have them.
pub fn align(columns: &[Column]) -> Vec<QuantityRow> {
    let mut rows: Vec<Vec<Member>> = Vec::new();
    for (position, column) in columns.iter().enumerate() {
        if let Some(first) = column.offers.first() {
            place(&mut rows, position, 0, column.is_counterpart, first);
        }
    }
    for (position, column) in columns.iter().enumerate() {
        for (offer, promises) in column.offers.iter().enumerate().skip(1) {
            place(&mut rows, position, offer, column.is_counterpart, promises);
        }
    }
    let opened_by_first = |row: &[Member]| row.first().is_some_and(|member| member.column == 0);
    rows.sort_by_key(|row| {
        (!opened_by_first(row), std::cmp::Reverse(if opened_by_first(row) { 0 } else { row.len() }))
    });
    rows.into_iter().map(finish).collect()
}

/// Puts the promises of one clause into the rows that they fit, surest first, and opens rows for the others.
fn place(
    rows: &mut Vec<Vec<Member>>,
    column: usize,
    offer: usize,
    is_counterpart: bool,
    promises: &[Promise],
) {
    let opens = offer == 0 && is_counterpart;
    let least = if opens { ALIKE } else { SURE };
    let classes = Classes::of(promises);
    let mut pairs: Vec<(f32, usize, usize)> = Vec::new();
    for (at_row, row) in
        rows.iter().enumerate().filter(|(_, row)| row.iter().all(|member| member.column != column))
    {
        for (at, promise) in promises.iter().enumerate() {
            let likeness = row
                .iter()
                .take(COMPARED)
                .filter_map(|member| likeness(promise, &member.promise, classes.share(promise)))
                .fold(0.0, f32::max);
            if likeness >= least {
                pairs.push((likeness, at_row, at));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut placed: BTreeMap<usize, usize> = BTreeMap::new();
    let mut filled: BTreeSet<usize> = BTreeSet::new();
    for (_, at_row, at) in pairs {
        if !placed.contains_key(&at) && filled.insert(at_row) {
            placed.insert(at, at_row);
        }
    }
    for (at, promise) in promises.iter().enumerate() {
        let member = || Member {
            column,
            offer,
            is_counterpart: is_counterpart,
            promise: promise.clone(),
            more: Vec::new(),
        };
        match placed.get(&at) {
            Some(&at_row) => rows.get_mut(at_row).into_iter().for_each(|row| row.push(member())),
            None if add_to_same(rows, column, offer, promise) => {}
            None if opens => rows.push(vec![member()]),
            None => {}
        }
    }
}

/// Adds a further number of the same quantity to what its clause says of it already (150天 by June, 145天 by
/// December); says whether there was such a quantity.
fn add_to_same(rows: &mut [Vec<Member>], column: usize, offer: usize, promise: &Promise) -> bool {
    let is_same = |member: &&mut Member| {
        member.column == column
            && member.offer == offer
            && !promise.name.is_empty()
            && member.promise.name == promise.name
            && member.promise.class() == promise.class()
    };
    let same = rows.iter_mut().flatten().find(is_same);
    same.map(|member| member.more.push(promise.clone())).is_some()
}

/// How many promises of each class a clause has.
struct Classes<'a>(BTreeMap<(&'static str, Change, &'a str), usize>);

impl<'a> Classes<'a> {
    fn of(promises: &'a [Promise]) -> Self {
        let mut counts = BTreeMap::new();
        for promise in promises {
            *counts.entry(promise.class()).or_insert(0) += 1;
        }
        Self(counts)
    }

    /// How likely `promise` is the one of its class that is meant: of two, one half; among many it says nothing.
    fn share(&self, promise: &Promise) -> f32 {
        match self.0.get(&promise.class()) {
            Some(&count) if count <= FEW => 1.0 / count as f32,
            _ => 0.0,
        }
    }
}

/// How likely `a` and `b` count the same, 0 to 1; none where they cannot. `share` is of `a` in its clause.
fn likeness(a: &Promise, b: &Promise, share: f32) -> Option<f32> {
    let kinds = a.kind.zip(b.kind).map(|(a, b)| std::ptr::eq(a, b));
    if a.unit.family != b.unit.family || a.change != b.change || kinds == Some(false) {
        return None;
    }
    let [name_a, phrase_a] = &a.grams;
    let [name_b, phrase_b] = &b.grams;
    let phrase = overlap(phrase_a, phrase_b);
    let name = if name_a.is_empty() || name_b.is_empty() { phrase } else { overlap(name_a, name_b) };
    let holds = |fact: bool| f32::from(u8::from(fact));
    let share = if a.class() == b.class() { share } else { 0.0 };
    let sum = 0.35 * name
        + 0.2 * phrase
        + 0.1 * holds(kinds == Some(true))
        + 0.1 * holds(a.unit.base == b.unit.base)
        + 0.25 * share;
    let opposed = opposes(a.target.comparator, b.target.comparator);
    Some(if opposed { 0.8 * sum } else { sum })
}

/// The share of common bigrams: Dice's coefficient, or most of what the shorter one has.
fn overlap(a: &BTreeSet<String>, b: &BTreeSet<String>) -> f32 {
    let common = a.intersection(b).count() as f32;
    let (shorter, sum) = (a.len().min(b.len()), a.len() + b.len());
    if shorter == 0 {
        return 0.0;
    }
    let contained = if shorter > 1 { 0.85 * common / shorter as f32 } else { 0.0 };
    contained.max(2.0 * common / sum as f32)
}

fn opposes(a: Comparator, b: Comparator) -> bool {
    let bound = |comparator: Comparator| match comparator {
        Comparator::Less | Comparator::LessOrEqual => -1,
        Comparator::Greater | Comparator::GreaterOrEqual => 1,
        Comparator::Equal | Comparator::Reduce | Comparator::Increase => 0,
    };
    bound(a) * bound(b) < 0
}

/// Names a row, brings its values to one unit and marks the best and the worst.
fn finish(mut members: Vec<Member>) -> QuantityRow {
    members.sort_by_key(|member| member.column);
    let kind = members.iter().find_map(|member| member.promise.kind);
    let change = members.first().map_or(Change::Level, |member| member.promise.change);
    let (unit, factor) = common(&members);
    let better = direction(change, kind.and_then(|kind| kind.better));
    let name = name(&members);
    let notes = notes(&members);
    let value = |member: Member| RowValue {
        column: member.column,
        offer: member.offer,
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
    if worst - best < 1e-9 {
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

/// The name that is most like the others; of equals the shortest; without any, the kind's.
fn name(members: &[Member]) -> String {
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
    best.map_or_else(fallback, |promise| promise.name.clone())
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::promise::promises;
    use super::*;
    use crate::model::Target;

    fn column(text: &str, targets: &[(&str, &str, Comparator, f64, &str)]) -> Column {
        let targets: Vec<Target> = targets
            .iter()
            .map(|&(raw, quantity, comparator, value, unit)| Target {
                raw: raw.into(),
                quantity: quantity.into(),
                comparator,
                value,
                value_max: None,
                unit: unit.into(),
            })
            .collect();
        Column { offers: vec![promises(text, &targets)], is_counterpart: true }
    }

    use Comparator::{GreaterOrEqual as AtLeast, LessOrEqual as AtMost, Reduce};

    fn shown(row: &QuantityRow) -> Vec<(usize, f64, Option<Mark>)> {
        row.values.iter().map(|value| (value.column, value.value, value.mark)).collect()
    }

    #[test]
    fn promises_of_one_quantity_share_a_row() {
        let rows = align(&[
            column(
                "报装环节不超过2个，报装时限压缩至5个工作日以内",
                &[
                    ("不超过2个", "报装环节", AtMost, 2.0, "个"),
                    ("压缩至5个工作日以内", "报装时限", AtMost, 5.0, "工作日"),
                ],
            ),
            column("用气报装办结时间不超过3天", &[("不超过3天", "用气报装办结时间", AtMost, 3.0, "天")]),
        ]);
        let rows: Vec<_> =
            rows.iter().map(|row| (row.name.as_str(), shown(row), row.notes.clone())).collect();
        assert_eq!(
            rows,
            [
                ("报装环节", vec![(0, 2.0, None)], vec![]),
                (
                    "报装时限",
                    vec![(0, 5.0, Some(Mark::Worst)), (1, 3.0, Some(Mark::Best))],
                    vec!["working_and_calendar_days"]
                ),
            ]
        );
    }

    #[test]
    fn values_come_in_the_unit_that_most_are_written_in() {
        let text = "单户担保金额最高";
        let rows = align(&[
            column(text, &[("1000万元", "单户担保金额", AtMost, 1000.0, "万元")]),
            column(text, &[("0.1亿元", "单户担保金额", AtMost, 0.1, "亿元")]),
            column(text, &[("500万元", "单户担保金额", AtMost, 500.0, "万元")]),
        ]);
        let row = rows.first().expect("a row");
        assert_eq!((rows.len(), row.unit.as_str(), row.better), (1, "万元", Some(Better::Higher)));
        assert_eq!(
            shown(row),
            [(0, 1000.0, Some(Mark::Best)), (1, 1000.0, Some(Mark::Best)), (2, 500.0, Some(Mark::Worst))]
        );
    }

    #[test]
    fn a_change_is_no_level_and_a_coverage_no_cost() {
        let rows = align(&[
            column("纳税时间压缩50%", &[("压缩50%", "纳税时间", Reduce, 50.0, "%")]),
            column("网办率达到50%", &[("达到50%", "网办率", AtLeast, 50.0, "%")]),
            column("担保费率不超过1%", &[("不超过1%", "担保费率", AtMost, 1.0, "%")]),
        ]);
        assert_eq!(rows.len(), 3);
    }

    #[test]
    fn a_second_number_of_the_same_quantity_stays_with_the_first() {
        let text = "6月底前纳税时间降低到90小时，12月底前纳税时间降低到80小时";
        let column = column(
            text,
            &[
                ("降低到90小时", "纳税时间", AtMost, 90.0, "小时"),
                ("降低到80小时", "纳税时间", AtMost, 80.0, "小时"),
            ],
        );
        let rows = align(&[column]);
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].values[0].more.len(), 1);
    }

    #[test]
    fn what_is_no_counterpart_fills_a_row_and_opens_none() {
        let sure =
            column("报装时限压缩至5个工作日", &[("压缩至5个工作日", "报装时限", AtMost, 5.0, "工作日")]);
        let near = Column {
            is_counterpart: false,
            ..column(
                "报装时限压缩至3个工作日，收费1万元",
                &[
                    ("压缩至3个工作日", "报装时限", AtMost, 3.0, "工作日"),
                    ("1万元", "收费", AtMost, 1.0, "万元"),
                ],
            )
        };
        let rows = align(&[sure, near]);
        assert_eq!(rows.len(), 1);
        assert_eq!(shown(&rows[0]), [(0, 5.0, None), (1, 3.0, None)], "no mark against an unsure value");
    }

    proptest! {
        #[test]
        fn a_row_has_each_column_once_and_nothing_is_lost(
            numbers in prop::collection::vec(prop::collection::vec((0usize..4, 1u8..9, 0usize..3), 0..5), 0..5)
        ) {
            let names = ["报装时限", "纳税时间", "", "办结"];
            let units = ["工作日", "天", "万元"];
            let columns: Vec<Column> = numbers
                .iter()
                .map(|promised| {
                    let targets: Vec<_> = promised.iter().map(|&(name, value, unit)| ("不超过", names[name], AtMost, f64::from(value), units[unit])).collect();
                    column("办理不超过", &targets)
                })
                .collect();
            let rows = align(&columns);
            for row in &rows {
                prop_assert!(row.values.windows(2).all(|pair| pair[0].column < pair[1].column));
            }
            let placed: usize = rows.iter().flat_map(|row| &row.values).map(|value| 1 + value.more.len()).sum();
            prop_assert_eq!(placed, numbers.iter().map(Vec::len).sum::<usize>());
        }
    }
}
