//! The measures that the atlas finds against clusters judged by people.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::source::Found;

/// Precision and recall over pairs of clauses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct PairFigures {
    /// Share of the found pairs that people judged to be one measure.
    pub precision: f64,
    /// Share of the pairs judged to be one measure that are found.
    pub recall: f64,
    /// The harmonic mean of the two.
    pub f1: f64,
    /// Pairs found.
    pub found: usize,
    /// Pairs judged to be one measure.
    pub judged: usize,
}

/// How well found measures agree with judged clusters. Only pairs of which both clauses hold an anchor of
/// some cluster are counted, each once: found when one measure has both, right when one cluster has both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct AtlasFigures {
    /// Pairs of clauses of different documents: what the atlas is for.
    pub across: PairFigures,
    /// All pairs, those within one document included.
    pub all: PairFigures,
}

/// Compares `measure_of`, which names each clause's measure, with `clusters`.
pub fn score_measures(clusters: &[Vec<Found>], measure_of: impl Fn(&str) -> Option<String>) -> AtlasFigures {
    let clauses: BTreeMap<&str, &str> =
        clusters.iter().flatten().map(|clause| (clause.id.as_str(), clause.file.as_str())).collect();
    let mut judged: BTreeSet<(&str, &str)> = BTreeSet::new();
    for cluster in clusters {
        let ids: BTreeSet<&str> = cluster.iter().map(|clause| clause.id.as_str()).collect();
        judged.extend(pairs(&ids.into_iter().collect::<Vec<_>>()));
    }
    let mut members: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for id in clauses.keys() {
        if let Some(measure) = measure_of(id) {
            members.entry(measure).or_default().push(id);
        }
    }
    let found: BTreeSet<(&str, &str)> = members.values().flat_map(|ids| pairs(ids)).collect();
    let is_across = |(a, b): &&(&str, &str)| clauses.get(a) != clauses.get(b);
    let across = |pairs: &BTreeSet<_>| pairs.iter().filter(is_across).copied().collect();
    AtlasFigures { across: figures(&across(&found), &across(&judged)), all: figures(&found, &judged) }
}

/// Every two of `ids`, which ascend.
fn pairs<'a>(ids: &[&'a str]) -> Vec<(&'a str, &'a str)> {
    let numbered = ids.iter().enumerate();
    numbered.flat_map(|(at, a)| ids.iter().skip(at + 1).map(move |b| (*a, *b))).collect()
}

fn figures(found: &BTreeSet<(&str, &str)>, judged: &BTreeSet<(&str, &str)>) -> PairFigures {
    let right = found.intersection(judged).count() as f64;
    let precision = right / found.len().max(1) as f64;
    let recall = right / judged.len().max(1) as f64;
    let sum = precision + recall;
    let f1 = if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 };
    PairFigures { precision, recall, f1, found: found.len(), judged: judged.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(id: &str) -> Found {
        let file = id.split(':').next().unwrap_or_default().to_owned();
        Found { id: id.to_owned(), file, ..Found::default() }
    }

    /// By hand: people judged {a:1, b:1, b:2} and {a:2, b:1}; the measures are {a:1, b:1} and {a:2, b:2}.
    /// Across: judged a1-b1, a1-b2, a2-b1; found a1-b1, a2-b2. All: judged b1-b2 too.
    #[test]
    fn pairs_worked_out_by_hand() {
        let clusters = [vec!["a:1", "b:1", "b:2"], vec!["a:2", "b:1"]];
        let clusters = clusters.map(|ids| ids.into_iter().map(clause).collect::<Vec<_>>());
        let measure_of = |id: &str| Some(if id.ends_with('1') { "m" } else { "n" }.to_owned());
        let scored = score_measures(&clusters, measure_of);
        let told = |figures: PairFigures| (figures.found, figures.judged, figures.precision);
        assert_eq!(told(scored.across), (2, 3, 0.5));
        assert_eq!(told(scored.all), (2, 4, 0.5));
        assert!((scored.across.recall - 1.0 / 3.0).abs() < 1e-9 && (scored.across.f1 - 0.4).abs() < 1e-9);
    }
}
