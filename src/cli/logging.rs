//! Logs to standard error; `TIAOKUAN_LOG` says how much (`info`, `tiaokuan=debug`), `--log-format` in what form.

use std::io::IsTerminal;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::bench::StageClock;
use crate::error::{Error, Result};

/// Enough to see what goes wrong.
const DEFAULT: &str = "warn,ort=error,hnsw_rs=off";

/// The form of a log line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One object a line, for what collects logs.
    Json,
}

/// Begins logging; `filter` is in the language of `tracing_subscriber::EnvFilter`. `clock` is told of the stages
/// of a build.
pub(super) fn start(filter: Option<&str>, format: LogFormat, clock: Option<StageClock>) -> Result<()> {
    let filter = EnvFilter::try_new(filter.unwrap_or(DEFAULT))
        .map_err(|error| Error::invalid("invalid_config", "log", format!("log: {error}")))?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).with_filter(filter).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_filter(filter).boxed(),
    };
    let clock = clock.map(|clock| clock.with_filter(filter_fn(StageClock::times)).boxed());
    let layers: Vec<_> = std::iter::once(lines).chain(clock).collect();
    let registry = tracing_subscriber::registry().with(layers);
    #[cfg(feature = "otlp")]
    let registry = registry.with(super::otlp::layer()?);
    // Tests start it twice in one process; the first stays.
    let _ = registry.try_init();
    Ok(())
}
