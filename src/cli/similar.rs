//! `tiaokuan similar`: find measures like a clause or like a text.

use std::io::{Read, Write};
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;

use super::runtime::Runtime;
use super::search::FilterFlags;
use super::{json, output};
use crate::error::{Error, Result};
use crate::search::{MAX_TEXT, ModelState, SimilarRequest};
use crate::view::AnswerView;

/// The `similar` command.
#[derive(Args, Debug)]
pub(super) struct SimilarCommand {
    /// Id of a clause, or - for a text on standard input
    #[arg(required_unless_present = "text", conflicts_with = "text", value_name = "CLAUSE_ID")]
    clause: Option<String>,

    /// A text, such as a draft clause
    #[arg(long)]
    text: Option<String>,

    #[command(flatten)]
    filter: FilterFlags,

    /// Hits, 1 to 100
    #[arg(long, short = 'n', default_value_t = 10)]
    limit: usize,

    /// At most so many hits of one region
    #[arg(long, value_name = "COUNT")]
    per_region: Option<usize>,

    /// Leave out the document that the clause stands in
    #[arg(long)]
    exclude_same_document: bool,

    /// Leave out hits below this relevance, 0 to 1
    #[arg(long, value_name = "RELEVANCE")]
    min_relevance: Option<f32>,

    /// Say how each score came about
    #[arg(long)]
    explain: bool,

    /// Print JSON, as the API does
    #[arg(long)]
    json: bool,
}

impl SimilarCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<ExitCode> {
        let started = Instant::now();
        let request = self.request()?;
        let engine = runtime.engine()?;
        let (generation, answer) = engine.similar(&request)?;
        if self.json {
            let has_model = engine.model() != ModelState::Absent;
            json(out, &AnswerView::new(&generation, &answer, has_model, runtime.links(), started))?;
        } else {
            output::answer(out, &generation, &answer, self.explain)?;
        }
        Ok(if answer.hits.is_empty() { ExitCode::from(3) } else { ExitCode::SUCCESS })
    }

    fn request(&self) -> Result<SimilarRequest> {
        let start = match (&self.text, self.clause.as_deref()) {
            (Some(text), _) => SimilarRequest::to_text(text.clone()),
            (None, Some("-")) => SimilarRequest::to_text(standard_input()?),
            (None, clause) => SimilarRequest::to_clause(clause.unwrap_or_default()),
        };
        Ok(SimilarRequest {
            filter: self.filter.to_filter(),
            limit: self.limit,
            per_region: self.per_region,
            exclude_same_document: self.exclude_same_document,
            min_relevance: self.min_relevance,
            explain: self.explain,
            ..start
        })
    }
}

/// A little more than the longest text, so that a longer one is refused rather than cut.
fn standard_input() -> Result<String> {
    let mut bytes = Vec::new();
    let limit = (MAX_TEXT as u64 + 1) * 4;
    std::io::stdin()
        .lock()
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::io("standard input", error))?;
    String::from_utf8(bytes)
        .map_err(|_| Error::invalid("not_utf8", "text", "standard input is not UTF-8 text"))
}
