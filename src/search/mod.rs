//! STUB: discarded when the real engine is merged.

mod request;
mod response;

use std::sync::Arc;

pub use request::{FacetField, Filter, GroupBy, MAX_LIMIT, MAX_QUERY, MAX_TEXT, Mode, SearchRequest, SimilarRequest, Values};
pub use response::{Answer, ClauseIndex, Component, Explain, FacetCount, Group, Hit};

use crate::error::{Error, Kind, Result};
use crate::index::{ClauseRef, Generation};
use crate::model::Span;

/// STUB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelState {
    /// STUB.
    Present(String),
    /// STUB.
    Absent,
}

/// STUB.
#[derive(Clone, Debug)]
pub struct Engine {
    generation: Option<Arc<Generation>>,
}

impl Engine {
    /// STUB.
    pub fn stub(generation: Option<Generation>) -> Self {
        Self { generation: generation.map(Arc::new) }
    }

    /// STUB.
    pub fn generation(&self) -> Option<Arc<Generation>> {
        self.generation.clone()
    }

    /// STUB.
    pub fn model(&self) -> ModelState {
        ModelState::Absent
    }

    /// STUB.
    pub fn search(&self, request: &SearchRequest) -> Result<(Arc<Generation>, Answer)> {
        if request.query.trim().is_empty() {
            return Err(Error::invalid("empty_query", "query", "the query is empty"));
        }
        if request.query.chars().count() > MAX_QUERY {
            return Err(Error::invalid("query_too_long", "query", "the query is longer than 2000 characters"));
        }
        if request.limit == 0 || request.limit > MAX_LIMIT {
            return Err(Error::invalid("invalid_limit", "limit", "limit must be 1 to 100"));
        }
        let generation = self.generation().ok_or_else(|| Error::new(Kind::Unavailable, "no_generation", "no index yet"))?;
        let mut hits = scored(&generation, &request.query, |found| {
            let region = found.document.region.as_ref().map(|region| region.code.as_str());
            request.filter.region.is_empty() || request.filter.region.as_slice().iter().any(|code| Some(code.as_str()) == region)
        });
        let total = hits.len();
        let mut facets = std::collections::BTreeMap::new();
        for field in &request.facets {
            facets.insert(*field, counts(&generation, &hits, *field));
        }
        hits.truncate(request.limit);
        let groups = if request.group_by.is_some() {
            vec![Group { key: "340603".into(), label: "相山区".into(), hits: 0..hits.len(), total }]
        } else {
            vec![]
        };
        let next_cursor = (total > hits.len()).then(|| "c2".to_owned());
        Ok((generation, Answer { hits, groups, total, facets, next_cursor, notices: vec!["model_absent"] }))
    }

    /// STUB.
    pub fn similar(&self, request: &SimilarRequest) -> Result<(Arc<Generation>, Answer)> {
        let generation = self.generation().ok_or_else(|| Error::new(Kind::Unavailable, "no_generation", "no index yet"))?;
        let id = request.clause_id.clone().unwrap_or_default();
        let text = match (&request.clause_id, &request.text) {
            (Some(id), None) => {
                let (_, found) = generation
                    .find_clause(id)
                    .ok_or_else(|| Error::new(Kind::NotFound, "unknown_clause", format!("no clause {id:?}")))?;
                found.clause.text.clone()
            }
            (None, Some(text)) => text.clone(),
            _ => return Err(Error::invalid("one_of", "clause_id", "give exactly one of clause_id and text")),
        };
        let mut hits = scored(&generation, &text, |found| {
            found.clause.id.as_str() != id
                && !(request.exclude_same_document && id.starts_with(found.document.id.as_str()))
        });
        let total = hits.len();
        hits.truncate(request.limit);
        Ok((generation, Answer { hits, total, ..Answer::default() }))
    }
}

fn counts(generation: &Generation, hits: &[Hit], field: FacetField) -> Vec<FacetCount> {
    let mut counts: std::collections::BTreeMap<(String, String), usize> = std::collections::BTreeMap::new();
    for hit in hits {
        let Some(found) = generation.clause(hit.clause) else { continue };
        let values: Vec<(String, String)> = match field {
            FacetField::Region => found.document.region.iter().map(|r| (r.code.clone(), r.name.clone())).collect(),
            FacetField::Year => found.document.year.iter().map(|y| (y.to_string(), y.to_string())).collect(),
            FacetField::Domain => found.clause.facts.domain.iter().map(|d| (d.clone(), d.clone())).collect(),
            FacetField::Unit => found.clause.facts.units.iter().map(|u| (u.canonical.clone(), u.canonical.clone())).collect(),
            FacetField::Kind => {
                let kind = serde_json::to_value(found.clause.kind).unwrap_or_default();
                vec![(kind.as_str().unwrap_or_default().to_owned(), kind.as_str().unwrap_or_default().to_owned())]
            }
            _ => vec![],
        };
        for value in values {
            *counts.entry(value).or_default() += 1;
        }
    }
    let mut counts: Vec<FacetCount> =
        counts.into_iter().map(|((value, label), count)| FacetCount { value, label, count }).collect();
    counts.sort_by_key(|count| std::cmp::Reverse(count.count));
    counts
}

fn scored(generation: &Generation, query: &str, keep: impl Fn(&ClauseRef<'_>) -> bool) -> Vec<Hit> {
    let query: Vec<char> = query.chars().filter(|c| c.is_alphanumeric()).collect();
    let mut hits = Vec::new();
    for found in generation.clauses().filter(keep) {
        let text: Vec<char> = found.clause.text.chars().collect();
        let mut matched = vec![false; text.len()];
        let mut seen = std::collections::BTreeSet::new();
        for (at, pair) in text.windows(2).enumerate() {
            if query.windows(2).any(|q| q == pair) {
                seen.insert((pair[0], pair[1]));
                matched[at] = true;
                matched[at + 1] = true;
            }
        }
        if seen.is_empty() {
            continue;
        }
        let mut highlights: Vec<Span> = Vec::new();
        for (at, hit) in matched.iter().enumerate().filter(|(_, hit)| **hit) {
            let _ = hit;
            let at = at as u32;
            match highlights.last_mut() {
                Some(last) if last.end == at => last.end = at + 1,
                _ => highlights.push(Span { start: at, end: at + 1 }),
            }
        }
        let score = seen.len() as f32 / query.len().max(2) as f32;
        let best_sentence = highlights.first().map(|first| {
            let start = text[..first.start as usize].iter().rposition(|c| "。；\n".contains(*c)).map_or(0, |at| at + 1);
            let end = text[first.end as usize..].iter().position(|c| "。；\n".contains(*c)).map_or(text.len(), |at| at + 1 + first.end as usize);
            Span { start: start as u32, end: end as u32 }
        });
        let explain = Some(Explain {
            components: vec![
                Component { name: "bm25_word", label: "词语匹配", value: score, weight: 0.8, contribution: score * 0.8 },
                Component { name: "sentence_max", label: "最相近的一句", value: 0.41, weight: 1.0, contribution: 0.41 },
            ],
        });
        hits.push(Hit { clause: found.index, score, relevance: score.min(1.0), highlights, best_sentence, explain });
    }
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.clause.cmp(&b.clause)));
    hits
}
