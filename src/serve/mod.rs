//! The HTTP service: JSON API and pages over one [`AppState`].
//!
//! [`app`] is the whole router, for tests as well as for [`serve`]; both the API and the pages ask
//! the same engine and differ only in how they show its answer.

mod api;
mod assets;
mod attachment;
mod batch;
mod body;
mod error;
mod limits;
mod openapi;
mod pages;
mod problem_text;
mod query;
mod state;

use std::future::Future;

use axum::Router;
use axum::http::{HeaderName, Request, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

pub(crate) use batch::{BatchContext, Cutter, Line, answer_line};
pub use error::Problem;
pub use state::{AppState, HostPolicy};

use crate::error::{Error, Result};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The whole service: API, pages, static files, and everything around them.
pub fn app(state: AppState) -> Router {
    let within = |limit| TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, limit);
    let (slow, described) = api::slow_router().split_for_parts();
    let slow = slow.merge(pages::slow_router()).layer(within(limits::REVIEW_TIMEOUT));
    let (api, mut description) = api::router().split_for_parts();
    description.merge(described);
    let docs = pages::docs_page(&description);
    let routes = api
        .route("/openapi.json", get(|| std::future::ready(axum::Json(description))))
        .route("/docs", get(|| std::future::ready(docs)))
        .route("/static/{name}", get(assets::get))
        .merge(pages::router());
    // The last layer is the outermost.
    routes
        .layer(within(limits::TIMEOUT))
        .merge(slow)
        .layer(from_fn_with_state(state.clone(), limits::check_host))
        .layer(CatchPanicLayer::custom(error::on_panic))
        .layer(from_fn(error::render_failures))
        .layer(compression())
        .layer(from_fn(limits::add_security_headers))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(TraceLayer::new_for_http().make_span_with(request_span))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .with_state(state)
}

/// A workbook is compressed already; the lines of a batch must not wait in a compressor for the next.
fn compression() -> CompressionLayer<impl Predicate> {
    let workbooks = NotForContentType::const_new("application/vnd.openxmlformats-officedocument");
    let lines = NotForContentType::const_new("application/x-ndjson");
    CompressionLayer::new().compress_when(DefaultPredicate::new().and(workbooks).and(lines))
}

/// Answers on `listener` until `shutdown` ends, then finishes the requests that are under way.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    // Without this a small answer waits for the client's delayed acknowledgement: 44 ms against 1.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY not set");
        }
    });
    let served = axum::serve(listener, app).with_graceful_shutdown(shutdown).await;
    served.map_err(|error| Error::io("serving", error))
}

/// A span names the request by id, method and path; never by its query, which is the user's own.
fn request_span<B>(request: &Request<B>) -> tracing::Span {
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::info_span!("request", id, method = %request.method(), path = request.uri().path())
}
