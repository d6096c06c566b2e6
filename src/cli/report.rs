//! Where a report of documents goes: the terminal, a page, JSON.

use std::fs;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{json, line};
use crate::error::{Error, Kind, Result};
use crate::report::html::{self, GENERATOR, Unread};
use crate::report::{Report, text};

/// What the JSON says of itself, so that a report is told from other files before it is overwritten.
const JSON_GENERATOR: &str = "\"generator\": \"tiaokuan report\"";

/// Bytes of a file in which it says that it is a report.
const HEAD: u64 = 1_024;

/// Where a report goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Standard output, for people.
    Terminal,
    /// Standard output, for programs.
    Json,
    /// One page.
    Page(PathBuf),
    /// JSON in a file.
    JsonFile(PathBuf),
}

/// The reports as JSON.
#[derive(Serialize)]
struct Reports<'a> {
    generator: &'static str,
    documents: &'a [Report],
    unread: &'a [Unread],
}

impl Target {
    /// Standard output.
    pub(super) fn terminal(as_json: bool) -> Self {
        if as_json { Self::Json } else { Self::Terminal }
    }

    /// Whether `file` is named as a report that goes to a file.
    pub(super) fn is_report(file: &Path) -> bool {
        matches!(suffix(file).as_str(), "html" | "htm" | "json")
    }

    /// The target that `--report FILE` names; `-` is standard output. A file that is no report is not
    /// overwritten: a document may end in .html as well.
    pub(super) fn of(file: PathBuf, as_json: bool) -> Result<Self> {
        if file.as_os_str() == "-" {
            return Ok(Self::terminal(as_json));
        }
        if !Self::is_report(&file) {
            return Err(refusal(&file, "a report is written to a file ending in .html or .json"));
        }
        if file.exists() && !was_report(&file)? {
            return Err(refusal(&file, "is there already and is no report; give another name"));
        }
        Ok(if suffix(&file) == "json" { Self::JsonFile(file) } else { Self::Page(file) })
    }

    /// Writes the reports of what could be read and names what could not.
    pub(super) fn write(&self, reports: &[Report], unread: &[Unread], out: &mut dyn Write) -> Result<()> {
        let all = Reports { generator: GENERATOR, documents: reports, unread };
        match self {
            Self::Terminal => reports.iter().try_for_each(|report| write_text(report, out)),
            Self::Json => json(out, &all),
            Self::Page(file) => {
                to_file(file, |out| html::write(out, reports, unread))?;
                line(out, format_args!("report: {}", file.display()))
            }
            Self::JsonFile(file) => {
                to_file(file, |out| json(out, &all))?;
                line(out, format_args!("report: {}", file.display()))
            }
        }
    }
}

fn write_text(report: &Report, out: &mut dyn Write) -> Result<()> {
    let mut shown = String::new();
    text::write(&mut shown, report).map_err(|error| Error::internal(error.to_string()))?;
    line(out, shown)
}

fn to_file(file: &Path, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let failed = |error| Error::io(file.display(), error);
    let mut out = BufWriter::new(fs::File::create(file).map_err(failed)?);
    write(&mut out)?;
    out.flush().map_err(failed)
}

/// Whether the file's head says that it is a report.
fn was_report(file: &Path) -> Result<bool> {
    let failed = |error| Error::io(file.display(), error);
    let mut head = Vec::new();
    fs::File::open(file).map_err(failed)?.take(HEAD).read_to_end(&mut head).map_err(failed)?;
    let head = String::from_utf8_lossy(&head);
    let page = format!("<meta name=\"generator\" content=\"{GENERATOR}\">");
    Ok(head.trim().is_empty() || head.contains(&page) || head.contains(JSON_GENERATOR))
}

fn refusal(file: &Path, why: &str) -> Error {
    Error::new(Kind::Invalid, "invalid_report", format!("--report {}: {why}", file.display()))
}

fn suffix(file: &Path) -> String {
    file.extension().map_or_else(String::new, |suffix| suffix.to_string_lossy().to_lowercase())
}
