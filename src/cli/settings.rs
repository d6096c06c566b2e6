//! What `serve` goes by: each setting from a flag, else the environment, else the file, else a default, and the
//! means to say which it was.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args};
use serde::Deserialize;

use super::config::Config;
use crate::error::{Error, Result};
use crate::serve::{Limits, Rate};

const DEFAULT_ADDRESS: &str = "127.0.0.1:7878";

/// Flags of `serve` that outlive one command: `config` and `doctor` take them too.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct ServeOptions {
    /// Address to listen on; any but a loopback address needs a key [default: 127.0.0.1:7878]
    #[arg(long, env = "TIAOKUAN_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<String>,

    /// Require a key on loopback too, even before one was made
    #[arg(long, env = "TIAOKUAN_REQUIRE_KEYS", value_parser = FalseyValueParser::new())]
    pub require_keys: bool,

    /// Host names under which others reach the service, beside that of --public-url
    #[arg(long, env = "TIAOKUAN_ALLOWED_HOSTS", value_name = "HOST", value_delimiter = ',')]
    pub allowed_hosts: Vec<String>,

    /// Origins of other sites whose pages may ask, such as `https://portal.example.cn`
    #[arg(long, env = "TIAOKUAN_CORS_ORIGINS", value_name = "ORIGIN", value_delimiter = ',')]
    pub cors_origins: Vec<String>,

    /// Take no documents in or out over HTTP
    #[arg(long, env = "TIAOKUAN_READ_ONLY", value_parser = FalseyValueParser::new())]
    pub read_only: bool,

    /// Keep the index in step with FOLDER: take in what is put there or changes, and take out what is removed
    /// from it while this runs
    #[arg(long, env = "TIAOKUAN_WATCH", value_name = "FOLDER", value_delimiter = ',')]
    pub watch: Vec<PathBuf>,

    #[command(flatten)]
    pub limits: LimitOptions,
}

/// Times and counts, as flags and as the file's table `[limits]`.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[command(next_help_heading = "Limits")]
pub(super) struct LimitOptions {
    /// Connections open at once [default: 2000]
    #[arg(
        long = "max-connections",
        env = "TIAOKUAN_MAX_CONNECTIONS",
        value_name = "COUNT",
        hide_short_help = true
    )]
    pub connections: Option<usize>,
    /// Searches worked on at once [default: two a core]
    #[arg(
        long = "max-searches",
        env = "TIAOKUAN_MAX_SEARCHES",
        value_name = "COUNT",
        hide_short_help = true
    )]
    pub searches: Option<usize>,
    /// Searches that wait at once; others hear 503 [default: 256]
    #[arg(long = "max-queue", env = "TIAOKUAN_MAX_QUEUE", value_name = "COUNT", hide_short_help = true)]
    pub queue: Option<usize>,
    /// Seconds that a search waits at most [default: 10]
    #[arg(long = "max-wait-s", env = "TIAOKUAN_MAX_WAIT_S", value_name = "SECONDS", hide_short_help = true)]
    pub wait_s: Option<u64>,
    /// Requests of one key a second; 0 for no bound [default: 50]
    #[arg(
        long = "rate-per-second",
        env = "TIAOKUAN_RATE_PER_SECOND",
        value_name = "COUNT",
        hide_short_help = true
    )]
    pub rate_per_second: Option<u32>,
    /// Requests of one key at once, after a pause [default: 200]
    #[arg(long = "rate-burst", env = "TIAOKUAN_RATE_BURST", value_name = "COUNT", hide_short_help = true)]
    pub rate_burst: Option<u32>,
    /// Seconds that a request may take [default: 30]
    #[arg(
        long = "max-request-s",
        env = "TIAOKUAN_MAX_REQUEST_S",
        value_name = "SECONDS",
        hide_short_help = true
    )]
    pub request_s: Option<u64>,
    /// Seconds that a review may take [default: 300]
    #[arg(
        long = "max-slow-request-s",
        env = "TIAOKUAN_MAX_SLOW_REQUEST_S",
        value_name = "SECONDS",
        hide_short_help = true
    )]
    pub slow_request_s: Option<u64>,
    /// Seconds for a request's head to come, and of an idle connection [default: 10]
    #[arg(long = "max-head-s", env = "TIAOKUAN_MAX_HEAD_S", value_name = "SECONDS", hide_short_help = true)]
    pub head_s: Option<u64>,
    /// Seconds without a byte of an answer taken by its client [default: 120]
    #[arg(long = "max-idle-s", env = "TIAOKUAN_MAX_IDLE_S", value_name = "SECONDS", hide_short_help = true)]
    pub idle_s: Option<u64>,
    /// Seconds that requests under way may go on at the end [default: 30]
    #[arg(long = "drain-s", env = "TIAOKUAN_DRAIN_S", value_name = "SECONDS", hide_short_help = true)]
    pub drain_s: Option<u64>,
}

/// What `serve` goes by.
#[derive(Clone, Debug)]
pub(super) struct ServeSettings {
    pub listen: SocketAddr,
    pub require_keys: bool,
    pub allowed_hosts: Vec<String>,
    pub cors_origins: Vec<String>,
    pub read_only: bool,
    pub watch: Vec<PathBuf>,
    pub limits: Limits,
}

impl ServeSettings {
    /// Flags and environment over the file over defaults; the error names the setting that is wrong.
    pub(super) fn new(options: &ServeOptions, config: &Config) -> Result<Self> {
        let listen = options.listen.as_deref().or(config.listen.as_deref()).unwrap_or(DEFAULT_ADDRESS);
        let cors_origins = list(&options.cors_origins, &config.cors_origins);
        cors_origins.iter().try_for_each(|origin| check_origin(origin))?;
        let allowed_hosts = list(&options.allowed_hosts, &config.allowed_hosts);
        allowed_hosts.iter().try_for_each(|host| check_host(host))?;
        let read_only = options.read_only || config.read_only;
        let watch = list(&options.watch, &config.watch);
        check_watch(&watch, read_only)?;
        Ok(Self {
            listen: address(listen)?,
            require_keys: options.require_keys || config.require_keys,
            allowed_hosts,
            cors_origins,
            read_only,
            watch,
            limits: limits(&options.limits, &config.limits)?,
        })
    }
}

fn address(text: &str) -> Result<SocketAddr> {
    text.parse().map_err(|_| {
        let message = format!("listen: {text:?} is not an address such as {DEFAULT_ADDRESS}");
        Error::invalid("invalid_listen", "listen", message)
    })
}

/// What was given, else what the file says.
fn list<T: Clone>(given: &[T], kept: &[T]) -> Vec<T> {
    if given.is_empty() { kept.to_vec() } else { given.to_vec() }
}

fn check_watch(folders: &[PathBuf], read_only: bool) -> Result<()> {
    if read_only && !folders.is_empty() {
        let message = "watch: a service that is read_only takes no documents in; give one of the two";
        return Err(Error::invalid("invalid_config", "watch", message));
    }
    let Some(other) = folders.iter().find(|folder| !folder.is_dir()) else { return Ok(()) };
    Err(Error::invalid("invalid_watch", "watch", format!("watch: {} is not a folder", other.display())))
}

fn check_origin(origin: &str) -> Result<()> {
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let is_origin =
        authority.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '*', '@', ' ']));
    let message = || {
        format!(
            "cors_origins: {origin:?} is not an origin such as https://portal.example.cn; name each, there is no *"
        )
    };
    if is_origin { Ok(()) } else { Err(Error::invalid("invalid_config", "cors_origins", message())) }
}

fn check_host(host: &str) -> Result<()> {
    let is_name = !host.is_empty() && !host.contains(['/', '*', '@', ' ']) && !host.contains("://");
    let message =
        || format!("allowed_hosts: {host:?} is not a host name such as policy.example.cn, without port");
    if is_name { Ok(()) } else { Err(Error::invalid("invalid_config", "allowed_hosts", message())) }
}

fn limits(given: &LimitOptions, kept: &LimitOptions) -> Result<Limits> {
    let default = Limits::default();
    let count = |name: &str, given: Option<usize>, kept: Option<usize>, default: usize| {
        let value = given.or(kept).unwrap_or(default);
        in_range(name, value, (1..=100_000).contains(&value)).map(|()| value)
    };
    let seconds = |name: &str, given: Option<u64>, kept: Option<u64>, default: Duration| {
        let value = given.or(kept).unwrap_or(default.as_secs());
        in_range(name, value, (1..=3_600).contains(&value)).map(|()| Duration::from_secs(value))
    };
    let per_second = given.rate_per_second.or(kept.rate_per_second);
    let burst = given.rate_burst.or(kept.rate_burst);
    Ok(Limits {
        connections: count("connections", given.connections, kept.connections, default.connections)?,
        searches: count("searches", given.searches, kept.searches, default.searches)?,
        queue: given.queue.or(kept.queue).unwrap_or(default.queue),
        wait: seconds("wait_s", given.wait_s, kept.wait_s, default.wait)?,
        rate: rate(per_second, burst, default.rate),
        request: seconds("request_s", given.request_s, kept.request_s, default.request)?,
        slow_request: seconds(
            "slow_request_s",
            given.slow_request_s,
            kept.slow_request_s,
            default.slow_request,
        )?,
        head: seconds("head_s", given.head_s, kept.head_s, default.head)?,
        idle: seconds("idle_s", given.idle_s, kept.idle_s, default.idle)?,
        drain: seconds("drain_s", given.drain_s, kept.drain_s, default.drain)?,
    })
}

fn in_range(name: &str, value: impl std::fmt::Display, is_in_range: bool) -> Result<()> {
    if is_in_range {
        return Ok(());
    }
    let message = format!("limits.{name}: {value} is out of range");
    Err(Error::invalid("invalid_config", format!("limits.{name}"), message))
}

/// None where the rate is 0. A burst of 0 would let nothing through: it is 1.
fn rate(per_second: Option<u32>, burst: Option<u32>, default: Option<Rate>) -> Option<Rate> {
    let per_second = per_second.map_or_else(|| default.map(|rate| rate.per_second), NonZeroU32::new)?;
    let default_burst = default.map_or(per_second, |rate| rate.burst);
    let burst = burst.map_or(default_burst, |burst| NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN));
    Some(Rate { per_second, burst })
}

/// Where the setting with the argument `id` and the file's `key` comes from.
pub(super) fn origin(matches: &ArgMatches, config: &Config, id: &str, key: &str) -> String {
    match source(matches, id) {
        Some(ValueSource::CommandLine) => "flag".to_owned(),
        Some(ValueSource::EnvVariable) => "environment".to_owned(),
        _ if config.sets(key) => config.origin(),
        _ => "default".to_owned(),
    }
}

/// How the argument `id` got its value, on whatever level of the command line it stands.
fn source(matches: &ArgMatches, id: &str) -> Option<ValueSource> {
    let here = matches.try_contains_id(id).ok().and_then(|_| matches.value_source(id));
    let below = matches.subcommand().and_then(|(_, below)| source(below, id));
    below.filter(|source| *source != ValueSource::DefaultValue).or(here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_come_before_the_file() {
        let config = Config {
            listen: Some("127.0.0.1:1".into()),
            limits: LimitOptions { queue: Some(5), head_s: Some(2), ..LimitOptions::default() },
            ..Config::default()
        };
        let options = ServeOptions {
            listen: Some("127.0.0.1:2".into()),
            limits: LimitOptions { queue: Some(7), rate_per_second: Some(0), ..LimitOptions::default() },
            ..ServeOptions::default()
        };
        let settings = ServeSettings::new(&options, &config).expect("right");
        assert_eq!(
            (settings.listen.port(), settings.limits.queue, settings.limits.head.as_secs()),
            (2, 7, 2)
        );
        assert_eq!(settings.limits.rate, None);
    }

    #[test]
    fn wrong_settings_are_named() {
        let rows = [
            (ServeOptions { listen: Some("here".into()), ..ServeOptions::default() }, "listen"),
            (ServeOptions { cors_origins: vec!["*".into()], ..ServeOptions::default() }, "cors_origins"),
            (
                ServeOptions { cors_origins: vec!["https://a.cn/x".into()], ..ServeOptions::default() },
                "cors_origins",
            ),
            (
                ServeOptions { allowed_hosts: vec!["https://a.cn".into()], ..ServeOptions::default() },
                "allowed_hosts",
            ),
            (ServeOptions { watch: vec!["/no/such/folder".into()], ..ServeOptions::default() }, "watch"),
            (ServeOptions { read_only: true, watch: vec![".".into()], ..ServeOptions::default() }, "watch"),
            (
                ServeOptions {
                    limits: LimitOptions { head_s: Some(0), ..LimitOptions::default() },
                    ..ServeOptions::default()
                },
                "limits.head_s",
            ),
        ];
        for (options, field) in rows {
            let error = ServeSettings::new(&options, &Config::default()).expect_err(field);
            assert_eq!(error.field(), Some(field));
        }
    }
}
