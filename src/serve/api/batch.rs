//! `/v1/similar/batch`.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream, StreamExt};

use super::parameters::FilterParameters;
use crate::error::{Error, Kind, Result};
use crate::search::{Engine, SimilarRequest};
use crate::serve::access::Caller;
use crate::serve::batch::{
    self, BatchContext, BatchItem, BatchLine, BatchRequest, Incoming, answer_line, read_ahead, refusal_line,
};
use crate::serve::body::{check_content_type, media_type, read_json};
use crate::serve::error::{Failure, Problem};
use crate::serve::limits::{MAX_AHEAD, MAX_ITEMS};
use crate::serve::query;
use crate::serve::state::AppState;

/// A line a value.
const LINES: &str = "application/x-ndjson";

/// Find similar measures to many clauses or texts
///
/// Up to 20,000 items, answered in their order by one line each while they are worked on. An item that is
/// wrong gets a line with `error` and harms no other. As `application/x-ndjson` the body is one item a line,
/// of at most 256 KiB, and the shared options stand in the address; as JSON the items stand in the body, of at
/// most 32 MiB, and the options beside them or in the address.
#[utoipa::path(
    post, path = "/v1/similar/batch", operation_id = "similar_batch", tag = "search", params(BatchParameters, FilterParameters),
    request_body(content((BatchRequest = "application/json"), (BatchItem = "application/x-ndjson"))),
    responses(
        (status = 200, description = "One line an item; one array where `Accept` names application/json and not application/x-ndjson", content((BatchLine = "application/x-ndjson"), (Vec<BatchLine> = "application/json"))),
        (status = 400, description = "Malformed JSON, not UTF-8, or an unknown parameter", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Body larger than 32 MiB, or more than 20,000 items", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Body is neither application/json nor application/x-ndjson", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A shared option is unknown, of the wrong type or out of range", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "No index yet", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn post(
    State(state): State<AppState>,
    caller: Caller,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let pairs = query::pairs(raw.as_deref())?;
    let as_array = wants_array(&headers);
    let shows_contacts = caller.sees_personal_data();
    let context =
        |shared, state: &AppState| BatchContext { shared, links: state.links().clone(), shows_contacts };
    if is_lines(&headers) {
        let shared = shared_of_address(&pairs)?;
        check(&state, &shared).await?;
        let context = context(shared, &state);
        let mut lines = read_ahead(body);
        // Before the head of the answer: a client that asked whether to go on hears it from this first read.
        let first = lines.next().await;
        let rest = stream::unfold(lines, |mut lines| async move { Some((lines.next().await?, lines)) });
        return Ok(respond(as_array, answers(state, context, stream::iter(first).chain(rest))));
    }
    check_content_type(&headers).map_err(|_| unsupported(&headers))?;
    let of_address = shared_of_address(&pairs)?;
    let request: BatchRequest = read_json(body, MAX_AHEAD).await?;
    if request.items.len() > MAX_ITEMS {
        return Err(batch::too_many().into());
    }
    let shared = request.shared_over(of_address);
    check(&state, &shared).await?;
    let context = context(shared, &state);
    let items = stream::iter(request.items).map(Incoming::of_value);
    Ok(respond(as_array, answers(state, context, items)))
}

fn is_lines(headers: &HeaderMap) -> bool {
    matches!(media_type(headers).as_str(), LINES | "application/ndjson" | "application/jsonl")
}

fn unsupported(headers: &HeaderMap) -> Error {
    let said = media_type(headers);
    let context = format!("content type {said:?}: send the body as application/json or {LINES}");
    Error::new(Kind::Unsupported, "unsupported_media_type", context)
}

fn wants_array(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    accept.contains("application/json") && !accept.contains(LINES)
}

fn shared_of_address(pairs: &query::Pairs) -> Result<SimilarRequest> {
    if let Some((name, _)) = pairs.iter().find(|(name, _)| matches!(name.as_str(), "clause_id" | "text")) {
        return Err(query::unknown(name));
    }
    query::similar_request(pairs)
}

/// What no item could be answered with is refused before the first.
async fn check(state: &AppState, shared: &SimilarRequest) -> Result<()> {
    let shared = shared.clone();
    state.on_engine(move |engine| engine.check_similar(&shared)).await
}

/// The lines that answer `items`, in order, a few at a time: no more are worked on than the client takes, and
/// none once it has gone.
fn answers(
    state: AppState,
    context: BatchContext,
    items: impl Stream<Item = Incoming>,
) -> impl Stream<Item = Vec<u8>> {
    let context = Arc::new(context);
    let concurrency = state.concurrency();
    let answered = items
        .enumerate()
        .map(move |(index, incoming)| answer(state.clone(), Arc::clone(&context), index, incoming));
    answered.buffered(concurrency)
}

async fn answer(state: AppState, context: Arc<BatchContext>, index: usize, incoming: Incoming) -> Vec<u8> {
    let work = move |engine: &Engine| {
        Ok(match &incoming.line {
            Ok(line) => answer_line(engine, &context, index, line),
            Err(error) => refusal_line(index, error),
        })
    };
    state.on_engine_in_turn(work).await.unwrap_or_else(|error| refusal_line(index, &error))
}

fn respond(as_array: bool, lines: impl Stream<Item = Vec<u8>> + Send + 'static) -> Response {
    let body = if as_array { Body::from_stream(array(lines)) } else { Body::from_stream(ended(lines)) };
    let media_type = HeaderValue::from_static(if as_array { "application/json" } else { LINES });
    ([(header::CONTENT_TYPE, media_type)], body).into_response()
}

type Chunk = std::result::Result<Bytes, Infallible>;

fn ended(lines: impl Stream<Item = Vec<u8>>) -> impl Stream<Item = Chunk> {
    lines.map(|mut line| {
        line.push(b'\n');
        Ok(line.into())
    })
}

fn array(lines: impl Stream<Item = Vec<u8>>) -> impl Stream<Item = Chunk> {
    let values = lines.enumerate().map(|(index, mut line)| {
        line.splice(0..0, if index == 0 { *b"[\n" } else { *b",\n" });
        (index + 1, Bytes::from(line))
    });
    // The end must know whether there was a value at all.
    let ended = values.map(Some).chain(stream::iter([None]));
    ended.scan(0_usize, |count, value| {
        let chunk = match value {
            Some((now, line)) => {
                *count = now;
                line
            }
            None if *count == 0 => Bytes::from_static(b"[]"),
            None => Bytes::from_static(b"\n]"),
        };
        std::future::ready(Some(Ok(chunk)))
    })
}

/// What the address of a batch of lines states, for its description.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
#[expect(dead_code, reason = "describes the parameters; never built")]
struct BatchParameters {
    /// Hits an item.
    #[param(nullable = false, minimum = 1, maximum = 100, default = 10)]
    limit: Option<u32>,
    /// Leaves out the document that an item's `clause_id` stands in.
    #[param(nullable = false)]
    exclude_same_document: Option<bool>,
    /// At most so many hits of one region.
    #[param(nullable = false, minimum = 1, maximum = 100)]
    per_region: Option<u32>,
    /// Leaves out hits below this relevance.
    #[param(nullable = false, minimum = 0.0, maximum = 1.0)]
    min_relevance: Option<f32>,
    /// Whether every hit says how its score came about.
    #[param(nullable = false)]
    explain: Option<bool>,
}
