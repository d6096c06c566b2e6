//! How likely two promises count the same.

use std::collections::BTreeSet;

use super::promise::Promise;
use crate::model::Comparator;

/// Least overlap of names, of the words around the numbers or of sentences of what answers a query.
const WRITTEN_ALIKE: f32 = 0.35;

/// How likely `a` and `b` count the same, 0 to 1; none where they cannot. `share` says how likely both are
/// the one of their class that their clauses mean.
pub(super) fn likeness(a: &Promise, b: &Promise, share: f32) -> Option<f32> {
    let kinds = a.kind.zip(b.kind).map(|(a, b)| std::ptr::eq(a, b));
    if a.unit.family != b.unit.family || a.change != b.change || kinds == Some(false) {
        return None;
    }
    // What is about a query's subject is not set against what is not: one permit's days against a gas connection's.
    if a.is_related != b.is_related {
        return None;
    }
    let [name_a, phrase_a, sentence_a] = &a.grams;
    let [name_b, phrase_b, sentence_b] = &b.grams;
    let phrase = overlap(phrase_a, phrase_b);
    let name = if name_a.is_empty() || name_b.is_empty() { phrase } else { overlap(name_a, name_b) };
    // The clauses that answer a query need not be of one measure, as those like a clause are: what they count must be
    // written alike.
    let is_of_query = a.is_related.is_some();
    if is_of_query && name.max(phrase).max(overlap(sentence_a, sentence_b)) < WRITTEN_ALIKE {
        return None;
    }
    let holds = |fact: bool| f32::from(u8::from(fact));
    let share = if a.class() == b.class() { share } else { 0.0 };
    let sum = 0.3 * name
        + 0.15 * phrase
        + 0.15 * holds(kinds == Some(true))
        + 0.1 * holds(a.unit.base == b.unit.base)
        + 0.3 * share;
    let opposed = opposes(a.target.comparator, b.target.comparator);
    Some(if opposed { 0.8 * sum } else { sum })
}

/// The share of common bigrams: Dice's coefficient, or most of what the shorter one has.
pub(super) fn overlap(a: &BTreeSet<String>, b: &BTreeSet<String>) -> f32 {
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
