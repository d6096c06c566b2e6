//! Measures building, opening and querying an index of any documents: `tiaokuan bench`.
//!
//! Every phase runs in a process of its own, so that what one leaves in memory does not count for the next:
//! [`build`] from nothing and again unchanged, [`embedding`] beside bare ONNX Runtime, [`query`].
//! [`SizeReport`] is what one size of the index came to, [`table`] what a person reads of it.

mod clock;
mod corpus;
mod disk;
mod embedding;
mod filters;
mod latency;
mod memory;
mod peers;
mod query;
mod questions;
mod recall;
mod report;
mod table;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use clock::StageClock;
pub use embedding::EmbeddingFigures;
pub use latency::Latency;
pub use report::{BuildFigures, QueryFigures, QueryRow, SizeReport};
pub use table::render;

use crate::embed::Embedder;
use crate::embed::model::ModelFiles;
use crate::error::{Error, Kind, Result};
use crate::index::{Generation, Store};
use crate::pipeline::{self, BuildOptions, Silent};

/// What is measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Files and folders of documents.
    pub paths: Vec<PathBuf>,
    /// About so many articles of them; none for all.
    pub articles: Option<usize>,
    /// The data directory of this size.
    pub data_dir: PathBuf,
    /// What the build may take.
    pub options: BuildOptions,
    /// How long each arrangement of queries is measured.
    pub time: Duration,
    /// The kinds of queries that are measured: `keyword`, `semantic`, `hybrid`, `similar`; none for all.
    pub modes: Vec<String>,
}

/// Builds the index of `plan`; `clock` has been told of its stages.
pub fn build(plan: &Plan, embedder: Option<&dyn Embedder>, clock: &StageClock) -> Result<BuildFigures> {
    let inputs = corpus::inputs(&plan.paths, plan.articles)?;
    let store = Store::new(&plan.data_dir);
    let started = Instant::now();
    let report = pipeline::index_with(&store, inputs, embedder, plan.options, &Silent)?;
    let seconds = started.elapsed().as_secs_f64();
    let peak_bytes = memory::peak();
    let generation = store.open()?;
    let clauses = generation.iter().flat_map(|generation| generation.clauses());
    Ok(BuildFigures {
        model: embedder.map(|embedder| embedder.model_id().to_string()),
        documents: report.documents,
        clauses: report.clauses,
        characters: clauses.map(|found| found.clause.text.chars().count()).sum(),
        embedded: report.embedded,
        failures: report.failures.len(),
        tokens_skipped: report.tokens_skipped,
        seconds,
        stages: clock.seconds(),
        peak_bytes,
        disk: disk::by_part(&plan.data_dir),
    })
}

/// Embeds a sample of what the index of `plan` holds, in turns with bare ONNX Runtime.
pub fn embedding(plan: &Plan, files: &ModelFiles) -> Result<EmbeddingFigures> {
    let generation = generation(plan)?;
    embedding::measure(files, &generation)
}

/// Writes into `folder` what other search engines are given to answer the same questions from the same texts and
/// vectors; how many articles there are.
pub fn export(plan: &Plan, embedder: &dyn Embedder, folder: &Path) -> Result<usize> {
    let generation = generation(plan)?;
    peers::export(&generation, embedder, folder)
}

/// Opens the index of `plan` and asks it.
pub fn query(plan: &Plan, embedder: Option<&Arc<dyn Embedder>>) -> Result<QueryFigures> {
    query::run(plan, embedder)
}

fn generation(plan: &Plan) -> Result<Arc<Generation>> {
    Store::new(&plan.data_dir).open()?.ok_or_else(|| {
        let message = format!("{}: nothing was built there; are there documents?", plan.data_dir.display());
        Error::new(Kind::Unavailable, "no_generation", message)
    })
}
