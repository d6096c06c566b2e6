//! Running a set of queries, and what came of it by kind of query.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::measure::{DEPTH, Measures, measure};
use super::query_set::{GradedQuery, QuerySet};
use super::source::{Found, Source};
use super::trec::Run;
use crate::error::{Error, Result};
use crate::search::{Mode, SearchRequest};

/// The measures of every query of a set.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// One entry a query, in the order of the set.
    pub queries: Vec<QueryScore>,
}

/// The measures of one query.
#[derive(Clone, Debug, Serialize)]
pub struct QueryScore {
    /// Its name.
    pub qid: String,
    /// What kind of query it is.
    pub kind: String,
    /// The words.
    pub query: String,
    /// How well it was answered.
    #[serde(flatten)]
    pub measures: Measures,
}

impl Report {
    /// Means over all queries.
    pub fn mean(&self) -> Measures {
        Measures::mean(self.queries.iter().map(|query| &query.measures))
    }

    /// Means by kind of query, with how many there are.
    pub fn by_kind(&self) -> BTreeMap<&str, (usize, Measures)> {
        let kinds: BTreeSet<&str> = self.queries.iter().map(|query| query.kind.as_str()).collect();
        let of_kind = |kind: &str| {
            let queries: Vec<&Measures> =
                self.queries.iter().filter(|query| query.kind == kind).map(|query| &query.measures).collect();
            (queries.len(), Measures::mean(queries))
        };
        kinds.into_iter().map(|kind| (kind, of_kind(kind))).collect()
    }
}

impl QueryScore {
    /// The score of `query` for a ranking of `hits`.
    fn new(set: &QuerySet, query: &GradedQuery, hits: &[Found]) -> Self {
        let held: Vec<Vec<usize>> = hits.iter().map(|hit| query.held_by(hit)).collect();
        let grades: Vec<u32> = query.grades().collect();
        Self {
            qid: query.qid.clone(),
            kind: query.kind.clone(),
            query: query.query.clone(),
            measures: measure(&grades, &held, set.answering),
        }
    }
}

/// Asks `source` every query of `set`, and measures the first fifty hits.
pub fn run_search(source: &dyn Source, set: &QuerySet, mode: Mode) -> Result<(Report, Run)> {
    let (mut report, mut run) = (Report::default(), Run::default());
    for query in &set.queries {
        let hits = source.search(&request(query, mode))?;
        report.queries.push(QueryScore::new(set, query, &hits));
        let ranking = hits.into_iter().map(|hit| (hit.id, hit.score)).collect();
        run.rankings.push((query.qid.clone(), ranking));
    }
    Ok((report, run))
}

/// (score, whether the hit holds anything wanted) of the first fifty hits of every query of `set`: what
/// a curve from score to relevance is fitted on.
pub fn score_points(source: &dyn Source, set: &QuerySet, mode: Mode) -> Result<Vec<(f64, bool)>> {
    let mut points = Vec::new();
    for query in &set.queries {
        let hits = source.search(&request(query, mode))?;
        points.extend(hits.iter().map(|hit| (f64::from(hit.score), !query.held_by(hit).is_empty())));
    }
    Ok(points)
}

/// What `query` asks of a source.
fn request(query: &GradedQuery, mode: Mode) -> SearchRequest {
    SearchRequest {
        mode,
        filter: query.filter.clone(),
        limit: DEPTH,
        ..SearchRequest::new(query.query.clone())
    }
}

/// Measures a run that was made before. `clauses` are the texts that gold anchors are looked up in;
/// a set of qrels needs none. A query that the run lacks counts as unanswered.
pub fn measure_run(run: &Run, set: &QuerySet, clauses: &BTreeMap<String, Found>) -> Result<Report> {
    if !set.queries.iter().any(|query| run.ranking(&query.qid).is_some()) {
        let message = "run: it answers no query of the set";
        return Err(Error::invalid("foreign_run", "run", message));
    }
    let mut report = Report::default();
    for query in &set.queries {
        let ranking = run.ranking(&query.qid).unwrap_or_default();
        let mut hits = Vec::with_capacity(ranking.len());
        for (id, score) in ranking {
            let clause = match clauses.get(id) {
                Some(clause) => clause.clone(),
                None if clauses.is_empty() => Found { id: id.clone(), ..Found::default() },
                None => return Err(unknown(id)),
            };
            hits.push(Found { score: *score, ..clause });
        }
        report.queries.push(QueryScore::new(set, query, &hits));
    }
    Ok(report)
}

fn unknown(id: &str) -> Error {
    let message = format!("run: there is no clause {id:?} in the index; was the run made with another one?");
    Error::invalid("unknown_clause", "run", message)
}

#[cfg(test)]
mod tests {
    use super::super::query_set::{Sought, Wanted};
    use super::*;

    fn set() -> QuerySet {
        let wanted = vec![Wanted { grade: 1, sought: Sought::Clause("a:1".to_owned()) }];
        let query = |qid: &str, kind: &str| GradedQuery {
            qid: qid.to_owned(),
            kind: kind.to_owned(),
            query: String::new(),
            filter: crate::search::Filter::default(),
            wanted: wanted.clone(),
        };
        QuerySet::new(vec![query("q1", "exact"), query("q2", "question")])
    }

    fn run(qid: &str) -> Run {
        Run { rankings: vec![(qid.to_owned(), vec![("a:1".to_owned(), 1.0)])] }
    }

    #[test]
    fn a_query_that_the_run_lacks_counts_as_unanswered() {
        let report = measure_run(&run("q1"), &set(), &BTreeMap::new()).expect("measured");
        assert_eq!((report.mean().ndcg_10, report.mean().p_1), (0.5, 0.5));
        let by_kind = report.by_kind();
        assert_eq!(by_kind.get("exact").map(|(count, mean)| (*count, mean.mrr_10)), Some((1, 1.0)));
    }

    #[test]
    fn runs_of_another_set_or_index_are_refused() {
        let error = measure_run(&run("other"), &set(), &BTreeMap::new()).expect_err("refused");
        assert_eq!(error.code(), "foreign_run");
        let clauses = BTreeMap::from([("b:1".to_owned(), Found::default())]);
        let error = measure_run(&run("q1"), &set(), &clauses).expect_err("refused");
        assert_eq!(error.code(), "unknown_clause");
    }
}
