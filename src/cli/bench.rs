//! `tiaokuan bench`: measure building, opening and querying at several sizes.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde::de::DeserializeOwned;

use super::runtime::Runtime;
use super::{json, line};
use crate::bench::{self, Plan, SizeReport, StageClock};
use crate::embed::model::{self as model_files, ModelFiles};
use crate::embed::{Embedder, FakeEmbedder};
use crate::error::{Error, Kind, Result};

/// The `bench` command.
#[derive(Args, Debug)]
pub(super) struct BenchCommand {
    /// Files and folders of documents [default: seeds]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Where indices are built: a folder a size, emptied first but for the cache of vectors
    #[arg(long, value_name = "DIR", required_unless_present = "phase")]
    work: Option<PathBuf>,

    /// Sizes to measure, in articles (第…条), or `all`
    #[arg(long, value_name = "COUNT", value_delimiter = ',', default_value = "all")]
    articles: Vec<String>,

    /// What makes the vectors
    #[arg(long, value_enum, default_value_t = Vectors::Model)]
    embedder: Vectors,

    /// Embed anew what the cache of an earlier run holds
    #[arg(long)]
    fresh: bool,

    /// Leave the index as an earlier run built it, and only query it
    #[arg(long)]
    query_only: bool,

    /// Seconds that each arrangement of queries is measured
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0)]
    seconds: f64,

    /// Measure only these: keyword, semantic, hybrid, similar
    #[arg(long, value_name = "MODE", value_delimiter = ',')]
    modes: Vec<String>,

    /// Also write the figures as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Also write what other search engines are given (benches/peers), into a folder a size
    #[arg(long, value_name = "DIR")]
    peers: Option<PathBuf>,

    /// One phase of one size, whose figures are printed as JSON: what the command starts itself
    #[arg(long, value_enum, hide = true, requires = "size")]
    phase: Option<Phase>,

    /// The size of that phase
    #[arg(long, hide = true)]
    size: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Vectors {
    /// The embedding model
    Model,
    /// Hashes of characters: for the structure of large indices, in a fraction of the time
    Fake,
    /// Nothing: words only
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Phase {
    Build,
    Rebuild,
    Embedding,
    Query,
    Peers,
}

/// The clock of this process, where it is asked to time a build.
static CLOCK: OnceLock<StageClock> = OnceLock::new();

/// What logging must tell of the stages of a build, where `command` times one.
pub(super) fn clock(command: &super::Command) -> Option<StageClock> {
    let super::Command::Bench(command) = command else { return None };
    command.phase?;
    Some(CLOCK.get_or_init(StageClock::default).clone())
}

impl BenchCommand {
    pub(super) fn run(mut self, runtime: &Runtime, out: &mut dyn Write) -> Result<ExitCode> {
        if self.paths.is_empty() {
            self.paths.push(PathBuf::from("seeds"));
        }
        if let (Some(phase), Some(size)) = (self.phase, self.size.clone()) {
            return self.run_phase(phase, &size, runtime, out);
        }
        let mut reports = Vec::new();
        for size in &self.articles {
            reports.push(self.measure(size)?);
            self.write_json(&reports)?;
        }
        line(out, bench::render(&reports))?;
        Ok(ExitCode::SUCCESS)
    }

    /// Every phase of one size, each in a process of its own.
    fn measure(&self, size: &str) -> Result<SizeReport> {
        let plan = self.plan(size, None)?;
        let mut report = SizeReport { articles: plan.articles, ..SizeReport::default() };
        if !self.query_only {
            empty(&plan.data_dir, self.fresh)?;
            report.build = start(Phase::Build, size)?;
        }
        report.rebuild = start(Phase::Rebuild, size)?;
        if self.query_only {
            report.build = report.rebuild.clone();
        }
        if self.embedder == Vectors::Model {
            report.embedding = Some(start(Phase::Embedding, size)?);
        }
        report.query = start(Phase::Query, size)?;
        if self.peers.is_some() {
            let articles: usize = start(Phase::Peers, size)?;
            anstream::eprintln!("{articles} articles for others to answer from");
        }
        Ok(report)
    }

    fn plan(&self, size: &str, runtime: Option<&Runtime>) -> Result<Plan> {
        let articles = match size {
            "all" => None,
            count => Some(count.parse().map_err(|_| {
                Error::invalid(
                    "invalid_size",
                    "articles",
                    format!("articles: {count:?} is neither a number nor all"),
                )
            })?),
        };
        let work = self.work.clone().unwrap_or_default();
        let kind = match self.embedder {
            Vectors::Model => "model",
            Vectors::Fake => "fake",
            Vectors::None => "none",
        };
        Ok(Plan {
            paths: self.paths.clone(),
            articles,
            data_dir: work.join(format!("{size}-{kind}")),
            options: runtime.map(|runtime| runtime.build_options(false)).unwrap_or_default(),
            modes: self.modes.clone(),
            time: Duration::try_from_secs_f64(self.seconds).unwrap_or(Duration::from_secs(1)),
        })
    }

    fn run_phase(
        &self,
        phase: Phase,
        size: &str,
        runtime: &Runtime,
        out: &mut dyn Write,
    ) -> Result<ExitCode> {
        let plan = self.plan(size, Some(runtime))?;
        match phase {
            Phase::Build | Phase::Rebuild => {
                let embedder = self.embedder(runtime)?;
                let clock = CLOCK.get_or_init(StageClock::default);
                json(out, &bench::build(&plan, embedder.as_deref(), clock)?)?;
            }
            Phase::Embedding => json(out, &bench::embedding(&plan, &files(runtime)?)?)?,
            Phase::Peers => {
                let folder = self.peers.clone().unwrap_or_default().join(size);
                let embedder = self.embedder(runtime)?.ok_or_else(no_model)?;
                json(out, &bench::export(&plan, embedder.as_ref(), &folder)?)?;
            }
            Phase::Query => json(out, &bench::query(&plan, self.embedder(runtime)?.as_ref())?)?,
        }
        Ok(ExitCode::SUCCESS)
    }

    fn embedder(&self, runtime: &Runtime) -> Result<Option<Arc<dyn Embedder>>> {
        Ok(match self.embedder {
            Vectors::Model => Some(Arc::new(model_files::open(&files(runtime)?)?)),
            Vectors::Fake => Some(Arc::new(FakeEmbedder::new())),
            Vectors::None => None,
        })
    }

    fn write_json(&self, reports: &[SizeReport]) -> Result<()> {
        let Some(path) = &self.json else { return Ok(()) };
        let mut file = File::create(path).map_err(|error| Error::io(path.display(), error))?;
        json(&mut file, &reports)
    }
}

fn files(runtime: &Runtime) -> Result<ModelFiles> {
    model_files::find(&runtime.model_settings())?.ok_or_else(no_model)
}

fn no_model() -> Error {
    let message = "there is no model; run `tiaokuan model fetch`, or give --embedder fake";
    Error::new(Kind::Unavailable, "model_absent", message)
}

/// Runs `phase` as this very command was called, and reads the figures that it prints.
fn start<T: DeserializeOwned>(phase: Phase, size: &str) -> Result<T> {
    let program = std::env::current_exe().map_err(|error| Error::io("this program", error))?;
    let name = phase.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned());
    anstream::eprintln!("{size} articles: {name}");
    let output = Command::new(program)
        .args(std::env::args_os().skip(1))
        .args(["--phase", &name, "--size", size])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Error::io(&name, error))?;
    if !output.status.success() {
        return Err(Error::new(Kind::Internal, "bench", format!("{name} of {size} articles failed")));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| Error::internal(format!("{name}: {error}")))
}

/// Empties a data directory that an earlier run made; the cache of vectors stays unless `all` goes.
fn empty(data_dir: &Path, all: bool) -> Result<()> {
    let parts = ["generations", "segments", "sources"];
    for part in parts.into_iter().chain(all.then_some("cache")) {
        let folder = data_dir.join(part);
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::io(folder.display(), error));
            }
            _ => {}
        }
    }
    Ok(())
}
