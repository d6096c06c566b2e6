//! The one boundary from the crate's [`Error`] to what a caller sees: RFC 9457 problem details for
//! programs, a page in Chinese for people.
//!
//! A handler returns [`Failure`]; [`render_failures`] turns it, and every bare error status of a
//! layer below (unknown path, wrong method, timeout), into the body that the caller can read.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::pages;
use super::problem_text::{self, ProblemText};
use crate::error::{Error, Kind};

/// What a handler returns when it cannot answer.
#[derive(Debug)]
pub(super) struct Failure(pub(super) Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let problem = Problem::of(&self.0);
        match problem.status {
            500 => tracing::error!(code = problem.code, error = %chain(&self.0), "request failed"),
            // Metrics count them: a line each would let who asks too much fill the disk.
            503 if is_overload(problem.code) => {
                tracing::debug!(code = problem.code, error = %chain(&self.0), "request not served now");
            }
            501.. => tracing::warn!(code = problem.code, error = %chain(&self.0), "request not served now"),
            _ => {}
        }
        bare(problem)
    }
}

/// Problem details (RFC 9457), with the words for people in Chinese beside the English ones.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Where the kind of problem is described.
    #[serde(rename = "type")]
    #[schema(example = "/docs#problem-unknown_clause")]
    kind: String,
    /// The kind of problem, in English.
    pub title: &'static str,
    /// The kind of problem, in Chinese.
    pub title_zh: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599, example = 404)]
    pub status: u16,
    /// What is wrong with this request, in English.
    pub detail: String,
    /// What to do about it, in Chinese.
    pub detail_zh: &'static str,
    /// Stable code; match on this.
    #[schema(example = "unknown_clause")]
    pub code: &'static str,
    /// The field of the request at fault, such as `filter.year`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub field: Option<String>,
    /// Names this request in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub request_id: Option<String>,
}

impl Problem {
    /// The problem that `error` is to a caller. Defects and operating-system errors stay opaque:
    /// their words may name paths, and help nobody outside.
    pub(super) fn of(error: &Error) -> Self {
        let status = status_of(error);
        let code = if status == StatusCode::INTERNAL_SERVER_ERROR { "internal" } else { error.code() };
        let text = problem_text::for_code(code);
        let opaque = status == StatusCode::INTERNAL_SERVER_ERROR;
        let detail = if opaque { text.title.to_owned() } else { error.to_string() };
        Self::new(status, code, text, detail, error.field())
    }

    /// The problem for a status that some layer answered without a word.
    fn of_status(status: StatusCode) -> Self {
        let code = match status {
            StatusCode::NOT_FOUND => "not_found",
            StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
            StatusCode::PAYLOAD_TOO_LARGE => "body_too_large",
            StatusCode::SERVICE_UNAVAILABLE => "timeout",
            StatusCode::INTERNAL_SERVER_ERROR => "internal",
            _ => "bad_request",
        };
        let text = problem_text::for_code(code);
        Self::new(status, code, text, text.title.to_owned(), None)
    }

    fn new(
        status: StatusCode,
        code: &'static str,
        text: &ProblemText,
        detail: String,
        field: Option<&str>,
    ) -> Self {
        Self {
            kind: format!("/docs#problem-{code}"),
            title: text.title,
            title_zh: text.title_zh,
            status: status.as_u16(),
            detail,
            detail_zh: text.advice_zh,
            code,
            field: field.map(str::to_owned),
            request_id: None,
        }
    }
}

/// Whether `code` says that too much is asked at once.
fn is_overload(code: &str) -> bool {
    matches!(code, "busy" | "ingestion_busy" | "uploads_busy")
}

fn status_of(error: &Error) -> StatusCode {
    match (error.kind(), error.code()) {
        (_, "host_not_allowed" | "read_only" | "scope_missing" | "cross_origin" | "csrf_token_missing") => {
            StatusCode::FORBIDDEN
        }
        (_, "key_required" | "key_invalid") => StatusCode::UNAUTHORIZED,
        (_, "rate_limited") => StatusCode::TOO_MANY_REQUESTS,
        (_, "head_too_large") => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        (_, "slow_body") => StatusCode::REQUEST_TIMEOUT,
        (_, "disk_full") => StatusCode::INSUFFICIENT_STORAGE,
        // Syntax is 400; what was understood and cannot be met is 422.
        (
            Kind::Invalid,
            "malformed_json" | "not_utf8" | "unknown_parameter" | "invalid_parameter" | "bad_request"
            | "key_in_url",
        ) => StatusCode::BAD_REQUEST,
        (Kind::Invalid | Kind::Malformed, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (Kind::NotFound, _) => StatusCode::NOT_FOUND,
        (Kind::TooLarge, _) => StatusCode::PAYLOAD_TOO_LARGE,
        (Kind::Unsupported, _) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        (Kind::Locked, _) => StatusCode::CONFLICT,
        (Kind::Unavailable, _) => StatusCode::SERVICE_UNAVAILABLE,
        (Kind::Corrupt | Kind::Io | Kind::Internal, _) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Answers a caught panic like any other defect of ours.
#[expect(clippy::needless_pass_by_value, reason = "the signature that the layer calls")]
pub(super) fn on_panic(payload: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let said = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let said = said.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default();
    Failure(Error::internal(format!("panic: {said}"))).into_response()
}

/// Who reads the answer to a request, should it fail.
pub(super) struct Reader {
    is_person: bool,
    request_id: Option<String>,
}

impl Reader {
    /// Who sent `request`.
    pub(super) fn of(request: &Request) -> Self {
        let id = super::request_id(request.headers());
        Self { is_person: is_for_people(request), request_id: id.map(str::to_owned) }
    }

    /// `response`, with a body that its reader can read where it is an error.
    pub(super) fn render(self, response: Response) -> Response {
        let status = response.status();
        if !status.is_client_error() && !status.is_server_error() {
            return response;
        }
        if response.extensions().get::<Rendered>().is_some() {
            return response;
        }
        let mut problem =
            response.extensions().get::<Problem>().cloned().unwrap_or_else(|| Problem::of_status(status));
        problem.request_id = self.request_id;
        let body = if self.is_person {
            Html(pages::error_page(&problem)).into_response()
        } else {
            problem_json(&problem)
        };
        with_headers_of(&response.into_parts().0.headers, status, body)
    }
}

/// Marks, as an extension, an error response whose page is complete already (a search page that says
/// what is wrong beside the box).
#[derive(Clone, Copy, Debug)]
pub(super) struct Rendered;

/// The status at which a page about `error` is sent.
pub(super) fn page_status(error: &Error) -> StatusCode {
    status_of(error)
}

/// Title and advice in Chinese for `error`.
pub(super) fn words_zh(error: &Error) -> (&'static str, &'static str) {
    let text = problem_text::for_code(error.code());
    (text.title_zh, text.advice_zh)
}

fn bare(problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = status.into_response();
    // Seconds after which it is worth trying again.
    let retry_after = match problem.code {
        "busy" | "ingestion_busy" => Some(1),
        "timeout" | "uploads_busy" | "no_generation" => Some(5),
        _ => None,
    };
    response
        .headers_mut()
        .extend(retry_after.map(|wait: u64| (header::RETRY_AFTER, HeaderValue::from(wait))));
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Bearer realm=\"tiaokuan\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response.extensions_mut().insert(problem);
    response
}

fn problem_json(problem: &Problem) -> Response {
    let mut response = axum::Json(problem).into_response();
    let content_type = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}

fn with_headers_of(before: &HeaderMap, status: StatusCode, mut response: Response) -> Response {
    *response.status_mut() = status;
    for name in [header::ALLOW, header::RETRY_AFTER, header::WWW_AUTHENTICATE, header::VARY] {
        if let Some(value) = before.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

/// Whether `path` is one of the API, which no page of ours has a form for.
pub(super) fn is_of_api(path: &str) -> bool {
    path.starts_with("/v1/") || matches!(path, "/v1" | "/healthz" | "/readyz" | "/openapi.json")
}

/// Whether whoever sent `request` reads pages rather than JSON.
pub(super) fn is_for_people(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    !is_of_api(request.uri().path()) && accept.is_some_and(|accept| accept.contains("text/html"))
}

fn chain(error: &Error) -> String {
    let mut said = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        said.push_str(": ");
        said.push_str(&cause.to_string());
        source = cause.source();
    }
    said
}
