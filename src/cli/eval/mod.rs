//! `tiaokuan eval`: measure retrieval, tell runs apart, fit the weights.

mod ablation;
mod atlas;
mod compare;
mod counterpart;
mod difference;
mod fit;
mod run;
mod samples;
mod set;
mod table;

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::runtime::Runtime;
use crate::error::Result;

/// The `eval` command.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct EvalCommand {
    #[command(subcommand)]
    command: Option<EvalSubcommand>,

    #[command(flatten)]
    run: run::RunCommand,
}

#[derive(Subcommand, Debug)]
enum EvalSubcommand {
    /// Ask every query of a set and measure the answers (done when no command is named)
    Run(run::RunCommand),
    /// Say whether two runs differ: means, paired bootstrap interval, p
    Difference(difference::DifferenceCommand),
    /// Measure comparisons over regions: the right clause in each cell, the right numbers on one row
    Compare(compare::CompareCommand),
    /// Say what each feature adds: alone, and all but it
    Ablation(ablation::AblationCommand),
    /// Fit the fusion weights and cross-validate them
    Fit(fit::FitCommand),
    /// Measure whether a counterpart exists elsewhere at all: precision and recall by relevance
    Counterpart(counterpart::CounterpartCommand),
    /// Measure the atlas: precision and recall of its measures against judged clusters
    Atlas(atlas::AtlasCommand),
    /// Fit the curves that make a relevance of a score
    Calibrate(counterpart::CalibrateCommand),
}

impl EvalCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<ExitCode> {
        match &self.command {
            None => self.run.run(runtime, out),
            Some(EvalSubcommand::Run(command)) => command.run(runtime, out),
            Some(EvalSubcommand::Difference(command)) => command.run(runtime, out),
            Some(EvalSubcommand::Compare(command)) => command.run(runtime, out),
            Some(EvalSubcommand::Ablation(command)) => command.run(runtime, out),
            Some(EvalSubcommand::Fit(command)) => command.run(runtime, out),
            Some(EvalSubcommand::Counterpart(command)) => command.run(runtime, out),
            Some(EvalSubcommand::Atlas(command)) => command.run(runtime, out),
            Some(EvalSubcommand::Calibrate(command)) => command.run(runtime, out),
        }?;
        Ok(ExitCode::SUCCESS)
    }
}
