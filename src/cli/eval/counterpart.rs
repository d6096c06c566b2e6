//! `tiaokuan eval counterpart` and `calibrate`: can a threshold be set on a relevance?

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::super::line;
use super::super::runtime::Runtime;
use super::set::{self, SetFlags, SourceFlags};
use super::table;
use crate::error::{Kind, Result};
use crate::eval::{
    self, Members, Pair, Point, Source, at_recall, best_f1, counterpart_pairs, fit_logistic, points,
};
use crate::search::Mode;

/// Points of the curve that are printed.
const CURVE: u32 = 20;
/// Recall at which the precision of the decision is told.
const RECALL: f64 = 0.70;

/// The `eval counterpart` command.
#[derive(Args, Clone, Debug)]
pub(super) struct CounterpartCommand {
    /// Clusters of one measure over several documents
    #[arg(long, default_value = "tests/gold/clusters.jsonl", value_name = "FILE")]
    clusters: PathBuf,

    #[command(flatten)]
    source: SourceFlags,

    /// Show so many of the pairs with the highest relevance that the clusters do not have
    #[arg(long, default_value_t = 0, value_name = "COUNT")]
    list_false: usize,
}

impl CounterpartCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<()> {
        let source = self.source.open(runtime)?;
        let members = set::members(source.as_ref(), &self.clusters)?;
        let pairs = counterpart_pairs(source.as_ref(), &members)?;
        let with: Vec<&Pair> = pairs.iter().filter(|pair| pair.has_counterpart).collect();
        let found = with.iter().filter(|pair| pair.is_found).count();
        line(
            out,
            format_args!(
                "{} pairs of {} members; {} have a counterpart, and the best hit is it for {found}",
                pairs.len(),
                members.members.len(),
                with.len()
            ),
        )?;
        let decisions: Vec<(f32, bool)> =
            pairs.iter().map(|pair| (pair.relevance(), pair.has_counterpart)).collect();
        write_curve(out, &points(&decisions))?;
        write_logistic(out, "P(counterpart) by score", &scores(&pairs))?;
        self.write_false(out, &members, pairs)
    }

    fn write_false(&self, out: &mut dyn Write, members: &Members, mut pairs: Vec<Pair>) -> Result<()> {
        pairs.retain(|pair| !pair.has_counterpart);
        pairs.sort_by(|a, b| b.relevance().total_cmp(&a.relevance()));
        for pair in pairs.iter().take(self.list_false) {
            let (Some(member), Some(best)) = (members.members.get(pair.member), &pair.best) else { continue };
            line(out, format_args!("\n{:.3} {} → {}", best.relevance, member.clause.id, best.id))?;
            line(out, format_args!("  - {}", on_one_line(&member.clause.text)))?;
            line(out, format_args!("  + {}", on_one_line(&best.text)))?;
        }
        Ok(())
    }
}

/// The first 300 characters without line breaks.
fn on_one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}

fn scores(pairs: &[Pair]) -> Vec<(f64, bool)> {
    let scored = pairs.iter().filter_map(|pair| Some((pair.best.as_ref()?.score, pair.has_counterpart)));
    scored.map(|(score, has)| (f64::from(score), has)).collect()
}

fn write_curve(out: &mut dyn Write, points: &[Point]) -> Result<()> {
    table::head(out, "at recall of, accepted", ["precision", "recall", "F1", "relevance"])?;
    let mut write = |label: &str, point: Option<Point>| match point {
        Some(point) => {
            let figures = [point.precision, point.recall, point.f1(), f64::from(point.threshold)];
            table::row(out, label, Some(point.accepted), figures.map(Some))
        }
        None => Ok(()),
    };
    for at in 1..=CURVE {
        let recall = f64::from(at) / f64::from(CURVE);
        write(&format!("{recall:.2}"), at_recall(points, recall))?;
    }
    write(&format!("best at recall {RECALL:.2}"), at_recall(points, RECALL))?;
    write("highest F1", best_f1(points))
}

fn write_logistic(out: &mut dyn Write, label: &str, points: &[(f64, bool)]) -> Result<()> {
    match fit_logistic(points) {
        Some(curve) => line(
            out,
            format_args!(
                "{label}: midpoint {:.3}, slope {:.2}, Brier {:.4} over {} points",
                curve.midpoint,
                curve.slope,
                curve.brier(points),
                points.len()
            ),
        ),
        None => line(out, format_args!("{label}: no curve; all or none hold, or the score does not tell")),
    }
}

/// The `eval calibrate` command.
#[derive(Args, Clone, Debug)]
pub(super) struct CalibrateCommand {
    #[command(flatten)]
    set: SetFlags,

    #[command(flatten)]
    source: SourceFlags,
}

impl CalibrateCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<()> {
        let source = self.source.open(runtime)?;
        self.write_search(out, source.as_ref())?;
        let Some(members) = self.set.members(source.as_ref())? else { return Ok(()) };
        let pairs = counterpart_pairs(source.as_ref(), &members)?;
        write_logistic(out, "similar, P(counterpart) by score", &scores(&pairs))
    }

    fn write_search(&self, out: &mut dyn Write, source: &dyn Source) -> Result<()> {
        let queries = self.set.queries()?;
        for (label, mode) in
            [("hybrid", Mode::Hybrid), ("keyword", Mode::Keyword), ("semantic", Mode::Semantic)]
        {
            let points = match eval::score_points(source, &queries, mode) {
                Err(error) if error.kind() == Kind::Unavailable => {
                    line(out, format_args!("search, {label}: not measured: {error}"))?;
                    continue;
                }
                points => points?,
            };
            write_logistic(out, &format!("search, {label}, P(relevant) by score"), &points)?;
        }
        Ok(())
    }
}
