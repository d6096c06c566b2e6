//! A draft read against what others have: a form to upload it, then the draft with annotations. Nothing is kept.

mod annotated;
mod outline;
mod standing;
mod upload;

use std::sync::Arc;
use std::time::Instant;

use askama::Template;
use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::http::HeaderMap;
use axum::response::Response;

use self::annotated::{Annotated, annotated};
use self::upload::Upload;
use super::html;
use super::layout::Layout;
use super::regions::{self, RegionChoice};
use crate::error::{Error, Kind, Result};
use crate::export::{self, Format};
use crate::pipeline;
use crate::search::review::ReviewRequest;
use crate::search::{Engine, Filter, Values};
use crate::serve::api::export_links;
use crate::serve::assets;
use crate::serve::attachment::attachment;
use crate::serve::error::{Failure, Rendered, page_status, words_zh};
use crate::serve::state::AppState;
use crate::view::Permalinks;

#[derive(Template)]
#[template(path = "review.html")]
struct ReviewPage {
    layout: Layout,
    css: String,
    script: String,
    regions: Vec<RegionChoice>,
    chosen: usize,
    outcome: Outcome,
}

enum Outcome {
    /// Nothing has been sent yet.
    Nothing,
    /// Title and advice of what is wrong, in Chinese, and the file's name.
    Refused {
        title: &'static str,
        advice: &'static str,
        file: String,
    },
    Reviewed(Box<Reviewed>),
}

/// A review as it is shown.
struct Reviewed {
    file: String,
    seconds: String,
    draft: Annotated,
}

/// What the engine made of an upload.
enum Made {
    Shown(Annotated),
    File(Response),
}

/// `GET /review`.
pub(super) async fn get(State(state): State<AppState>) -> Result<Response, Failure> {
    html(&page(&state, &[])?)
}

/// `POST /review`, as a form sends it. Without a script the answer is the whole page; with a `format` it is a
/// file.
pub(super) async fn post(
    State(state): State<AppState>,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Failure> {
    let started = Instant::now();
    let not_a_form = |_| Error::new(Kind::Invalid, "bad_request", "the body is no form with a file");
    let upload = match form.map_err(not_a_form) {
        Ok(form) => upload::read(form).await,
        Err(error) => Err(error),
    };
    let upload = match upload {
        Ok(upload) => upload,
        Err(error) => return refused(page(&state, &[])?, words_zh(&error), &error, String::new()),
    };
    let mut page = page(&state, &upload.regions)?;
    let file = upload.file.clone();
    if file.is_empty() && upload.bytes.is_empty() {
        let error = Error::new(Kind::Invalid, "missing_field", "no file was chosen");
        let words = ("还没有选择文件", "请先选择一份草案，再点“开始比对”。");
        return refused(page, words, &error, file);
    }
    let (own, reached) = (state.links().clone(), export_links(&state, &headers));
    match state.on_engine(move |engine| review(engine, upload, &own, &reached)).await {
        Ok(Made::File(response)) => Ok(response),
        Ok(Made::Shown(draft)) => {
            let seconds = format!("{:.1}", started.elapsed().as_secs_f32());
            page.layout.title = format!("审阅：{}", draft.title);
            page.outcome = Outcome::Reviewed(Box::new(Reviewed { file, seconds, draft }));
            html(&page)
        }
        Err(error) if page_status(&error).is_client_error() => refused(page, words_zh(&error), &error, file),
        Err(error) => Err(error.into()),
    }
}

fn review(engine: &Engine, upload: Upload, own: &Permalinks, reached: &Permalinks) -> Result<Made> {
    let Upload { file, bytes, format, regions } = upload;
    let input = pipeline::Input::of_bytes(if file.is_empty() { "draft" } else { &file }, bytes);
    let draft = pipeline::read_document(&input).map(Arc::new)?;
    let filter = Filter { region: Values::Many(regions), ..Filter::default() };
    let (generation, review) = engine.review(&draft, &ReviewRequest { filter })?;
    let Some(format) = format else {
        return Ok(Made::Shown(annotated(&generation, &draft, &review, own)));
    };
    let table = export::table_of_review(&generation, &draft, &review, reached);
    let bytes = export::bytes(&table, format)?;
    let name = "tiaokuan-review";
    Ok(Made::File(attachment(bytes, format.media_type(), &table.title, name, format.suffix())))
}

fn page(state: &AppState, chosen: &[String]) -> Result<ReviewPage> {
    let chosen: Vec<&str> = chosen.iter().map(String::as_str).collect();
    let regions = regions::choices(&*state.generation()?, &chosen);
    Ok(ReviewPage {
        layout: Layout::of(state, "review", "审阅草案"),
        css: assets::address("review.css"),
        script: assets::address("review.js"),
        chosen: regions.iter().flat_map(|group| &group.options).filter(|option| option.is_checked).count(),
        regions,
        outcome: Outcome::Nothing,
    })
}

fn refused(
    mut page: ReviewPage,
    (title, advice): (&'static str, &'static str),
    error: &Error,
    file: String,
) -> Result<Response, Failure> {
    page.outcome = Outcome::Refused { title, advice, file };
    let mut response = html(&page)?;
    *response.status_mut() = page_status(error);
    response.extensions_mut().insert(Rendered);
    Ok(response)
}

/// The formats of the export buttons.
const FORMATS: [(Format, &str); 3] = [(Format::Xlsx, "Excel"), (Format::Csv, "CSV"), (Format::Json, "JSON")];

impl ReviewPage {
    /// Values and labels of the export buttons.
    fn formats() -> [(&'static str, &'static str); 3] {
        FORMATS.map(|(format, label)| (format.suffix(), label))
    }
}
