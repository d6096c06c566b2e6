//! `/v1/review`.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

use super::export::links as export_links;
use super::parameters::FilterParameters;
use crate::error::{Error, Result};
use crate::export::{self, Format};
use crate::index::DocumentRecord;
use crate::pipeline;
use crate::search::review::ReviewRequest;
use crate::serve::attachment::attachment;
use crate::serve::error::{Failure, Problem};
use crate::serve::openapi::File;
use crate::serve::query;
use crate::serve::state::AppState;
use crate::view::ReviewView;

/// Review a draft
///
/// The body is the draft's file, of any format that can be indexed, of at most 64 MiB; it is read and forgotten.
/// For each of its measures: the same measure elsewhere, how its numbers stand among theirs, what is missing. For
/// the whole: measures that most regions have and the draft lacks, and quantities that it gives two values.
#[utoipa::path(
    post, path = "/v1/review", operation_id = "review", tag = "search", params(ReviewParameters, FilterParameters),
    request_body(content = File, content_type = "application/octet-stream", description = "The draft's file"),
    responses(
        (status = 200, description = "The review", content((ReviewView = "application/json"), (String = "text/csv"), (File = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        (status = 400, description = "An unknown parameter", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Larger than 64 MiB, or more than 1,000 measures", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "A format that cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A parameter is out of range, or the file is damaged or holds no clause", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "No index yet", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn post(
    State(state): State<AppState>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let started = Instant::now();
    let asked = Asked::read(query::pairs(raw.as_deref())?)?;
    state.generation()?;
    let (bytes, room) = state.receive(body).await?;
    let links = if asked.format.is_some() { export_links(&state, &headers) } else { state.links().clone() };
    let has_model = state.has_model();
    let work = move |engine: &crate::search::Engine| {
        let _room = room;
        let draft = draft(&asked.file, bytes)?;
        let (generation, review) = engine.review(&draft, &asked.request)?;
        if let Some(format) = asked.format {
            let table = export::table_of_review(&generation, &draft, &review, &links);
            let bytes = export::bytes(&table, format)?;
            return Ok(attachment(
                bytes,
                format.media_type(),
                &table.title,
                "tiaokuan-review",
                format.suffix(),
            ));
        }
        Ok(Json(ReviewView::new(&generation, &draft, &review, has_model, &links, started)).into_response())
    };
    Ok(state.on_engine(work).await?)
}

fn draft(file: &str, bytes: Vec<u8>) -> Result<Arc<DocumentRecord>> {
    let input = pipeline::Input::of_bytes(file, bytes);
    pipeline::read_document(&input).map(Arc::new)
}

/// What the address says.
struct Asked {
    file: String,
    format: Option<Format>,
    request: ReviewRequest,
}

impl Asked {
    fn read(mut pairs: query::Pairs) -> Result<Self> {
        let mut file = None;
        let mut format = None;
        for (name, value) in &pairs {
            match name.as_str() {
                "file" => file = Some(value.clone()),
                "format" => format = Some(query::word(name, value)?),
                _ => {}
            }
        }
        pairs.retain(|(name, _)| !matches!(name.as_str(), "file" | "format"));
        let file = file.unwrap_or_else(|| "draft".to_owned());
        if file.is_empty() || file.chars().count() > 255 {
            let message = "file: give the file's name, of at most 255 characters";
            return Err(Error::invalid("invalid_parameter", "file", message));
        }
        let format = format.filter(|format| *format != Format::Json);
        Ok(Self { file, format, request: ReviewRequest { filter: query::filter(&pairs)? } })
    }
}

/// What the address of a review states beside filters.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
#[expect(dead_code, reason = "describes the parameters; never built")]
struct ReviewParameters {
    /// The file's name: only messages show it; the format is told from the content.
    #[param(nullable = false, min_length = 1, max_length = 255, example = "征求意见稿.docx")]
    file: Option<String>,
    /// `csv` or `xlsx` for a table in place of JSON.
    #[param(nullable = false)]
    format: Option<Format>,
}
