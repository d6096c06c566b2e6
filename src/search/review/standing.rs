//! How a number of the draft stands among those that others promise for the same quantity.

use serde::Serialize;

use super::super::compare::{Cell, Change, QuantityRow, RowValue, are_far_apart};
use super::super::response::ClauseIndex;
use crate::text::quantity_kind::Better;

/// Two values count as the same within this share.
const SAME: f64 = 1e-9;

/// A number of the draft with those of others.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What is counted.
    pub name: String,
    /// The unit that all values are in.
    pub unit: String,
    /// Levels or changes.
    pub change: Change,
    /// Which direction is better; none where it cannot be said.
    pub better: Option<Better>,
    /// The draft's value in that unit.
    pub value: f64,
    /// As the draft writes it.
    pub raw: String,
    /// What others promise, the best first (in the order of regions where none can be called better).
    pub others: Vec<OtherPromise>,
    /// Where the draft stands among others that surely have the measure; none where that cannot be said.
    pub place: Option<Place>,
    /// 1 where no other that surely has the measure is better, 2 where one is, and so on; none as for `place`.
    pub rank: Option<usize>,
    /// How many are ranked, the draft among them.
    pub ranked: usize,
}

/// What a clause elsewhere promises of the same quantity.
#[derive(Clone, Debug)]
pub struct OtherPromise {
    /// Which clause.
    pub clause: ClauseIndex,
    /// The value in the row's unit.
    pub value: f64,
    /// As it is written there.
    pub raw: String,
    /// Whether the clause is held to be the same measure.
    pub is_counterpart: bool,
}

/// Where a draft's number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Better than all others.
    Best,
    /// As good as the best of the others.
    EqualBest,
    /// Between.
    Middle,
    /// Worse than all others.
    Worst,
    /// All promise the same.
    Same,
}

/// The rows in which the draft, as column 0, has a value and another column as well. `cells` are the columns
/// from 1 on.
pub(super) fn standings(rows: &[QuantityRow], cells: &[Cell]) -> Vec<Standing> {
    rows.iter().filter_map(|row| standing(row, cells)).collect()
}

fn standing(row: &QuantityRow, cells: &[Cell]) -> Option<Standing> {
    let own = row.values.iter().find(|value| value.column == 0)?;
    let clause =
        |value: &RowValue| Some(cells.get(value.column.checked_sub(1)?)?.candidates.get(value.offer)?.clause);
    let other = |value: &RowValue| {
        Some(OtherPromise {
            clause: clause(value)?,
            value: value.value,
            raw: value.promise.target.raw.clone(),
            is_counterpart: value.is_counterpart,
        })
    };
    let mut others: Vec<OtherPromise> =
        row.values.iter().filter(|value| value.column > 0).filter_map(other).collect();
    if others.is_empty() {
        return None;
    }
    if let Some(better) = row.better {
        others.sort_by(|a, b| goodness(b.value, better).total_cmp(&goodness(a.value, better)));
    }
    let sure: Vec<f64> =
        others.iter().filter(|other| other.is_counterpart).map(|other| other.value).collect();
    let is_contest = !are_far_apart(sure.iter().copied().chain([own.value]));
    let place = row.better.filter(|_| is_contest).and_then(|better| place(own.value, &sure, better));
    let rank = row
        .better
        .filter(|_| place.is_some())
        .map(|better| 1 + sure.iter().filter(|other| is_better(**other, own.value, better)).count());
    Some(Standing {
        name: row.name.clone(),
        unit: row.unit.clone(),
        change: row.change,
        better: row.better,
        value: own.value,
        raw: own.promise.target.raw.clone(),
        others,
        place,
        rank,
        ranked: sure.len() + 1,
    })
}

/// Higher is better.
fn goodness(value: f64, better: Better) -> f64 {
    match better {
        Better::Higher => value,
        Better::Lower => -value,
    }
}

fn is_better(one: f64, other: f64, better: Better) -> bool {
    let margin = SAME * one.abs().max(other.abs());
    goodness(one, better) > goodness(other, better) + margin
}

/// Where `own` stands among `others`; none without others.
fn place(own: f64, others: &[f64], better: Better) -> Option<Place> {
    if others.is_empty() {
        return None;
    }
    let ahead = others.iter().filter(|other| is_better(**other, own, better)).count();
    let behind = others.iter().filter(|other| is_better(own, **other, better)).count();
    Some(match (ahead, behind) {
        (0, 0) => Place::Same,
        (0, behind) if behind == others.len() => Place::Best,
        (0, _) => Place::EqualBest,
        (ahead, 0) if ahead == others.len() => Place::Worst,
        _ => Place::Middle,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_by_the_better_direction() {
        for (own, others, better, expected) in [
            (3.0, &[5.0, 4.0][..], Better::Lower, Some(Place::Best)),
            (5.0, &[3.0, 4.0], Better::Lower, Some(Place::Worst)),
            (4.0, &[3.0, 5.0], Better::Lower, Some(Place::Middle)),
            (3.0, &[3.0, 5.0], Better::Lower, Some(Place::EqualBest)),
            (3.0, &[3.0, 3.0], Better::Lower, Some(Place::Same)),
            (5.0, &[3.0, 5.0], Better::Lower, Some(Place::Middle)),
            (90.0, &[80.0], Better::Higher, Some(Place::Best)),
            (90.0, &[], Better::Higher, None),
        ] {
            assert_eq!(place(own, others, better), expected, "{own} {others:?}");
        }
    }
}
