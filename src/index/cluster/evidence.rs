//! What ranking needs to know of a clause, as the cluster keeps it.
//!
//! A segment never changes, and so neither does what is known of its clauses: it is kept in memory for the next query
//! that finds them.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::passage::PassageKind;
use super::Cluster;
use super::clauses::clause_id;
use super::client::{Reply, Request, strange};
use crate::error::{Error, Kind, Result};
use crate::model::Span;

/// Evidence that is kept takes at most so many bytes: some ten thousand clauses.
const EVIDENCE_BYTES: u64 = 128 << 20;
/// Signs of tokens that are kept take at most so many.
const SIGNS_BYTES: u64 = 64 << 20;
/// Clauses of ordinary size, from which the caches size their parts.
const EXPECTED: usize = 10_000;
/// Clauses that are asked for at a time.
const AT_A_TIME: usize = 256;

/// A passage of a clause with its vector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::index) struct StoredPassage {
    pub kind: PassageKind,
    pub span: Span,
    /// Quantised, `[dimensions]`.
    pub vector: Vec<i8>,
}

/// What is known of a clause beside its text.
#[derive(Debug)]
pub(in crate::index) struct Evidence {
    /// Each word once, by its [hash](hash_of), with how often it occurs; sorted.
    pub words: Vec<(u64, u32)>,
    /// The same of bigrams.
    pub bigrams: Vec<(u64, u32)>,
    /// How many words and bigrams it has.
    pub lengths: [u32; 2],
    /// Its passages in the order of the text.
    pub passages: Vec<StoredPassage>,
}

/// What stands for a term: comparing numbers is quicker than comparing texts.
pub(in crate::index) fn hash_of(term: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    term.hash(&mut hasher);
    hasher.finish()
}

/// A clause of the cluster: its index, the hash of that name, and its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Address<'a> {
    pub index: &'a str,
    pub place: u32,
}

impl Address<'_> {
    fn key(&self) -> (u64, u32) {
        (hash_of(self.index), self.place)
    }
}

type Kept<T> = Cache<(u64, u32), Arc<T>, Bytes>;

/// Evidence and signs of the clauses that queries found.
pub(super) struct EvidenceCache {
    evidence: Kept<Evidence>,
    signs: Kept<Vec<u8>>,
}

impl Default for EvidenceCache {
    fn default() -> Self {
        Self {
            evidence: Cache::with_weighter(EXPECTED, EVIDENCE_BYTES, Bytes),
            signs: Cache::with_weighter(EXPECTED, SIGNS_BYTES, Bytes),
        }
    }
}

/// Weighs by the memory it takes.
#[derive(Clone)]
struct Bytes;

impl Weighter<(u64, u32), Arc<Evidence>> for Bytes {
    fn weight(&self, _: &(u64, u32), evidence: &Arc<Evidence>) -> u64 {
        let vectors: usize = evidence.passages.iter().map(|passage| passage.vector.len() + 48).sum();
        ((evidence.words.len() + evidence.bigrams.len()) * 16 + vectors + 128) as u64
    }
}

impl Weighter<(u64, u32), Arc<Vec<u8>>> for Bytes {
    fn weight(&self, _: &(u64, u32), signs: &Arc<Vec<u8>>) -> u64 {
        signs.len() as u64 + 64
    }
}

#[derive(Deserialize)]
struct Found<T> {
    docs: Vec<FoundClause<T>>,
}

#[derive(Deserialize)]
struct FoundClause<T> {
    #[serde(default)]
    found: bool,
    #[serde(default)]
    error: Option<Value>,
    #[serde(rename = "_source")]
    source: Option<T>,
}

#[derive(Deserialize)]
struct Tokens {
    words: String,
    bigrams: String,
    passages: String,
}

#[derive(Deserialize)]
struct Signs {
    signs: String,
}

impl Cluster {
    /// The evidence of each of `clauses`.
    pub(super) fn evidence(&self, clauses: &[Address<'_>]) -> Result<Vec<Arc<Evidence>>> {
        self.through(&self.evidence.evidence, clauses, "words,bigrams,passages", Evidence::read)
    }

    /// The signs of the tokens of each of `clauses`.
    pub(super) fn signs(&self, clauses: &[Address<'_>]) -> Result<Vec<Arc<Vec<u8>>>> {
        self.through(&self.evidence.signs, clauses, "signs", |found: Signs| decoded(&found.signs))
    }

    /// What is known of each of `clauses`: from `kept`, else by these `fields` of the cluster.
    fn through<S: serde::de::DeserializeOwned, T>(
        &self,
        kept: &Kept<T>,
        clauses: &[Address<'_>],
        fields: &str,
        read: impl Fn(S) -> Result<T>,
    ) -> Result<Vec<Arc<T>>>
    where
        Bytes: Weighter<(u64, u32), Arc<T>>,
    {
        let mut known: Vec<Option<Arc<T>>> = clauses.iter().map(|clause| kept.get(&clause.key())).collect();
        let lacking: Vec<usize> =
            (0..clauses.len()).filter(|at| known.get(*at).is_some_and(Option::is_none)).collect();
        for places in lacking.chunks(AT_A_TIME) {
            let asked: Vec<Address<'_>> = places.iter().filter_map(|at| clauses.get(*at)).copied().collect();
            for (at, (clause, found)) in
                places.iter().zip(asked.iter().zip(self.sources::<S>(&asked, fields)?))
            {
                let made = Arc::new(read(found)?);
                kept.insert(clause.key(), Arc::clone(&made));
                if let Some(slot) = known.get_mut(*at) {
                    *slot = Some(made);
                }
            }
        }
        known
            .into_iter()
            .collect::<Option<_>>()
            .ok_or_else(|| Error::internal("a clause that was not asked for"))
    }

    fn sources<S: serde::de::DeserializeOwned>(
        &self,
        clauses: &[Address<'_>],
        fields: &str,
    ) -> Result<Vec<S>> {
        let path = format!("/_mget?_source_includes={fields}");
        let asked = |clause: &Address<'_>| json!({"_index": clause.index, "_id": clause_id(clause.place)});
        let body = json!({"docs": clauses.iter().map(asked).collect::<Vec<_>>()}).to_string();
        let is_whole = |reply: &Reply| {
            // What an index that is gone says is no passing failure.
            let failed =
                |clause: &FoundClause<Value>| clause.error.as_ref().is_some_and(|error| !is_gone(error));
            !reply.mentions("\"error\"")
                || reply.read::<Found<Value>>("_mget").map_or(true, |found| !found.docs.iter().any(failed))
        };
        let reply = self.client().send_until(Request::post(&path, body.as_bytes()), is_whole)?;
        let found: Found<S> = reply.read("_mget")?;
        let sources =
            found.docs.into_iter().map(|clause| clause.source.filter(|_| clause.found).ok_or_else(gone));
        sources.collect()
    }
}

fn is_gone(error: &Value) -> bool {
    error.get("type").and_then(Value::as_str) == Some("index_not_found_exception")
}

/// A generation that this process has not heard the end of yet.
pub(super) fn gone() -> Error {
    let message =
        "the clauses of this state of the index are no longer in the cluster; try again in a moment";
    Error::new(Kind::Unavailable, "backend_unavailable", message)
}

impl Evidence {
    fn read(Tokens { words, bigrams, passages }: Tokens) -> Result<Self> {
        let (words, of_words) = counted(&words);
        let (bigrams, of_bigrams) = counted(&bigrams);
        let passages = if passages.is_empty() {
            Vec::new()
        } else {
            postcard::from_bytes(&decoded(&passages)?).map_err(|error| strange("_mget", &error))?
        };
        Ok(Self { words, bigrams, lengths: [of_words, of_bigrams], passages })
    }
}

/// Each token of `text` once with its count, and how many there are in all.
fn counted(text: &str) -> (Vec<(u64, u32)>, u32) {
    let mut counts = BTreeMap::new();
    let mut length = 0;
    for token in text.split(' ').filter(|token| !token.is_empty() && *token != "_") {
        *counts.entry(hash_of(token)).or_insert(0) += 1;
        length += 1;
    }
    (counts.into_iter().collect(), length)
}

fn decoded(text: &str) -> Result<Vec<u8>> {
    BASE64_STANDARD.decode(text).map_err(|error| strange("_mget", &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_counted_without_gaps() {
        let (counts, length) = counted("160 _ _ 千瓦 160 ");
        assert_eq!(length, 3);
        let of = |term: &str| counts.iter().find(|(hash, _)| *hash == hash_of(term)).map(|(_, count)| *count);
        assert_eq!((of("160"), of("千瓦"), of("_")), (Some(2), Some(1), None));
    }
}
