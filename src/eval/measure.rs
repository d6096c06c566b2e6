//! The measures of one ranking, from what its hits hold.

use serde::Serialize;

/// Depth at which nDCG, recall@10, MRR and P@1 stop looking.
const SHORT: usize = 10;
/// Depth of the deep recall.
pub const DEPTH: usize = 50;

/// The measures of one ranking, or their means over many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Measures {
    /// nDCG@10 with gain 2^grade − 1.
    pub ndcg_10: f64,
    /// Share of what is wanted, of ten at most, that the first ten hits hold.
    pub recall_10: f64,
    /// Share of what is wanted, of fifty at most, that the first fifty hits hold.
    pub recall_50: f64,
    /// One over the rank of the first hit that holds anything wanted; 0 beyond ten.
    pub mrr_10: f64,
    /// 1 where the first hit has the grade that answers.
    pub p_1: f64,
}

impl Measures {
    /// The measures' names, in the order of [`Measures::values`].
    pub const NAMES: [&str; 5] = ["nDCG@10", "recall@10", "recall@50", "MRR@10", "P@1"];

    /// The values in the order of [`Measures::NAMES`].
    pub fn values(&self) -> [f64; 5] {
        [self.ndcg_10, self.recall_10, self.recall_50, self.mrr_10, self.p_1]
    }

    /// The mean of each measure; 0 of none.
    pub fn mean<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut sum = [0.0; 5];
        let mut count = 0usize;
        for measures in all {
            count += 1;
            sum.iter_mut().zip(measures.values()).for_each(|(sum, value)| *sum += value);
        }
        let [ndcg_10, recall_10, recall_50, mrr_10, p_1] = sum.map(|sum| sum / count.max(1) as f64);
        Self { ndcg_10, recall_10, recall_50, mrr_10, p_1 }
    }
}

/// Measures a ranking. `wanted` has the grade of each thing wanted; each hit lists the positions in
/// `wanted` of what it holds, best hit first. A thing counts once, for the first hit that holds it; a
/// hit gains the best grade that it newly holds. `answering` is the grade that P@1 asks of the first hit.
pub fn measure(wanted: &[u32], hits: &[Vec<usize>], answering: u32) -> Measures {
    let mut taken = vec![false; wanted.len()];
    let (mut gains, mut found) = (Vec::new(), Vec::new());
    for held in hits.iter().take(DEPTH) {
        let fresh = held.iter().filter(|&&at| taken.get(at) == Some(&false));
        let fresh: Vec<usize> = fresh.copied().collect();
        gains.push(fresh.iter().filter_map(|&at| wanted.get(at)).copied().max().unwrap_or(0));
        for at in fresh {
            if let Some(slot) = taken.get_mut(at) {
                *slot = true;
            }
        }
        found.push(taken.iter().filter(|&&taken| taken).count());
    }
    let recall = |depth: usize| {
        let held = found.iter().take(depth).next_back().copied().unwrap_or(0);
        held as f64 / wanted.len().clamp(1, depth) as f64
    };
    let first = gains.iter().take(SHORT).position(|&gain| gain > 0);
    Measures {
        ndcg_10: ndcg(wanted, &gains),
        recall_10: recall(SHORT),
        recall_50: recall(DEPTH),
        mrr_10: first.map_or(0.0, |at| 1.0 / (at + 1) as f64),
        p_1: f64::from(u8::from(gains.first().is_some_and(|&gain| gain >= answering))),
    }
}

/// nDCG@10 of the grades `gains`; 0 where nothing is wanted.
fn ndcg(wanted: &[u32], gains: &[u32]) -> f64 {
    let mut ideal = wanted.to_vec();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let best = dcg(&ideal);
    if best > 0.0 { dcg(gains) / best } else { 0.0 }
}

/// Discounted cumulative gain of the first ten.
fn dcg(grades: &[u32]) -> f64 {
    let places = grades.iter().zip(2u32..).take(SHORT);
    places.map(|(&grade, place)| gain(grade) / f64::from(place).log2()).sum()
}

/// What a grade is worth: 2^grade − 1.
pub(super) fn gain(grade: u32) -> f64 {
    f64::from(grade).exp2() - 1.0
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the expected figures are exact in binary")]
mod tests {
    use super::*;

    /// By hand: gains 1, 0, 2 against an ideal of 2, 2, 1.
    #[test]
    fn a_ranking_worked_out_by_hand() {
        let wanted = [2, 1, 2];
        let hits = [vec![1], vec![], vec![1, 0], vec![0]];
        let measures = measure(&wanted, &hits, 2);
        let got = 1.0 + 3.0 / 2.0;
        let ideal = 3.0 + 3.0 / 3f64.log2() + 1.0 / 2.0;
        assert!((measures.ndcg_10 - got / ideal).abs() < 1e-12);
        assert!((measures.ndcg_10 - 0.4636).abs() < 1e-4, "{}", measures.ndcg_10);
        assert!((measures.recall_10 - 2.0 / 3.0).abs() < 1e-12);
        assert!((measures.mrr_10 - 1.0).abs() < 1e-12);
        assert_eq!(measures.p_1, 0.0, "the first hit only helps");
    }

    #[test]
    fn depth_counts() {
        let mut hits = vec![Vec::new(); 10];
        hits.push(vec![0]);
        let measures = measure(&[1], &hits, 1);
        assert_eq!(
            measures,
            Measures { ndcg_10: 0.0, recall_10: 0.0, recall_50: 1.0, mrr_10: 0.0, p_1: 0.0 }
        );
    }

    #[test]
    fn more_wanted_than_fits_is_no_loss() {
        let wanted = [2; 20];
        let hits: Vec<Vec<usize>> = (0..10).map(|at| vec![at]).collect();
        let measures = measure(&wanted, &hits, 2);
        assert!((measures.ndcg_10 - 1.0).abs() < 1e-12 && (measures.recall_10 - 1.0).abs() < 1e-12);
        assert!((measures.recall_50 - 0.5).abs() < 1e-12);
    }

    #[test]
    fn nothing_found_and_nothing_wanted_are_zero() {
        assert_eq!(measure(&[2], &[], 2), Measures::default());
        assert_eq!(measure(&[], &[vec![]], 2).ndcg_10, 0.0);
        assert_eq!(Measures::mean([]), Measures::default());
    }

    #[test]
    fn means_are_of_each_measure() {
        let one = Measures { ndcg_10: 1.0, recall_10: 0.5, recall_50: 1.0, mrr_10: 0.25, p_1: 1.0 };
        let mean = Measures::mean([&one, &Measures::default()]);
        assert_eq!(mean, Measures { ndcg_10: 0.5, recall_10: 0.25, recall_50: 0.5, mrr_10: 0.125, p_1: 0.5 });
    }
}
