//! The clauses that may be worth ranking: the best of every leg, found by the cluster in one request.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fixedbitset::FixedBitSet;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::generation::{ClauseIndex, admits};
use super::super::keyword::KeywordField;
use super::client::{READING, Reply, Request, strange};
use super::evidence::{Evidence, gone};
use super::remote::{Remote, Scope, TERMS as COUNTED, name_of};
use crate::error::{Error, Kind, Result};

/// Terms of one leg: a query may have at most 1,024. Of a longer text the rarest count.
const TERMS: usize = 900;
/// Vectors that are asked for per clause that is wanted: a clause has several, and shares some.
const VECTORS: usize = 3;
/// Vectors that one search can be asked for.
const MAX_VECTORS: usize = 10_000;
/// Regions of which the best are asked for.
const REGIONS: usize = 4_000;

/// What clauses are found by.
#[derive(Clone, Debug)]
pub enum Leg<'a> {
    /// The `limit` best by BM25 of the weighted `terms`.
    Terms {
        /// Where the terms stand.
        field: KeywordField,
        /// Terms and how much each counts.
        terms: &'a BTreeMap<String, f32>,
        /// Clauses that are wanted.
        limit: usize,
    },
    /// The `limit` best of every region by the same.
    OfRegions {
        /// Where the terms stand.
        field: KeywordField,
        /// Terms and how much each counts.
        terms: &'a BTreeMap<String, f32>,
        /// Clauses that are wanted of a region.
        limit: usize,
    },
    /// About `limit` clauses with a passage near to a quantised vector.
    Nearest {
        /// The vector, `[dimensions]`.
        vector: &'a [i8],
        /// Clauses that are wanted.
        limit: usize,
    },
    /// These, whatever they hold.
    Clauses(Vec<ClauseIndex>),
}

impl Leg<'_> {
    /// The terms that it weighs.
    fn terms(&self) -> impl Iterator<Item = (KeywordField, &str)> {
        let weighed = match self {
            Self::Terms { field, terms, .. } | Self::OfRegions { field, terms, .. } => Some((*field, *terms)),
            Self::Nearest { .. } | Self::Clauses(_) => None,
        };
        weighed.into_iter().flat_map(|(field, terms)| terms.keys().map(move |term| (field, term.as_str())))
    }
}

/// One search of a request.
pub(super) struct Search<'a> {
    pub indices: &'a [String],
    /// Whether its scores must be those of one index: terms then count the same in every segment, for one more
    /// round among the nodes.
    pub is_ranked: bool,
    pub body: Value,
}

/// What one search found.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub hits: Vec<Hit>,
    pub aggregations: Value,
}

/// A document that was found, and the places of the clauses that it is about.
#[derive(Debug)]
pub(super) struct Hit {
    pub index: String,
    pub places: Vec<u32>,
}

#[derive(Deserialize)]
struct Answers {
    responses: Vec<RawAnswer>,
}

#[derive(Deserialize)]
struct RawAnswer {
    #[serde(default)]
    error: Option<Value>,
    #[serde(default)]
    status: u16,
    #[serde(default)]
    timed_out: bool,
    #[serde(default, rename = "_shards")]
    shards: Shards,
    #[serde(default)]
    hits: RawHits,
    #[serde(default)]
    aggregations: Value,
}

#[derive(Default, Deserialize)]
struct Shards {
    #[serde(default)]
    failed: u64,
}

#[derive(Default, Deserialize)]
struct RawHits {
    #[serde(default)]
    hits: Vec<RawHit>,
}

#[derive(Deserialize)]
struct RawHit {
    #[serde(rename = "_index")]
    index: String,
    #[serde(default)]
    fields: Places,
}

#[derive(Default, Deserialize)]
struct Places {
    #[serde(default)]
    place: Vec<u32>,
    #[serde(default)]
    places: Vec<u32>,
}

impl RawAnswer {
    /// Whether every shard answered in time, or asking again would change nothing.
    fn is_final(&self) -> bool {
        let is_refused = self.error.is_some() && (400..429).contains(&self.status);
        is_refused || (self.error.is_none() && !self.timed_out && self.shards.failed == 0)
    }

    fn is_of_gone(&self) -> bool {
        let kind = self.error.as_ref().and_then(|error| error.get("type")?.as_str());
        kind == Some("index_not_found_exception")
    }
}

impl From<RawHit> for Hit {
    fn from(raw: RawHit) -> Self {
        let Places { mut place, places } = raw.fields;
        place.extend(places);
        Self { index: raw.index, places: place }
    }
}

impl Remote {
    /// The clauses that any of `legs` finds `within` the filter, in order, each with its evidence.
    pub(in crate::index) fn gather(
        &self,
        legs: &[Leg<'_>],
        within: Option<&FixedBitSet>,
    ) -> Result<Vec<(ClauseIndex, Arc<Evidence>)>> {
        let by_terms = self.scope(within, "place");
        let by_vectors = self.scope(within, "places");
        let everything = self.scope(None, "place");
        let mut found = BTreeSet::new();
        let mut searches = Vec::new();
        for leg in legs {
            let is_ranked = !matches!(leg, Leg::Nearest { .. });
            let scope = if is_ranked { &by_terms } else { &by_vectors };
            match (leg, scope) {
                (Leg::Clauses(clauses), _) => found.extend(clauses.iter().copied()),
                (leg, Some(scope)) => {
                    let body = self.search_of(leg, scope)?;
                    searches.extend(body.map(|body| Search { indices: &scope.indices, is_ranked, body }));
                }
                (_, None) => {}
            }
        }
        // Ranking will ask how many clauses hold each term: the same request brings that.
        let terms = self.unknown(legs.iter().flat_map(Leg::terms));
        let counted: Vec<_> = if everything.is_some() { terms.chunks(COUNTED).collect() } else { Vec::new() };
        let found_by = searches.len();
        if let Some(scope) = &everything {
            searches.extend(counted.iter().map(|terms| Self::count(terms, scope)));
        }
        let mut answers = self.search(&searches)?;
        let counts = answers.split_off(found_by.min(answers.len()));
        for (terms, answer) in counted.iter().zip(&counts) {
            self.remember(terms, answer)?;
        }
        for answer in answers {
            let of_regions = best_of_regions(&answer.aggregations)?;
            for hit in answer.hits.iter().chain(&of_regions) {
                // A vector that several clauses share may be found for one of them and stand in others too.
                found.extend(self.positions(hit).filter(|clause| admits(within, *clause)));
            }
        }
        let clauses: Vec<ClauseIndex> = found.into_iter().collect();
        let evidence = self.evidence(&clauses)?;
        Ok(clauses.into_iter().zip(evidence).collect())
    }

    fn search_of(&self, leg: &Leg<'_>, scope: &Scope) -> Result<Option<Value>> {
        Ok(match leg {
            Leg::Terms { terms, .. } | Leg::OfRegions { terms, .. } if terms.is_empty() => None,
            Leg::Terms { field, terms, limit } => Some(json!({
                "size": limit, "stored_fields": "_none_", "docvalue_fields": ["place"], "track_total_hits": false,
                "query": self.any_of(*field, terms, scope)?,
            })),
            Leg::OfRegions { field, terms, limit } => {
                let best = json!({"top_hits": {"size": limit, "stored_fields": "_none_", "docvalue_fields": ["place"]}});
                Some(json!({
                    "size": 0,
                    "query": self.any_of(*field, terms, scope)?,
                    "aggs": {"regions": {"terms": {"field": "region", "size": REGIONS}, "aggs": {"best": best}}},
                }))
            }
            Leg::Nearest { vector, limit } => {
                let count = (limit * VECTORS).min(MAX_VECTORS);
                let mut near = json!({"vector": vector, "k": count});
                if let Some(filter) = &scope.filter {
                    near["filter"] = filter.clone();
                }
                Some(json!({
                    "size": count, "stored_fields": "_none_", "docvalue_fields": ["places"],
                    "track_total_hits": false,
                    "query": {"knn": {"vector": near}},
                }))
            }
            Leg::Clauses(_) => None,
        })
    }

    /// The query for clauses with any of `terms`.
    fn any_of(&self, field: KeywordField, terms: &BTreeMap<String, f32>, scope: &Scope) -> Result<Value> {
        let name = name_of(field);
        let term =
            |(text, weight): &(&String, &f32)| json!({"term": {name: {"value": text, "boost": weight}}});
        let terms: Vec<Value> = self.rarest(field, terms)?.iter().map(term).collect();
        let mut query = json!({"should": terms, "minimum_should_match": 1});
        if let Some(filter) = &scope.filter {
            query["filter"] = json!([filter]);
        }
        Ok(json!({"bool": query}))
    }

    fn rarest<'a>(
        &self,
        field: KeywordField,
        terms: &'a BTreeMap<String, f32>,
    ) -> Result<Vec<(&'a String, &'a f32)>> {
        let mut terms: Vec<(&String, &f32)> = terms.iter().collect();
        if terms.len() > TERMS {
            let texts: Vec<&str> = terms.iter().map(|(text, _)| text.as_str()).collect();
            let mut counted: Vec<_> = self.frequencies(field, &texts)?.into_iter().zip(terms).collect();
            counted.retain(|(count, _)| *count > 0);
            counted.sort_by_key(|(count, _)| *count);
            terms = counted.into_iter().take(TERMS).map(|(_, term)| term).collect();
        }
        Ok(terms)
    }

    /// The answers to `searches`, in their order, from every shard; it is an error where one does not answer.
    pub(super) fn search(&self, searches: &[Search<'_>]) -> Result<Vec<Answer>> {
        if searches.is_empty() {
            return Ok(Vec::new());
        }
        let mut body = String::new();
        for Search { indices, is_ranked, body: search } in searches {
            let kind = if *is_ranked { "dfs_query_then_fetch" } else { "query_then_fetch" };
            let head = json!({"index": indices, "search_type": kind});
            for line in [&head, search] {
                body.push_str(&line.to_string());
                body.push('\n');
            }
        }
        let request =
            Request { is_lines: true, patience: READING, ..Request::post("/_msearch", body.as_bytes()) };
        let reply = self.cluster().client().send_until(request, |reply| {
            answers(reply).map_or(true, |answers| answers.iter().all(RawAnswer::is_final))
        })?;
        let answers = answers(&reply)?;
        if answers.iter().any(RawAnswer::is_of_gone) {
            return Err(gone());
        }
        if let Some(error) = answers.iter().find_map(|answer| answer.error.as_ref()) {
            let said: String = error.to_string().chars().take(500).collect();
            return Err(strange("_msearch", &said));
        }
        if answers.len() != searches.len() {
            return Err(strange("_msearch", &"another number of answers than of searches"));
        }
        let answer = |raw: RawAnswer| Answer {
            hits: raw.hits.hits.into_iter().map(Hit::from).collect(),
            aggregations: raw.aggregations,
        };
        Ok(answers.into_iter().map(answer).collect())
    }
}

fn answers(reply: &Reply) -> Result<Vec<RawAnswer>> {
    reply.read::<Answers>("_msearch").map(|answers| answers.responses)
}

fn best_of_regions(aggregations: &Value) -> Result<Vec<Hit>> {
    let Some(regions) = aggregations.pointer("/regions/buckets").and_then(Value::as_array) else {
        return Ok(Vec::new());
    };
    let others = aggregations.pointer("/regions/sum_other_doc_count").and_then(Value::as_u64).unwrap_or(0);
    if others > 0 {
        let message = format!("more than {REGIONS} regions cannot be compared at once; narrow the filter");
        return Err(Error::new(Kind::TooLarge, "too_many_regions", message));
    }
    let mut found = Vec::new();
    for region in regions {
        let hits = region.pointer("/best/hits").cloned().unwrap_or_default();
        let hits: RawHits = serde_json::from_value(hits).map_err(|error| strange("_msearch", &error))?;
        found.extend(hits.hits.into_iter().map(Hit::from));
    }
    Ok(found)
}
