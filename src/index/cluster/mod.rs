//! An index whose truth is an OpenSearch cluster (docs/adr/0011-opensearch.md).
//!
//! Three indices and one more a segment, all below one prefix:
//!
//! - `…-generation` holds the [pointer] to the current generation and the [lease] of who writes;
//! - `…-files` holds what generations and segments consist of, by the hash of its bytes ([blob]);
//! - `…-clauses-HASH` holds the clauses of one segment: tokens, passages, distinct vectors ([clauses]). The alias
//!   with the bare prefix names those of the current generation.
//!
//! The cluster gives candidates and what is known of them; features and ranks are computed here, by the same code
//! as over files ([gather]).

mod blob;
mod bulk;
mod clauses;
mod client;
mod evidence;
mod gather;
mod lease;
mod pointer;
mod publish;
mod pull;
mod reading;
mod remote;
mod settings;

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::Value;

use crate::error::{Error, Kind, Result};
use client::{BUILDING, Client, Patience, Request, WRITING};
use evidence::EvidenceCache;

pub use client::ClusterCounts;
pub use gather::Leg;
pub use settings::ClusterSettings;

pub(super) use evidence::{Evidence, hash_of};
pub(super) use publish::ClusterWriter;
pub(super) use remote::{Remote, RemoteParts};

/// How long a check may take.
const CHECKING: Patience = Patience { one_try: Duration::from_secs(1), in_all: Duration::from_secs(3) };

/// How long the number of nodes is held to be what it was.
const COUNTED: Duration = Duration::from_secs(2);

/// A cluster that holds an index. Share it by `Arc`.
pub struct Cluster {
    client: Client,
    settings: ClusterSettings,
    evidence: EvidenceCache,
    /// How many nodes held data, and when they were counted.
    nodes: Mutex<Option<(Instant, usize)>>,
}

impl Cluster {
    /// The cluster of `settings`; nobody is asked yet.
    pub fn new(settings: ClusterSettings) -> Arc<Self> {
        let client = Client::new(&settings);
        Arc::new(Self { client, settings, evidence: EvidenceCache::default(), nodes: Mutex::default() })
    }

    /// How often it was asked.
    pub fn counts(&self) -> ClusterCounts {
        self.client.counts()
    }

    /// Whether it answers and has a place for every shard that is searched; `backend_unavailable` otherwise.
    pub fn check(&self) -> Result<()> {
        #[derive(Deserialize)]
        struct Health {
            status: String,
        }
        let path = format!("/_cluster/health/{}", self.index("*"));
        let request = Request { patience: CHECKING, ..Request::get(&path) };
        let health: Health = self.client.send(request)?.read(&path)?;
        if health.status != "red" {
            return Ok(());
        }
        let message = "the search cluster lacks a part of the index (its state is red)";
        Err(Error::new(Kind::Unavailable, "backend_unavailable", message))
    }

    fn client(&self) -> &Client {
        &self.client
    }

    /// The name of one of our indices.
    fn index(&self, name: &str) -> String {
        format!("{}-{name}", self.settings.prefix)
    }

    /// Copies that a write must reach before it counts: two, or one where there is but one node to hold any.
    fn copies(&self) -> Result<usize> {
        #[derive(Deserialize)]
        struct Health {
            number_of_data_nodes: usize,
        }
        let counted = self.nodes.lock().filter(|(at, _)| at.elapsed() < COUNTED);
        if let Some((_, nodes)) = counted {
            return Ok(nodes.clamp(1, 2));
        }
        let request = Request { patience: WRITING, ..Request::get("/_cluster/health") };
        let health: Health = self.client.send(request)?.read("_cluster/health")?;
        *self.nodes.lock() = Some((Instant::now(), health.number_of_data_nodes));
        Ok(health.number_of_data_nodes.clamp(1, 2))
    }

    /// Makes `index` with these settings and mappings unless it is there.
    fn make_index(&self, index: &str, body: &Value) -> Result<()> {
        let path = format!("/{index}?wait_for_active_shards={}&timeout=8s", self.copies()?);
        let reply = self.client.send(Request::put(&path, body.to_string().as_bytes()))?;
        if reply.status == 400 && reply.error_type() == "resource_already_exists_exception" {
            return Ok(());
        }
        reply.read::<Value>(&path).map(drop)
    }

    fn remove_index(&self, index: &str) -> Result<()> {
        let path = format!("/{index}");
        let reply = self.client.send(Request::delete(&path))?;
        if reply.is_success() || reply.status == 404 { Ok(()) } else { Err(reply.refused(&path)) }
    }

    /// Lets searches see what was written to `index`.
    fn refresh(&self, index: &str) -> Result<()> {
        let path = format!("/{index}/_refresh");
        let request = Request { patience: BUILDING, ..Request::post(&path, b"") };
        // A copy that was not refreshed would go on answering without what is new.
        let is_whole = |reply: &client::Reply| {
            let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
            !reply.is_success() || answer.pointer("/_shards/failed").and_then(Value::as_u64) == Some(0)
        };
        self.client.send_until(request, is_whole)?.read::<Value>(&path).map(drop)
    }
}

impl std::fmt::Debug for Cluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cluster").field("settings", &self.settings).finish_non_exhaustive()
    }
}
