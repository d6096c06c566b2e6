//! `tiaokuan eval fit`: fit the fusion weights and cross-validate them.

use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::super::line;
use super::super::runtime::Runtime;
use super::set::SetFlags;
use super::{difference, samples, table};
use crate::error::{Error, Result};
use crate::eval::{
    FitOptions, Logistic, Measures, QuerySet, Report, Sample, cross_validate, fit, fit_logistic,
    measure_samples,
};
use crate::search::{Curve, WeightSets, Weights};

/// Candidates of a query that the curve is fitted on: as many as people page through.
const CURVE_DEPTH: usize = 50;
/// The feature that speaks against a clause.
const PENALTY: &str = "peripheral";

/// The `eval fit` command.
#[derive(Args, Clone, Debug)]
pub(super) struct FitCommand {
    #[command(flatten)]
    set: SetFlags,

    /// Folds of the cross-validation
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(2..=100))]
    folds: u16,

    /// Times the cross-validation is repeated with other folds; the figure is the mean
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=100))]
    repeats: u16,

    /// Seed of the folds
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// Weight of the L2 penalty
    #[arg(long, default_value_t = 0.1)]
    l2: f64,

    /// Fit only the features that the current weights use
    #[arg(long)]
    used_only: bool,

    /// Write the fitted weights; as weights.toml in the data directory they are used
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

impl FitCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<()> {
        let engine = runtime.engine()?;
        let set = self.set.queries()?;
        let sets = *engine.weights();
        let samples = self.without_unused(samples::samples(&engine, &set)?, &sets.search);
        let fitted = self.fit(&samples, &sets.search)?;
        self.write_reports(out, &samples, &set, &sets.search, &fitted)?;
        write_weights(out, &sets.search, &fitted)?;
        let Some(path) = &self.write else { return Ok(()) };
        let text = to_toml(&WeightSets { search: fitted, ..sets }, set.queries.len());
        std::fs::write(path, text).map_err(|error| Error::io(path.display(), error))?;
        line(out, format_args!("written to {}", path.display()))
    }

    fn options(&self) -> FitOptions {
        FitOptions { l2: self.l2, signed: Weights::names().map(|name| name == PENALTY).to_vec() }
    }

    /// With `--used-only`, features that have no weight now count 0, so that they get none.
    fn without_unused(&self, mut samples: Vec<Sample>, current: &Weights) -> Vec<Sample> {
        if !self.used_only {
            return samples;
        }
        for candidate in samples.iter_mut().flat_map(|sample| &mut sample.candidates) {
            let unused = candidate.features.iter_mut().zip(current.values());
            unused.filter(|(_, weight)| *weight == 0.0).for_each(|(feature, _)| *feature = 0.0);
        }
        samples
    }

    /// The fitted weights at the scale of the current ones, with the curve that fits them.
    fn fit(&self, samples: &[Sample], current: &Weights) -> Result<Weights> {
        let weights = fit(&samples.iter().collect::<Vec<_>>(), &self.options());
        let sum = |values: &[f64]| values.iter().filter(|value| **value > 0.0).sum::<f64>();
        let total = sum(&weights);
        if total <= 0.0 {
            let message = "fit: no query has a relevant clause among its candidates";
            return Err(Error::invalid("nothing_to_fit", "gold", message));
        }
        let scale = sum(&current.values().map(f64::from)) / total;
        let mut values = current.values();
        let scaled = weights.iter().map(|weight| ((weight * scale * 1e3).round() / 1e3) as f32);
        values.iter_mut().zip(scaled).for_each(|(value, weight)| *value = weight);
        let fitted = current.with_values(values);
        Ok(match fit_logistic(&points(samples, &fitted)) {
            Some(Logistic { midpoint, slope }) => {
                let midpoint = ((midpoint * 1e3).round() / 1e3) as f32;
                let slope = ((slope * 1e2).round() / 1e2) as f32;
                Weights { relevance: Curve { midpoint, slope }, ..fitted }
            }
            None => fitted,
        })
    }

    fn write_reports(
        &self,
        out: &mut dyn Write,
        samples: &[Sample],
        set: &QuerySet,
        current: &Weights,
        fitted: &Weights,
    ) -> Result<()> {
        let kinds = difference::kinds(set);
        let by_weights =
            |weights: &Weights| measure_samples(samples, &weights.values().map(f64::from), set.answering);
        let held_out = self.held_out(samples, set.answering);
        let head = std::iter::once("all").chain(kinds.iter().map(String::as_str));
        table::head(out, "nDCG@10", head)?;
        for (label, report) in [
            ("current".to_owned(), by_weights(current)),
            ("fitted on all".to_owned(), by_weights(fitted)),
            (format!("cross-validated, {} × {}", self.repeats, self.folds), held_out),
        ] {
            table::row(out, &label, None, table::ndcg(&report, &kinds))?;
        }
        Ok(())
    }
}

impl FitCommand {
    /// The measures of each query by weights fitted without it, averaged over the repeats.
    fn held_out(&self, samples: &[Sample], answering: u32) -> Report {
        let seeds = self.seed..self.seed.saturating_add(u64::from(self.repeats));
        let folds = usize::from(self.folds);
        let repeats: Vec<Vec<Measures>> =
            seeds.map(|seed| cross_validate(samples, folds, seed, &self.options(), answering)).collect();
        let mean = |at: usize| Measures::mean(repeats.iter().filter_map(|measures| measures.get(at)));
        let queries = samples.iter().zip(0..).map(|(sample, at)| sample.entry(mean(at)));
        Report { queries: queries.collect() }
    }
}

/// Score and relevance to the query of the best candidates by `weights`.
fn points(samples: &[Sample], weights: &Weights) -> Vec<(f64, bool)> {
    let of_sample = |sample: &Sample| {
        let scored = sample.candidates.iter().map(|candidate| {
            let products = candidate.features.iter().zip(weights.values());
            let score: f32 = products.map(|(feature, weight)| feature * weight).sum();
            (f64::from(score), sample.gain(candidate) > 0.0)
        });
        let mut ranked: Vec<(f64, bool)> = scored.collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        ranked.truncate(CURVE_DEPTH);
        ranked
    };
    samples.iter().flat_map(of_sample).collect()
}

fn write_weights(out: &mut dyn Write, current: &Weights, fitted: &Weights) -> Result<()> {
    line(out, "")?;
    table::head(out, "weight", ["current", "fitted"])?;
    let rows = Weights::names().into_iter().zip(current.values()).zip(fitted.values());
    let (before, after) = (current.relevance, fitted.relevance);
    let curve = [(("midpoint", before.midpoint), after.midpoint), (("slope", before.slope), after.slope)];
    for ((name, current), fitted) in rows.chain(curve) {
        table::row(out, name, None, [Some(f64::from(current)), Some(f64::from(fitted))])?;
    }
    Ok(())
}

/// `sets` as `weights.toml`.
fn to_toml(sets: &WeightSets, queries: usize) -> String {
    let mut text = format!(
        "# Weights of the features that make a score, and the curves that make a relevance of it:\n\
         # 1 / (1 + exp(-slope * (score - midpoint))). `tiaokuan eval fit` wrote this; [search] is fitted\n\
         # on {queries} graded queries, [similar] is what was in use. Put it into the data directory as\n\
         # weights.toml to use it, delete it there to return to the built-in weights.\n"
    );
    for (name, weights) in [("search", &sets.search), ("similar", &sets.similar)] {
        // writing to a string cannot fail
        let _ = writeln!(text, "\n[{name}]");
        let rows = Weights::names().into_iter().zip(weights.values());
        for (name, value) in rows {
            let _ = writeln!(text, "{name} = {value:?}");
        }
        let curves = [
            ("relevance", weights.relevance),
            ("relevance_of_words", weights.relevance_of_words),
            ("relevance_of_meaning", weights.relevance_of_meaning),
        ];
        for (name, Curve { midpoint, slope }) in curves {
            let _ = writeln!(text, "{name} = {{ midpoint = {midpoint:?}, slope = {slope:?} }}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let sets = WeightSets::default();
        let directory = tempfile::tempdir().expect("a temporary folder");
        let path = directory.path().join("weights.toml");
        std::fs::write(&path, to_toml(&sets, 72)).expect("written");
        assert_eq!(WeightSets::read(&path).expect("read"), sets);
    }

    #[test]
    fn the_penalty_is_a_feature() {
        assert!(Weights::names().contains(&PENALTY));
    }
}
