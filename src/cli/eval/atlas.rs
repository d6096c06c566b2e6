//! `tiaokuan eval atlas`: the measures found across documents against judged clusters.

use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::super::runtime::Runtime;
use super::super::{json, line};
use super::table;
use crate::atlas;
use crate::error::{Error, Kind, Result};
use crate::eval::{self, AtlasFigures, Found, PairFigures};
use crate::index::Generation;
use crate::model::Measure;
use crate::pipeline;

/// Thresholds of the curve on either side of the one in use, and the step between them.
const STEPS: i8 = 6;
const STEP: f32 = 0.02;

/// The `eval atlas` command.
#[derive(Args, Clone, Debug)]
pub(super) struct AtlasCommand {
    /// Clusters of one measure over several documents
    #[arg(long, default_value = "tests/gold/clusters.jsonl", value_name = "FILE")]
    clusters: PathBuf,

    /// Print the figures of the index alone, as JSON
    #[arg(long)]
    json: bool,
}

impl AtlasCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<()> {
        let engine = runtime.reading_engine()?;
        let (clusters, lost) = eval::locate_clusters(&engine, &eval::read_clusters(&self.clusters)?)?;
        let missing = || Error::new(Kind::Unavailable, "atlas_absent", "the index holds no measures");
        let generation = engine.generation().ok_or_else(missing)?;
        let measures = generation.measures().ok_or_else(missing)?;
        let figures = score(&clusters, &generation, measures.all());
        if self.json {
            return json(out, &figures);
        }
        let gold: usize = clusters.iter().map(Vec::len).sum();
        line(
            out,
            format_args!("{} clusters, {gold} members, {lost} anchors not in any clause", clusters.len()),
        )?;
        table::head(out, "pairs", COLUMNS)?;
        write(out, "across documents", figures.across)?;
        write(out, "all", figures.all)?;
        let in_use = if generation.vectors().is_some() { atlas::LIKE } else { atlas::LIKE_BY_WORDS };
        line(
            out,
            format_args!("\nacross documents, were the least average likeness another than {in_use:.2}:"),
        )?;
        for step in -STEPS..=STEPS {
            let like = in_use + STEP * f32::from(step);
            let found = pipeline::measures_at(&generation, like);
            let joined = found.iter().filter(|measure| measure.clauses.len() > 1).count();
            let scored = score(&clusters, &generation, &found).across;
            write(out, &format!("{like:.2} ({joined} of several)"), scored)?;
        }
        Ok(())
    }
}

const COLUMNS: [&str; 4] = ["precision", "recall", "F1", "judged"];

fn write(out: &mut dyn Write, label: &str, figures: PairFigures) -> Result<()> {
    let PairFigures { precision, recall, f1, found, judged } = figures;
    table::row(out, label, Some(found), [precision, recall, f1, judged as f64].map(Some))
}

fn score(clusters: &[Vec<Found>], generation: &Generation, measures: &[Measure]) -> AtlasFigures {
    let of_measure = |measure: &Measure| {
        let clauses = measure.clauses.iter().filter_map(|clause| generation.clause(*clause));
        clauses.map(|found| (found.clause.id.to_string(), measure.id.to_string())).collect::<Vec<_>>()
    };
    let names: HashMap<String, String> = measures.iter().flat_map(of_measure).collect();
    eval::score_measures(clusters, |id| names.get(id).cloned())
}
