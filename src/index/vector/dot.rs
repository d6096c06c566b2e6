//! Products of vectors of signed bytes, by the widest instructions that the processor has.

use pulp::Arch;

/// Bytes that a processor reads from memory at once.
const CACHE_LINE: usize = 64;

/// The product of two rows of the same length.
pub(super) fn product(a: &[i8], b: &[i8]) -> i32 {
    Arch::new().dispatch(|| sum(a, b))
}

/// The products of `query` with the rows `indices` of `rows`, `[n × dimensions]`, in their order, put into
/// `products`.
pub(super) fn products(
    query: &[i8],
    rows: &[i8],
    dimensions: usize,
    indices: &[u32],
    products: &mut Vec<i32>,
) {
    products.clear();
    let row = |index: &u32| {
        let start = *index as usize * dimensions;
        rows.get(start..start + dimensions)
    };
    touch(indices.iter().filter_map(row));
    Arch::new().dispatch(|| {
        for index in indices {
            products.push(row(index).map_or(i32::MIN, |row| sum(query, row)));
        }
    });
}

/// Reads a little of all `rows`. Rows lie far apart: touched all before the first is multiplied, they come from memory
/// at once and not one after the other.
pub(super) fn touch<'a>(rows: impl Iterator<Item = &'a [i8]>) {
    let touched = rows.flat_map(|row| row.iter().step_by(CACHE_LINE));
    std::hint::black_box(touched.fold(0, |all, value| all ^ value));
}

/// The product of a row of bytes with one of numbers, summed in sixteen lanes.
pub(super) fn mixed(a: &[i8], b: &[f32]) -> f32 {
    Arch::new().dispatch(|| lanes(a, b))
}

#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "it is compiled for the instructions of the place that it stands in"
)]
fn sum(a: &[i8], b: &[i8]) -> i32 {
    a.iter().zip(b).map(|(x, y)| i32::from(*x) * i32::from(*y)).sum()
}

#[inline(always)]
fn lanes(a: &[i8], b: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut sums = [0.0f32; LANES];
    let (a, a_rest) = a.as_chunks::<LANES>();
    let (b, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a.iter().zip(b) {
        for ((sum, x), y) in sums.iter_mut().zip(a).zip(b) {
            *sum += f32::from(*x) * y;
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(x, y)| f32::from(*x) * y).sum();
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_sums_of_products() {
        let a: Vec<i8> = (0..530).map(|x| (x * 37 % 255 - 127) as i8).collect();
        let b: Vec<i8> = (0..530).map(|x| (x * 91 % 255 - 127) as i8).collect();
        let expected: i32 = a.iter().zip(&b).map(|(x, y)| i32::from(*x) * i32::from(*y)).sum();
        assert_eq!(product(&a, &b), expected);
        let numbers: Vec<f32> = b.iter().map(|x| f32::from(*x)).collect();
        assert!((mixed(&a, &numbers) - expected as f32).abs() < 1.0);
        let mut found = Vec::new();
        products(&a, &[b.clone(), a.clone()].concat(), 530, &[1, 0, 2], &mut found);
        assert_eq!(found, [product(&a, &a), expected, i32::MIN]);
    }
}
