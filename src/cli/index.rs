//! `tiaokuan index`: read documents into the index.

use std::collections::HashSet;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;

use super::progress::Bars;
use super::report::Target;
use super::runtime::Runtime;
use super::{json, line};
use crate::error::Result;
use crate::model::DocumentId;
use crate::pipeline::{self, BuildReport};
use crate::report::{Report, html::Unread};

/// The `index` command.
#[derive(Args, Debug)]
pub(super) struct IndexCommand {
    /// Files and folders [default: seeds]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Begin with an empty index: what is not under PATH is left out. Without PATH all documents are read
    /// again from their kept sources
    #[arg(long)]
    rebuild: bool,

    /// Print the report as JSON
    #[arg(long)]
    json: bool,

    /// Say what was understood of each document, changed or not: in the terminal, or in FILE.html
    /// (one page) or FILE.json
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    report: Option<PathBuf>,
}

impl IndexCommand {
    pub(super) fn run(mut self, runtime: &Runtime, out: &mut dyn Write) -> Result<ExitCode> {
        let started = Instant::now();
        let target = self.report.take().map(|file| self.target(file)).transpose()?;
        let has_kept = self.rebuild && !runtime.store().catalogue()?.is_empty();
        if self.paths.is_empty() && !has_kept {
            self.paths.push(PathBuf::from("seeds"));
        }
        let embedder = runtime.fetch_embedder();
        let report = build(runtime, &self.paths, embedder.as_deref(), self.rebuild)?;
        if let Some(target) = &target {
            write_reports(runtime, &report, target, out)?;
        }
        match target {
            Some(Target::Json) => {}
            _ if self.json => json(out, &report)?,
            _ => print(out, &report, started)?,
        }
        Ok(if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Where the report goes. `--report PATH` names a document or a folder, which is what one types first.
    fn target(&mut self, file: PathBuf) -> Result<Target> {
        if file.as_os_str() != "-" && !Target::is_report(&file) {
            self.paths.push(file);
            return Ok(Target::terminal(self.json));
        }
        Target::of(file, self.json)
    }
}

/// Writes the reports of the documents that a build was given.
fn write_reports(
    runtime: &Runtime,
    report: &BuildReport,
    target: &Target,
    out: &mut dyn Write,
) -> Result<()> {
    let generation = runtime.store().open()?;
    let documents = generation.iter().flat_map(|generation| generation.documents());
    let named: HashSet<&DocumentId> = report.named.iter().collect();
    let records = documents.filter(|record| named.contains(&record.document.id));
    let reports: Vec<Report> = records.map(|record| Report::of(record)).collect();
    let unread: Vec<Unread> = report
        .failures
        .iter()
        .map(|failure| Unread { code: failure.code, reason: failure.reason.clone() })
        .collect();
    target.write(&reports, &unread, out)
}

/// Indexes `paths` with progress on standard error; with `rebuild` and without paths, the kept sources.
pub(super) fn build(
    runtime: &Runtime,
    paths: &[PathBuf],
    embedder: Option<&dyn crate::embed::Embedder>,
    rebuild: bool,
) -> Result<BuildReport> {
    let bars = Bars::default();
    let options = runtime.build_options(rebuild);
    let store = runtime.store();
    let report = if rebuild && paths.is_empty() {
        let kept = pipeline::kept_inputs(&store)?;
        pipeline::index_with(&store, kept, embedder, options, &bars)?
    } else {
        pipeline::index_with(&store, pipeline::inputs(paths), embedder, options, &bars)?
    };
    if report.tokens_skipped && options.max_token_bytes > 0 {
        anstream::eprintln!(
            "no vectors of tokens: they would take up to {} bytes, and {} are allowed (--max-token-bytes); search works without",
            report.token_bytes,
            options.max_token_bytes
        );
    }
    Ok(report)
}

fn print(out: &mut dyn Write, report: &BuildReport, started: Instant) -> Result<()> {
    for failure in &report.failures {
        anstream::eprintln!("not indexed: {} [{}]", failure.reason, failure.code);
    }
    let state = match report.generation {
        Some(generation) => format!("generation {generation} published"),
        None => "nothing had changed".to_owned(),
    };
    let seconds = started.elapsed().as_secs_f32();
    line(
        out,
        format_args!(
            "{state}: {} documents, {} clauses, in {seconds:.1} s",
            report.documents, report.clauses
        ),
    )?;
    line(
        out,
        format_args!(
            "read {}, unchanged {}, embedded {} texts",
            report.read, report.unchanged, report.embedded
        ),
    )?;
    if !report.warnings.is_empty() {
        let counts: Vec<String> =
            report.warnings.iter().map(|(code, count)| format!("{code} {count}")).collect();
        line(out, format_args!("warnings: {}", counts.join(", ")))?;
    }
    Ok(())
}
