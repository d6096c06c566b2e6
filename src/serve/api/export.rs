//! `/v1/export`.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::parameters::{AnswerParameters, FilterParameters};
use crate::error::{Error, Kind, Result};
use crate::export::{self, Format, MAX_ROWS, Shown, Table};
use crate::extract;
use crate::search::{CompareRequest, Engine, SearchRequest, SimilarRequest, whole};
use crate::serve::access::Caller;
use crate::serve::attachment::attachment;
use crate::serve::body::{ApiJson, parse, parse_field};
use crate::serve::error::{Failure, Problem};
use crate::serve::openapi::File;
use crate::serve::query::{self, Pairs};
use crate::serve::state::AppState;
use crate::view::Permalinks;

/// Rows of the answer.
const ROWS: HeaderName = HeaderName::from_static("x-row-count");
/// Rows that there are in all.
const TOTAL: HeaderName = HeaderName::from_static("x-total-count");

/// What to export.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExportRequest {
    /// What kind of request `request` is.
    kind: ExportKind,
    /// The request as `/v1/search`, `/v1/similar` or `/v1/compare` takes it; none for `documents`. The `limit` of
    /// the first two may be up to 1,000 and is that without it; there is no `cursor`.
    #[serde(default)]
    #[schema(value_type = Option<Object>, example = json!({"query": "用水用气外线工程 并联审批"}))]
    request: Option<Box<RawValue>>,
    /// How the table is written.
    #[serde(default)]
    format: Format,
}

/// What can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ExportKind {
    /// The hits of a search.
    Search,
    /// Measures like a clause or text.
    Similar,
    /// One measure over regions.
    Comparison,
    /// All documents.
    Documents,
}

/// Export an answer as a table
///
/// The whole result, at most 1,000 rows: `X-Total-Count` says how many there are in all, and the file itself
/// says so where it was cut. Cells that a spreadsheet would take for a formula are neutralised in CSV.
#[utoipa::path(
    post, path = "/v1/export", operation_id = "export", tag = "export", request_body = ExportRequest,
    responses(
        (status = 200, description = "The table as a file", content((String = "text/csv"), (File = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (ExportedTable = "application/json"))),
        (status = 400, description = "Malformed JSON or not UTF-8", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such clause", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Body larger than 1 MB", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Body is not application/json", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field is unknown, of the wrong type or out of range", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "No index yet, or semantic mode without a model", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn post(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    ApiJson(request): ApiJson<ExportRequest>,
) -> Result<Response, Failure> {
    let format = request.format;
    let asked = Asked::of_body(&request)?;
    Ok(answer(&state, &caller, &headers, asked, format).await?)
}

/// Export an answer as a table by address
///
/// The same for links: the parameters of `GET /v1/search`, or, with `clause_id` or `text`, those of a
/// similarity query.
#[utoipa::path(
    get, path = "/v1/export", operation_id = "export_by_address", tag = "export",
    params(ExportParameters, AnswerParameters, FilterParameters),
    responses(
        (status = 200, description = "The table as a file", content((String = "text/csv"), (File = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (ExportedTable = "application/json"))),
        (status = 400, description = "A parameter is unknown or of the wrong type", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such clause", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is out of range or unknown", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "No index yet, or semantic mode without a model", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let (asked, format) = Asked::of_address(query::pairs(query.as_deref())?)?;
    Ok(answer(&state, &caller, &headers, asked, format).await?)
}

/// Whether `body` is the body of an export.
pub(in crate::serve) fn understand(body: &str) -> Result<()> {
    Asked::of_body(&parse(body)?).map(drop)
}

/// Whether `pairs` are the address of an export.
pub(in crate::serve) fn understand_address(pairs: Pairs) -> Result<()> {
    Asked::of_address(pairs).map(drop)
}

/// What to export, understood.
enum Asked {
    Search(SearchRequest, usize),
    Similar(SimilarRequest, usize),
    Comparison(CompareRequest),
    Documents,
}

/// What the address exports.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Of {
    /// The hits of a search or a similarity query.
    Answer,
    /// One measure over regions.
    Comparison,
    /// All documents.
    Documents,
}

/// The one field of a request whose range differs here.
#[derive(Deserialize)]
struct Bound {
    #[serde(default, deserialize_with = "whole::count_or_null")]
    limit: Option<usize>,
}

impl Asked {
    fn of_body(body: &ExportRequest) -> Result<Self> {
        let Some(request) = &body.request else {
            let missing = || Error::invalid("missing_field", "request", "missing field `request`");
            return (body.kind == ExportKind::Documents).then_some(Self::Documents).ok_or_else(missing);
        };
        if body.kind == ExportKind::Comparison {
            let request: CompareRequest = parse_field("request", request)?;
            return Ok(Self::Comparison(request.with_targets(extract::targets_of)));
        }
        let bound: Bound = parse_field("request", request)?;
        match body.kind {
            ExportKind::Search => {
                let request: SearchRequest = parse_field("request", request)?;
                refuse_cursor(&request, "request.cursor")?;
                Ok(Self::Search(request, rows(bound.limit, "request.limit")?))
            }
            ExportKind::Similar => {
                let request = parse_field("request", request)?;
                Ok(Self::Similar(request, rows(bound.limit, "request.limit")?))
            }
            ExportKind::Comparison | ExportKind::Documents => {
                Err(Error::invalid("unknown_field", "request", "request: an export of documents has none"))
            }
        }
    }

    fn of_address(mut pairs: Pairs) -> Result<(Self, Format)> {
        let mut format = Format::default();
        let mut limit = None;
        let mut of = Of::Answer;
        for (name, value) in &pairs {
            match name.as_str() {
                "format" => format = query::word(name, value)?,
                "limit" => limit = Some(query::number(name, value)?),
                "of" => of = query::word(name, value)?,
                _ => {}
            }
        }
        pairs.retain(|(name, _)| !matches!(name.as_str(), "format" | "limit" | "of"));
        let rows = rows(limit, "limit")?;
        let asked = if of == Of::Documents {
            pairs.first().map_or(Ok(Self::Documents), |(name, _)| Err(query::unknown(name)))?
        } else if of == Of::Comparison {
            Self::Comparison(query::compare_request(&pairs)?.with_targets(extract::targets_of))
        } else if pairs.iter().any(|(name, _)| matches!(name.as_str(), "clause_id" | "text")) {
            Self::Similar(query::similar_request(&pairs)?, rows)
        } else {
            let request = query::search_request(&pairs)?;
            refuse_cursor(&request, "cursor")?;
            Self::Search(request, rows)
        };
        Ok((asked, format))
    }

    fn table(&self, engine: &Engine, shown: &Shown<'_>) -> Result<Table> {
        let links = shown.links;
        match self {
            Self::Search(request, rows) => {
                let (generation, answer) = engine.search_up_to(request, *rows)?;
                Ok(export::table_of_search(&generation, request, &answer, shown))
            }
            Self::Similar(request, rows) => {
                let (generation, answer) = engine.similar_up_to(request, *rows)?;
                Ok(export::table_of_similar(&generation, request, &answer, shown))
            }
            Self::Comparison(request) => {
                let (generation, comparison) = engine.compare(request)?;
                Ok(export::table_of_comparison(&generation, &comparison, links))
            }
            Self::Documents => {
                let none = || Error::new(Kind::Unavailable, "no_generation", "nothing is indexed yet");
                let generation = engine.generation().ok_or_else(none)?;
                Ok(export::table_of_documents(&generation, links, MAX_ROWS))
            }
        }
    }

    /// Name of the file for what reads ASCII only.
    fn fallback(&self) -> &'static str {
        match self {
            Self::Search(..) => "tiaokuan-search",
            Self::Similar(..) => "tiaokuan-similar",
            Self::Comparison(..) => "tiaokuan-comparison",
            Self::Documents => "tiaokuan-documents",
        }
    }
}

fn rows(limit: Option<usize>, field: &str) -> Result<usize> {
    let rows = limit.unwrap_or(MAX_ROWS);
    if (1..=MAX_ROWS).contains(&rows) {
        return Ok(rows);
    }
    Err(Error::invalid(
        "invalid_limit",
        field,
        format!("{field}: {rows} is out of range; give 1 to {MAX_ROWS}"),
    ))
}

fn refuse_cursor(request: &SearchRequest, field: &str) -> Result<()> {
    let message = "an export begins with the first hit; leave the cursor out";
    request.cursor.as_ref().map_or(Ok(()), |_| Err(Error::invalid("invalid_cursor", field, message)))
}

async fn answer(
    state: &AppState,
    caller: &Caller,
    headers: &HeaderMap,
    asked: Asked,
    format: Format,
) -> Result<Response> {
    let links = links(state, headers);
    let fallback = asked.fallback();
    let contacts = caller.sees_personal_data();
    let work = move |engine: &Engine| {
        let table = asked.table(engine, &Shown { links: &links, contacts })?;
        Ok((export::bytes(&table, format)?, table.title.clone(), table.rows().len(), table.total()))
    };
    let (bytes, title, rows, total) = state.on_engine(work).await?;
    let mut response = attachment(bytes, format.media_type(), &title, fallback, format.suffix());
    response.headers_mut().insert(ROWS, HeaderValue::from(rows));
    response.headers_mut().insert(TOTAL, HeaderValue::from(total));
    Ok(response)
}

/// Links of a table must open from a file: without a public address, by that which the request came by.
pub(in crate::serve) fn links(state: &AppState, headers: &HeaderMap) -> Permalinks {
    let links = state.links().clone();
    match headers.get(header::HOST).and_then(|host| host.to_str().ok()) {
        Some(host) => links.reached_at(&format!("http://{host}")),
        None => links,
    }
}

/// What the address of an export states beside the parameters of a search.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
#[expect(dead_code, reason = "describes the parameters; never built")]
struct ExportParameters {
    /// How the table is written; `csv` without it.
    #[param(nullable = false)]
    format: Option<Format>,
    /// `documents` for the list of all documents, with no other parameter; `comparison` for what `q`, `clause_id` or
    /// `text` says, over regions; `answer` (as without it) for a search or a similarity query.
    #[param(inline, nullable = false)]
    of: Option<Of>,
    /// Words, a question, a document number; required without `of`, `clause_id` and `text`.
    #[param(nullable = false, min_length = 1, max_length = 2000, example = "用水用气外线工程")]
    q: Option<String>,
    /// The clause to which similar ones are sought.
    #[param(nullable = false)]
    clause_id: Option<String>,
    /// The text to which similar ones are sought.
    #[param(nullable = false, min_length = 1, max_length = 20000)]
    text: Option<String>,
    /// Leaves out the document that `clause_id` stands in.
    #[param(nullable = false)]
    exclude_same_document: Option<bool>,
    /// At most so many hits of one region; only with `clause_id` or `text`.
    #[param(nullable = false, minimum = 1, maximum = 100)]
    per_region: Option<u32>,
    /// Leaves out hits below this relevance; only with `clause_id` or `text`.
    #[param(nullable = false, minimum = 0.0, maximum = 1.0)]
    min_relevance: Option<f32>,
    /// Rows at most.
    #[param(nullable = false, minimum = 1, maximum = 1000, default = 1000)]
    limit: Option<u32>,
}

/// A table as JSON, for its description.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what crate::export writes; never built")]
struct ExportedTable {
    /// What it shows.
    title: String,
    /// Rows that there are in all.
    total: usize,
    /// Whether there are more than `rows` has.
    truncated: bool,
    /// What a reader must know of it, such as the query.
    notes: std::collections::BTreeMap<String, String>,
    /// The columns in order.
    columns: Vec<ExportedColumn>,
    /// A row an object: the column's name to its value, null where there is none.
    #[schema(value_type = Vec<Object>)]
    rows: Vec<serde_json::Value>,
}

/// A column of a table, for its description.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what crate::export writes; never built")]
struct ExportedColumn {
    /// Its heading.
    name: String,
    /// `text`, `number`, `date` or `link`.
    kind: String,
}
