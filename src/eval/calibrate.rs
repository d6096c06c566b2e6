//! Scores to probabilities: the logistic curve that fits best (Platt 1999).

/// Newton steps; the fit stands still long before.
const STEPS: usize = 100;
/// Keeps a fit finite where the scores tell the classes apart completely.
const RIDGE: f64 = 1e-3;

/// `1 / (1 + exp(−slope · (score − midpoint)))`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Logistic {
    /// The score at which both are as likely.
    pub midpoint: f64,
    /// How sharply the probability rises there.
    pub slope: f64,
}

impl Logistic {
    /// The probability at `score`.
    pub fn at(&self, score: f64) -> f64 {
        1.0 / (1.0 + (-self.slope * (score - self.midpoint)).exp())
    }

    /// The mean squared error of the probabilities of `points` (Brier score); 0 of none.
    pub fn brier(&self, points: &[(f64, bool)]) -> f64 {
        let errors =
            points.iter().map(|(score, is_true)| (self.at(*score) - f64::from(u8::from(*is_true))).powi(2));
        errors.sum::<f64>() / points.len().max(1) as f64
    }
}

/// The curve of greatest likelihood over `points` of (score, whether it held). None where all or
/// none held, or where the scores do not rise with it.
pub fn fit_logistic(points: &[(f64, bool)]) -> Option<Logistic> {
    let held = points.iter().filter(|(_, held)| *held).count();
    if held == 0 || held == points.len() {
        return None;
    }
    let centre = points.iter().map(|(score, _)| score).sum::<f64>() / points.len() as f64;
    let spread = points.iter().map(|(score, _)| (score - centre).powi(2)).sum::<f64>() / points.len() as f64;
    let spread = spread.sqrt();
    if spread < 1e-9 {
        return None;
    }
    let scaled: Vec<(f64, f64)> =
        points.iter().map(|(score, held)| ((score - centre) / spread, f64::from(u8::from(*held)))).collect();
    let (slope, shift) = newton(&scaled);
    // slope · (score − centre) / spread + shift is 0 at the midpoint
    (slope > 1e-9).then(|| Logistic { midpoint: centre - shift / slope * spread, slope: slope / spread })
}

/// Slope and shift of greatest likelihood for scaled scores and outcomes of 0 or 1. Each step is
/// bounded, so that a far start does not throw it.
fn newton(points: &[(f64, f64)]) -> (f64, f64) {
    let (mut slope, mut shift) = (0.0, 0.0);
    for _ in 0..STEPS {
        let (mut to_slope, mut to_shift) = (-RIDGE * slope, 0.0);
        let (mut bend_slope, mut bend_both, mut bend_shift) = (RIDGE, 0.0, 1e-12);
        for (score, outcome) in points {
            let likely = 1.0 / (1.0 + (-(slope * score + shift)).exp());
            let weight = likely * (1.0 - likely);
            to_slope += (outcome - likely) * score;
            to_shift += outcome - likely;
            bend_slope += weight * score * score;
            bend_both += weight * score;
            bend_shift += weight;
        }
        let determinant = (bend_slope * bend_shift - bend_both * bend_both).max(1e-12);
        let by_slope = (bend_shift * to_slope - bend_both * to_shift) / determinant;
        let by_shift = (bend_slope * to_shift - bend_both * to_slope) / determinant;
        slope += by_slope.clamp(-2.0, 2.0);
        shift += by_shift.clamp(-2.0, 2.0);
        if by_slope.abs() + by_shift.abs() < 1e-10 {
            break;
        }
    }
    (slope, shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_that_made_the_points_is_found() {
        let truth = Logistic { midpoint: 1.3, slope: 6.0 };
        let mut random = fastrand::Rng::with_seed(5);
        let points: Vec<(f64, bool)> = (0..20_000)
            .map(|_| {
                let score = random.f64() * 2.0 + 0.3;
                (score, random.f64() < truth.at(score))
            })
            .collect();
        let found = fit_logistic(&points).expect("a curve");
        assert!((found.midpoint - truth.midpoint).abs() < 0.02, "{found:?}");
        assert!((found.slope - truth.slope).abs() < 0.3, "{found:?}");
        assert!(found.brier(&points) <= truth.brier(&points) + 1e-6);
    }

    #[test]
    fn separable_points_give_a_steep_finite_curve() {
        let points: Vec<(f64, bool)> = (0..20).map(|at| (f64::from(at), at >= 10)).collect();
        let found = fit_logistic(&points).expect("a curve");
        assert!(
            (found.midpoint - 9.5).abs() < 0.1 && found.slope.is_finite() && found.slope > 1.0,
            "{found:?}"
        );
    }

    #[test]
    fn without_two_classes_there_is_no_curve() {
        assert_eq!(fit_logistic(&[]), None);
        assert_eq!(fit_logistic(&[(0.1, true), (0.2, true)]), None);
        assert_eq!(fit_logistic(&[(0.5, true), (0.5, false)]), None);
        assert_eq!(fit_logistic(&[(0.1, true), (0.2, false)]), None, "falling");
    }
}
