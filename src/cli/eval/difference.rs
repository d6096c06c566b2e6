//! `tiaokuan eval difference`: whether two runs differ.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::super::line;
use super::super::runtime::Runtime;
use super::set::{SetFlags, SourceFlags};
use crate::error::Result;
use crate::eval::{self, Found, Measures, QuerySet, RESAMPLES, Report, paired_bootstrap};

/// The `eval difference` command.
#[derive(Args, Clone, Debug)]
pub(super) struct DifferenceCommand {
    /// The run to compare with (TREC run file)
    #[arg(value_name = "RUN_A")]
    first: PathBuf,

    /// The run to compare
    #[arg(value_name = "RUN_B")]
    second: PathBuf,

    #[command(flatten)]
    set: SetFlags,

    #[command(flatten)]
    source: SourceFlags,

    /// Seed of the resamples
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl DifferenceCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<()> {
        let set = self.set.queries()?;
        let clauses = self.clauses(runtime)?;
        let measure = |path: &Path| eval::measure_run(&eval::read_run(path)?, &set, &clauses);
        let (first, second) = (measure(&self.first)?, measure(&self.second)?);
        line(
            out,
            format_args!("{:<24}{:>9}{:>9}{:>9}   95% interval of B - A{:>10}", "", "A", "B", "B - A", "p"),
        )?;
        for (name, at) in Measures::NAMES.into_iter().zip(0..) {
            self.write_row(out, name, &values(&first, at, None), &values(&second, at, None))?;
        }
        for kind in kinds(&set) {
            let label = format!("{} {kind}", Measures::NAMES[0]);
            let (first, second) = (values(&first, 0, Some(&kind)), values(&second, 0, Some(&kind)));
            self.write_row(out, &label, &first, &second)?;
        }
        line(
            out,
            format_args!("{} queries, {RESAMPLES} paired resamples, seed {}", set.queries.len(), self.seed),
        )
    }

    /// The texts that gold anchors are looked up in.
    fn clauses(&self, runtime: &Runtime) -> Result<BTreeMap<String, Found>> {
        if self.set.has_qrels() {
            return Ok(BTreeMap::new());
        }
        let clauses = self.source.open(runtime)?.clauses()?;
        Ok(clauses.into_iter().map(|clause| (clause.id.clone(), clause)).collect())
    }

    fn write_row(&self, out: &mut dyn Write, label: &str, first: &[f64], second: &[f64]) -> Result<()> {
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
        let difference = paired_bootstrap(first, second, RESAMPLES, self.seed);
        let (low, high, p) = (difference.low, difference.high, difference.p);
        line(
            out,
            format_args!(
                "{label:<24}{:>9.4}{:>9.4}{:>+9.4}   [{low:+.4}, {high:+.4}]{p:>12.4}",
                mean(first),
                mean(second),
                difference.mean
            ),
        )
    }
}

/// The measure at `at` of every query, or of every query of a kind.
fn values(report: &Report, at: usize, kind: Option<&str>) -> Vec<f64> {
    let queries = report.queries.iter().filter(|query| kind.is_none_or(|kind| query.kind == kind));
    queries.filter_map(|query| query.measures.values().get(at).copied()).collect()
}

/// The kinds of query; none where there is only one.
pub(super) fn kinds(set: &QuerySet) -> Vec<String> {
    let mut kinds: Vec<String> = set.queries.iter().map(|query| query.kind.clone()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.len() > 1 { kinds } else { Vec::new() }
}
