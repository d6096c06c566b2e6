//! Precision and recall of a decision by threshold.

/// What a threshold accepts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Everything of this score or more is accepted.
    pub threshold: f32,
    /// Share of the accepted that are right.
    pub precision: f64,
    /// Share of the right that are accepted.
    pub recall: f64,
    /// How many are accepted.
    pub accepted: usize,
}

impl Point {
    /// The harmonic mean of precision and recall.
    pub fn f1(&self) -> f64 {
        let sum = self.precision + self.recall;
        if sum > 0.0 { 2.0 * self.precision * self.recall / sum } else { 0.0 }
    }
}

/// The point of every threshold that accepts a set of its own, highest first, over (score, whether
/// it is right). None where nothing is right.
pub fn points(decisions: &[(f32, bool)]) -> Vec<Point> {
    let mut sorted = decisions.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let right = sorted.iter().filter(|(_, right)| *right).count();
    if right == 0 {
        return Vec::new();
    }
    let (mut hits, mut points) = (0usize, Vec::<Point>::new());
    for ((threshold, is_right), accepted) in sorted.into_iter().zip(1usize..) {
        hits += usize::from(is_right);
        let precision = hits as f64 / accepted as f64;
        let point = Point { threshold, precision, recall: hits as f64 / right as f64, accepted };
        // equal scores are accepted together
        match points.last_mut() {
            Some(last) if last.threshold.total_cmp(&threshold).is_eq() => *last = point,
            _ => points.push(point),
        }
    }
    points
}

/// The most precise of `points` that reaches `recall`; of equals the one that accepts most.
pub fn at_recall(points: &[Point], recall: f64) -> Option<Point> {
    let reaching = points.iter().filter(|point| point.recall >= recall - 1e-12);
    reaching.copied().max_by(|a, b| a.precision.total_cmp(&b.precision).then(a.accepted.cmp(&b.accepted)))
}

/// The point of the highest F1.
pub fn best_f1(points: &[Point]) -> Option<Point> {
    points.iter().copied().max_by(|a, b| a.f1().total_cmp(&b.f1()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DECISIONS: [(f32, bool); 5] = [(0.2, false), (0.9, true), (0.5, true), (0.5, false), (0.4, true)];

    /// By hand: 0.9 accepts 1 right; 0.5 accepts 2 of 3; 0.4 accepts 3 of 4; 0.2 accepts 3 of 5.
    #[test]
    fn the_curve_worked_out_by_hand() {
        let told: Vec<_> = points(&DECISIONS)
            .iter()
            .map(|point| (point.accepted, (point.precision * 100.0).round(), (point.recall * 100.0).round()))
            .collect();
        assert_eq!(told, [(1, 100.0, 33.0), (3, 67.0, 67.0), (4, 75.0, 100.0), (5, 60.0, 100.0)]);
    }

    #[test]
    fn the_best_points() {
        let points = points(&DECISIONS);
        assert_eq!(at_recall(&points, 0.7).map(|point| point.accepted), Some(4));
        assert_eq!(at_recall(&points, 0.3).map(|point| point.accepted), Some(1));
        assert_eq!(best_f1(&points).map(|point| point.accepted), Some(4));
    }

    #[test]
    fn nothing_right_has_no_curve() {
        assert_eq!(points(&[(0.5, false)]), []);
        assert_eq!(at_recall(&[], 0.5), None);
    }
}
