//! Fitting the few fusion weights: softmax over a query's candidates, L2, no sign but the one allowed.
//!
//! The loss of a query is the cross-entropy between the gains of its candidates and the softmax of
//! their scores (listwise, Cao et al. 2007). It is convex in the weights, so that plain projected
//! gradient descent finds its one minimum from any start, and the same one every time.

use rayon::prelude::*;

use super::measure::Measures;
use super::sample::Sample;

/// Steps after which a fit ends at the latest; it has long stood still by then.
const MAX_STEPS: usize = 600;
/// A step that gains less ends the fit.
const LEAST_GAIN: f64 = 1e-7;

/// How to fit.
#[derive(Clone, Debug)]
pub struct FitOptions {
    /// Weight of the L2 penalty, on features scaled to unit deviation.
    pub l2: f64,
    /// Per feature, whether its weight may be negative; `[features]`.
    pub signed: Vec<bool>,
}

/// A query as numbers: its candidates' scaled features and the share of gain that each should get.
struct Group {
    rows: Vec<Vec<f64>>,
    target: Vec<f64>,
}

/// The weights that order the candidates of `samples` best; `[features]`. Their scale is arbitrary.
/// Queries without any relevant candidate teach nothing and are passed over.
pub fn fit(samples: &[&Sample], options: &FitOptions) -> Vec<f64> {
    let scales = scales(samples, options.signed.len());
    let groups: Vec<Group> = samples.iter().filter_map(|sample| group(sample, &scales)).collect();
    descend(&groups, options).iter().zip(&scales).map(|(weight, scale)| weight / scale).collect()
}

/// The measures of each of `samples` by weights that were fitted without its fold; `[samples]`. Folds
/// are even over the kinds of query; the same `seed` gives the same folds.
pub fn cross_validate(
    samples: &[Sample],
    folds: usize,
    seed: u64,
    options: &FitOptions,
    answering: u32,
) -> Vec<Measures> {
    let fold_of = assign_folds(samples, folds, seed);
    let weights: Vec<Vec<f64>> = (0..folds)
        .into_par_iter()
        .map(|fold| {
            let others = samples.iter().zip(&fold_of).filter(|(_, of)| **of != fold);
            fit(&others.map(|(sample, _)| sample).collect::<Vec<_>>(), options)
        })
        .collect();
    let held_out = samples.iter().zip(fold_of);
    held_out
        .map(|(sample, fold)| weights.get(fold).map(|weights| sample.measure(weights, answering)))
        .map(Option::unwrap_or_default)
        .collect()
}

/// The fold of each sample: shuffled, then dealt out kind by kind.
fn assign_folds(samples: &[Sample], folds: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<(usize, &Sample)> = samples.iter().enumerate().collect();
    fastrand::Rng::with_seed(seed).shuffle(&mut order);
    order.sort_by(|a, b| a.1.kind.cmp(&b.1.kind));
    let mut dealt: Vec<(usize, usize)> =
        order.into_iter().zip((0..folds.max(1)).cycle()).map(|((at, _), fold)| (at, fold)).collect();
    dealt.sort_unstable();
    dealt.into_iter().map(|(_, fold)| fold).collect()
}

/// The deviation of each feature within its query, over all queries; 1 for one that never varies.
fn scales(samples: &[&Sample], features: usize) -> Vec<f64> {
    let mut squares = vec![0.0; features];
    let mut count = 0usize;
    for sample in samples {
        let means = means(sample, features);
        count += sample.candidates.len();
        for candidate in &sample.candidates {
            for ((square, mean), value) in squares.iter_mut().zip(&means).zip(&candidate.features) {
                *square += (f64::from(*value) - mean).powi(2);
            }
        }
    }
    let deviations = squares.into_iter().map(|square: f64| (square / count.max(1) as f64).sqrt());
    deviations.map(|deviation| if deviation > 1e-9 { deviation } else { 1.0 }).collect()
}

fn means(sample: &Sample, features: usize) -> Vec<f64> {
    let mut means = vec![0.0; features];
    for candidate in &sample.candidates {
        means.iter_mut().zip(&candidate.features).for_each(|(mean, value)| *mean += f64::from(*value));
    }
    means.into_iter().map(|sum| sum / sample.candidates.len().max(1) as f64).collect()
}

fn group(sample: &Sample, scales: &[f64]) -> Option<Group> {
    let gains: Vec<f64> = sample.candidates.iter().map(|candidate| sample.gain(candidate)).collect();
    let total: f64 = gains.iter().sum();
    if total <= 0.0 {
        return None;
    }
    let means = means(sample, scales.len());
    let row = |features: &[f32]| {
        let values = features.iter().zip(&means).zip(scales);
        values.map(|((value, mean), scale)| (f64::from(*value) - mean) / scale).collect()
    };
    let rows = sample.candidates.iter().map(|candidate| row(&candidate.features)).collect();
    Some(Group { rows, target: gains.into_iter().map(|gain| gain / total).collect() })
}

/// Projected gradient descent whose step grows while it gains and halves when it does not.
fn descend(groups: &[Group], options: &FitOptions) -> Vec<f64> {
    let mut weights = vec![0.0; options.signed.len()];
    let (mut loss, mut gradient) = loss(groups, &weights, options.l2);
    let mut step = 1.0;
    for _ in 0..MAX_STEPS {
        let moved: Vec<f64> = weights
            .iter()
            .zip(&gradient)
            .map(|(weight, slope)| weight - step * slope)
            .zip(&options.signed)
            .map(|(weight, signed)| if *signed { weight } else { weight.max(0.0) })
            .collect();
        let (next, next_gradient) = self::loss(groups, &moved, options.l2);
        if next >= loss {
            step /= 2.0;
            if step < 1e-9 {
                break;
            }
            continue;
        }
        let gained = loss - next;
        (weights, loss, gradient) = (moved, next, next_gradient);
        step *= 1.2;
        if gained < LEAST_GAIN {
            break;
        }
    }
    weights
}

/// The mean loss of `groups` with the penalty, and its gradient; `[features]`.
fn loss(groups: &[Group], weights: &[f64], l2: f64) -> (f64, Vec<f64>) {
    let share = 1.0 / groups.len().max(1) as f64;
    let mut loss: f64 = weights.iter().map(|weight| l2 * weight * weight).sum();
    let mut gradient: Vec<f64> = weights.iter().map(|weight| 2.0 * l2 * weight).collect();
    for group in groups {
        let score = |row: &Vec<f64>| row.iter().zip(weights).map(|(value, weight)| value * weight).sum();
        let scores: Vec<f64> = group.rows.iter().map(score).collect();
        let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total = scores.iter().map(|score| (score - highest).exp()).sum::<f64>();
        for ((row, score), target) in group.rows.iter().zip(&scores).zip(&group.target) {
            let log_share = score - highest - total.ln();
            loss -= share * target * log_share;
            let pull = share * (log_share.exp() - target);
            gradient.iter_mut().zip(row).for_each(|(slope, value)| *slope += pull * value);
        }
    }
    (loss, gradient)
}

#[cfg(test)]
mod tests {
    use super::super::sample::Candidate;
    use super::*;

    /// Queries of twenty candidates: the first feature finds the relevant one nearly always, the
    /// second is noise, the third speaks against it.
    fn samples(seed: u64) -> Vec<Sample> {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut candidate = |relevant: bool| Candidate {
            features: vec![
                random.f32() + if relevant { 0.8 } else { 0.0 },
                random.f32(),
                random.f32() - if relevant { 0.5 } else { 0.0 },
            ],
            held: if relevant { vec![0] } else { Vec::new() },
        };
        let sample = |at: usize| Sample {
            qid: format!("q{at}"),
            kind: if at.is_multiple_of(3) { "exact" } else { "question" }.to_owned(),
            grades: vec![2],
            candidates: (0..20).map(|place| candidate(place == 7)).collect(),
            ..Sample::default()
        };
        (0..30).map(sample).collect()
    }

    fn options() -> FitOptions {
        FitOptions { l2: 0.001, signed: vec![false, false, true] }
    }

    #[test]
    fn the_better_feature_is_found() {
        let samples = samples(3);
        let weights = fit(&samples.iter().collect::<Vec<_>>(), &options());
        let [good, noise, against] = weights.as_slice() else { panic!("three weights") };
        assert!(*good > 5.0 * noise && *noise >= 0.0 && *against < 0.0, "{weights:?}");
        let held_out = cross_validate(&samples, 5, 1, &options(), 2);
        let worst = samples.iter().map(|sample| sample.measure(&[0.0, 1.0, 0.0], 2));
        let worst: Vec<Measures> = worst.collect();
        assert!(Measures::mean(&held_out).ndcg_10 > Measures::mean(&worst).ndcg_10 + 0.3);
    }

    #[test]
    fn a_fit_repeats_itself() {
        let samples = samples(3);
        let once = cross_validate(&samples, 4, 9, &options(), 2);
        assert_eq!(once, cross_validate(&samples, 4, 9, &options(), 2));
    }

    #[test]
    fn folds_are_even_over_the_kinds() {
        let samples = samples(3);
        let folds = assign_folds(&samples, 5, 1);
        for fold in 0..5 {
            let exact =
                samples.iter().zip(&folds).filter(|(sample, of)| **of == fold && sample.kind == "exact");
            assert_eq!(exact.count(), 2);
        }
    }

    #[test]
    fn nothing_to_learn_from_gives_no_weights() {
        assert_eq!(fit(&[], &options()), [0.0; 3]);
        assert_eq!(fit(&[&Sample::default()], &options()), [0.0; 3]);
    }
}
