//! What every handler shares.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, HttpBody};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::access::{Access, AccessPolicy};
use super::body::read_whole;
use super::disk::Disk;
use super::limits::{Limits, MAX_UPLOAD, Queue, RateLimit};
use super::metrics::Metrics;
use crate::embed::ModelId;
use crate::error::{Error, Kind, Result};
use crate::index::{Cluster, Generation};
use crate::ingestion::{Done, Ingestion};
use crate::pipeline::Change;
use crate::search::{Engine, ModelMismatch, ModelState, StageObserver, Work};
use crate::view::Permalinks;

/// Shared by all handlers; cheap to clone, as axum does several times a request.
#[derive(Clone)]
pub struct AppState {
    shared: Arc<Shared>,
}

#[derive(Clone)]
struct Shared {
    engine: Engine,
    hosts: HostPolicy,
    links: Permalinks,
    limits: Limits,
    queue: Arc<Queue>,
    rate: Option<Arc<RateLimit>>,
    access: Arc<Access>,
    metrics: Arc<Metrics>,
    observer: StageObserver,
    disk: Option<Arc<Disk>>,
    cores: usize,
    ingestion: Option<Ingestion>,
    cluster: Option<Arc<Cluster>>,
    /// Room for files that are being taken in, in KiB.
    uploads: Arc<Semaphore>,
}

/// Files that are held in memory at once, in KiB: four of the largest.
const UPLOADS: usize = 4 * MAX_UPLOAD / 1024;

impl AppState {
    /// State over `engine` that answers any `Host`.
    pub fn new(engine: Engine) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let metrics = Metrics::new();
        let shared = Shared {
            engine,
            hosts: HostPolicy::Any,
            links: Permalinks::default(),
            limits: Limits::default(),
            queue: Arc::new(Queue::new(1, 0, std::time::Duration::ZERO)),
            rate: None,
            access: Access::new(AccessPolicy::default()),
            observer: metrics.observer(),
            metrics,
            disk: None,
            cores,
            ingestion: None,
            cluster: None,
            uploads: Arc::new(Semaphore::new(UPLOADS)),
        };
        Self { shared: Arc::new(shared) }.with_limits(Limits::default())
    }

    /// The engine that answers.
    pub fn engine(&self) -> &Engine {
        &self.shared.engine
    }

    /// The same state within other times and counts.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        let shared = Arc::make_mut(&mut self.shared);
        shared.queue = Arc::new(Queue::new(limits.searches, limits.queue, limits.wait));
        shared.rate = limits.rate.map(|rate| Arc::new(RateLimit::new(rate)));
        shared.limits = limits;
        self
    }

    /// The same state with other rules of who may what. Without this everybody reads and writes.
    #[must_use]
    pub fn with_access(mut self, policy: AccessPolicy) -> Self {
        Arc::make_mut(&mut self.shared).access = Access::new(policy);
        self
    }

    /// The same state over the data directory `data_dir`, whose disk `/readyz` speaks of.
    #[must_use]
    pub fn with_data_dir(mut self, data_dir: std::path::PathBuf) -> Self {
        Arc::make_mut(&mut self.shared).disk = Some(Arc::new(Disk::of(data_dir)));
        self
    }

    /// The same state over an index in `cluster`, of which `/readyz` and `/metrics` speak.
    #[must_use]
    pub fn with_cluster(mut self, cluster: Arc<Cluster>) -> Self {
        Arc::make_mut(&mut self.shared).cluster = Some(cluster);
        self
    }

    /// The cluster that has the index; none for one in files.
    pub(super) fn cluster(&self) -> Option<&Arc<Cluster>> {
        self.shared.cluster.as_ref()
    }

    /// Whether documents can be written; none where no data directory is known. Blocks.
    pub(super) fn is_writable(&self) -> Option<bool> {
        self.shared.disk.as_ref().map(|disk| disk.is_writable())
    }

    /// What the service tells of itself.
    pub(super) fn metrics(&self) -> &Metrics {
        &self.shared.metrics
    }

    /// Who may what.
    pub(super) fn access(&self) -> &Arc<Access> {
        &self.shared.access
    }

    /// Times and counts.
    pub(super) fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// The line in which searches wait.
    pub(super) fn queue(&self) -> &Queue {
        &self.shared.queue
    }

    /// The count of requests by key; none where they are not bounded.
    pub(super) fn rate(&self) -> Option<&RateLimit> {
        self.shared.rate.as_deref()
    }

    /// The same state with permalinks below another address.
    #[must_use]
    pub fn with_links(mut self, links: Permalinks) -> Self {
        Arc::make_mut(&mut self.shared).links = links;
        self
    }

    /// The same state with a way to change the index; without it the service only reads.
    #[must_use]
    pub fn with_ingestion(mut self, ingestion: Ingestion) -> Self {
        ingestion.observed_by(self.shared.metrics.ingestion_observer());
        Arc::make_mut(&mut self.shared).ingestion = Some(ingestion);
        self
    }

    /// Whether documents can be taken in and out.
    pub(super) fn takes_documents(&self) -> bool {
        self.shared.ingestion.is_some()
    }

    /// Reads a file of at most [`MAX_UPLOAD`] bytes, once there is room for it; `uploads_busy` where none comes free
    /// in the time that a search would wait.
    pub(super) async fn receive(&self, body: Body) -> Result<(Vec<u8>, OwnedSemaphorePermit)> {
        let declared = body.size_hint().upper().unwrap_or(MAX_UPLOAD as u64).min(MAX_UPLOAD as u64);
        let room = (declared as usize).div_ceil(1024).max(1) as u32;
        let closed = |_| Error::internal("no more files are taken");
        let waited = Arc::clone(&self.shared.uploads).acquire_many_owned(room);
        let busy = |_| {
            let message = "too many files are being taken in; send it again in some seconds";
            Error::new(Kind::Unavailable, "uploads_busy", message)
        };
        let permit =
            tokio::time::timeout(self.shared.limits.wait, waited).await.map_err(busy)?.map_err(closed)?;
        Ok((read_whole(body, MAX_UPLOAD).await?, permit))
    }

    /// Makes `change` and waits until it is durable and searchable; `read_only` where none is taken.
    pub(super) async fn change(&self, change: Change) -> Result<Done> {
        let read_only = || {
            let message = "this service only reads; take documents in with `tiaokuan index`";
            Error::new(Kind::Unsupported, "read_only", message)
        };
        let ingestion = self.shared.ingestion.as_ref().ok_or_else(read_only)?;
        let (answer, answered) = tokio::sync::oneshot::channel();
        // A caller that has gone away does not hear of it; the change is made all the same.
        ingestion.submit(change, move |done| drop(answer.send(done)))?;
        let ended = |error| Error::internal("the ingestion has ended").with_source(error);
        answered.await.map_err(ended)?
    }

    /// What permalinks stand below.
    pub(super) fn links(&self) -> &Permalinks {
        &self.shared.links
    }

    /// How many searches of one request may run at once: all cores, and half of the places of
    /// [`Self::on_engine`], so that others are answered meanwhile.
    pub(super) fn concurrency(&self) -> usize {
        self.shared.cores
    }

    /// The same state with another rule for the `Host` header.
    #[must_use]
    pub fn with_hosts(mut self, hosts: HostPolicy) -> Self {
        Arc::make_mut(&mut self.shared).hosts = hosts;
        self
    }

    /// Which `Host` headers are answered.
    pub(super) fn hosts(&self) -> &HostPolicy {
        &self.shared.hosts
    }

    /// Whether a model answers semantic queries.
    pub(crate) fn has_model(&self) -> bool {
        !matches!(self.shared.engine.model(), ModelState::Absent)
    }

    /// Whether the index was made with another model than the one given.
    pub(crate) fn mismatch(&self) -> Option<ModelMismatch> {
        self.shared.engine.mismatch()
    }

    /// The cross-encoder that reorders the best hits.
    pub(super) fn reranker(&self) -> Option<&ModelId> {
        self.shared.engine.reranker()
    }

    /// The published generation; `no_generation` until there is one.
    pub(super) fn generation(&self) -> Result<Arc<Generation>> {
        let none = || {
            Error::new(
                Kind::Unavailable,
                "no_generation",
                "no index has been published yet; try again in a moment",
            )
        };
        self.shared.engine.generation().ok_or_else(none)
    }

    /// Runs `work` on the engine outside the async threads, a few at a time; others wait in a bounded line, and
    /// `busy` tells those beyond it to come back. Work whose caller has gone ends at its next stage.
    pub(super) async fn on_engine<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Engine) -> Result<T> + Send + 'static,
    {
        let place = self.shared.queue.enter().await?;
        self.work_at(place, work).await
    }

    /// The same for an item of a request that was let in: it waits for its turn however long that takes.
    pub(super) async fn on_engine_in_turn<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Engine) -> Result<T> + Send + 'static,
    {
        let place = self.shared.queue.enter_in_turn().await?;
        self.work_at(place, work).await
    }

    async fn work_at<T, F>(&self, place: OwnedSemaphorePermit, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Engine) -> Result<T> + Send + 'static,
    {
        let engine = self.shared.engine.clone();
        let span = tracing::Span::current();
        let job = Work::observed_by(Arc::clone(&self.shared.observer));
        let _awaited = job.give_up_on_drop();
        let task = tokio::task::spawn_blocking(move || {
            // Held by the work itself: a caller that gave up must not let another search start early.
            let _place = place;
            span.in_scope(|| job.run(|| work(&engine)))
        });
        task.await.map_err(|error| Error::internal("a search ended abnormally").with_source(error))?
    }
}

/// Which `Host` headers are answered. A page of another site can point its own name at 127.0.0.1
/// (DNS rebinding) and would then read the index with the browser's help; its `Host` betrays it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostPolicy {
    /// Only names of this machine's loopback.
    Loopback,
    /// These names too, without ports.
    Named(Arc<[String]>),
    /// Any: for addresses that are meant to be reached by names that nobody configured.
    Any,
}

impl HostPolicy {
    /// The policy for a listener at `address` that is also reached by `names`.
    pub fn new(address: SocketAddr, mut names: Vec<String>) -> Self {
        let ip = address.ip();
        if names.is_empty() {
            return if ip.is_loopback() { Self::Loopback } else { Self::Any };
        }
        if !ip.is_loopback() && !ip.is_unspecified() {
            names.push(ip.to_string());
        }
        Self::Named(names.into())
    }

    /// Whether a request with this `Host` is answered.
    pub(super) fn allows(&self, host: &str) -> bool {
        let without_port = match host.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => host.split(':').next().unwrap_or_default(),
        };
        let is_loopback_address =
            || without_port.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        let is_loopback = || without_port.eq_ignore_ascii_case("localhost") || is_loopback_address();
        match self {
            Self::Any => true,
            Self::Loopback => is_loopback(),
            Self::Named(names) => {
                is_loopback() || names.iter().any(|name| name.eq_ignore_ascii_case(without_port))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::{AppState, HostPolicy};
    use crate::search::Engine;

    #[tokio::test(start_paused = true)]
    async fn a_file_waits_for_room_but_not_for_ever() {
        let state = AppState::new(Engine::new(None));
        // Of unknown length: each may be of the largest.
        let endless =
            || Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
        let held: Vec<_> = (0..4).map(|_| Box::pin(state.receive(endless()))).collect();
        let all = futures_util::future::join_all(held);
        let late = async {
            tokio::task::yield_now().await;
            state.receive(Body::from("x")).await.expect_err("no room").code()
        };
        tokio::select! {
            biased;
            _ = all => unreachable!("they never end"),
            code = late => assert_eq!(code, "uploads_busy"),
        }
        assert_eq!(state.receive(Body::from("x")).await.expect("room again").0, b"x");
    }

    #[test]
    fn loopback_names_only() {
        for host in ["localhost", "LOCALHOST:7878", "127.0.0.1:7878", "[::1]:7878", "127.0.0.1"] {
            assert!(HostPolicy::Loopback.allows(host), "{host}");
        }
        for host in
            ["evil.example", "127.0.0.1.evil.example:7878", "", "[::1", "10.0.0.1", "localhost.evil.example"]
        {
            let malformed_but_loopback = host == "[::1";
            assert_eq!(HostPolicy::Loopback.allows(host), malformed_but_loopback, "{host}");
            assert!(HostPolicy::Any.allows(host));
        }
    }

    #[test]
    fn names_are_those_configured() {
        let address = "0.0.0.0:80".parse().expect("an address");
        let policy = HostPolicy::new(address, vec!["policy.example.cn".into()]);
        assert!(policy.allows("Policy.example.cn:443") && policy.allows("localhost"));
        assert!(!policy.allows("evil.example") && !policy.allows("x.policy.example.cn"));
        assert_eq!(HostPolicy::new(address, vec![]), HostPolicy::Any);
    }
}
