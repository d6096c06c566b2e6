//! The HTTP service: JSON API and pages over one [`AppState`].
//!
//! [`app`] is the whole router, for tests as well as for [`serve`]; both the API and the pages ask
//! the same engine and differ only in how they show its answer.

mod access;
mod api;
mod assets;
mod attachment;
mod batch;
mod body;
mod disk;
mod error;
mod freshness;
pub(crate) mod fuzzing;
mod limits;
#[expect(clippy::doc_markdown, reason = "the descriptions of tools go to language models as they stand")]
mod mcp;
mod metrics;
mod openapi;
mod pages;
mod problem_text;
mod query;
mod server;
mod state;

use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{self, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::cors::CorsLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

pub use access::{AccessPolicy, KeyFile, KeyId, KeyRecord, Keyring, NewKey, Scope, Scopes};
pub(crate) use batch::{BatchContext, Cutter, Line, answer_line};
pub use disk::why_not_writable;
pub use error::Problem;
pub use limits::{Limits, Rate};
pub(crate) use mcp::serve_stdio;
pub use server::serve;
pub use state::{AppState, HostPolicy};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The whole service: API, pages, static files, and everything around them.
pub fn app(state: AppState) -> Router {
    let within = |limit| TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, limit);
    let (slow, described) = api::slow_router().split_for_parts();
    let slow = slow.merge(pages::slow_router()).layer(within(state.limits().slow_request));
    let (api, mut description) = api::router().split_for_parts();
    description.merge(described);
    openapi::add_access(&mut description);
    openapi::add_not_modified(&mut description, freshness::ROUTES);
    let docs = pages::docs_page(&description);
    let routes = api
        .route("/openapi.json", get(|| std::future::ready(axum::Json(description))))
        .route("/docs", get(|| std::future::ready(docs)))
        .route("/static/{name}", get(assets::get))
        .route("/metrics", get(metrics::get))
        .route("/mcp", mcp::http::route(state.clone()))
        .merge(pages::router());
    // The first is the outermost. One stack and two layers of ours: for every request axum clones all that lies within
    // a layer, and a router boxes each layer by itself.
    let around = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        // What fails says so itself, in `error`, with its cause.
        .layer(TraceLayer::new_for_http().make_span_with(request_span).on_failure(()))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(compression())
        .layer(from_fn_with_state(state.clone(), receive))
        .layer(CatchPanicLayer::custom(error::on_panic))
        .layer(tower::util::option_layer(cors(&state)))
        .layer(from_fn_with_state(state.clone(), access::admit));
    routes.layer(within(state.limits().request)).merge(slow).layer(around).with_state(state)
}

/// Counts a request, refuses one that no server should read, and gives its answer what every answer has.
async fn receive(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let counted = metrics::Counted::begin(&request);
    let reader = error::Reader::of(&request);
    let readable = limits::check_head(&request).and_then(|()| limits::check_host(state.hosts(), &request));
    let response = match readable {
        Ok(()) => next.run(request).await,
        Err(failure) => failure.into_response(),
    };
    let mut response = reader.render(response);
    response.headers_mut().extend(limits::SECURITY_HEADERS);
    counted.end(state.metrics(), &response);
    response
}

/// Answers for pages of other sites, where the configuration names some. Cookies are for none of them.
fn cors(state: &AppState) -> Option<CorsLayer> {
    let origins =
        state.access().cors_origins().iter().filter_map(|origin| HeaderValue::try_from(origin).ok());
    let origins: Vec<HeaderValue> = origins.collect();
    let exposed = ["x-request-id", "x-row-count", "x-total-count", "retry-after", "etag"];
    let layer = CorsLayer::new()
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::IF_NONE_MATCH])
        .expose_headers(exposed.map(HeaderName::from_static))
        .max_age(Duration::from_hours(1));
    (!origins.is_empty()).then(|| layer.allow_origin(origins))
}

/// A workbook is compressed already; the lines of a batch must not wait in a compressor for the next.
fn compression() -> CompressionLayer<impl Predicate> {
    let workbooks = NotForContentType::const_new("application/vnd.openxmlformats-officedocument");
    let lines = NotForContentType::const_new("application/x-ndjson");
    CompressionLayer::new().compress_when(DefaultPredicate::new().and(workbooks).and(lines))
}

/// A span names the request by id, method and path; never by its query, which is the user's own.
fn request_span<B>(request: &http::Request<B>) -> tracing::Span {
    let id = request_id(request.headers()).unwrap_or_default();
    tracing::info_span!("request", id, method = %request.method(), path = request.uri().path())
}

/// The id of the request with these `headers`: its sender's own, or one made on arrival.
fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get(REQUEST_ID).and_then(|id| id.to_str().ok())
}
