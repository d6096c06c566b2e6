//! Quantities to which a draft gives two values.

use super::super::compare::{Change, Promise, promises};
use crate::model::Clause;
use crate::text::quantity_kind::subject_and_family;

/// Shorter names (办结时限) are of too many things to be the same one.
const TELLING: usize = 5;
/// Shorter subjects are of too many things as well.
const SUBJECT: usize = 4;
/// Two values count as the same within this share.
const SAME: f64 = 1e-9;

/// One quantity with different values.
#[derive(Clone, Debug)]
pub struct Contradiction {
    /// What is counted.
    pub name: String,
    /// What is said of it, in the order of the draft; at least two values differ.
    pub said: Vec<Said>,
}

/// One value of a quantity.
#[derive(Clone, Debug)]
pub struct Said {
    /// Position of the clause in the draft.
    pub clause: usize,
    /// As written.
    pub raw: String,
    /// The number as written.
    pub value: f64,
    /// Its unit as written.
    pub unit: String,
    /// In the common unit.
    normalised: f64,
}

/// The contradictions between different clauses of a draft: levels of one name, one kind of unit and one
/// direction, without a number in common. Numbers of one clause are stages or cases, which is no contradiction.
pub(super) fn contradictions<'a>(clauses: impl Iterator<Item = (usize, &'a Clause)>) -> Vec<Contradiction> {
    let mut groups: Vec<(Promise, Vec<Said>)> = Vec::new();
    for (position, clause) in clauses {
        let telling = promises(&clause.text, &clause.facts.targets).into_iter().filter(is_telling);
        for promise in telling {
            let said = Said {
                clause: position,
                raw: promise.target.raw.clone(),
                value: promise.target.value,
                unit: promise.target.unit.clone(),
                normalised: promise.normalised(),
            };
            match groups.iter_mut().find(|(known, _)| is_same_quantity(known, &promise)) {
                Some((_, group)) => group.push(said),
                None => groups.push((promise, vec![said])),
            }
        }
    }
    let differ = |said: &[Said]| {
        said.iter().enumerate().any(|(at, one)| {
            said.iter()
                .skip(at + 1)
                .any(|other| one.clause != other.clause && !agree(said, one.clause, other.clause))
        })
    };
    let contradictory = groups.into_iter().filter(|(_, said)| differ(said));
    contradictory.map(|(promise, said)| Contradiction { name: promise.name, said }).collect()
}

fn is_telling(promise: &Promise) -> bool {
    promise.change == Change::Level
        && promise.target.value_max.is_none()
        && promise.name.chars().count() >= TELLING
}

fn is_same_quantity(one: &Promise, other: &Promise) -> bool {
    let is_of_one_unit = one.unit.family == other.unit.family && one.unit.base == other.unit.base;
    is_of_one_unit && (one.name == other.name || is_one_subject(one, other))
}

/// Whether two names ask one thing of one subject: 企业开办时间 and 企业开办全流程.
fn is_one_subject(one: &Promise, other: &Promise) -> bool {
    let subject = |promise: &Promise| subject_and_family(&promise.name).0.replace(' ', "");
    let is_one_kind = one.kind.zip(other.kind).is_some_and(|(one, other)| std::ptr::eq(one, other));
    let named = subject(one);
    is_one_kind && named.chars().count() >= SUBJECT && named == subject(other)
}

/// Whether two clauses have a value in common: 150天以下 agrees with 6月底前150天、12月底前145天.
fn agree(said: &[Said], one: usize, other: usize) -> bool {
    let of = |clause: usize| said.iter().filter(move |said| said.clause == clause);
    of(one).any(|one| of(other).any(|other| is_same(one, other)))
}

fn is_same(one: &Said, other: &Said) -> bool {
    let margin = SAME * one.normalised.abs().max(other.normalised.abs());
    (one.normalised - other.normalised).abs() <= margin
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::common_unit::common_unit;

    fn promise(name: &str, unit: &str) -> Promise {
        let target = crate::model::Target {
            raw: format!("1{unit}"),
            quantity: name.to_owned(),
            comparator: crate::model::Comparator::LessOrEqual,
            value: 1.0,
            value_max: None,
            unit: unit.to_owned(),
        };
        let text = format!("{name}压缩至1{unit}。");
        assert!(common_unit(unit).is_some(), "{unit}");
        promises(&text, &[target]).remove(0)
    }

    #[test]
    fn names_that_ask_one_thing_of_one_subject() {
        for (one, other, expected) in [
            ("企业开办时间", "企业开办全流程", true),
            ("企业开办办理时限", "企业开办时间", true),
            ("企业开办时间", "企业注销时间", false),
            ("用气报装时间", "报装时间", false),
        ] {
            let (a, b) = (promise(one, "工作日"), promise(other, "工作日"));
            assert_eq!(is_same_quantity(&a, &b), expected, "{one} {other}");
        }
        assert!(!is_same_quantity(&promise("企业开办时间", "工作日"), &promise("企业开办时间", "分钟")));
    }
}
