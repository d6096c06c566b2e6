//! Answers that a caller has already: an entity tag of what they depend on, and 304 before any work is done.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::access::Caller;
use super::state::AppState;

/// Routes whose answers depend on the index, on how this process was started and on whether the caller sees personal
/// data, and on nothing else: no form of one caller's own, no clock, no state of the service.
pub(super) const ROUTES: &[&str] = &[
    "/",
    "/search",
    "/similar",
    "/clauses/{id}",
    "/compare",
    "/atlas",
    "/measures/{id}",
    "/documents/{id}",
    "/documents/{id}/report",
    "/v1/search",
    "/v1/suggest",
    "/v1/expand",
    "/v1/export",
    "/v1/atlas",
    "/v1/measures/{id}",
    "/v1/clauses/{id}",
    "/v1/regions",
    "/v1/domains",
    "/v1/documents",
    "/v1/documents/{id}",
    "/v1/documents/{id}/versions",
    "/v1/documents/{id}/clauses",
    "/v1/documents/{id}/source",
    "/v1/feed",
];

/// Names this process: the same generation is answered otherwise by another build, another model, other weights or
/// another thesaurus, all of which are read at the start.
static PROCESS: LazyLock<String> = LazyLock::new(|| {
    let run = RandomState::new().hash_one(std::time::SystemTime::now());
    format!("{}-{:08x}", env!("CARGO_PKG_VERSION"), run as u32)
});

/// Answers 304 to who has the answer already; gives the others its tag.
pub(super) async fn answer_unless_known(
    state: &AppState,
    caller: &Caller,
    request: Request,
    next: Next,
) -> Response {
    // Of the generation before the work: should a newer one answer, the tag is found outdated next time.
    let Some(tag) = tag(state, caller, &request) else { return next.run(request).await };
    let mut response = if is_known(request.headers(), &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        next.run(request).await
    };
    if !matches!(response.status(), StatusCode::OK | StatusCode::NOT_MODIFIED) {
        return response;
    }
    let who = if caller.key.is_some() { "private, no-cache" } else { "no-cache" };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(who));
    headers.append(header::VARY, HeaderValue::from_static("authorization, cookie"));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// The tag of what `request` asks for; none where the answer depends on more. It is weak: the time taken differs.
fn tag(state: &AppState, caller: &Caller, request: &Request) -> Option<String> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return None;
    }
    let route = request.extensions().get::<MatchedPath>()?.as_str();
    if !ROUTES.contains(&route) {
        return None;
    }
    let generation = state.engine().generation()?.id();
    let personal = if caller.sees_personal_data() { "-p" } else { "" };
    Some(format!("W/\"{generation}-{}{personal}\"", *PROCESS))
}

/// Whether `If-None-Match` names `tag`. `*` asks whether there is anything at all, which only the work can tell.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let wanted = bare(tag);
    let lines = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|known| bare(known) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly() {
        let tag = "W/\"7-0.1.0-0a\"";
        let rows = [
            ("W/\"7-0.1.0-0a\"", true),
            ("\"7-0.1.0-0a\"", true),
            ("\"x\", W/\"7-0.1.0-0a\"", true),
            ("\"7-0.1.0-0b\"", false),
            ("\"7-0.1.0-0a\"-p", false),
            ("*", false),
            ("", false),
        ];
        for (known, is) in rows {
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(known))]);
            assert_eq!(is_known(&headers, tag), is, "{known}");
        }
        assert!(!is_known(&HeaderMap::new(), tag));
    }
}
