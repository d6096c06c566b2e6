//! Measures over a gold set.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::error::Result;
use crate::eval::gold::{GoldCluster, GoldQuery};
use crate::index::{ClauseIndex, Generation};
use crate::search::{Engine, SearchRequest, SimilarRequest};
use crate::text::fold::fold_width;

/// Hits longer than this, in characters, gain nothing: a whole section answers every query.
const MAX_GAINING: usize = 1_200;

/// nDCG@10 of each query, by kind.
#[derive(Clone, Debug, Default)]
pub struct Scores {
    /// (qid, kind, nDCG@10), in the order of the gold set.
    pub queries: Vec<(String, String, f64)>,
    /// Mean recall@10.
    pub recall: f64,
    /// Share of queries whose first hit has the highest grade.
    pub first: f64,
}

impl Scores {
    /// Mean nDCG@10.
    pub fn ndcg(&self) -> f64 {
        mean(self.queries.iter().map(|query| query.2))
    }

    /// Mean nDCG@10 by kind.
    pub fn by_kind(&self) -> BTreeMap<&str, f64> {
        let kinds: BTreeSet<&str> = self.queries.iter().map(|query| query.1.as_str()).collect();
        let of_kind =
            |kind: &str| mean(self.queries.iter().filter(|query| query.1 == kind).map(|query| query.2));
        kinds.into_iter().map(|kind| (kind, of_kind(kind))).collect()
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0usize), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { sum / count as f64 }
}

/// Anchors and clauses are compared without white space and with width folded.
fn squeeze(text: &str) -> String {
    text.chars().map(fold_width).filter(|c| !c.is_whitespace()).collect()
}

/// Runs every query and measures the first ten hits.
pub fn score_search(engine: &Engine, gold: &[GoldQuery]) -> Result<Scores> {
    let mut scores = Scores::default();
    let (mut recall, mut first) = (Vec::new(), Vec::new());
    for query in gold {
        let mut wanted: BTreeMap<(&str, &str), (u32, Vec<String>)> = BTreeMap::new();
        for judgement in &query.relevant {
            let entry = wanted.entry((&judgement.seed, &judgement.clause)).or_default();
            entry.0 = entry.0.max(judgement.grade);
            entry.1.push(squeeze(&judgement.anchor));
        }
        let request =
            SearchRequest { filter: query.filters.clone(), limit: 10, ..SearchRequest::new(&query.query) };
        let (generation, answer) = engine.search(&request)?;
        let mut found: HashSet<(&str, &str)> = HashSet::new();
        let mut gains = Vec::new();
        for hit in &answer.hits {
            let Some(clause) = generation.clause(hit.clause) else { continue };
            let text = squeeze(&clause.clause.text);
            let holds = |key: &(&str, &str), anchors: &[String]| {
                clause.document.file.starts_with(key.0)
                    && !found.contains(key)
                    && anchors.iter().any(|anchor| text.contains(anchor))
            };
            let matched: Vec<_> = if text.chars().count() > MAX_GAINING {
                Vec::new()
            } else {
                wanted
                    .iter()
                    .filter(|(key, (_, anchors))| holds(key, anchors))
                    .map(|(key, (grade, _))| (*key, *grade))
                    .collect()
            };
            gains.push(matched.iter().map(|(_, grade)| *grade).max().unwrap_or(0));
            found.extend(matched.into_iter().map(|(key, _)| key));
        }
        let mut ideal: Vec<u32> = wanted.values().map(|(grade, _)| *grade).collect();
        ideal.sort_unstable_by(|a, b| b.cmp(a));
        ideal.truncate(10);
        scores.queries.push((query.qid.clone(), query.kind.clone(), dcg(&gains) / dcg(&ideal)));
        recall.push(found.len() as f64 / wanted.len().min(10) as f64);
        first.push(f64::from(u8::from(gains.first() == Some(&2))));
    }
    scores.recall = mean(recall.into_iter());
    scores.first = mean(first.into_iter());
    Ok(scores)
}

/// Discounted cumulative gain.
fn dcg(grades: &[u32]) -> f64 {
    grades
        .iter()
        .zip(2u32..)
        .map(|(grade, place)| (f64::from(2u32.pow(*grade)) - 1.0) / f64::from(place).log2())
        .sum()
}

/// How often the nearest clause of another document is the same measure.
#[derive(Clone, Copy, Debug, Default)]
pub struct SimilarScores {
    /// Share of (member, other document) pairs whose best hit there is a member.
    pub region_p1: f64,
    /// How many pairs there are.
    pub pairs: usize,
    /// Anchors that no clause holds.
    pub lost: usize,
}

/// Asks for measures like each member of each cluster.
pub fn score_similar(engine: &Engine, gold: &[GoldCluster]) -> Result<SimilarScores> {
    let Some(generation) = engine.generation() else { return Ok(SimilarScores::default()) };
    let texts: Vec<(String, String)> = generation
        .clauses()
        .map(|clause| (clause.document.file.clone(), squeeze(&clause.clause.text)))
        .collect();
    let mut same: BTreeMap<ClauseIndex, BTreeSet<ClauseIndex>> = BTreeMap::new();
    let mut lost = 0;
    for cluster in gold {
        let located: Vec<Option<ClauseIndex>> =
            cluster.members.iter().map(|member| locate(&texts, &member.seed, &member.anchor)).collect();
        lost += located.iter().filter(|clause| clause.is_none()).count();
        let members: Vec<ClauseIndex> = located.into_iter().flatten().collect();
        for &member in &members {
            let others = members
                .iter()
                .copied()
                .filter(|&other| file(&generation, other) != file(&generation, member));
            same.entry(member).or_default().extend(others);
        }
    }
    let (mut hits, mut pairs) = (0usize, 0usize);
    for (member, others) in same.iter().filter(|(_, others)| !others.is_empty()) {
        let Some(clause) = generation.clause(*member) else { continue };
        let request = SimilarRequest {
            limit: 50,
            exclude_same_document: true,
            ..SimilarRequest::to_clause(clause.clause.id.as_str())
        };
        let (_, answer) = engine.similar(&request)?;
        let mut best: HashMap<String, ClauseIndex> = HashMap::new();
        for hit in &answer.hits {
            best.entry(file(&generation, hit.clause)).or_insert(hit.clause);
        }
        let documents: BTreeSet<String> = others.iter().map(|other| file(&generation, *other)).collect();
        pairs += documents.len();
        hits += documents
            .iter()
            .filter(|document| best.get(*document).is_some_and(|clause| others.contains(clause)))
            .count();
    }
    Ok(SimilarScores { region_p1: hits as f64 / pairs.max(1) as f64, pairs, lost })
}

fn file(generation: &Generation, clause: ClauseIndex) -> String {
    generation.clause(clause).map(|clause| clause.document.file.clone()).unwrap_or_default()
}

/// The shortest clause that holds the anchor.
fn locate(texts: &[(String, String)], seed: &str, anchor: &str) -> Option<ClauseIndex> {
    let anchor = squeeze(anchor);
    let holding =
        texts.iter().zip(0u32..).filter(|((file, text), _)| file.starts_with(seed) && text.contains(&anchor));
    holding.min_by_key(|((_, text), _)| text.chars().count()).map(|(_, clause)| clause)
}
