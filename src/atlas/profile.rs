//! How alike two clauses are, from these two alone.

use std::collections::BTreeMap;

use super::Item;
use crate::text::tokenizer;

/// Share of likeness that meaning has; wording has the rest.
const MEANING: f32 = 0.57;

/// What texts of the genre have in common, as a vector: it says nothing of what tells clauses apart, so it
/// is taken from each before they are compared (Mu and Viswanath 2018). It comes with the model and not
/// from the documents indexed, so that adding one changes no likeness.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Centre {
    pub(super) mean: Vec<f32>,
}

impl Centre {
    /// The mean of `vectors`, a byte a component, all of one length.
    pub fn of<'a>(vectors: impl Iterator<Item = &'a [i8]>) -> Self {
        let mut mean: Vec<f32> = Vec::new();
        let mut count = 0.0f32;
        for vector in vectors {
            mean.resize(vector.len(), 0.0);
            mean.iter_mut().zip(vector).for_each(|(sum, x)| *sum += f32::from(*x));
            count += 1.0;
        }
        for sum in &mut mean {
            *sum /= count.max(1.0);
        }
        Self { mean }
    }

    /// For `row`, several vectors one after the other: its product with the centre, repeated as often, less
    /// half the centre's square; and its distance from the centre.
    fn place(&self, row: &[i8]) -> (f32, f32) {
        let length = if self.mean.is_empty() { 0 } else { row.len() };
        let repeated = || self.mean.iter().cycle().take(length);
        let common: f32 = row.iter().zip(repeated()).map(|(x, mean)| f32::from(*x) * mean).sum();
        let square: f32 = repeated().map(|mean| mean * mean).sum();
        let distance = (product(row, row) as f32 - 2.0 * common + square).max(0.0).sqrt();
        (common - square / 2.0, distance)
    }
}

/// What is compared of a clause.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// Character bigrams of the core by hash, ascending, with weights of unit length together.
    pub(super) grams: Vec<(u32, f32)>,
    /// Vectors of the whole and of the core, one after the other; empty without a model.
    pub(super) row: Vec<i8>,
    /// What `row` has in common with the centre.
    pub(super) common: f32,
    /// How far it lies from the centre; 0 without a model.
    pub(super) distance: f32,
}

impl Profile {
    /// The profile of `item`, its vectors seen from `centre`.
    pub fn of(item: &Item<'_>, centre: &Centre) -> Self {
        let row: Vec<i8> = item.vectors.concat();
        let (common, distance) = centre.place(&row);
        Self { grams: grams(item.core), row, common, distance }
    }

    /// How alike two clauses are, 1 at most: the cosine of their centred vectors and that of their bigrams, weighed;
    /// the latter alone where one of them has no vectors.
    pub fn likeness(&self, other: &Self) -> f32 {
        let wording = wording(&self.grams, &other.grams);
        if self.distance > 0.0 && other.distance > 0.0 {
            weigh(self.meaning(other, product(&self.row, &other.row) as f32), wording)
        } else {
            wording
        }
    }

    /// Cosine of the centred vectors, from the product of those that are not.
    pub(super) fn meaning(&self, other: &Self, product: f32) -> f32 {
        (product - self.common - other.common) / (self.distance * other.distance)
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
    for (_, weight) in &mut grams {
        *weight /= length;
    }
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
