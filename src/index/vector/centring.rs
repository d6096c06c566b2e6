//! Cosines less what all vectors of the collection share.

use super::{RANGE, cosine};

/// What centring needs of a vector: its product with the mean vector and its distance from it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Centring {
    product: f32,
    distance: f32,
}

/// The mean of all whole-clause vectors. Vectors of one genre share a large part, which says nothing
/// of what tells clauses apart; centred cosines leave it out (Mu and Viswanath 2018).
#[derive(Clone, Debug, Default)]
pub(super) struct Mean {
    vector: Vec<f32>,
    square: f32,
}

impl Mean {
    /// The mean of the quantised `rows`, `[n][dimensions]`: sums of integers, so that their order and their
    /// segments do not matter.
    pub(super) fn of<'a>(rows: impl Iterator<Item = &'a [i8]>, dimensions: usize) -> Self {
        let mut sum = vec![0i64; dimensions];
        let mut count = 0.0f64;
        for row in rows {
            count += 1.0;
            for (sum, x) in sum.iter_mut().zip(row) {
                *sum += i64::from(*x);
            }
        }
        let scale = f64::from(RANGE / 127.0) / count.max(1.0);
        let vector: Vec<f32> = sum.into_iter().map(|x| (x as f64 * scale) as f32).collect();
        let square = vector.iter().map(|x| x * x).sum();
        Self { vector, square }
    }

    /// What is needed to centre the cosines of `row`.
    pub(super) fn centring(&self, row: &[i8]) -> Centring {
        let product =
            row.iter().zip(&self.vector).map(|(x, m)| f32::from(*x) * m).sum::<f32>() * RANGE / 127.0;
        let distance = (cosine(row, row) - 2.0 * product + self.square).max(1e-6).sqrt();
        Centring { product, distance }
    }

    /// The cosine of two vectors after the mean is taken from both, from their plain cosine.
    pub(super) fn centred(&self, plain: f32, a: Centring, b: Centring) -> f32 {
        (plain - a.product - b.product + self.square) / (a.distance * b.distance)
    }
}
