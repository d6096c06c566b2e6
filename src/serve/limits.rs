//! What the server refuses before a handler sees it, and the headers that every answer carries.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::Failure;
use super::state::AppState;
use crate::error::{Error, Kind};

/// Largest JSON body, in bytes.
pub(super) const MAX_JSON: usize = 1 << 20;
/// Most items of a batch.
pub(super) const MAX_ITEMS: usize = 20_000;
/// Longest item of a batch, in bytes: twice the longest text with every character escaped.
pub(super) const MAX_LINE: usize = 256 << 10;
/// How much of a batch is held before it is answered, in bytes.
pub(super) const MAX_AHEAD: usize = 32 << 20;
/// Longest wait for more of a batch that its sender has not ended.
pub(super) const IDLE: Duration = Duration::from_secs(30);
/// How much of a body that is too large is read on, so that its sender hears why.
pub(super) const MAX_DRAINED: usize = 32 << 20;
/// Longest time from the head of a request to the head of its answer.
pub(super) const TIMEOUT: Duration = Duration::from_secs(30);
/// The same for a draft's review, which compares hundreds of clauses.
pub(super) const REVIEW_TIMEOUT: Duration = Duration::from_mins(5);
/// Largest file that is taken, in bytes.
pub(super) const MAX_UPLOAD: usize = 64 << 20;

/// Headers of every answer: no script, style, image or request from anywhere but here, no frame, no
/// guessing of types, no address told to others.
pub(super) const SECURITY_HEADERS: [(HeaderName, HeaderValue); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// Adds [`SECURITY_HEADERS`].
pub(super) async fn add_security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().extend(SECURITY_HEADERS);
    response
}

/// Refuses a `Host` that the state's policy does not allow. A request without one does not come from
/// a browser, so it cannot be a rebinding attack.
pub(super) async fn check_host(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let authority = request.uri().authority().map(|authority| authority.as_str().to_owned());
    let header = request.headers().get(header::HOST).map(|host| host.to_str().unwrap_or("?").to_owned());
    let refused = authority.into_iter().chain(header).find(|host| !state.hosts().allows(host));
    if let Some(host) = refused {
        let context = format!("this server listens on loopback and does not answer for {host:?}");
        return Failure(Error::new(Kind::Invalid, "host_not_allowed", context)).into_response();
    }
    next.run(request).await
}
