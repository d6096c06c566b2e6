//! `tiaokuan eval ablation`: what each feature adds.

use std::io::Write;

use clap::Args;

use super::super::line;
use super::super::runtime::Runtime;
use super::set::SetFlags;
use super::{difference, samples, table};
use crate::error::Result;
use crate::eval::{self, Members, QuerySet, Report, Sample, measure_samples};
use crate::search::{Engine, WeightSets, Weights};

/// The `eval ablation` command.
#[derive(Args, Clone, Debug)]
pub(super) struct AblationCommand {
    #[command(flatten)]
    set: SetFlags,
}

/// What a baseline by rank fusion fuses: words and whole-clause vectors, as most engines do.
const FUSED: [&str; 2] = ["bm25_word", "cosine_whole"];

impl AblationCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<()> {
        let engine = runtime.engine()?;
        let set = self.set.queries()?;
        write_search(out, &engine, &set)?;
        match self.set.members(&engine)? {
            Some(members) => write_similar(out, &engine, &members),
            None => Ok(()),
        }
    }
}

fn write_search(out: &mut dyn Write, engine: &Engine, set: &QuerySet) -> Result<()> {
    let samples = samples::samples(engine, set)?;
    let kinds = difference::kinds(set);
    table::head(out, "search, nDCG@10", std::iter::once("all").chain(kinds.iter().map(String::as_str)))?;
    let mut write = |label: &str, report: &Report| table::row(out, label, None, table::ndcg(report, &kinds));
    write("rank fusion, k = 60", &rank_fusion(&samples, set.answering))?;
    for (label, weights) in variants(&engine.weights().search) {
        let weights = weights.values().map(f64::from);
        write(&label, &measure_samples(&samples, &weights, set.answering))?;
    }
    Ok(())
}

fn rank_fusion(samples: &[Sample], answering: u32) -> Report {
    let names = Weights::names();
    let legs: Vec<usize> = FUSED.iter().filter_map(|leg| names.iter().position(|name| name == leg)).collect();
    let queries = samples.iter().map(|sample| sample.entry(sample.measure_rank_fusion(&legs, answering)));
    Report { queries: queries.collect() }
}

/// Each feature in use alone, all of them, all but each.
fn variants(all: &Weights) -> Vec<(String, Weights)> {
    let values = all.values();
    let used: Vec<usize> = (0..).zip(values).filter(|(_, weight)| *weight != 0.0).map(|(at, _)| at).collect();
    let name = |at: usize| Weights::names().get(at).copied().unwrap_or_default();
    let keep = |kept: &dyn Fn(usize) -> bool| {
        let mut values = values;
        values.iter_mut().zip(0..).filter(|(_, at)| !kept(*at)).for_each(|(value, _)| *value = 0.0);
        all.with_values(values)
    };
    // a penalty alone ranks nothing
    let ranks = |at: &usize| values.get(*at).is_some_and(|weight| *weight > 0.0);
    let alone = used
        .iter()
        .filter(|at| ranks(at))
        .map(|&only| (format!("{} alone", name(only)), keep(&|at| at == only)));
    let without = used.iter().map(|&left| (format!("all but {}", name(left)), keep(&|at| at != left)));
    alone.chain([("all".to_owned(), *all)]).chain(without).collect()
}

fn write_similar(out: &mut dyn Write, engine: &Engine, members: &Members) -> Result<()> {
    line(out, "")?;
    table::head(out, "similar", ["region P@1", "recall@10"])?;
    let sets = *engine.weights();
    for (label, similar) in variants(&sets.similar) {
        let variant = engine.clone().with_weights(WeightSets { similar, ..sets });
        let scores = eval::score_similar(&variant, members)?;
        table::row(out, &label, None, [Some(scores.region_p1), Some(scores.recall_10)])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_in_use_is_left_out_once() {
        let variants = variants(&Weights::SEARCH);
        let used = Weights::SEARCH.values().iter().filter(|weight| **weight != 0.0).count();
        let without = variants.iter().filter(|(label, _)| label.starts_with("all but")).count();
        assert_eq!(without, used);
        for (label, weights) in variants.iter().filter(|(label, _)| label.ends_with("alone")) {
            assert_eq!(weights.values().iter().filter(|weight| **weight != 0.0).count(), 1, "{label}");
        }
    }

    #[test]
    fn the_baseline_fuses_features_that_exist() {
        assert!(FUSED.iter().all(|leg| Weights::names().contains(leg)));
    }
}
