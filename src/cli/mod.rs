//! The command line: one file a command; this one says which there are.

mod atlas;
mod backend;
mod batch;
mod bench;
mod compare;
mod config;
mod doctor;
mod documents;
mod effective;
mod eval;
mod expand;
mod export;
mod index;
mod keys;
mod logging;
mod mcp;
mod model;
#[cfg(feature = "otlp")]
mod otlp;
mod output;
mod progress;
mod remove;
mod report;
mod review;
mod runtime;
mod search;
mod serve;
mod settings;
mod similar;
mod snapshot;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

pub use backend::Backend;
pub use config::Config;

use crate::error::{Error, Kind, Result};
pub use logging::LogFormat;
use runtime::Runtime;

/// 条款: full-text and semantic search over the clauses of policy documents
///
/// Start with `tiaokuan serve`: it indexes seeds/ (or the PATHs you give), then answers at
/// <http://127.0.0.1:7878> as pages and as a JSON API (/docs).
#[derive(Parser, Debug)]
#[command(name = "tiaokuan", version, propagate_version = true, arg_required_else_help = true)]
#[command(after_help = EXAMPLES)]
pub struct Cli {
    /// Configuration file (TOML); flags and environment variables come before it
    #[arg(long, global = true, env = "TIAOKUAN_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    /// Where the index is kept [default: index/data]
    #[arg(long, global = true, env = "TIAOKUAN_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,

    /// Address under which others reach the service; citations and exports link to clauses below it
    #[arg(long, global = true, env = "TIAOKUAN_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,

    /// Form of log lines [default: text]
    #[arg(long, global = true, env = "TIAOKUAN_LOG_FORMAT", value_enum, value_name = "FORMAT")]
    log_format: Option<LogFormat>,

    /// What is logged, such as `info` or `tiaokuan=debug`
    #[arg(long, global = true, env = "TIAOKUAN_LOG", value_name = "FILTER", hide_short_help = true)]
    log: Option<String>,

    #[command(flatten)]
    backend: backend::BackendOptions,

    #[command(flatten)]
    model: model::ModelOptions,

    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  tiaokuan serve                                   index seeds/ and serve
  tiaokuan index ~/policies                        add a folder of documents
  tiaokuan index ~/policies --report r.html        and see what was understood of them
  tiaokuan search 新公司注册最快多久能办完             ask a question
  tiaokuan search 用水用气外线工程 --region 安徽省       only where it was issued
  tiaokuan search 报装时限 地区:安徽省 年份:2022 -燃气   fields and exclusions in the query
  tiaokuan expand 想把公司关掉                        what a query is understood to ask
  tiaokuan similar --text 用水报装压缩至3个工作日       measures like a draft
  tiaokuan similar --batch items.ndjson             the same for many: an object a line
  tiaokuan search 用水报装 --export 用水报装.xlsx       all hits as a table (.csv, .xlsx, .json)
  tiaokuan compare --text 用水报装压缩至3个工作日       the same measure, region by region
  tiaokuan review 征求意见稿.docx                     precedents and gaps of a draft, clause by clause
  tiaokuan atlas --domain 获得电力 --lacking 会宁县     measures that others have and a region lacks
  tiaokuan keys create --name 政策研究室 --scope read --expires 90d
  tiaokuan mcp                                      tools for language models
  tiaokuan doctor                                   is everything there?
  tiaokuan completions bash > /etc/bash_completion.d/tiaokuan

Exit codes: 0 done, 1 failed, 2 wrong usage or bad input, 3 nothing found, 4 index locked or damaged";

#[derive(Subcommand, Debug)]
enum Command {
    /// Answer as pages and as a JSON API; index PATHs first when nothing is indexed
    Serve(serve::ServeCommand),
    /// Read documents into the index; those of the same name are replaced, all others stay
    Index(index::IndexCommand),
    /// Find clauses by words, a question or a document number
    Search(search::SearchCommand),
    /// Say how a query is understood: words, fields, thesaurus, like questions, corrections
    Expand(expand::ExpandCommand),
    /// Find measures like a clause or like a text
    Similar(similar::SimilarCommand),
    /// Compare one measure over regions: counterparts, numbers side by side, who had it first
    Compare(compare::CompareCommand),
    /// Read a draft against what others have: precedents, standing of its numbers, gaps
    Review(review::ReviewCommand),
    /// Show which measures exist where, by domain and region
    Atlas(atlas::AtlasCommand),
    /// List the documents in the index
    Documents(documents::DocumentsCommand),
    /// Take documents out of the index, in every version
    Remove(remove::RemoveCommand),
    /// Write the current index with its sources to one file, while a service goes on
    Snapshot(snapshot::SnapshotCommand),
    /// Put what `snapshot` wrote in place; a running service takes it over
    Restore(snapshot::RestoreCommand),
    /// Answer language models as tools over standard input and output (Model Context Protocol)
    Mcp(mcp::McpCommand),
    /// Measure retrieval against a gold set
    Eval(eval::EvalCommand),
    /// Measure building, opening and querying an index of PATHs, at several sizes
    Bench(bench::BenchCommand),
    /// Get the embedding model, say where it is, check it
    Model(model::ModelCommand),
    /// Make, list and revoke keys
    Keys(keys::KeysCommand),
    /// Say what the program goes by, and where each setting comes from
    Config(effective::ConfigCommand),
    /// Check model, runtime, index, disk, keys and address, and say what to do
    Doctor(doctor::DoctorCommand),
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let matches = Cli::command().get_matches();
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.format(&mut Cli::command()).exit(),
    };
    let ended = run(cli, &matches);
    #[cfg(feature = "otlp")]
    otlp::flush();
    match ended {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!(
                "{}error:{} {error} [{}]",
                output::BAD.render(),
                output::BAD.render_reset(),
                error.code()
            );
            exit_code(&error)
        }
    }
}

fn run(cli: Cli, matches: &ArgMatches) -> Result<ExitCode> {
    let mut config = Config::load(cli.config.as_deref())?;
    config.log = cli.log.or(config.log);
    config.log_format = cli.log_format.or(config.log_format);
    let clock = bench::clock(&cli.command);
    logging::start(config.log.as_deref(), config.log_format.unwrap_or_default(), clock)?;
    let runtime = Runtime::new(&config, cli.data_dir, cli.public_url.as_deref(), cli.model, cli.backend)?;
    let mut out = anstream::stdout().lock();
    match cli.command {
        Command::Serve(command) => command.run(&runtime, &config),
        Command::Mcp(command) => {
            // Other threads write to it: this one must not hold it.
            drop(out);
            command.run(&runtime)
        }
        Command::Index(command) => command.run(&runtime, &mut out),
        Command::Search(command) => command.run(&runtime, &mut out),
        Command::Expand(command) => command.run(&runtime, &mut out),
        Command::Similar(command) => command.run(&runtime, &mut out),
        Command::Compare(command) => command.run(&runtime, &mut out),
        Command::Review(command) => command.run(&runtime, &mut out),
        Command::Atlas(command) => command.run(&runtime, &mut out),
        Command::Documents(command) => command.run(&runtime, &mut out),
        Command::Remove(command) => command.run(&runtime, &mut out),
        Command::Snapshot(command) => command.run(&runtime, &mut out),
        Command::Restore(command) => command.run(&runtime, &mut out),
        Command::Eval(command) => command.run(&runtime, &mut out),
        Command::Bench(command) => command.run(&runtime, &mut out),
        Command::Model(command) => {
            command.run(&runtime.model_settings(), &mut out).map(|()| ExitCode::SUCCESS)
        }
        Command::Keys(command) => command.run(&runtime, &mut out),
        Command::Config(command) => command.run(&runtime, &config, matches, &mut out),
        Command::Doctor(command) => command.run(&runtime, &config, &mut out),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "tiaokuan", &mut std::io::stdout());
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// A reader such as `head` that has read enough is no failure.
fn is_broken_pipe(error: &Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<std::io::Error>());
    source.is_some_and(|source| source.kind() == std::io::ErrorKind::BrokenPipe)
}

fn exit_code(error: &Error) -> ExitCode {
    ExitCode::from(match error.kind() {
        Kind::Invalid | Kind::TooLarge | Kind::Unsupported | Kind::Malformed => 2,
        Kind::NotFound => 3,
        Kind::Locked | Kind::Corrupt => 4,
        _ => 1,
    })
}

/// Writes a line; a closed standard output is an error like any other.
fn line(out: &mut dyn Write, text: impl std::fmt::Display) -> Result<()> {
    writeln!(out, "{text}").map_err(|error| Error::io("standard output", error))
}

/// Writes `value` as indented JSON.
fn json(out: &mut dyn Write, value: &impl serde::Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Error::internal(error.to_string()))?;
    line(out, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
