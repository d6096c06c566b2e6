//! Cosines less what all vectors of the collection share.

use rayon::prelude::*;

use super::{RANGE, cosine, dot};

/// What centring needs of a vector: its product with the mean vector and its distance from it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Centring {
    product: f32,
    distance: f32,
}

/// Rows that one core sums up at a time.
const CHUNK: usize = 4_096;

/// Sums of each component over at most [`CHUNK`] rows: they fit into 32 bits.
fn sum(rows: &[&[i8]], dimensions: usize) -> Vec<i64> {
    let mut sums = vec![0i32; dimensions];
    for row in rows {
        sums.iter_mut().zip(*row).for_each(|(sum, x)| *sum += i32::from(*x));
    }
    sums.into_iter().map(i64::from).collect()
}

/// The mean of all whole-clause vectors. Vectors of one genre share a large part, which says nothing
/// of what tells clauses apart; centred cosines leave it out (Mu and Viswanath 2018).
#[derive(Clone, Debug, Default)]
pub(in crate::index) struct Mean {
    vector: Vec<f32>,
    square: f32,
}

impl Mean {
    /// The mean of the quantised `rows`, `[n][dimensions]`: sums of integers, so that their order and their
    /// segments do not matter.
    pub(super) fn of(rows: &[&[i8]], dimensions: usize) -> Self {
        let none = || vec![0i64; dimensions];
        let sums = rows.par_chunks(CHUNK).map(|rows| sum(rows, dimensions)).reduce(none, |mut all, some| {
            all.iter_mut().zip(some).for_each(|(all, some)| *all += some);
            all
        });
        let count = rows.len() as f64;
        let scale = f64::from(RANGE / 127.0) / count.max(1.0);
        Self::from_vector(sums.into_iter().map(|x| (x as f64 * scale) as f32).collect())
    }

    /// The mean that is `vector`.
    pub(in crate::index) fn from_vector(vector: Vec<f32>) -> Self {
        let square = vector.iter().map(|x| x * x).sum();
        Self { vector, square }
    }

    /// Its components.
    pub(super) fn vector(&self) -> &[f32] {
        &self.vector
    }

    /// What is needed to centre the cosines of `row`.
    pub(super) fn centring(&self, row: &[i8]) -> Centring {
        let product = dot::mixed(row, &self.vector) * RANGE / 127.0;
        let distance = (cosine(row, row) - 2.0 * product + self.square).max(1e-6).sqrt();
        Centring { product, distance }
    }

    /// The cosine of two vectors after the mean is taken from both, from their plain cosine.
    pub(super) fn centred(&self, plain: f32, a: Centring, b: Centring) -> f32 {
        (plain - a.product - b.product + self.square) / (a.distance * b.distance)
    }
}
