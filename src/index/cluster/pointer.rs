//! Which generation is the current one: one small document, changed by compare-and-set.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Cluster;
use super::client::{Patience, Reply, Request, WRITING};
use crate::error::{Error, Kind, Result};

/// The document's name.
pub(super) const CURRENT: &str = "current";

/// The current generation and what readers need to know of it beforehand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Pointer {
    /// Its number.
    pub number: u64,
    /// BLAKE3 of its manifest's file.
    pub manifest: String,
    /// BLAKE3 of its words with the number of clauses that hold each.
    pub words: String,
    /// For each segment BLAKE3 of the lengths of its clauses.
    pub lengths: Vec<String>,
    /// The mean of its vectors; empty without a model.
    pub mean: Vec<f32>,
    /// BLAKE3 of the manifest of the generation before.
    pub before: Option<String>,
    /// Indices that no generation reads any more, with the time since, in milliseconds since 1970.
    pub retired: Vec<(String, u64)>,
    /// Of whom wrote it, made anew for every one: how a writer recognises its own.
    pub nonce: String,
}

/// A document's version in the cluster: what a change of it is conditional on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Version {
    pub seq_no: u64,
    pub primary_term: u64,
}

/// A document with its version.
#[derive(Clone, Debug)]
pub(super) struct Versioned<T> {
    pub version: Version,
    pub value: T,
}

#[derive(Deserialize)]
struct Document<T> {
    found: bool,
    #[serde(rename = "_seq_no")]
    seq_no: Option<u64>,
    #[serde(rename = "_primary_term")]
    primary_term: Option<u64>,
    #[serde(rename = "_source")]
    source: Option<T>,
}

#[derive(Deserialize)]
struct Written {
    #[serde(rename = "_seq_no")]
    seq_no: u64,
    #[serde(rename = "_primary_term")]
    primary_term: u64,
}

impl Cluster {
    /// Makes the index of the pointer and the lease unless it is there: a copy on every one of three nodes.
    pub(super) fn make_generation_index(&self) -> Result<()> {
        let body = json!({
            "settings": {"index": {
                "number_of_shards": 1, "auto_expand_replicas": "0-2",
                "unassigned.node_left.delayed_timeout": "0s",
            }},
            "mappings": {"enabled": false},
        });
        self.make_index(&self.index("generation"), &body)
    }

    /// The pointer; none before the first generation.
    pub(super) fn pointer(&self) -> Result<Option<Versioned<Pointer>>> {
        self.document(CURRENT)
    }

    /// The document called `id` of the index of generations.
    pub(super) fn document<T: serde::de::DeserializeOwned>(&self, id: &str) -> Result<Option<Versioned<T>>> {
        let path = format!("/{}/_doc/{id}", self.index("generation"));
        let reply = self.client().send(Request::get(&path))?;
        if reply.status == 404 {
            return Ok(None);
        }
        let Document { found, seq_no, primary_term, source } = reply.read(&path)?;
        let version = seq_no.zip(primary_term).map(|(seq_no, primary_term)| Version { seq_no, primary_term });
        Ok(version.zip(source).filter(|_| found).map(|(version, value)| Versioned { version, value }))
    }

    /// Writes the document called `id` if it is still that of `before`, or not there where that is none; its new
    /// version, or none where another one was quicker. What was tried again may find its own first try: the caller
    /// tells by the content.
    pub(super) fn replace<T: Serialize>(
        &self,
        id: &str,
        value: &T,
        before: Option<Version>,
        patience: Patience,
    ) -> Result<Option<Version>> {
        let condition = before.map_or_else(
            || "op_type=create".to_owned(),
            |Version { seq_no, primary_term }| format!("if_seq_no={seq_no}&if_primary_term={primary_term}"),
        );
        let path = format!(
            "/{}/_doc/{id}?{condition}&timeout=5s&wait_for_active_shards={}",
            self.index("generation"),
            self.copies()?
        );
        let body = serde_json::to_vec(value).map_err(|error| Error::internal(format!("{id}: {error}")))?;
        let reply: Reply = self.client().send(Request { patience, ..Request::put(&path, &body) })?;
        if reply.status == 409 {
            return Ok(None);
        }
        let Written { seq_no, primary_term } = reply.read(&path)?;
        Ok(Some(Version { seq_no, primary_term }))
    }

    /// Makes `pointer` the current one in place of that of `before`. `index_locked` where another writer was
    /// quicker.
    pub(super) fn point(&self, pointer: &Pointer, before: Option<Version>) -> Result<Version> {
        let written = self.replace(CURRENT, pointer, before, WRITING);
        if let Ok(Some(version)) = written {
            return Ok(version);
        }
        // It may be ours all the same: written, but the answer was lost.
        match self.pointer()? {
            Some(current) if current.value.nonce == pointer.nonce => Ok(current.version),
            _ => Err(written.err().unwrap_or_else(|| {
                let message = "another process published meanwhile; try again";
                Error::new(Kind::Locked, "index_locked", message)
            })),
        }
    }
}
