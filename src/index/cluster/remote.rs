//! The inverted index and the vectors of one generation, in the cluster.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use fixedbitset::FixedBitSet;
use parking_lot::Mutex;
use roaring::RoaringBitmap;
use serde_json::{Value, json};

use super::super::generation::{ClauseIndex, admits};
use super::super::keyword::{KeywordField, mean_lengths};
use super::super::placement::Placement;
use super::Cluster;
use super::clauses::in_their_positions;
use super::client::strange;
use super::evidence::{Address, Evidence};
use super::gather::{Answer, Hit, Search};
use crate::error::{Error, Result};
use crate::text::tokenizer::Token;

/// Terms whose numbers of clauses are asked for at a time.
pub(super) const TERMS: usize = 1_000;
/// How often it is tried to read numbers of clauses that were just asked for.
const TRIES: usize = 3;
/// Numbers of clauses that are kept in memory.
const KEPT_FREQUENCIES: usize = 500_000;
/// Sets of clauses that are kept in memory.
const KEPT_SETS: usize = 64;
/// Clauses that the cluster lists at a time: as many as it will.
const PAGE: usize = 10_000;

/// What a generation in the cluster is composed from, beside its records.
#[derive(Debug)]
pub(in crate::index) struct RemoteParts {
    pub cluster: Arc<Cluster>,
    /// For each segment the index that has its clauses.
    pub indices: Vec<String>,
    /// For each segment the numbers of words and of bigrams of its clauses.
    pub lengths: Vec<Arc<Vec<[u32; 2]>>>,
    /// The mean vector of its clauses.
    pub mean: Vec<f32>,
    /// Its words with the number of clauses that hold each.
    pub words: Arc<Vec<(String, u32)>>,
}

/// The clauses of one generation in the cluster.
pub(in crate::index) struct Remote {
    pub(super) parts: Arc<RemoteParts>,
    pub(super) placement: Arc<Placement>,
    averages: [f32; 2],
    frequencies: Mutex<HashMap<(KeywordField, String), u64>>,
    sets: Mutex<HashMap<String, Arc<FixedBitSet>>>,
}

/// The name of a tokenised field.
pub(super) fn name_of(field: KeywordField) -> &'static str {
    match field {
        KeywordField::Word => "words",
        KeywordField::Bigram => "bigrams",
    }
}

impl Remote {
    pub(in crate::index) fn new(parts: Arc<RemoteParts>, placement: Arc<Placement>) -> Self {
        let averages = mean_lengths(parts.lengths.iter().map(|lengths| lengths.as_slice()), &placement);
        Self { parts, placement, averages, frequencies: Mutex::default(), sets: Mutex::default() }
    }

    pub(in crate::index) fn parts(&self) -> &Arc<RemoteParts> {
        &self.parts
    }

    /// Mean number of words and of bigrams of a clause.
    pub(in crate::index) fn averages(&self) -> [f32; 2] {
        self.averages
    }

    /// Its words with the number of clauses that hold each.
    pub(in crate::index) fn words(&self) -> &[(String, u32)] {
        &self.parts.words
    }

    pub(super) fn cluster(&self) -> &Cluster {
        &self.parts.cluster
    }

    /// How many clauses hold each of `terms`.
    pub(in crate::index) fn frequencies(&self, field: KeywordField, terms: &[&str]) -> Result<Vec<u64>> {
        let asked: Vec<(KeywordField, &str)> = terms.iter().map(|term| (field, *term)).collect();
        for _ in 0..TRIES {
            self.learn(&asked)?;
            let known = self.frequencies.lock();
            let counts = terms.iter().map(|term| known.get(&(field, (*term).to_owned())).copied());
            if let Some(counts) = counts.collect() {
                return Ok(counts);
            }
            // Others have filled what is remembered and begun anew.
        }
        Err(Error::internal("numbers of clauses are forgotten too soon"))
    }

    /// Asks how many clauses hold each of `terms`, but for those that are known.
    pub(in crate::index) fn learn(&self, terms: &[(KeywordField, &str)]) -> Result<()> {
        let unknown = self.unknown(terms.iter().copied());
        if unknown.is_empty() {
            return Ok(());
        }
        let Some(scope) = self.scope(None, "place") else {
            let mut known = self.frequencies.lock();
            known.extend(unknown.iter().map(|(field, term)| ((*field, (*term).to_owned()), 0)));
            return Ok(());
        };
        for terms in unknown.chunks(TERMS) {
            let answers = self.search(&[Self::count(terms, &scope)])?;
            self.remember(terms, &answers.into_iter().next().unwrap_or_default())?;
        }
        Ok(())
    }

    /// Of `terms` those whose numbers of clauses are not known, each once.
    pub(super) fn unknown<'a>(
        &self,
        terms: impl Iterator<Item = (KeywordField, &'a str)>,
    ) -> Vec<(KeywordField, &'a str)> {
        let mut known = self.frequencies.lock();
        if known.len() > KEPT_FREQUENCIES {
            known.clear();
        }
        let mut unknown: Vec<_> =
            terms.filter(|(field, term)| !known.contains_key(&(*field, (*term).to_owned()))).collect();
        unknown.sort_unstable();
        unknown.dedup();
        unknown
    }

    /// The search for the numbers of clauses that hold `terms`.
    pub(super) fn count<'a>(terms: &[(KeywordField, &str)], scope: &'a Scope) -> Search<'a> {
        let filter = |(field, term): &(KeywordField, &str)| json!({"term": {name_of(*field): term}});
        let filters: Vec<Value> = terms.iter().map(filter).collect();
        let body = json!({
            "size": 0,
            "query": scope.query(),
            "aggs": {"terms": {"filters": {"filters": filters}}},
        });
        Search { indices: &scope.indices, is_ranked: false, body }
    }

    /// Remembers what [`count`](Self::count) found.
    pub(super) fn remember(&self, terms: &[(KeywordField, &str)], answer: &Answer) -> Result<()> {
        let buckets = answer.aggregations.pointer("/terms/buckets").and_then(Value::as_array);
        let buckets = buckets.filter(|buckets| buckets.len() == terms.len());
        let buckets = buckets.ok_or_else(|| strange("_msearch", &"not as many counts as terms"))?;
        let mut known = self.frequencies.lock();
        for ((field, term), bucket) in terms.iter().zip(buckets) {
            let count = bucket.get("doc_count").and_then(Value::as_u64).unwrap_or(0);
            known.insert((*field, (*term).to_owned()), count);
        }
        Ok(())
    }

    /// The clauses that hold the term `text`.
    pub(in crate::index) fn holding(&self, field: KeywordField, text: &str) -> Result<FixedBitSet> {
        self.matching(&json!({"term": {name_of(field): text}}))
    }

    /// The clauses that hold `tokens`, bigrams, as a phrase.
    pub(in crate::index) fn phrase(&self, tokens: &[Token]) -> Result<FixedBitSet> {
        self.matching(&json!({"match_phrase": {"bigrams": in_their_positions(tokens)}}))
    }

    /// All clauses that satisfy `query`.
    fn matching(&self, query: &Value) -> Result<FixedBitSet> {
        let key = query.to_string();
        if let Some(known) = self.sets.lock().get(&key) {
            return Ok(FixedBitSet::clone(known));
        }
        let mut found = FixedBitSet::with_capacity(self.placement.len());
        for index in &self.parts.indices {
            self.list(index, query, &mut found)?;
        }
        let mut sets = self.sets.lock();
        if sets.len() >= KEPT_SETS {
            sets.clear();
        }
        sets.insert(key, Arc::new(found.clone()));
        Ok(found)
    }

    /// Adds all clauses of `index` that satisfy `query` to `found`, page by page.
    fn list(&self, index: &String, query: &Value, found: &mut FixedBitSet) -> Result<()> {
        let mut after = -1i64;
        loop {
            let body = json!({
                "size": PAGE, "stored_fields": "_none_", "docvalue_fields": ["place"], "track_total_hits": false,
                "query": {"bool": {"filter": [query]}},
                "sort": [{"place": "asc"}], "search_after": [after],
            });
            let hits = self
                .search(&[Search { indices: std::slice::from_ref(index), is_ranked: false, body }])?
                .pop()
                .unwrap_or_default()
                .hits;
            for hit in &hits {
                after = after.max(hit.places.iter().copied().max().map_or(after, i64::from));
                self.positions(hit).for_each(|position| found.insert(position as usize));
            }
            if hits.len() < PAGE {
                return Ok(());
            }
        }
    }

    /// Where in the generation the clauses of `hit` stand; those that are not part of it are left out.
    pub(super) fn positions<'a>(&'a self, hit: &'a Hit) -> impl Iterator<Item = ClauseIndex> + 'a {
        let segment = self.parts.indices.iter().position(|index| *index == hit.index);
        hit.places.iter().filter_map(move |place| self.placement.position(segment?, *place))
    }

    /// The evidence of each of `clauses`.
    pub(in crate::index) fn evidence(&self, clauses: &[ClauseIndex]) -> Result<Vec<Arc<Evidence>>> {
        self.cluster().evidence(&self.addresses(clauses)?)
    }

    /// The signs of the tokens of each of `clauses`, `[tokens × dimensions / 8]`.
    pub(in crate::index) fn signs(&self, clauses: &[ClauseIndex]) -> Result<Vec<Arc<Vec<u8>>>> {
        self.cluster().signs(&self.addresses(clauses)?)
    }

    fn addresses(&self, clauses: &[ClauseIndex]) -> Result<Vec<Address<'_>>> {
        let address = |clause: &ClauseIndex| {
            let (segment, place) = self.placement.home(*clause)?;
            Some(Address { index: self.parts.indices.get(segment)?, place })
        };
        let addresses: Option<Vec<_>> = clauses.iter().map(address).collect();
        addresses.ok_or_else(|| Error::internal("a clause beyond the generation"))
    }

    /// Which clauses may answer: those of the generation, and `within` where that is said. The filter tells them by
    /// `field`, `place` or `places`. None where there is no such clause.
    ///
    /// Conditions are computed here, as for an index in files, and sent as sets of places: so both backends agree on
    /// them, and what is superseded or left out takes no candidate's place.
    pub(super) fn scope(&self, within: Option<&FixedBitSet>, field: &str) -> Option<Scope> {
        let (mut indices, mut filters, mut is_everything) = (Vec::new(), Vec::new(), true);
        for (at, index) in self.parts.indices.iter().enumerate() {
            let length = self.parts.lengths.get(at).map_or(0, |lengths| lengths.len());
            let places: RoaringBitmap = (0..length as u32)
                .filter(|place| {
                    self.placement.position(at, *place).is_some_and(|position| admits(within, position))
                })
                .collect();
            if places.is_empty() {
                is_everything = false;
                continue;
            }
            let mut conditions = vec![json!({"term": {"_index": index}})];
            if places.len() < length as u64 {
                is_everything = false;
                conditions.push(json!({"terms": {field: [serialised(&places)], "value_type": "bitmap"}}));
            }
            indices.push(index.clone());
            filters.push(json!({"bool": {"filter": conditions}}));
        }
        let filter = (!is_everything).then(|| json!({"bool": {"should": filters}}));
        (!indices.is_empty()).then_some(Scope { indices, filter })
    }
}

/// In the format that all implementations of these bitmaps share.
fn serialised(places: &RoaringBitmap) -> String {
    let mut bytes = Vec::with_capacity(places.serialized_size());
    // Writing to memory does not fail.
    drop(places.serialize_into(&mut bytes));
    BASE64_STANDARD.encode(bytes)
}

/// Which clauses may answer a search.
pub(super) struct Scope {
    /// Indices that hold any.
    pub indices: Vec<String>,
    /// What they satisfy; none where all of these indices do.
    pub filter: Option<Value>,
}

impl Scope {
    /// A query for all of them.
    fn query(&self) -> Value {
        self.filter
            .as_ref()
            .map_or_else(|| json!({"match_all": {}}), |filter| json!({"bool": {"filter": [filter]}}))
    }
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Remote").field("indices", &self.parts.indices).finish_non_exhaustive()
    }
}
