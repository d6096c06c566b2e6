//! `tiaokuan eval compare`: does a comparison over regions show the right clauses and the right numbers?

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::super::line;
use super::super::runtime::Runtime;
use super::{set, table};
use crate::error::Result;
use crate::eval::{self, CellScores, Missed, RowScores};

/// The `eval compare` command.
#[derive(Args, Clone, Debug)]
pub(super) struct CompareCommand {
    /// Folder with clusters.jsonl and alignment.jsonl
    #[arg(long, default_value = "tests/gold", value_name = "DIR")]
    gold: PathBuf,

    /// Show the labelled numbers that are not on their row
    #[arg(long)]
    list_missed: bool,
}

impl CompareCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<()> {
        let engine = runtime.engine()?;
        let members = set::members(&engine, &self.gold.join("clusters.jsonl"))?;
        write_cells(out, &eval::score_cells(&engine, &members)?)?;
        let rows = self.gold.join("alignment.jsonl");
        if !rows.exists() {
            return Ok(());
        }
        let (scores, missed) = eval::score_rows(&engine, &eval::read_rows(&rows)?)?;
        line(out, "")?;
        write_rows(out, &scores)?;
        if self.list_missed { write_missed(out, &missed) } else { Ok(()) }
    }
}

fn write_cells(out: &mut dyn Write, scores: &CellScores) -> Result<()> {
    table::head(out, "cells, where there is a counterpart", ["first", "among three"])?;
    table::row(out, "", Some(scores.pairs), [Some(scores.first), Some(scores.among)])?;
    line(out, "")?;
    table::head(out, "found or none found", ["right", "precision", "recall"])?;
    table::row(out, "", Some(scores.decisions), [scores.right, scores.precision, scores.recall].map(Some))
}

fn write_rows(out: &mut dyn Write, scores: &RowScores) -> Result<()> {
    table::head(out, "labelled numbers on one row", ["all", "of others", "wrong", "given"])?;
    table::row(
        out,
        "",
        Some(scores.cells),
        [scores.shown, scores.others, scores.wrong, scores.given].map(Some),
    )?;
    match scores.lost {
        0 => Ok(()),
        lost => line(out, format_args!("{lost} anchors are in no clause")),
    }
}

fn write_missed(out: &mut dyn Write, missed: &[Missed]) -> Result<()> {
    for Missed { quantity, subject, seeds } in missed {
        line(out, format_args!("{quantity}: from {subject} without {}", seeds.join(" ")))?;
    }
    Ok(())
}
