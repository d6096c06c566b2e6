//! From bytes as received to lines of text: the format is recognised by content, the encoding by
//! its bytes, and what the format itself knows (headings, rows of tables, page furniture, generated
//! numbering) is kept.
//!
//! [`load`] reads one file; [`walk`] yields the files of a path, a folder or a zip one by one. What
//! cannot be read is an [`Error`](crate::error::Error) of one sentence that names the file, what was
//! found and what to do; nothing panics, whatever the bytes.

mod archive;
mod docx;
mod encoding;
mod format;
mod guard;
mod html;
pub mod manifest;
mod markdown;
mod pdf;
mod text;
mod walk;

pub use format::Format;
pub use walk::{Input, walk};

use std::fmt::Write as _;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::error::{Error, Kind, Result, Warning};

/// What [`load`] makes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// Name of the file without folders.
    pub file: String,
    /// What it turned out to be.
    pub format: Format,
    /// Encoding of a text format as the Encoding Standard names it; none for docx and PDF.
    pub encoding: Option<&'static str>,
    /// SHA-256 of the bytes, lower-case hex.
    pub sha256: String,
    /// Lines in reading order; an empty one stands for vertical space.
    pub lines: Vec<RawLine>,
    /// What was odd about the file.
    pub warnings: Vec<Warning>,
}

impl Loaded {
    /// Plain text that came without a file, such as a clause to compare: never fails.
    pub fn from_text(file: &str, text: &str) -> Self {
        Self {
            file: base_name(file).to_owned(),
            format: Format::Text,
            encoding: None,
            sha256: sha256_hex(text.as_bytes()),
            lines: text::read(text),
            warnings: Vec::new(),
        }
    }
}

/// A line as the format gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawLine {
    /// Its text; the cells of a [`RawKind::Row`] are separated by tabs.
    pub text: String,
    /// What the format says that it is.
    pub kind: RawKind,
    /// 1-based line (text formats) or paragraph (docx, PDF, HTML) of the file.
    pub origin: u32,
}

/// What a format says that a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RawKind {
    /// Running text. A leading tab marks a cell of a table that an export wrote one cell a line.
    Text,
    /// A heading, with its level from 1.
    Heading(u8),
    /// A row of a table.
    Row,
    /// Navigation, a page header, a page number.
    Furniture,
}

/// How much of a file is read before it is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file; larger ones are refused unread.
    pub file_bytes: u64,
    /// Bytes that the parts of one docx, or the streams of one PDF, may unpack to.
    pub unpacked_bytes: u64,
    /// Times that a part above 1 MiB may be larger than its packed form.
    pub ratio: u64,
    /// Files in one zip.
    pub entries: usize,
    /// Pages of a PDF.
    pub pages: usize,
    /// Zips within zips.
    pub nesting: u8,
    /// How long reading one file may take.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 64 << 20,
            unpacked_bytes: 256 << 20,
            ratio: 200,
            entries: 10_000,
            pages: 5_000,
            nesting: 2,
            time: Duration::from_mins(1),
        }
    }
}

/// Reads one file's `bytes`; `file` is its name, of which folders are dropped.
///
/// Errors: `file_too_large`, `empty_document`, `malformed_document`, `unsupported_format`,
/// `encrypted_document`, `scanned_document`, `unmapped_text`, `zip_bomb`, `timed_out`.
pub fn load(file: &str, bytes: &[u8], limits: &Limits) -> Result<Loaded> {
    let file = base_name(file);
    if bytes.len() as u64 > limits.file_bytes {
        return Err(too_large(file, bytes.len() as u64, limits));
    }
    let format = format::recognise(file, bytes)?;
    let mut parsed = parse(file, format, bytes, limits)?;
    if parsed.lines.iter().all(|line| line.text.trim().is_empty()) {
        return Err(Error::new(Kind::Malformed, "empty_document", format!("{file}: the file holds no text")));
    }
    parsed.warnings.extend(format::mislabelled(file, format));
    Ok(Loaded {
        file: file.to_owned(),
        format,
        encoding: parsed.encoding,
        sha256: sha256_hex(bytes),
        lines: parsed.lines,
        warnings: parsed.warnings,
    })
}

/// What a format's reader yields.
#[derive(Clone, Debug, Default)]
struct Parsed {
    lines: Vec<RawLine>,
    encoding: Option<&'static str>,
    warnings: Vec<Warning>,
}

fn parse(file: &str, format: Format, bytes: &[u8], limits: &Limits) -> Result<Parsed> {
    match format {
        Format::Text => encoding::decode(file, bytes, None).map(|decoded| decoded.parse_with(text::read)),
        Format::Markdown => {
            encoding::decode(file, bytes, None).map(|decoded| decoded.parse_with(markdown::read))
        }
        Format::Html => {
            let decoded = encoding::decode(file, bytes, html::declared_encoding(bytes))?;
            guard::within(file, limits.time, move || Ok(decoded.parse_with(html::read)))
        }
        Format::Docx => {
            let (name, bytes, limits) = (file.to_owned(), bytes.to_vec(), limits.clone());
            guard::within(file, limits.time, move || docx::read(&name, &bytes, &limits))
        }
        Format::Pdf => pdf::read(file, bytes, limits),
    }
}

/// The last part of a name; both kinds of slash separate folders.
fn base_name(file: &str) -> &str {
    file.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or("unnamed")
}

pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn too_large(file: &str, bytes: u64, limits: &Limits) -> Error {
    let (size, most) = (bytes >> 20, limits.file_bytes >> 20);
    Error::new(
        Kind::TooLarge,
        "file_too_large",
        format!(
            "{file}: the file has {size} MiB, more than the limit of {most} MiB; split it or raise the limit"
        ),
    )
}

fn malformed(file: &str, what: impl std::fmt::Display) -> Error {
    Error::new(Kind::Malformed, "malformed_document", format!("{file}: {what}"))
}

#[cfg(test)]
mod tests;
