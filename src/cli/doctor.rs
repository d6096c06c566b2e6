//! `tiaokuan doctor`: is everything there, and if not, what to do.

use std::io::Write;
use std::net::TcpListener;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::config::Config;
use super::output::{BAD, FAINT};
use super::runtime::Runtime;
use super::settings::{ServeOptions, ServeSettings};
use super::{json, line};
use crate::embed::model::{self, VerifyReport};
use crate::error::{Error, Result};
use crate::serve::{KeyFile, Keyring, why_not_writable};

/// The `doctor` command.
#[derive(Args, Debug)]
pub(super) struct DoctorCommand {
    #[command(flatten)]
    options: ServeOptions,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What one check found.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    /// Whether the service can do its work as far as this goes.
    ok: bool,
    found: String,
    /// What to do; none where all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

impl Finding {
    fn good(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, ok: true, found: found.into(), advice: None }
    }

    fn bad(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, ok: false, found: found.into(), advice: Some(advice.into()) }
    }

    fn failed(check: &'static str, error: &Error, advice: impl Into<String>) -> Self {
        Self::bad(check, format!("{error} [{}]", error.code()), advice)
    }

    fn with_advice(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }
}

impl DoctorCommand {
    pub(super) fn run(&self, runtime: &Runtime, config: &Config, out: &mut dyn Write) -> Result<ExitCode> {
        let mut findings = vec![data_directory(runtime), index(runtime), tables(runtime)];
        findings.extend(model_files(runtime));
        findings.push(keys(runtime));
        match ServeSettings::new(&self.options, config) {
            Ok(settings) => {
                findings.push(Finding::good("configuration", config.origin()));
                findings.push(address(runtime, &settings));
            }
            Err(error) => {
                findings.push(Finding::failed("configuration", &error, "see `tiaokuan config check`"));
            }
        }
        if self.json {
            json(out, &findings)?;
        } else {
            findings.iter().try_for_each(|finding| write(out, finding))?;
        }
        let is_well = findings.iter().all(|finding| finding.ok);
        Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn write(out: &mut dyn Write, finding: &Finding) -> Result<()> {
    let mark = if finding.ok { "✓".to_owned() } else { format!("{BAD}✗{BAD:#}") };
    line(out, format_args!("{mark} {:<14} {}", finding.check, finding.found))?;
    match &finding.advice {
        Some(advice) => line(out, format_args!("  {:<14} {FAINT}→ {advice}{FAINT:#}", "")),
        None => Ok(()),
    }
}

fn data_directory(runtime: &Runtime) -> Finding {
    const CHECK: &str = "data directory";
    let folder = runtime.data_dir();
    let shown = folder.display();
    if !folder.is_dir() {
        let advice = "run `tiaokuan index PATH`, or name another with --data-dir";
        return Finding::bad(CHECK, format!("{shown} does not exist"), advice);
    }
    if let Some(reason) = why_not_writable(folder) {
        let advice = "free some space, or give the user of the service the right to write there";
        return Finding::bad(CHECK, format!("{shown}: {reason}"), advice);
    }
    let free = fs4::available_space(folder).unwrap_or_default();
    Finding::good(CHECK, format!("{shown}, {} MiB free", free >> 20))
}

fn index(runtime: &Runtime) -> Finding {
    const CHECK: &str = "index";
    match runtime.store().open() {
        Ok(Some(generation)) => {
            let (documents, clauses) = (generation.documents().len(), generation.len());
            let found = format!(
                "generation {}: {documents} documents, {clauses} clauses, every hash right",
                generation.id()
            );
            Finding::good(CHECK, found)
        }
        Ok(None) => Finding::bad(CHECK, "nothing is indexed yet", "run `tiaokuan index PATH`"),
        Err(error) => Finding::failed(CHECK, &error, "run `tiaokuan index` again, or restore a snapshot"),
    }
}

/// Weights and thesaurus that a user put into the data directory.
fn tables(runtime: &Runtime) -> Finding {
    match runtime.engine_with(None) {
        Ok(_) => Finding::good("tables", "weights, thesaurus and reranker can be read"),
        Err(error) => Finding::failed("tables", &error, "correct the file, or move it away"),
    }
}

/// The model's files, the runtime library, and whether they make a vector and fit the index.
fn model_files(runtime: &Runtime) -> Vec<Finding> {
    let settings = runtime.model_settings();
    if settings.no_model {
        return vec![Finding::good("model", "none (--no-model): keyword search only")];
    }
    let absent = || {
        let advice = "run `tiaokuan model fetch`; until then only words are compared, not meaning";
        vec![Finding::bad("model", "there is none", advice)]
    };
    let files = match model::find(&settings) {
        Ok(Some(files)) => files,
        Ok(None) => return absent(),
        Err(error) => return vec![Finding::failed("model", &error, "run `tiaokuan model fetch`")],
    };
    let report = match model::verify(&files) {
        Ok(report) => report,
        Err(error) => return vec![Finding::failed("model", &error, "run `tiaokuan model fetch`")],
    };
    let library = match model::open(&files) {
        Ok(_) => library(&report),
        Err(error) => {
            let advice = "it needs ONNX Runtime of the version that `tiaokuan model fetch` gets";
            Finding::failed("runtime", &error, advice)
        }
    };
    vec![files_of(&report), library, fit(runtime, &report)]
}

fn files_of(report: &VerifyReport) -> Finding {
    let found = format!("{} in {}", report.id, report.model.path.display());
    let is_known = report.model.known && report.tokenizer.known;
    let finding = Finding::good("model", found);
    if is_known {
        finding
    } else {
        finding.with_advice("its files are not those published: yours, or damaged?")
    }
}

fn library(report: &VerifyReport) -> Finding {
    let version = report.runtime_version.as_deref().unwrap_or("of unknown version");
    Finding::good("runtime", format!("ONNX Runtime {version} in {}", report.runtime.path.display()))
}

fn fit(runtime: &Runtime, report: &VerifyReport) -> Finding {
    const CHECK: &str = "vectors";
    let indexed =
        runtime.store().open().ok().flatten().and_then(|generation| generation.manifest().model.clone());
    match indexed {
        Some(indexed) if indexed == report.id.as_str() => Finding::good(CHECK, "made by this model"),
        Some(indexed) => {
            let advice = "run `tiaokuan index` again with the model to keep";
            Finding::bad(CHECK, format!("made by {indexed}, not by this model"), advice)
        }
        None => {
            Finding::bad(CHECK, "the index has none", "run `tiaokuan index` again, now that there is a model")
        }
    }
}

fn keys(runtime: &Runtime) -> Finding {
    const CHECK: &str = "keys";
    let file = KeyFile::of(runtime.data_dir());
    if !file.exists() {
        return Finding::good(CHECK, "none: whoever reaches the service on loopback reads and writes");
    }
    if file.is_open_to_others() {
        let advice = format!("chmod 600 {}", file.path().display());
        return Finding::bad(CHECK, "others can read keys.toml", advice);
    }
    match Keyring::open(file) {
        Ok(ring) if ring.usable_count() == 0 => {
            Finding::bad(CHECK, "all are revoked or expired", "run `tiaokuan keys create --name WHO`")
        }
        Ok(ring) => Finding::good(CHECK, format!("{} usable", ring.usable_count())),
        Err(error) => Finding::failed(CHECK, &error, "correct keys.toml by hand or from a backup"),
    }
}

fn address(runtime: &Runtime, settings: &ServeSettings) -> Finding {
    const CHECK: &str = "address";
    let listen = settings.listen;
    if !listen.ip().is_loopback() && !KeyFile::of(runtime.data_dir()).exists() {
        let advice = "run `tiaokuan keys create --name WHO` first";
        return Finding::bad(CHECK, format!("{listen} is reached by others and there is no key"), advice);
    }
    match TcpListener::bind(listen) {
        Ok(_) => Finding::good(CHECK, format!("{listen} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Finding::good(CHECK, format!("{listen} is in use")).with_advice(
                "by the service itself, if it runs; else end the other program or change `listen`",
            )
        }
        Err(error) => Finding::bad(CHECK, format!("{listen}: {error}"), "change `listen`"),
    }
}
