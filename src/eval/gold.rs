//! Gold sets as JSON lines.

use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::search::Filter;

/// A query with the clauses that people judged relevant.
#[derive(Clone, Debug, Deserialize)]
pub struct GoldQuery {
    /// Its name.
    pub qid: String,
    /// What kind of query: keyword, exact, question, paraphrase, filter.
    #[serde(rename = "type")]
    pub kind: String,
    /// The words.
    pub query: String,
    /// Conditions that go with it.
    #[serde(default)]
    pub filters: Filter,
    /// The judgements.
    pub relevant: Vec<Judgement>,
}

/// One relevant clause, found by a piece of its text.
#[derive(Clone, Debug, Deserialize)]
pub struct Judgement {
    /// Beginning of the file's name.
    pub seed: String,
    /// A piece of the clause's text.
    pub anchor: String,
    /// 2 for what answers, 1 for what helps.
    #[serde(default = "full")]
    pub grade: u32,
    /// The clause's name; several anchors may share it.
    #[serde(default)]
    pub clause: String,
}

fn full() -> u32 {
    2
}

/// One measure as several documents have it.
#[derive(Clone, Debug, Deserialize)]
pub struct GoldCluster {
    /// Its name.
    pub cluster: String,
    /// What it is about.
    pub topic: String,
    /// The clauses that have it.
    pub members: Vec<Judgement>,
}

/// Reads graded queries.
pub fn read_queries(path: &Path) -> Result<Vec<GoldQuery>> {
    read(path)
}

/// Reads clusters.
pub fn read_clusters(path: &Path) -> Result<Vec<GoldCluster>> {
    read(path)
}

/// The rows of the file at `path`, one a line.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io(path.display(), error))?;
    let rows = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    rows.map(|(line, number)| {
        serde_json::from_str(line).map_err(|error| {
            Error::invalid("malformed_gold", "gold", format!("{} line {number}: {error}", path.display()))
        })
    })
    .collect()
}
