//! The promises of different clauses in rows by what they count.
//!
//! Two promises can share a row when their units are of one family and both are levels or both changes; how well
//! they do is a sum of how like their names are, how like the words around them, whether they are of one kind and
//! unit, and how few promises of that class either clause has. Each column gives a row one promise; the
//! surest pairs go first.

use std::collections::{BTreeMap, BTreeSet};

use super::likeness::likeness;
use super::promise::{Change, Promise};
use super::row::{QuantityRow, finish};

/// Likeness from which on two promises share a row.
const ALIKE: f32 = 0.4;
/// The same where the clause is no sure counterpart.
const SURE: f32 = 0.56;
/// A clause with more promises of a class does not say which of them is meant.
const FEW: usize = 3;
/// Members of a row that a further promise is compared with.
const COMPARED: usize = 4;

/// The clauses that one place offers, best first. The first opens rows; the others fill what it leaves open, and
/// open rows only for what a query asks for.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// What each clause promises.
    pub offers: Vec<Offer>,
}

/// What one clause promises.
#[derive(Clone, Debug, Default)]
pub struct Offer {
    /// Its promises, in the order of its text.
    pub promises: Vec<Promise>,
    /// Whether it is held to be the same measure: one that is not fills rows and opens none.
    pub is_counterpart: bool,
}

impl Column {
    /// A column of one clause that has the measure for sure.
    pub fn of(promises: Vec<Promise>) -> Self {
        Self { offers: vec![Offer { promises, is_counterpart: true }] }
    }
}

/// A clause among those offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Which column.
    pub column: usize,
    /// Which of its offers.
    pub offer: usize,
}

/// A promise with where it comes from.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// The clause.
    pub place: Place,
    /// Whether the clause is held to be the same measure.
    pub is_counterpart: bool,
    /// The promise.
    pub promise: Promise,
    /// How likely it is the one of its class that its clause means.
    pub share: f32,
    /// Further numbers of the same clause for the same quantity.
    pub more: Vec<Promise>,
}

/// Puts the promises of `columns` into rows: first what a query asks for, then what the first column opens, in the
/// order of its text, then by how many columns have them.
pub fn align(columns: &[Column]) -> Vec<QuantityRow> {
    let mut rows: Vec<Vec<Member>> = Vec::new();
    let mut places: Vec<(Place, &Offer)> = Vec::new();
    for (column, offers) in columns.iter().enumerate() {
        let offers = offers.offers.iter().enumerate();
        places.extend(offers.map(|(offer, offered)| (Place { column, offer }, offered)));
    }
    // What the best clauses promise takes its rows before what the others do.
    places.sort_by_key(|(place, _)| (place.offer > 0, place.column, place.offer));
    for (place, offer) in places {
        add(&mut rows, place, offer);
    }
    let is_asked = |row: &[Member]| row.iter().any(|member| member.promise.is_asked);
    let is_related = |row: &[Member]| row.iter().any(|member| member.promise.is_related == Some(true));
    // Of what is asked for, what can be better or worse comes before sizes and bounds.
    let is_rated = |row: &[Member]| {
        row.iter().any(|member| member.promise.kind.is_some_and(|kind| kind.better.is_some()))
    };
    let is_of_first = |row: &[Member]| row.first().is_some_and(|member| member.place.column == 0);
    rows.sort_by_key(|row| {
        let length = if is_of_first(row) { 0 } else { row.len() };
        (
            !is_asked(row),
            !is_related(row),
            is_related(row) && !is_rated(row),
            !is_of_first(row),
            std::cmp::Reverse(length),
        )
    });
    rows.into_iter().map(finish).collect()
}

/// Puts the promises of one clause into the rows that they fit, surest first, and opens rows for the others.
fn add(rows: &mut Vec<Vec<Member>>, place: Place, offer: &Offer) {
    let classes = Classes::of(&offer.promises);
    let placed = places(rows, place, offer, &classes);
    for (at, promise) in offer.promises.iter().enumerate() {
        let member = || Member {
            place,
            is_counterpart: offer.is_counterpart,
            promise: promise.clone(),
            share: classes.share(promise),
            more: Vec::new(),
        };
        match placed.get(&at) {
            Some(&at_row) => rows.get_mut(at_row).into_iter().for_each(|row| row.push(member())),
            None if add_to_same(rows, place, promise) => {}
            None if offer.is_counterpart && (place.offer == 0 || promise.is_related == Some(true)) => {
                rows.push(vec![member()]);
            }
            None => {}
        }
    }
}

/// Which promise of `offer` goes to which row: one to one, the surest pairs first.
fn places(
    rows: &[Vec<Member>],
    place: Place,
    offer: &Offer,
    classes: &Classes<'_>,
) -> BTreeMap<usize, usize> {
    let least = if offer.is_counterpart { ALIKE } else { SURE };
    let open = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row.iter().all(|member| member.place.column != place.column));
    let mut pairs: Vec<(f32, usize, usize)> = Vec::new();
    for (at_row, row) in open {
        for (at, promise) in offer.promises.iter().enumerate() {
            let likeness = like_row(promise, row, classes.share(promise));
            if likeness >= least {
                pairs.push((likeness, at_row, at));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut placed = BTreeMap::new();
    let mut filled = BTreeSet::new();
    for (_, at_row, at) in pairs {
        if !placed.contains_key(&at) && filled.insert(at_row) {
            placed.insert(at, at_row);
        }
    }
    placed
}

/// How well `promise` fits `row`: as well as it fits one of its first members.
fn like_row(promise: &Promise, row: &[Member], share: f32) -> f32 {
    let members = row.iter().take(COMPARED);
    members.filter_map(|member| likeness(promise, &member.promise, share * member.share)).fold(0.0, f32::max)
}

/// Adds a further number of the same quantity to what its clause says of it already (150天 by June, 145天 by
/// December); says whether there was such a quantity.
fn add_to_same(rows: &mut [Vec<Member>], place: Place, promise: &Promise) -> bool {
    let is_same = |member: &&mut Member| {
        member.place == place
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::promise::promises;
    use super::super::row::Mark;
    use super::*;
    use crate::model::{Comparator, Target};
    use crate::text::quantity_kind::Better;

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
        Column::of(promises(text, &targets))
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
        let mut near = column(
            "报装时限压缩至3个工作日，收费1万元",
            &[("压缩至3个工作日", "报装时限", AtMost, 3.0, "工作日"), ("1万元", "收费", AtMost, 1.0, "万元")],
        );
        near.offers[0].is_counterpart = false;
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
