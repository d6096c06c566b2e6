//! `tiaokuan documents`: list what is indexed.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::report::Target;
use super::runtime::Runtime;
use super::{export, json, line};
use crate::error::{Error, Kind, Result};
use crate::export::{MAX_ROWS, table_of_documents};
use crate::index::{DocumentRecord, Generation};
use crate::model::DocumentId;
use crate::report::Report;
use crate::view::DocumentSummary;

/// The `documents` command.
#[derive(Args, Debug)]
pub(super) struct DocumentsCommand {
    /// Print JSON, as the API does
    #[arg(long)]
    json: bool,

    /// Write the list as a table to FILE, which ends in .csv, .xlsx or .json
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "ids", "report"])]
    export: Option<PathBuf>,

    /// Ids; all documents without
    #[arg(value_name = "ID")]
    ids: Vec<DocumentId>,

    /// Say what was understood of them: in the terminal, or in FILE.html (one page) or FILE.json
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    report: Option<PathBuf>,
}

impl DocumentsCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<ExitCode> {
        let generation = runtime.store().open()?.ok_or_else(|| {
            Error::new(
                Kind::Unavailable,
                "no_generation",
                "nothing is indexed yet; run `tiaokuan index PATH` first",
            )
        })?;
        if let Some(path) = &self.export {
            let make = || Ok(table_of_documents(&generation, runtime.links(), MAX_ROWS));
            return export::write(out, path, make);
        }
        let records = self.records(&generation)?;
        if let Some(file) = &self.report {
            let reports: Vec<Report> = records.iter().map(|record| Report::of(record)).collect();
            Target::of(file.clone(), self.json)?.write(&reports, &[], out)?;
            return Ok(ExitCode::SUCCESS);
        }
        if self.json {
            let documents: Vec<DocumentSummary<'_>> =
                records.iter().map(|record| DocumentSummary::from(*record)).collect();
            json(out, &serde_json::json!({ "documents": documents, "generation": generation.id() }))?;
            return Ok(ExitCode::SUCCESS);
        }
        let clauses: usize = records.iter().map(|record| record.clauses.len()).sum();
        for record in &records {
            write_document(out, record)?;
        }
        line(out, format_args!("{} documents, {clauses} clauses", records.len()))?;
        Ok(ExitCode::SUCCESS)
    }

    /// The documents that were named, or all.
    fn records<'a>(&self, generation: &'a Generation) -> Result<Vec<&'a DocumentRecord>> {
        let all = || generation.documents().iter().map(Arc::as_ref);
        if self.ids.is_empty() {
            return Ok(all().collect());
        }
        let find = |id: &DocumentId| {
            all().find(|record| record.document.id == *id).ok_or_else(|| {
                Error::new(Kind::NotFound, "unknown_document", format!("no document has the id {id}"))
            })
        };
        self.ids.iter().map(find).collect()
    }
}

fn write_document(out: &mut dyn Write, record: &DocumentRecord) -> Result<()> {
    let document = &record.document;
    let region = document.region.as_ref().map_or("地区不明", |region| region.name.as_str());
    let year = document.year.map(|year| year.to_string()).unwrap_or_default();
    line(out, format_args!("{region} {year}  {}", document.title))?;
    let number = document.number.as_deref().unwrap_or("无文号");
    let date = document.date.as_deref().unwrap_or("日期不明");
    line(
        out,
        format_args!(
            "  {}  {number}  {date}  {} clauses, {} warnings",
            document.id,
            record.clauses.len(),
            record.warnings.len()
        ),
    )
}
