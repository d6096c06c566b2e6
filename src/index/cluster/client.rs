//! HTTP to the nodes of a cluster: which is asked, how long it may take, and when another is asked instead.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use parking_lot::Mutex;
use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::http;

use super::settings::ClusterSettings;
use crate::error::{Error, Kind, Result};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(2);
/// How long a node that could not be reached is asked last.
const REST: Duration = Duration::from_secs(5);
/// The first pause before the same is asked again; each one is twice as long, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// The largest answer that is read.
const MAX_ANSWER: u64 = 512 << 20;

/// How long a request may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// One node, before another is asked.
    pub one_try: Duration,
    /// In all, other nodes and pauses included.
    pub in_all: Duration,
}

/// Searches and reads, for which people wait.
pub(super) const READING: Patience =
    Patience { one_try: Duration::from_secs(5), in_all: Duration::from_secs(10) };
/// Writes.
pub(super) const WRITING: Patience =
    Patience { one_try: Duration::from_secs(20), in_all: Duration::from_mins(1) };
/// What grows with the index: a graph of many vectors is built in minutes. Asked again, a node goes on with what it
/// began, so that one that hangs need not be waited for.
pub(super) const BUILDING: Patience =
    Patience { one_try: Duration::from_mins(1), in_all: Duration::from_mins(20) };

/// Asks the nodes of one cluster, one after the other.
pub(super) struct Client {
    agent: ureq::Agent,
    nodes: Vec<Node>,
    next: AtomicUsize,
    authorization: Option<String>,
    counts: Counts,
}

struct Node {
    url: String,
    resting_until: Mutex<Option<Instant>>,
}

#[derive(Default)]
struct Counts {
    requests: AtomicU64,
    retries: AtomicU64,
    failures: AtomicU64,
}

/// How often a cluster was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClusterCounts {
    /// Requests that were made, each counted once.
    pub requests: u64,
    /// How often one of them was made again.
    pub retries: u64,
    /// Requests that were given up.
    pub failures: u64,
}

/// One request. Every request can be made twice: what it writes has a name or a condition of its own.
#[derive(Clone, Copy)]
pub(super) struct Request<'a> {
    pub method: &'static str,
    /// With its leading slash and its parameters.
    pub path: &'a str,
    pub body: Option<&'a [u8]>,
    /// Whether the body is a line a value.
    pub is_lines: bool,
    pub patience: Patience,
}

impl<'a> Request<'a> {
    pub(super) fn get(path: &'a str) -> Self {
        Self { method: "GET", path, body: None, is_lines: false, patience: READING }
    }

    pub(super) fn post(path: &'a str, body: &'a [u8]) -> Self {
        Self { method: "POST", path, body: Some(body), is_lines: false, patience: READING }
    }

    pub(super) fn put(path: &'a str, body: &'a [u8]) -> Self {
        Self { method: "PUT", path, body: Some(body), is_lines: false, patience: WRITING }
    }

    pub(super) fn delete(path: &'a str) -> Self {
        Self { method: "DELETE", path, body: None, is_lines: false, patience: WRITING }
    }
}

/// What a node answered.
pub(super) struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Reply {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether `text` occurs in it.
    pub(super) fn mentions(&self, text: &str) -> bool {
        std::str::from_utf8(&self.body).is_ok_and(|body| body.contains(text))
    }

    /// The answer to something that must not fail.
    pub(super) fn read<T: DeserializeOwned>(&self, what: &str) -> Result<T> {
        if !self.is_success() {
            return Err(self.refused(what));
        }
        serde_json::from_slice(&self.body).map_err(|error| strange(what, &error))
    }

    /// The type of the error that it is.
    pub(super) fn error_type(&self) -> String {
        let answer: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        answer.pointer("/error/type").and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    pub(super) fn refused(&self, what: &str) -> Error {
        let body = String::from_utf8_lossy(&self.body);
        let said: String = body.chars().take(500).collect();
        Error::new(
            Kind::Unavailable,
            "backend_unavailable",
            format!("the cluster refused {what} ({}): {said}", self.status),
        )
    }
}

/// An answer that does not say what it should.
pub(super) fn strange(what: &str, error: &dyn std::fmt::Display) -> Error {
    let message = format!("the cluster's answer to {what} cannot be read: {error}");
    Error::new(Kind::Unavailable, "backend_unavailable", message)
}

impl Client {
    pub(super) fn new(settings: &ClusterSettings) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT))
            // A proxy that is set for fetching the model is not meant for nodes beside this machine.
            .proxy(None)
            .max_idle_connections_per_host(16)
            .build();
        let node = |url: &String| Node { url: url.clone(), resting_until: Mutex::default() };
        let basic = |(user, password): &(String, String)| {
            format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}")))
        };
        Self {
            agent: config.into(),
            nodes: settings.urls.iter().map(node).collect(),
            next: AtomicUsize::new(fastrand::usize(..settings.urls.len().max(1))),
            authorization: settings.login.as_ref().map(basic),
            counts: Counts::default(),
        }
    }

    pub(super) fn counts(&self) -> ClusterCounts {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        ClusterCounts {
            requests: read(&self.counts.requests),
            retries: read(&self.counts.retries),
            failures: read(&self.counts.failures),
        }
    }

    /// The answer to `request` from the first node that gives one, whatever it says. Nodes that cannot be reached,
    /// are starting or are overloaded are no answer: others are asked, and the same again after a pause, until the
    /// request's patience is at its end; then `backend_unavailable`.
    pub(super) fn send(&self, request: Request<'_>) -> Result<Reply> {
        self.send_until(request, |_| true)
    }

    /// As [`send`](Self::send), where an answer that is not `whole` counts as none.
    pub(super) fn send_until(&self, request: Request<'_>, whole: impl Fn(&Reply) -> bool) -> Result<Reply> {
        let started = Instant::now();
        self.counts.requests.fetch_add(1, Ordering::Relaxed);
        let mut tries = 0;
        loop {
            let node = self.pick();
            let left = request.patience.in_all.saturating_sub(started.elapsed());
            let one_try = request.patience.one_try.min(left.max(CONNECT));
            let patience = Patience { one_try, ..request.patience };
            let reason = match self.try_once(node, Request { patience, ..request }) {
                Ok(reply) if is_transient(reply.status) || !whole(&reply) => {
                    reply.refused(request.path).to_string()
                }
                Ok(reply) => return Ok(reply),
                Err(error) => {
                    *node.resting_until.lock() = Some(Instant::now() + REST);
                    format!("{}: {error}", node.url)
                }
            };
            tries += 1;
            let pause = pause(tries, self.nodes.len());
            if started.elapsed() + pause >= request.patience.in_all {
                self.counts.failures.fetch_add(1, Ordering::Relaxed);
                return Err(unavailable(&reason));
            }
            self.counts.retries.fetch_add(1, Ordering::Relaxed);
            tracing::debug!(reason, tries, "asking the cluster again");
            std::thread::sleep(pause);
        }
    }

    /// The next node in turn of those that can be reached; the next of all where none can.
    fn pick(&self) -> &Node {
        let now = Instant::now();
        let at = self.next.fetch_add(1, Ordering::Relaxed);
        let in_turn = || (0..self.nodes.len()).filter_map(|i| self.nodes.get((at + i) % self.nodes.len()));
        let is_up = |node: &&Node| node.resting_until.lock().is_none_or(|until| until <= now);
        in_turn().find(is_up).or_else(|| in_turn().next()).expect("a cluster has a node")
    }

    fn try_once(&self, node: &Node, request: Request<'_>) -> Result<Reply, ureq::Error> {
        let mut built = http::Request::builder()
            .method(request.method)
            .uri(format!("{}{}", node.url, request.path))
            .header(
                "content-type",
                if request.is_lines { "application/x-ndjson" } else { "application/json" },
            );
        if let Some(authorization) = &self.authorization {
            built = built.header("authorization", authorization);
        }
        let mut response = match request.body {
            Some(body) => self.run(built.body(body)?, request.patience)?,
            None => self.run(built.body(())?, request.patience)?,
        };
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(MAX_ANSWER).read_to_vec()?;
        Ok(Reply { status, body })
    }

    fn run(
        &self,
        request: http::Request<impl ureq::AsSendBody>,
        patience: Patience,
    ) -> Result<http::Response<ureq::Body>, ureq::Error> {
        let bounded = self.agent.configure_request(request).timeout_global(Some(patience.one_try)).build();
        self.agent.run(bounded)
    }
}

/// Whether another node, or the same a moment later, may answer better.
fn is_transient(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}

/// How long to wait before the try after `tries`: not at all while there are other nodes, then longer and longer, by
/// chance, so that many clients do not come back together.
fn pause(tries: usize, nodes: usize) -> Duration {
    let Some(rounds) = tries.checked_sub(nodes) else { return Duration::ZERO };
    backoff(rounds)
}

/// The pause after `rounds` that failed.
pub(super) fn backoff(rounds: usize) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1 << rounds.min(10));
    doubled.min(LONGEST_PAUSE).mul_f32(0.5 + 0.5 * fastrand::f32())
}

fn unavailable(reason: &str) -> Error {
    let message = format!("the search cluster does not answer; try again in a moment ({reason})");
    Error::new(Kind::Unavailable, "backend_unavailable", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_nodes_are_asked_at_once_and_the_same_after_pauses_that_grow() {
        assert_eq!(pause(1, 3), Duration::ZERO);
        assert_eq!(pause(2, 3), Duration::ZERO);
        assert!(pause(3, 3) >= FIRST_PAUSE / 2 && pause(3, 3) <= FIRST_PAUSE);
        assert!((4..100).all(|tries| pause(tries, 3) <= LONGEST_PAUSE));
    }

    #[test]
    fn a_cluster_that_is_away_is_said_to_be_and_counted() {
        // Nothing listens on the discard port of a test machine.
        let settings = ClusterSettings::new(&["http://127.0.0.1:9".to_owned()], "test", None).expect("right");
        let client = Client::new(&settings);
        let soon = Duration::from_millis(100);
        let request = Request { patience: Patience { one_try: soon, in_all: soon }, ..Request::get("/") };
        let error = client.send(request).err().expect("nothing answers");
        assert_eq!((error.kind(), error.code()), (Kind::Unavailable, "backend_unavailable"));
        let counts = client.counts();
        assert_eq!((counts.requests, counts.failures), (1, 1));
    }
}
