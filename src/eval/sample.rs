//! Queries as a fit sees them: every candidate's features and what it holds.

use super::measure::{Measures, gain, measure};
use super::report::{QueryScore, Report};

/// One query with its candidates.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// The query's name.
    pub qid: String,
    /// What kind of query it is.
    pub kind: String,
    /// The words.
    pub query: String,
    /// The grade of each thing wanted.
    pub grades: Vec<u32>,
    /// Everything that a leg found.
    pub candidates: Vec<Candidate>,
}

/// One clause that may answer.
#[derive(Clone, Debug, Default)]
pub struct Candidate {
    /// Its features; `[features]`, the same order everywhere.
    pub features: Vec<f32>,
    /// Positions in [`Sample::grades`] of what it holds.
    pub held: Vec<usize>,
}

impl Sample {
    /// How good `candidate` is: the gain of the best that it holds.
    pub fn gain(&self, candidate: &Candidate) -> f64 {
        let grades = candidate.held.iter().filter_map(|&at| self.grades.get(at));
        grades.copied().max().map_or(0.0, gain)
    }

    /// The measures of the candidates ordered by `weights`; `[features]`.
    pub fn measure(&self, weights: &[f64], answering: u32) -> Measures {
        self.measure_by(answering, |candidate| dot(&candidate.features, weights))
    }

    /// The measures of the candidates ordered by `score`, ties by position.
    fn measure_by(&self, answering: u32, score: impl Fn(&Candidate) -> f64) -> Measures {
        let scored = self.candidates.iter().map(|candidate| (score(candidate), candidate));
        let mut ranked: Vec<(f64, &Candidate)> = scored.collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        let held: Vec<Vec<usize>> = ranked.into_iter().map(|(_, candidate)| candidate.held.clone()).collect();
        measure(&self.grades, &held, answering)
    }

    /// The measures of reciprocal rank fusion (k = 60) over the features at `legs`: what engines do by
    /// default. A candidate that a leg gives 0 is not in that leg's list.
    pub fn measure_rank_fusion(&self, legs: &[usize], answering: u32) -> Measures {
        let mut fused = vec![0.0; self.candidates.len()];
        for &leg in legs {
            let value = |candidate: &Candidate| candidate.features.get(leg).copied().unwrap_or(0.0);
            let mut ranked: Vec<(f32, usize)> = self.candidates.iter().map(value).zip(0..).collect();
            ranked.retain(|(value, _)| *value > 0.0);
            ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
            for (rank, (_, at)) in (1u32..).zip(ranked) {
                if let Some(score) = fused.get_mut(at) {
                    *score += 1.0 / f64::from(60 + rank);
                }
            }
        }
        let candidates = self.candidates.iter().zip(fused);
        let with_score = candidates.map(|(candidate, score)| Candidate {
            features: vec![score as f32],
            held: candidate.held.clone(),
        });
        let fused = Self { candidates: with_score.collect(), ..self.clone() };
        fused.measure(&[1.0], answering)
    }

    /// The entry of a report for `measures` of this query.
    pub fn entry(&self, measures: Measures) -> QueryScore {
        QueryScore { qid: self.qid.clone(), kind: self.kind.clone(), query: self.query.clone(), measures }
    }
}

/// The report of `samples` whose candidates are ordered by `weights`.
pub fn measure_samples(samples: &[Sample], weights: &[f64], answering: u32) -> Report {
    let queries = samples.iter().map(|sample| sample.entry(sample.measure(weights, answering)));
    Report { queries: queries.collect() }
}

/// The weighted sum of `features`.
pub(super) fn dot(features: &[f32], weights: &[f64]) -> f64 {
    features.iter().zip(weights).map(|(feature, weight)| f64::from(*feature) * weight).sum()
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the expected figures are exact in binary")]
mod tests {
    use super::*;

    fn sample() -> Sample {
        let candidate = |features: [f32; 2], held: &[usize]| Candidate {
            features: features.to_vec(),
            held: held.to_vec(),
        };
        Sample {
            grades: vec![2],
            candidates: vec![
                candidate([0.9, 0.1], &[]),
                candidate([0.8, 0.9], &[0]),
                candidate([0.0, 0.8], &[]),
            ],
            ..Sample::default()
        }
    }

    #[test]
    fn weights_order_the_candidates() {
        assert_eq!(sample().measure(&[1.0, 0.0], 2).mrr_10, 0.5);
        assert_eq!(sample().measure(&[0.0, 1.0], 2).mrr_10, 1.0);
        let gains: Vec<f64> = sample().candidates.iter().map(|candidate| sample().gain(candidate)).collect();
        assert_eq!(gains, [0.0, 3.0, 0.0]);
    }

    /// By hand: 1/61 + 1/63, 1/62 + 1/61, 1/62.
    #[test]
    fn ranks_fuse_as_worked_out_by_hand() {
        assert_eq!(sample().measure_rank_fusion(&[0, 1], 2).mrr_10, 1.0);
        assert_eq!(sample().measure_rank_fusion(&[0], 2).mrr_10, 0.5);
    }
}
