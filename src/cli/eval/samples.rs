//! The features of every candidate of a set's queries.

use crate::error::Result;
use crate::eval::{Candidate, Found, QuerySet, Sample};
use crate::search::{Engine, SearchRequest};

/// Asks `engine` for the candidates of every query of `set`.
pub(super) fn samples(engine: &Engine, set: &QuerySet) -> Result<Vec<Sample>> {
    let mut samples = Vec::with_capacity(set.queries.len());
    for query in &set.queries {
        let request =
            SearchRequest { filter: query.filter.clone(), ..SearchRequest::new(query.query.clone()) };
        let (generation, found) = engine.features(&request)?;
        let candidates = found.into_iter().filter_map(|(clause, features)| {
            let clause = Found::from(generation.clause(clause)?);
            Some(Candidate { features: features.to_vec(), held: query.held_by(&clause) })
        });
        samples.push(Sample {
            qid: query.qid.clone(),
            kind: query.kind.clone(),
            query: query.query.clone(),
            grades: query.grades().collect(),
            candidates: candidates.collect(),
        });
    }
    Ok(samples)
}
