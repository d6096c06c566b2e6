//! `tiaokuan config`: what the program goes by, and where each setting comes from.

use std::io::Write;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Subcommand};
use serde::Serialize;
use serde_json::{Value, json};

use super::config::Config;
use super::runtime::Runtime;
use super::settings::{ServeOptions, ServeSettings, origin};
use super::{json as write_json, line};
use crate::error::Result;

/// The `config` command.
#[derive(Args, Debug)]
pub(super) struct ConfigCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Check every setting, and say where each comes from
    Check(Shown),
    /// Print every setting as a configuration file
    Show(Shown),
}

#[derive(Args, Debug)]
struct Shown {
    #[command(flatten)]
    options: ServeOptions,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// One setting.
#[derive(Debug, Serialize)]
struct Setting {
    key: &'static str,
    value: Value,
    /// `flag`, `environment`, the file, or `default`.
    origin: String,
}

impl ConfigCommand {
    pub(super) fn run(
        &self,
        runtime: &Runtime,
        config: &Config,
        matches: &ArgMatches,
        out: &mut dyn Write,
    ) -> Result<ExitCode> {
        let (Action::Check(shown) | Action::Show(shown)) = &self.action;
        let settings = ServeSettings::new(&shown.options, config)?;
        let found: Vec<Setting> = rows(runtime, config, &settings)
            .into_iter()
            .map(|(key, id, value)| Setting { key, value, origin: origin(matches, config, id, key) })
            .collect();
        match &self.action {
            _ if shown.json => write_json(out, &found)?,
            Action::Check(_) => {
                for Setting { key, value, origin } in &found {
                    line(out, format_args!("{key:<22} {value}  ({origin})"))?;
                }
                line(out, "the configuration is right")?;
            }
            Action::Show(_) => show(out, &found)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// As a file that can be kept: what is null stays out; `[limits]` comes last, as a table must.
fn show(out: &mut dyn Write, found: &[Setting]) -> Result<()> {
    let (limits, others): (Vec<_>, Vec<_>) =
        found.iter().partition(|setting| setting.key.starts_with("limits."));
    for Setting { key, value, .. } in others.into_iter().filter(|setting| !setting.value.is_null()) {
        line(out, format_args!("{key} = {value}"))?;
    }
    line(out, "\n[limits]")?;
    for Setting { key, value, .. } in limits {
        line(out, format_args!("{} = {value}", key.trim_start_matches("limits.")))?;
    }
    Ok(())
}

/// Key in the file, name of the argument, value.
fn rows(
    runtime: &Runtime,
    config: &Config,
    settings: &ServeSettings,
) -> Vec<(&'static str, &'static str, Value)> {
    let model = runtime.model_options();
    let limits = &settings.limits;
    let rate = limits.rate;
    let rate_of = |count: fn(&crate::serve::Rate) -> u32| rate.as_ref().map_or(0, count);
    vec![
        ("data_dir", "data_dir", json!(runtime.data_dir())),
        ("backend", "backend", json!(runtime.backend().backend.unwrap_or_default())),
        ("opensearch_url", "opensearch_url", json!(runtime.backend().opensearch_url)),
        ("opensearch_index", "opensearch_index", json!(runtime.backend().index())),
        ("public_url", "public_url", json!(runtime.public_url())),
        ("model_dir", "model_dir", json!(model.model_dir)),
        ("model_home", "model_home", json!(model.settings().home)),
        ("reranker", "reranker", json!(model.reranker)),
        ("reranker_budget_ms", "reranker_budget_ms", json!(model.reranker_budget_ms)),
        ("max_token_bytes", "max_token_bytes", json!(model.max_token_bytes)),
        ("no_model", "no_model", json!(model.no_model)),
        ("offline", "offline", json!(model.offline)),
        ("log", "log", json!(config.log)),
        ("log_format", "log_format", json!(config.log_format)),
        ("listen", "listen", json!(settings.listen)),
        ("require_keys", "require_keys", json!(settings.require_keys)),
        ("allowed_hosts", "allowed_hosts", json!(settings.allowed_hosts)),
        ("cors_origins", "cors_origins", json!(settings.cors_origins)),
        ("read_only", "read_only", json!(settings.read_only)),
        ("watch", "watch", json!(settings.watch)),
        ("limits.connections", "connections", json!(limits.connections)),
        ("limits.searches", "searches", json!(limits.searches)),
        ("limits.queue", "queue", json!(limits.queue)),
        ("limits.wait_s", "wait_s", json!(limits.wait.as_secs())),
        ("limits.rate_per_second", "rate_per_second", json!(rate_of(|rate| rate.per_second.get()))),
        ("limits.rate_burst", "rate_burst", json!(rate_of(|rate| rate.burst.get()))),
        ("limits.request_s", "request_s", json!(limits.request.as_secs())),
        ("limits.slow_request_s", "slow_request_s", json!(limits.slow_request.as_secs())),
        ("limits.head_s", "head_s", json!(limits.head.as_secs())),
        ("limits.idle_s", "idle_s", json!(limits.idle.as_secs())),
        ("limits.drain_s", "drain_s", json!(limits.drain.as_secs())),
    ]
}
