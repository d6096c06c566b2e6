//! `tiaokuan eval`: measure retrieval against a gold set.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::line;
use super::runtime::Runtime;
use crate::error::Result;
use crate::eval;

/// The `eval` command.
#[derive(Args, Debug)]
pub(super) struct EvalCommand {
    /// Folder with queries.jsonl and clusters.jsonl
    #[arg(long, default_value = "tests/gold", value_name = "DIR")]
    gold: PathBuf,

    /// List the queries below this nDCG@10
    #[arg(long, value_name = "NDCG")]
    below: Option<f64>,
}

impl EvalCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<ExitCode> {
        let engine = runtime.engine()?;
        let queries = eval::read_queries(&self.gold.join("queries.jsonl"))?;
        let scores = eval::score_search(&engine, &queries)?;
        let kinds: Vec<String> =
            scores.by_kind().iter().map(|(kind, ndcg)| format!("{kind} {ndcg:.3}")).collect();
        line(
            out,
            format_args!(
                "search   nDCG@10 {:.4}  recall@10 {:.4}  P@1 {:.4}  ({} queries)  {}",
                scores.ndcg(),
                scores.recall,
                scores.first,
                queries.len(),
                kinds.join("  ")
            ),
        )?;
        for ((qid, kind, ndcg), query) in scores.queries.iter().zip(&queries) {
            if self.below.is_some_and(|bound| *ndcg < bound) {
                line(out, format_args!("  {ndcg:.2} {qid} {kind} {}", query.query))?;
            }
        }
        let clusters = eval::read_clusters(&self.gold.join("clusters.jsonl"))?;
        let similar = eval::score_similar(&engine, &clusters)?;
        let (p1, pairs, lost) = (similar.region_p1, similar.pairs, similar.lost);
        line(
            out,
            format_args!("similar  region P@1 {p1:.4}  ({pairs} pairs, {lost} anchors not in any clause)"),
        )?;
        Ok(ExitCode::SUCCESS)
    }
}
