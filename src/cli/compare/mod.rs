//! `tiaokuan compare`: one measure, region by region.

mod show;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;

use super::runtime::Runtime;
use super::search::FilterFlags;
use super::{export, json};
use crate::error::Result;
use crate::export::table_of_comparison;
use crate::extract;
use crate::model::Status;
use crate::search::{CompareRequest, Filter, ModelState, Values};
use crate::view::ComparisonView;

/// The `compare` command.
#[derive(Args, Debug)]
#[group(id = "subject", required = true, multiple = false, args = ["clause", "text", "query"])]
pub(super) struct CompareCommand {
    /// Id of a clause that has the measure
    #[arg(value_name = "CLAUSE_ID")]
    clause: Option<String>,

    /// A text that has it, such as a draft clause
    #[arg(long)]
    text: Option<String>,

    /// A search for it
    #[arg(long)]
    query: Option<String>,

    #[command(flatten)]
    filter: FilterFlags,

    /// Leave out drafts and what was repealed
    #[arg(long)]
    in_force: bool,

    /// Candidates of a region, 1 to 3
    #[arg(long, short = 'n', default_value_t = 3)]
    candidates: usize,

    /// Regions shown, 1 to 100
    #[arg(long, default_value_t = 100)]
    limit: usize,

    /// Show how each wording differs
    #[arg(long)]
    wording: bool,

    /// Print JSON, as the API does
    #[arg(long)]
    json: bool,

    /// Write the comparison as a table to FILE, which ends in .csv, .xlsx or .json
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    export: Option<PathBuf>,
}

impl CompareCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<ExitCode> {
        let started = Instant::now();
        let engine = runtime.engine()?;
        let (generation, comparison) = engine.compare(&self.request())?;
        if let Some(path) = &self.export {
            return export::write(out, path, || {
                Ok(table_of_comparison(&generation, &comparison, runtime.links()))
            });
        }
        if self.json {
            let has_model = engine.model() != ModelState::Absent;
            json(out, &ComparisonView::new(&generation, &comparison, has_model, runtime.links(), started))?;
        } else {
            show::comparison(out, &generation, &comparison, self.wording)?;
        }
        let is_elsewhere = comparison.cells.iter().any(|cell| cell.is_found && !cell.is_subject);
        Ok(if is_elsewhere { ExitCode::SUCCESS } else { ExitCode::from(3) })
    }

    fn request(&self) -> CompareRequest {
        let subject = match (&self.clause, &self.text, &self.query) {
            (Some(id), ..) => CompareRequest::of_clause(id),
            (None, Some(text), _) => CompareRequest::of_text(text),
            (None, None, query) => CompareRequest::of_query(query.clone().unwrap_or_default()),
        };
        let filter = self.filter.to_filter();
        let status = if self.in_force { vec![Status::Effective, Status::Trial] } else { Vec::new() };
        let request = CompareRequest {
            regions: filter.region.as_slice().to_vec(),
            filter: Filter { region: Values::default(), status: Values::Many(status), ..filter },
            candidates: self.candidates,
            limit: self.limit,
            ..subject
        };
        request.with_targets(extract::targets_of)
    }
}
