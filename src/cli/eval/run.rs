//! `tiaokuan eval run`: ask every query of a set and measure the answers.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::super::runtime::Runtime;
use super::super::search::ModeFlag;
use super::super::{json, line};
use super::set::{SetFlags, SourceFlags};
use super::table;
use crate::error::{Error, Result};
use crate::eval::{self, Measures, QueryScore, QuerySet, Report, SimilarScores};

/// The `eval run` command.
#[derive(Args, Clone, Debug)]
pub(super) struct RunCommand {
    #[command(flatten)]
    set: SetFlags,

    #[command(flatten)]
    source: SourceFlags,

    /// Which legs answer
    #[arg(long, value_enum, default_value_t = ModeFlag::Hybrid)]
    mode: ModeFlag,

    /// Write the rankings as a TREC run
    #[arg(long, value_name = "FILE")]
    run: Option<PathBuf>,

    /// Name of the run in that file
    #[arg(long, default_value = "tiaokuan", value_name = "NAME")]
    tag: String,

    /// List the queries below this nDCG@10
    #[arg(long, value_name = "NDCG")]
    below: Option<f64>,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// All that a run found out, as JSON.
#[derive(Serialize)]
struct Figures<'a> {
    search: SearchFigures<'a>,
    similar: Option<SimilarScores>,
}

#[derive(Serialize)]
struct SearchFigures<'a> {
    mean: Measures,
    by_kind: BTreeMap<&'a str, Measures>,
    queries: &'a [QueryScore],
    ungraded: usize,
}

impl RunCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<()> {
        let set = self.set.queries()?;
        let source = self.source.open(runtime)?;
        let (report, run) = eval::run_search(source.as_ref(), &set, self.mode.into())?;
        if let Some(path) = &self.run {
            std::fs::write(path, run.to_text(&self.tag)).map_err(|error| Error::io(path.display(), error))?;
        }
        let members = self.set.members(source.as_ref())?;
        let similar = members.map(|members| eval::score_similar(source.as_ref(), &members)).transpose()?;
        if self.json {
            return json(out, &figures(&set, &report, similar));
        }
        table::report(out, "search", &report)?;
        self.list_below(&report, out)?;
        if set.ungraded > 0 {
            line(out, format_args!("{} queries without a relevant clause left out", set.ungraded))?;
        }
        similar.map_or(Ok(()), |similar| write_similar(out, &similar))
    }

    fn list_below(&self, report: &Report, out: &mut dyn Write) -> Result<()> {
        let Some(bound) = self.below else { return Ok(()) };
        for query in report.queries.iter().filter(|query| query.measures.ndcg_10 < bound) {
            let QueryScore { qid, kind, query, measures } = query;
            line(out, format_args!("  {:.2} {qid} {kind} {query}", measures.ndcg_10))?;
        }
        Ok(())
    }
}

fn figures<'a>(set: &QuerySet, report: &'a Report, similar: Option<SimilarScores>) -> Figures<'a> {
    let by_kind = report.by_kind().into_iter().map(|(kind, (_, measures))| (kind, measures));
    let search = SearchFigures {
        mean: report.mean(),
        by_kind: by_kind.collect(),
        queries: &report.queries,
        ungraded: set.ungraded,
    };
    Figures { search, similar }
}

fn write_similar(out: &mut dyn Write, scores: &SimilarScores) -> Result<()> {
    let SimilarScores { region_p1, recall_10, pairs, lost } = scores;
    line(
        out,
        format_args!(
            "similar  region P@1 {region_p1:.4}  recall@10 {recall_10:.4}  ({pairs} pairs, {lost} anchors not in any clause)"
        ),
    )
}
