//! `tiaokuan index`: read documents into the index.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;

use super::progress::Bars;
use super::runtime::Runtime;
use super::{json, line};
use crate::error::Result;
use crate::pipeline::{self, BuildReport};

/// The `index` command.
#[derive(Args, Debug)]
pub(super) struct IndexCommand {
    /// Files and folders
    #[arg(default_value = "seeds", value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Begin with an empty index: what is not under PATH is left out
    #[arg(long)]
    rebuild: bool,

    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

impl IndexCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<ExitCode> {
        let started = Instant::now();
        let embedder = runtime.fetch_embedder();
        let report = build(runtime, &self.paths, embedder.as_deref(), self.rebuild)?;
        if self.json {
            json(out, &report)?;
        } else {
            print(out, &report, started)?;
        }
        Ok(if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Indexes `paths` with progress on standard error.
pub(super) fn build(
    runtime: &Runtime,
    paths: &[PathBuf],
    embedder: Option<&dyn crate::embed::Embedder>,
    rebuild: bool,
) -> Result<BuildReport> {
    let bars = Bars::default();
    let options = runtime.build_options(rebuild);
    let report = pipeline::index_with(&runtime.store(), pipeline::inputs(paths), embedder, options, &bars)?;
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
