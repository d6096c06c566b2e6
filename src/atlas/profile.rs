//! How alike two clauses are, from these two alone.

use std::collections::BTreeMap;

use super::Item;
use crate::text::tokenizer;

/// Share of likeness that meaning has; wording has the rest.
pub(super) const MEANING: f32 = 0.73;

/// What is compared of a clause.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// Character bigrams of the core by hash, ascending, with weights of unit length together.
    pub(super) grams: Vec<(u32, f32)>,
    /// Vectors of the whole and of the core, one after the other; empty without a model.
    pub(super) row: Vec<i8>,
    /// Length of `row` as a vector; 0 without a model.
    pub(super) length: f32,
}

impl Profile {
    /// The profile of `item`.
    pub fn of(item: &Item<'_>) -> Self {
        let row: Vec<i8> = item.vectors.concat();
        let length = (product(&row, &row) as f32).sqrt();
        Self { grams: grams(item.core), row, length }
    }

    /// How alike two clauses are, 0 to 1: the cosine of their vectors and that of their bigrams, weighed;
    /// the latter alone where one of them has no vectors.
    pub fn likeness(&self, other: &Self) -> f32 {
        let wording = wording(&self.grams, &other.grams);
        let lengths = self.length * other.length;
        if lengths > 0.0 { weigh(product(&self.row, &other.row) as f32 / lengths, wording) } else { wording }
    }
}

/// Likeness from the cosine of vectors and that of bigrams.
pub(super) fn weigh(meaning: f32, wording: f32) -> f32 {
    MEANING * meaning + (1.0 - MEANING) * wording
}

/// Exact: 1,024 products of two bytes stay below 2^24.
fn product(a: &[i8], b: &[i8]) -> i32 {
    a.iter().zip(b).map(|(x, y)| i32::from(*x) * i32::from(*y)).sum()
}

/// Bigrams of `text` by hash, ascending, weighted 1 + ln(frequency) and scaled to unit length.
pub(super) fn grams(text: &str) -> Vec<(u32, f32)> {
    let mut counts: BTreeMap<u32, f32> = BTreeMap::new();
    for token in tokenizer::bigrams(text) {
        *counts.entry(hash(&token.text)).or_insert(0.0) += 1.0;
    }
    let weights = counts.into_iter().map(|(gram, count)| (gram, 1.0 + count.ln()));
    let mut grams: Vec<(u32, f32)> = weights.collect();
    let length = grams.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
    grams.iter_mut().for_each(|(_, weight)| *weight /= length);
    grams
}

fn hash(gram: &str) -> u32 {
    let [a, b, c, d, ..] = *blake3::hash(gram.as_bytes()).as_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// Cosine of two sets of bigrams: the products of common bigrams, added in the order of their hashes.
pub(super) fn wording(a: &[(u32, f32)], b: &[(u32, f32)]) -> f32 {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let mut sum = 0.0;
    while let (Some((left, x)), Some((right, y))) = (a.peek(), b.peek()) {
        match left.cmp(right) {
            std::cmp::Ordering::Less => drop(a.next()),
            std::cmp::Ordering::Greater => drop(b.next()),
            std::cmp::Ordering::Equal => {
                sum += x * y;
                a.next();
                b.next();
            }
        }
    }
    sum
}
