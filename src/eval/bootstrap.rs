//! Whether two runs differ: the paired bootstrap (Efron and Tibshirani 1993; for retrieval Sakai 2006).

/// Resamples that give a percentile interval steady to about a thousandth.
pub const RESAMPLES: usize = 10_000;

/// How far the mean of one run lies above that of another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Mean of the second less mean of the first.
    pub mean: f64,
    /// Lower end of the 95% percentile interval.
    pub low: f64,
    /// Upper end of the 95% percentile interval.
    pub high: f64,
    /// Share of resamples, shifted to no difference, that lie as far from 0 as the mean does.
    pub p: f64,
}

/// Compares the values of two runs query by query; `first` and `second` are in the same order.
/// The same `seed` gives the same answer.
pub fn paired_bootstrap(first: &[f64], second: &[f64], resamples: usize, seed: u64) -> Difference {
    let differences: Vec<f64> = second.iter().zip(first).map(|(second, first)| second - first).collect();
    if differences.is_empty() {
        return Difference { mean: 0.0, low: 0.0, high: 0.0, p: 1.0 };
    }
    let count = differences.len() as f64;
    let mean = differences.iter().sum::<f64>() / count;
    let mut random = fastrand::Rng::with_seed(seed);
    let mut means: Vec<f64> = (0..resamples.max(1))
        .map(|_| differences.iter().filter_map(|_| random.choice(&differences)).sum::<f64>() / count)
        .collect();
    means.sort_unstable_by(f64::total_cmp);
    // sums in another order differ in the last place
    let as_far = means.iter().filter(|value| (*value - mean).abs() >= mean.abs() - 1e-12).count();
    Difference {
        mean,
        low: percentile(&means, 0.025),
        high: percentile(&means, 0.975),
        p: as_far as f64 / means.len() as f64,
    }
}

/// The value below which `share` of the ascending `values` lie.
#[expect(clippy::cast_sign_loss, reason = "shares and lengths are not negative")]
fn percentile(values: &[f64], share: f64) -> f64 {
    let at = (share * values.len() as f64) as usize;
    values.get(at.min(values.len().saturating_sub(1))).copied().unwrap_or(0.0)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the expected figures are exact in binary")]
mod tests {
    use super::*;

    #[test]
    fn a_run_does_not_differ_from_itself() {
        let run = [0.1, 0.7, 1.0, 0.0];
        let difference = paired_bootstrap(&run, &run, RESAMPLES, 1);
        assert_eq!(difference, Difference { mean: 0.0, low: 0.0, high: 0.0, p: 1.0 });
        assert_eq!(paired_bootstrap(&[], &[], RESAMPLES, 1).p, 1.0);
    }

    #[test]
    fn the_same_seed_gives_the_same_answer() {
        let (first, second) = ([0.1, 0.5, 0.9, 0.3], [0.2, 0.4, 1.0, 0.8]);
        let once = paired_bootstrap(&first, &second, 1_000, 7);
        assert_eq!(once, paired_bootstrap(&first, &second, 1_000, 7));
        assert!(once.low <= once.mean && once.mean <= once.high, "{once:?}");
    }

    #[test]
    fn a_constant_gain_is_certain_and_a_coin_is_not() {
        let worse = [0.5; 30];
        let better = paired_bootstrap(&worse, &[0.6; 30], RESAMPLES, 1);
        assert!((better.low - 0.1).abs() < 1e-9 && better.p < 0.001, "{better:?}");
        let coin: Vec<f64> = (0..30).map(|at| if at % 2 == 0 { 0.6 } else { 0.4 }).collect();
        assert!(paired_bootstrap(&worse, &coin, RESAMPLES, 1).p > 0.9);
    }
}
