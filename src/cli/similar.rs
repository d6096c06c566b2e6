//! `tiaokuan similar`: find measures like a clause or like a text.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;

use super::runtime::Runtime;
use super::search::FilterFlags;
use super::{batch, export, json, output};
use crate::error::{Error, Result};
use crate::export::{Shown, Table, table_of_similar};
use crate::search::{MAX_TEXT, ModelState, SimilarRequest};
use crate::serve::BatchContext;
use crate::view::AnswerView;

/// The `similar` command.
#[derive(Args, Debug)]
pub(super) struct SimilarCommand {
    /// Id of a clause, or - for a text on standard input
    #[arg(required_unless_present_any = ["text", "batch"], conflicts_with_all = ["text", "batch"], value_name = "CLAUSE_ID")]
    clause: Option<String>,

    /// A text, such as a draft clause
    #[arg(long)]
    text: Option<String>,

    /// Items from FILE (- for standard input), one JSON object a line with `text` or `clause_id`, an
    /// `id` and options of its own; prints a line of JSON for each, in order, as POST /v1/similar/batch does
    #[arg(long, value_name = "FILE", conflicts_with_all = ["text", "export"])]
    batch: Option<PathBuf>,

    #[command(flatten)]
    filter: FilterFlags,

    /// Hits, 1 to 100 [default: 10]; with --export 1 to 1000 [default: 1000]
    #[arg(long, short = 'n')]
    limit: Option<usize>,

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

    /// Write all hits as a table to FILE, which ends in .csv, .xlsx or .json
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "explain"])]
    export: Option<PathBuf>,
}

impl SimilarCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<ExitCode> {
        if let Some(path) = &self.batch {
            return self.run_batch(runtime, out, path);
        }
        if let Some(path) = &self.export {
            return export::write(out, path, || self.table(runtime));
        }
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

    fn run_batch(&self, runtime: &Runtime, out: &mut dyn Write, path: &Path) -> Result<ExitCode> {
        let shared = self.over(SimilarRequest::unstarted());
        let engine = runtime.engine()?;
        engine.check_similar(&shared)?;
        batch::run(
            out,
            &engine,
            &BatchContext { shared, links: runtime.links().clone(), shows_contacts: false },
            path,
        )
    }

    fn table(&self, runtime: &Runtime) -> Result<Table> {
        let request = self.request()?;
        let (generation, answer) = runtime.engine()?.similar_up_to(&request, export::rows(self.limit)?)?;
        Ok(table_of_similar(&generation, &request, &answer, &Shown::to_anybody(runtime.links())))
    }

    fn request(&self) -> Result<SimilarRequest> {
        let start = match (&self.text, self.clause.as_deref()) {
            (Some(text), _) => SimilarRequest::to_text(text.clone()),
            (None, Some("-")) => SimilarRequest::to_text(standard_input()?),
            (None, clause) => SimilarRequest::to_clause(clause.unwrap_or_default()),
        };
        Ok(self.over(start))
    }

    /// `start` with the options of the flags.
    fn over(&self, start: SimilarRequest) -> SimilarRequest {
        SimilarRequest {
            filter: self.filter.to_filter(),
            limit: self.limit.unwrap_or(start.limit),
            per_region: self.per_region,
            exclude_same_document: self.exclude_same_document,
            min_relevance: self.min_relevance,
            explain: self.explain,
            ..start
        }
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
