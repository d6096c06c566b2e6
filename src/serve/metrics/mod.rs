//! What the service tells of itself, for Prometheus.
//!
//! Counters and histograms are kept as things happen; what can be read at any time (index, line, model) is read
//! when somebody asks. Routes are named by their template, so that no address of a user becomes a label.

mod ingestion;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use self::ingestion::IngestionMetrics;
use super::error::Failure;
use super::state::AppState;
use crate::error::Error;
use crate::ingestion::EventObserver;
use crate::search::{Stage, StageObserver};

/// Bounds of the histograms, in seconds: a search takes tens of milliseconds, a stage of it one, a review minutes.
const BOUNDS: [f64; 13] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0, 300.0];
/// Prometheus reads this form.
const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    method: String,
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StageLabels {
    stage: &'static str,
}

/// Counters, histograms and gauges of one service.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    request_seconds: Family<RouteLabels, Histogram>,
    /// In the order of [`Stage::ALL`].
    stages: Vec<(Stage, Histogram)>,
    ingestion: IngestionMetrics,
    now: Now,
}

/// What is read when somebody asks.
#[derive(Debug, Default)]
struct Now {
    waiting: Gauge,
    documents: Gauge,
    clauses: Gauge,
    generation: Gauge,
    segments: Gauge,
    model: Gauge,
    cluster_requests: Gauge,
    cluster_retries: Gauge,
    cluster_failures: Gauge,
}

impl Metrics {
    pub(super) fn new() -> Arc<Self> {
        let mut registry = Registry::with_prefix("tiaokuan");
        let requests = Family::<RequestLabels, Counter>::default();
        registry.register("http_requests", "Requests answered", requests.clone());
        let request_seconds = histograms::<RouteLabels>();
        let said = "Time to the head of the answer";
        registry.register_with_unit("http_request", said, Unit::Seconds, request_seconds.clone());
        let of_stages = histograms::<StageLabels>();
        registry.register_with_unit(
            "stage",
            "Time a stage of a search took",
            Unit::Seconds,
            of_stages.clone(),
        );
        let ingestion = IngestionMetrics::register(&mut registry);
        let now = Now::default();
        registry.register("searches_waiting", "Searches waiting for a place", now.waiting.clone());
        registry.register("documents", "Documents in the index", now.documents.clone());
        registry.register("clauses", "Clauses in the index", now.clauses.clone());
        registry.register("generation", "The generation that answers; 0 for none", now.generation.clone());
        registry.register("segments", "Segments that it reads", now.segments.clone());
        registry.register("model_present", "1 where semantic queries are answered", now.model.clone());
        let of_cluster = [
            ("cluster_requests", "Requests to the search cluster since the start", &now.cluster_requests),
            ("cluster_retries", "Requests to it that were made again", &now.cluster_retries),
            ("cluster_failures", "Requests to it that were given up", &now.cluster_failures),
        ];
        for (name, said, gauge) in of_cluster {
            registry.register(name, said, gauge.clone());
        }
        let stages = Stage::ALL
            .map(|stage| (stage, of_stages.get_or_create_owned(&StageLabels { stage: stage.name() })));
        Arc::new(Self { registry, requests, request_seconds, stages: stages.into(), ingestion, now })
    }

    /// Is told of the time that stages take.
    pub(super) fn observer(self: &Arc<Self>) -> StageObserver {
        let metrics = Arc::clone(self);
        Arc::new(move |stage, took: Duration| {
            let found = metrics.stages.iter().find(|(known, _)| *known == stage);
            if let Some((_, histogram)) = found {
                histogram.observe(took.as_secs_f64());
            }
        })
    }

    /// Is told of what the ingestion does.
    pub(super) fn ingestion_observer(self: &Arc<Self>) -> EventObserver {
        let metrics = Arc::clone(self);
        Arc::new(move |event| metrics.ingestion.count(event))
    }

    fn read(&self, state: &AppState) {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.now.waiting.set(number(state.queue().waiting()));
        self.now.model.set(i64::from(state.has_model()));
        if let Some(cluster) = state.cluster() {
            let counts = cluster.counts();
            let set = |gauge: &Gauge, count: u64| {
                gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
            };
            set(&self.now.cluster_requests, counts.requests);
            set(&self.now.cluster_retries, counts.retries);
            set(&self.now.cluster_failures, counts.failures);
        }
        let Ok(generation) = state.generation() else { return };
        self.now.documents.set(number(generation.documents().len()));
        self.now.clauses.set(number(generation.len()));
        self.now.segments.set(number(generation.segments().len()));
        self.now.generation.set(i64::try_from(generation.id()).unwrap_or(i64::MAX));
    }
}

fn histograms<L: Clone + Eq + std::hash::Hash>() -> Family<L, Histogram> {
    Family::new_with_constructor(|| Histogram::new(BOUNDS))
}

/// A request under way.
pub(super) struct Counted {
    started: Instant,
    labels: RouteLabels,
}

impl Counted {
    /// `request`, from now on.
    pub(super) fn begin(request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
        let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS];
        let method = known.iter().find(|known| *known == request.method()).map_or("OTHER", Method::as_str);
        Self { started: Instant::now(), labels: RouteLabels { method: method.to_owned(), route } }
    }

    /// Counts it and its time, now that `response` answers it.
    pub(super) fn end(self, metrics: &Metrics, response: &Response) {
        let seconds = self.started.elapsed().as_secs_f64();
        metrics.request_seconds.get_or_create(&self.labels).observe(seconds);
        let RouteLabels { method, route } = self.labels;
        let labels = RequestLabels { method, route, status: response.status().as_u16() };
        metrics.requests.get_or_create(&labels).inc();
    }
}

/// `GET /metrics`.
pub(super) async fn get(State(state): State<AppState>) -> Result<Response, Failure> {
    let metrics = state.metrics();
    metrics.read(&state);
    let mut text = String::new();
    encode(&mut text, &metrics.registry).map_err(|error| Error::internal(error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, MEDIA_TYPE)], text).into_response())
}
