//! Reads a JSON body and says exactly what is wrong with it.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::error::Failure;
use super::limits::{IDLE, MAX_DRAINED, MAX_JSON};
use crate::error::{Error, Kind, Result};

/// A JSON body of at most 1 MB as a `T`.
#[derive(Debug)]
pub(super) struct ApiJson<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ApiJson<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Failure> {
        check_content_type(request.headers())?;
        Ok(Self(read_json(request.into_body(), MAX_JSON).await?))
    }
}

/// `body` of at most `most` bytes as a `T`.
pub(super) async fn read_json<T: DeserializeOwned>(body: Body, most: usize) -> Result<T> {
    let bytes = read_whole(body, most).await?;
    let not_utf8 = |error: std::string::FromUtf8Error| {
        let at = error.utf8_error().valid_up_to();
        Error::new(Kind::Invalid, "not_utf8", format!("the body is not UTF-8 from byte {at} on"))
    };
    parse(&String::from_utf8(bytes).map_err(not_utf8)?)
}

/// The media type that the headers name, in lower case, without parameters; empty without one.
pub(super) fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Refuses what does not say that it is JSON.
pub(super) fn check_content_type(headers: &HeaderMap) -> Result<()> {
    let value = media_type(headers);
    if value == "application/json" || (value.starts_with("application/") && value.ends_with("+json")) {
        return Ok(());
    }
    let said =
        if value.is_empty() { "no content type".to_owned() } else { format!("content type {value:?}") };
    let context = format!("{said}: send the body as application/json");
    Err(Error::new(Kind::Unsupported, "unsupported_media_type", context))
}

/// The whole body. A body that is too large is read on and thrown away within a bound, so that a
/// client that is still sending gets the answer and not a reset connection; one that says itself that it is
/// larger than that is not read at all.
pub(super) async fn read_whole(mut body: Body, most: usize) -> Result<Vec<u8>> {
    let allowed = most.saturating_add(MAX_DRAINED);
    if body.size_hint().lower() > allowed as u64 {
        return Err(too_large(most));
    }
    let mut whole = Vec::new();
    let mut length = 0_usize;
    while let Some(frame) = next_frame(&mut body).await? {
        let broken =
            |error| Error::new(Kind::Invalid, "bad_request", "the body ended early").with_source(error);
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length <= most {
            whole.extend_from_slice(&data);
        }
        if length > allowed {
            break;
        }
    }
    if length > most { Err(too_large(most)) } else { Ok(whole) }
}

type Frame = std::result::Result<http_body::Frame<Bytes>, axum::Error>;

/// The next part of `body`; `slow_body` where it does not come.
pub(super) async fn next_frame(body: &mut Body) -> Result<Option<Frame>> {
    let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context));
    tokio::time::timeout(IDLE, frame).await.map_err(|_| {
        let message = format!("nothing more of the body came for {} s", IDLE.as_secs());
        Error::new(Kind::Invalid, "slow_body", message)
    })
}

fn too_large(most: usize) -> Error {
    Error::new(Kind::TooLarge, "body_too_large", format!("the body is larger than {most} bytes"))
}

/// `text` as a `T`; the error names the field.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        explain(&path, error.inner())
    })?;
    deserializer.end().map_err(|error| explain(".", &error))?;
    refuse_lists(text).map(|()| value)
}

/// The same for the value of the field `name` of a body: errors name the field within it.
pub(super) fn parse_field<T: DeserializeOwned>(name: &str, value: &RawValue) -> Result<T> {
    parse(value.get()).map_err(|error| match error.kind() {
        Kind::Invalid => {
            let within = error.field().map(|field| format!("{name}.{field}"));
            let context = format!("{name}: {error}");
            Error::invalid(error.code(), within.unwrap_or_else(|| name.to_owned()), context)
        }
        _ => error,
    })
}

/// serde would read a list as a struct's fields in order, which no description promises.
fn refuse_lists(text: &str) -> Result<()> {
    let is_object = |text: &str| text.trim_start().starts_with('{');
    if !is_object(text) {
        return Err(not_an_object());
    }
    let fields: HashMap<String, &RawValue> =
        serde_json::from_str(text).map_err(|error| explain(".", &error))?;
    if fields.get("filter").is_some_and(|filter| !is_object(filter.get()) && filter.get() != "null") {
        return Err(Error::invalid("wrong_type", "filter", "filter: expected an object"));
    }
    Ok(())
}

fn explain(path: &str, error: &serde_json::Error) -> Error {
    let said = error.to_string();
    if error.classify() != Category::Data {
        return Error::new(Kind::Invalid, "malformed_json", format!("the body is not JSON: {said}"));
    }
    let path = if path == "." { "" } else { path };
    if said.starts_with("unknown field") {
        return Error::invalid("unknown_field", path, said);
    }
    if let Some(name) = said.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        let field = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        return Error::invalid("missing_field", field, said);
    }
    if path.is_empty() {
        return not_an_object();
    }
    Error::invalid("wrong_type", path, wrong_type(path, &said))
}

fn not_an_object() -> Error {
    Error::new(Kind::Invalid, "wrong_type", "the body must be a JSON object")
}

/// serde's own words, but for a filter value, where they would speak of an enum of ours.
fn wrong_type(path: &str, said: &str) -> String {
    let expected = match path {
        "filter.year" => "a year as a number",
        "filter.role" => "lead, support or responsible",
        "filter.kind" => "measure, goal, safeguard, roster, table, article, notice or other",
        "filter.status" => "effective, draft, trial or repealed",
        _ if said.contains("untagged enum") => "a string",
        _ => return format!("{path}: {said}"),
    };
    format!("{path}: expected {expected}, or a list of such values")
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::search::SearchRequest;

    #[test]
    fn names_the_field_at_fault() {
        let rows = [
            ("{", "malformed_json", None),
            ("", "malformed_json", None),
            (r#"{"query":"a"} x"#, "malformed_json", None),
            ("{}", "missing_field", Some("query")),
            (r#"{"query":1}"#, "wrong_type", Some("query")),
            ("[]", "wrong_type", None),
            (r#"{"query":"a","filter":[]}"#, "wrong_type", Some("filter")),
            (r#"["a", "hybrid", {}, 10, null, null, [], false]"#, "wrong_type", None),
            (r#"{"query":"a","colour":1}"#, "unknown_field", Some("colour")),
            (r#"{"query":"a","filter":{"colour":1}}"#, "unknown_field", Some("filter.colour")),
            (r#"{"query":"a","filter":{"year":"x"}}"#, "wrong_type", Some("filter.year")),
            (r#"{"query":"a","filter":{"role":"boss"}}"#, "wrong_type", Some("filter.role")),
            (r#"{"query":"a","limit":-1}"#, "wrong_type", Some("limit")),
            (r#"{"query":"a","facets":["region","x"]}"#, "wrong_type", Some("facets[1]")),
            (r#"{"query":"a","mode":"fast"}"#, "wrong_type", Some("mode")),
            (r#"{"query":null}"#, "wrong_type", Some("query")),
        ];
        for (body, code, field) in rows {
            let error = parse::<SearchRequest>(body).unwrap_err();
            assert_eq!((error.code(), error.field()), (code, field), "{body}: {error}");
        }
    }
}
