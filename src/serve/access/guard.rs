//! The way in: who asks, whether the route is open to them, whether a browser asks on its own behalf.

use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::stream::{self, StreamExt};

use super::caller::{Access, Caller};
use super::key::{self, Scope};
use super::session::{cookie_name, cookie_of};
use super::{audit, csrf};
use crate::error::{Error, Kind, Result};
use crate::serve::body::next_frame;
use crate::serve::error::{Failure, is_for_people, is_of_api};
use crate::serve::freshness;
use crate::serve::query;
use crate::serve::state::AppState;

/// Lets a request in: the way from its arrival to its handler, in this order.
pub(in crate::serve) async fn admit(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Err(failure) = check_address(&request).and_then(|()| check_origin(state.access(), &request)) {
        return failure.into_response();
    }
    let caller = match identify(&state, &request) {
        Ok(caller) => caller,
        Err(refusal) => return refusal.of(&request),
    };
    request.extensions_mut().insert(caller.clone());
    let has_key = caller.key.is_some();
    let record = audit::Record::of(state.access(), &caller, &request);
    let answered = answer(state, caller, request, next);
    let mut response = match record {
        Some(record) => record.of_answer(answered).await,
        None => answered.await,
    };
    if has_key {
        // What one key sees is for no cache that others share.
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private"));
    }
    response
}

/// Answers a request whose caller is known, whatever comes of it.
async fn answer(state: AppState, caller: Caller, request: Request, next: Next) -> Response {
    if let Err(failure) = authorise(&caller, &request) {
        return failure.into_response();
    }
    match check_form(state.access(), &caller, request).await {
        Ok(request) => freshness::answer_unless_known(&state, &caller, request, next).await,
        Err(failure) => failure.into_response(),
    }
}

/// What a route asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Nothing: health, the way in, style sheets.
    Nothing,
    /// A key with a scope.
    Of(Scope),
    /// An admin's key, or the user of this machine.
    Metrics,
}

/// What each route needs: the one table. What is not named reads if it is a `GET` and writes otherwise, so that a
/// route that somebody forgets here is closed rather than open.
pub(super) fn need(method: &Method, route: Option<&str>) -> Need {
    match route {
        Some("/healthz" | "/readyz" | "/sign-in" | "/sign-out" | "/static/{name}") => Need::Nothing,
        Some("/metrics") => Need::Metrics,
        // Questions with a body; a review forgets the draft that it reads.
        Some(
            "/v1/search" | "/v1/similar" | "/v1/similar/batch" | "/v1/compare" | "/v1/review" | "/v1/export"
            | "/review" | "/mcp",
        ) => Need::Of(Scope::Read),
        _ if is_safe(method) => Need::Of(Scope::Read),
        _ => Need::Of(Scope::Write),
    }
}

pub(super) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether a route takes this to change something; what is neither safe nor this no route takes, and says so.
fn changes(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH | Method::DELETE)
}

/// What the route of `request` needs.
pub(super) fn need_of(request: &Request) -> Need {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    need(request.method(), route)
}

/// Parameters by which others let keys be given; here they are refused, since addresses are logged and shared.
const KEY_PARAMETERS: [&str; 7] =
    ["key", "api_key", "apikey", "api-key", "token", "access_token", "authorization"];

/// Refuses a key in the address, by the parameter's name or by the value's shape.
fn check_address(request: &Request) -> Result<(), Failure> {
    let pairs = query::pairs(request.uri().query()).unwrap_or_default();
    let is_key = |name: &str, value: &str| {
        KEY_PARAMETERS.contains(&name.to_ascii_lowercase().as_str()) || key::parts(value).is_some()
    };
    let Some((name, _)) = pairs.iter().find(|(name, value)| is_key(name, value)) else { return Ok(()) };
    let message =
        "a key in the address ends up in logs: send `Authorization: Bearer KEY`, and revoke this key";
    Err(Failure(Error::invalid("key_in_url", name, message)))
}

/// Refuses what a page of another site makes a browser send: browsers say where a request comes from, other
/// clients need not.
fn check_origin(access: &Access, request: &Request) -> Result<(), Failure> {
    if is_safe(request.method()) || !is_foreign(access, request.headers()) {
        return Ok(());
    }
    let message = "the request comes from a page of another site; cors_origins names those that may ask";
    Err(Failure(Error::new(Kind::Invalid, "cross_origin", message)))
}

fn is_foreign(access: &Access, headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let Some(origin) = text(&header::ORIGIN) else {
        let site = text(&HeaderName::from_static("sec-fetch-site"));
        return site.is_some_and(|site| !matches!(site, "same-origin" | "none"));
    };
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    let is_own = authority.is_some() && authority == text(&header::HOST);
    let known = || access.cors_origins().iter().chain(&access.policy.public_origin);
    !is_own && !known().any(|known| known.eq_ignore_ascii_case(origin))
}

/// Why nobody is let in.
enum Refusal {
    /// It is not said who asks, or not so that it can be believed.
    Unknown(Error),
    /// The key is to come back after so many seconds.
    TooOften(u64),
}

impl Refusal {
    fn of(self, request: &Request) -> Response {
        match self {
            Self::Unknown(error) => unknown(request, error),
            Self::TooOften(wait) => {
                let message = format!("this key asked too often; try again in {wait} s");
                let error = Error::new(Kind::Unavailable, "rate_limited", message);
                let mut response = Failure(error).into_response();
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
                response
            }
        }
    }
}

/// Who asks; refuses who does not say so where that is needed, and who asks too often.
fn identify(state: &AppState, request: &Request) -> Result<Caller, Refusal> {
    let caller = match who(state.access(), request.headers()) {
        Ok(caller) => caller,
        Err(_) if need_of(request) == Need::Nothing => Caller::nobody(),
        Err(error) => return Err(Refusal::Unknown(error)),
    };
    too_often(state, &caller).map_or(Ok(caller), |wait| Err(Refusal::TooOften(wait)))
}

fn too_often(state: &AppState, caller: &Caller) -> Option<u64> {
    state.rate()?.take(caller.key.as_ref()?.as_str()).err()
}

/// Who sent `headers`.
fn who(access: &Access, headers: &HeaderMap) -> Result<Caller> {
    if let Some(said) = headers.get(header::AUTHORIZATION) {
        let record = bearer(said).and_then(|key| access.find(key));
        return record.map(|record| Caller::of_key(record, false)).ok_or_else(key_invalid);
    }
    let session = cookie_of(headers, cookie_name(access.is_https()));
    if let Some(caller) = session.and_then(|token| access.of_session(&token)) {
        return Ok(caller);
    }
    if access.requires_keys() || is_forwarded(headers) {
        let message = "send a key as `Authorization: Bearer KEY`; `tiaokuan keys create` makes one";
        return Err(Error::new(Kind::Invalid, "key_required", message));
    }
    Ok(Caller::local())
}

fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, key) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

fn key_invalid() -> Error {
    Error::new(
        Kind::Invalid,
        "key_invalid",
        "the key is unknown, revoked or past its end, or is no Bearer key",
    )
}

/// Whether a proxy passed the request on: then it does not come from this machine, whatever the socket says.
fn is_forwarded(headers: &HeaderMap) -> bool {
    ["forwarded", "x-forwarded-for", "x-real-ip"].iter().any(|name| headers.contains_key(*name))
}

/// Leads people to the sign-in page and tells programs what is missing.
fn unknown(request: &Request, error: Error) -> Response {
    let is_page = *request.method() == Method::GET && is_for_people(request);
    if !is_page || error.code() != "key_required" {
        return Failure(error).into_response();
    }
    let wanted = request.uri().path_and_query().map_or("/", |wanted| wanted.as_str());
    if request.headers().get("sec-fetch-site").is_some_and(|site| site == "cross-site") {
        // A strict cookie does not come along with a link from elsewhere. The same page asked for again by a page
        // of ours brings it.
        let again = HeaderValue::try_from(format!("0; url=/sign-in?next={}", query::escape(wanted)));
        let again = again.unwrap_or(HeaderValue::from_static("0; url=/sign-in"));
        return ([(HeaderName::from_static("refresh"), again)], StatusCode::OK).into_response();
    }
    Redirect::to(&format!("/sign-in?next={}", query::escape(wanted))).into_response()
}

/// Refuses a caller without the scope that the route needs.
fn authorise(caller: &Caller, request: &Request) -> Result<(), Failure> {
    let missing = match need_of(request) {
        Need::Nothing => None,
        Need::Of(scope) => (!caller.scopes.allow(scope)).then_some(scope),
        Need::Metrics => (!caller.is_local() && !caller.scopes.allow(Scope::Admin)).then_some(Scope::Admin),
    };
    let Some(scope) = missing else { return Ok(()) };
    let message = format!("this takes a key with the scope {}", scope.name());
    Err(Failure(Error::new(Kind::Invalid, "scope_missing", message)))
}

/// How much of a form is read for its token, which is its first field.
const PEEKED: usize = 1024;
/// Characters of a token.
const TOKEN: usize = 64;

/// Refuses a form that writes and does not hold its token, and whatever writes by cookie without one; gives back any
/// other request whole.
async fn check_form(access: &Access, caller: &Caller, request: Request) -> Result<Request, Failure> {
    let reads = !changes(request.method()) || need_of(&request) == Need::Of(Scope::Read);
    let path = request.uri().path();
    let is_of_page = !is_of_api(path) && path != "/mcp";
    if reads || !(caller.by_cookie || is_of_page) {
        return Ok(request);
    }
    let (request, token) = with_token(request).await?;
    if token.is_some_and(|token| access.is_token(request.headers(), &token)) {
        return Ok(request);
    }
    let message = format!("send the form's token as its first field {}, or as {}", csrf::FIELD, csrf::HEADER);
    Err(Failure(Error::new(Kind::Invalid, "csrf_token_missing", message)))
}

/// The token of `request`, from its header or the first field of its body, which stays whole.
async fn with_token(request: Request) -> Result<(Request, Option<String>)> {
    if let Some(token) = request.headers().get(csrf::HEADER) {
        let token = token.to_str().ok().map(str::to_owned);
        return Ok((request, token));
    }
    let (head, mut body) = request.into_parts();
    let mut chunks: Vec<Bytes> = Vec::new();
    while chunks.iter().map(Bytes::len).sum::<usize>() < PEEKED {
        let Some(Ok(frame)) = next_frame(&mut body).await? else { break };
        chunks.extend(frame.into_data().ok());
    }
    let begun = chunks.concat();
    let token = token_in(&String::from_utf8_lossy(begun.get(..PEEKED).unwrap_or(&begun)));
    let whole = stream::iter(chunks.into_iter().map(Ok)).chain(body.into_data_stream());
    Ok((Request::from_parts(head, Body::from_stream(whole)), token))
}

/// The token that a form's body begins with: `_csrf=…`, or a first part of that name.
fn token_in(begun: &str) -> Option<String> {
    let of_form = begun.strip_prefix(csrf::FIELD).and_then(|rest| rest.strip_prefix('='));
    let of_part = || {
        let (head, value) = begun.split_once("\r\n\r\n")?;
        head.contains(&format!("name=\"{}\"", csrf::FIELD)).then_some(value)
    };
    let value = of_form.or_else(of_part)?;
    value.get(..TOKEN).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_that_nobody_named_is_closed() {
        let rows = [
            (Method::GET, Some("/healthz"), Need::Nothing),
            (Method::GET, Some("/metrics"), Need::Metrics),
            (Method::POST, Some("/v1/search"), Need::Of(Scope::Read)),
            (Method::GET, Some("/v1/documents/{id}"), Need::Of(Scope::Read)),
            (Method::PUT, Some("/v1/documents/{id}"), Need::Of(Scope::Write)),
            (Method::DELETE, Some("/v1/documents/{id}"), Need::Of(Scope::Write)),
            (Method::POST, Some("/v1/whatever"), Need::Of(Scope::Write)),
            (Method::GET, None, Need::Of(Scope::Read)),
            (Method::POST, None, Need::Of(Scope::Write)),
        ];
        for (method, route, needed) in rows {
            assert_eq!(need(&method, route), needed, "{method} {route:?}");
        }
    }

    #[test]
    fn a_token_is_the_first_field() {
        let token = "a".repeat(TOKEN);
        assert_eq!(token_in(&format!("_csrf={token}&key=x")), Some(token.clone()));
        let part = format!("--b\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n{token}\r\n--b");
        assert_eq!(token_in(&part), Some(token.clone()));
        assert_eq!(token_in(&format!("key=x&_csrf={token}")), None);
        assert_eq!(token_in("_csrf=short"), None);
    }
}
