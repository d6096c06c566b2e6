//! `tiaokuan documents`: list what is indexed.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::runtime::Runtime;
use super::{export, json, line};
use crate::error::{Error, Kind, Result};
use crate::export::{MAX_ROWS, table_of_documents};
use crate::index::DocumentRecord;
use crate::view::DocumentSummary;

/// The `documents` command.
#[derive(Args, Debug)]
pub(super) struct DocumentsCommand {
    /// Print JSON, as the API does
    #[arg(long)]
    json: bool,

    /// Write the list as a table to FILE, which ends in .csv, .xlsx or .json
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    export: Option<PathBuf>,
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
        if self.json {
            let documents: Vec<DocumentSummary<'_>> =
                generation.documents().iter().map(|record| DocumentSummary::from(record.as_ref())).collect();
            json(out, &serde_json::json!({ "documents": documents, "generation": generation.id() }))?;
            return Ok(ExitCode::SUCCESS);
        }
        for record in generation.documents() {
            write_document(out, record)?;
        }
        line(out, format_args!("{} documents, {} clauses", generation.documents().len(), generation.len()))?;
        Ok(ExitCode::SUCCESS)
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
