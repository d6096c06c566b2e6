//! What a run of the benchmark found, as JSON has it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::embedding::EmbeddingFigures;
use super::latency::Latency;

/// One size of the index.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SizeReport {
    /// Articles asked for; none for all.
    pub articles: Option<usize>,
    /// The first build.
    pub build: BuildFigures,
    /// The same build again, nothing having changed.
    pub rebuild: BuildFigures,
    /// Embedding beside bare ONNX Runtime; none without the model.
    pub embedding: Option<EmbeddingFigures>,
    /// Opening and querying.
    pub query: QueryFigures,
}

/// A build.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct BuildFigures {
    /// Id of the model; none without one.
    pub model: Option<String>,
    /// Documents in the index.
    pub documents: usize,
    /// Clauses in the index.
    pub clauses: usize,
    /// Characters of the clauses.
    pub characters: usize,
    /// Texts that were embedded rather than taken from the cache.
    pub embedded: usize,
    /// Files that could not be read.
    pub failures: usize,
    /// Whether token vectors would take more room than allowed.
    pub tokens_skipped: bool,
    /// Seconds in all.
    pub seconds: f64,
    /// Seconds by stage; of load, normalise, split and extract the sum over all cores.
    pub stages: BTreeMap<String, f64>,
    /// Most bytes resident.
    pub peak_bytes: u64,
    /// Bytes on disk by part.
    pub disk: BTreeMap<String, u64>,
}

/// Opening and querying an index.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct QueryFigures {
    /// Seconds from the folder to a generation that answers.
    pub open_seconds: f64,
    /// Bytes resident once it is open.
    pub opened_bytes: u64,
    /// Bytes resident after all queries.
    pub steady_bytes: u64,
    /// Of these, bytes that stand in no file.
    pub anonymous_bytes: u64,
    /// Most bytes resident.
    pub peak_bytes: u64,
    /// Whether wide vector searches go through a graph.
    pub has_graph: bool,
    /// Recall of the ten nearest clauses against an exact search, without a filter; none without vectors.
    pub recall_at_10: Option<f64>,
    /// The same within each filter, in the order of the shares.
    pub filtered_recall_at_10: Vec<Option<f64>>,
    /// Every arrangement that was measured.
    pub rows: Vec<QueryRow>,
}

/// One arrangement of queries.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct QueryRow {
    /// `keyword`, `semantic`, `hybrid` or `similar`.
    pub mode: String,
    /// `none`: no model; `kept`: the query's vectors are known; `model`: the model makes them.
    pub model: String,
    /// Share of the clauses that the filter keeps.
    pub share: f64,
    /// Times by number of clients.
    pub latency: Vec<Latency>,
}
