//! What the server refuses before a handler sees it, and the headers that every answer carries.
//!
//! Sizes are constants, since the API's description states them; times and counts depend on the machine and are
//! [`Limits`], which the configuration sets.

mod queue;
mod rate;

use std::num::NonZeroU32;
use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};

pub(super) use queue::Queue;
pub use rate::Rate;
pub(super) use rate::RateLimit;

use super::error::Failure;
use super::state::HostPolicy;
use crate::error::{Error, Kind};

/// Largest JSON body, in bytes.
pub(super) const MAX_JSON: usize = 1 << 20;
/// Most items of a batch.
pub(super) const MAX_ITEMS: usize = 20_000;
/// Longest item of a batch, in bytes: twice the longest text with every character escaped.
pub(super) const MAX_LINE: usize = 256 << 10;
/// How much of a batch is held before it is answered, in bytes.
pub(super) const MAX_AHEAD: usize = 32 << 20;
/// Longest wait for more of a body.
pub(super) const IDLE: Duration = Duration::from_secs(30);
/// Longest time that waits for more of one batch may take together: a byte now and then is no batch.
pub(super) const MAX_WAITED: Duration = Duration::from_mins(10);
/// How much of a body that is too large is read on, so that its sender hears why.
pub(super) const MAX_DRAINED: usize = 32 << 20;
/// Largest file that is taken, in bytes.
pub(super) const MAX_UPLOAD: usize = 64 << 20;
/// Longest head of a request, in bytes. An address alone may have 64 KiB: pages ask by address, and a Chinese
/// character is nine bytes there.
pub(super) const MAX_HEAD: usize = 96 << 10;
/// Most headers of a request.
pub(super) const MAX_HEADERS: usize = 100;
/// How many times that the connection itself takes: what is beyond it is refused without a body, before there is a
/// request to answer.
pub(super) const HEAD_MARGIN: usize = 2;

/// Times and counts within which the service works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections open at once.
    pub connections: usize,
    /// Searches worked on at once.
    pub searches: usize,
    /// Searches that wait at once.
    pub queue: usize,
    /// Longest wait in that line.
    pub wait: Duration,
    /// Requests of one key; none for no bound.
    pub rate: Option<Rate>,
    /// Longest time from the head of a request to the head of its answer.
    pub request: Duration,
    /// The same for a draft's review, which compares hundreds of clauses, and for taking a document in.
    pub slow_request: Duration,
    /// Longest time for a request's head to come, and of an idle connection.
    pub head: Duration,
    /// Longest time without a byte of an answer taken by its client.
    pub idle: Duration,
    /// How long requests under way may go on once the service is asked to end.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let rate = NonZeroU32::new(50).zip(NonZeroU32::new(200));
        Self {
            connections: 2_000,
            searches: cores * 2,
            queue: 256,
            wait: Duration::from_secs(10),
            rate: rate.map(|(per_second, burst)| Rate { per_second, burst }),
            request: Duration::from_secs(30),
            slow_request: Duration::from_mins(5),
            head: Duration::from_secs(10),
            // A client may send a whole batch before it reads: its uplink sets the time.
            idle: Duration::from_mins(2),
            drain: Duration::from_secs(30),
        }
    }
}

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

/// Refuses a head of more than [`MAX_HEAD`] bytes or [`MAX_HEADERS`] headers.
pub(super) fn check_head(request: &Request) -> Result<(), Failure> {
    let headers = request.headers();
    let length = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 4;
    let address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    let total = address + headers.iter().map(length).sum::<usize>();
    if total <= MAX_HEAD && headers.len() <= MAX_HEADERS {
        return Ok(());
    }
    let message = format!("the head of a request may have {} KiB and {MAX_HEADERS} headers", MAX_HEAD >> 10);
    Err(Failure(Error::new(Kind::TooLarge, "head_too_large", message)))
}

/// Refuses a `Host` that `allowed` does not allow. A request without one does not come from a browser, so it cannot be
/// a rebinding attack.
pub(super) fn check_host(allowed: &HostPolicy, request: &Request) -> Result<(), Failure> {
    let authority = request.uri().authority().map(axum::http::uri::Authority::as_str);
    let header = request.headers().get(header::HOST).map(|host| host.to_str().unwrap_or("?"));
    let Some(host) = authority.into_iter().chain(header).find(|host| !allowed.allows(host)) else {
        return Ok(());
    };
    let context =
        format!("this server does not answer for {host:?}; allowed_hosts names what it answers for");
    Err(Failure(Error::new(Kind::Invalid, "host_not_allowed", context)))
}
