//! Every version of every document of a generation, and where it stands.
//!
//! The file is one JSON object a line. Its fields `id`, `version`, `file`, `sha256`, `received` and `stated`
//! are read by every later version of the program: with the kept sources they are enough to build the index
//! again, whatever becomes of the other files' layout.

use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use super::manifest::corrupt;
use crate::error::{Error, Result};
use crate::load::manifest::Entry;
use crate::model::{Document, DocumentId};

pub(super) const FILE: &str = "catalogue.jsonl";
/// When a document was received of which that is not known.
pub const LONG_AGO: &str = "1970-01-01T00:00:00.000Z";

/// One version of one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueEntry {
    /// Id of the document.
    pub id: DocumentId,
    /// 1 for the first that was received under this id, then 2, and so on.
    pub version: u32,
    /// Name of the file as received.
    pub file: String,
    /// SHA-256 of its bytes, hex: the name that its source is kept under.
    pub sha256: String,
    /// When it was received, RFC 3339 in UTC (`2026-11-22T08:15:30.123Z`).
    pub received: String,
    /// What was said of it beside its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated: Option<Entry>,
    /// Its segment, by its place in the manifest.
    #[serde(default)]
    pub segment: usize,
    /// Its place in the segment.
    #[serde(default)]
    pub position: usize,
}

/// `time` as the catalogue writes it: in UTC, always of the same length, so that the order of times is that of
/// their texts; none for years that do not have four digits.
pub fn received_at(time: OffsetDateTime) -> Option<String> {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    time.checked_to_offset(UtcOffset::UTC)?.format(format).ok()
}

/// Reads the catalogue in `directory`.
pub(super) fn read(directory: &Path) -> Result<Vec<CatalogueEntry>> {
    let path = directory.join(FILE);
    let bytes = std::fs::read(&path).map_err(|error| corrupt(&path, &error))?;
    parse(&path, &bytes)
}

/// The catalogue that `bytes` are; `path` is what errors name.
pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Vec<CatalogueEntry>> {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).map_err(|error| corrupt(path, &error))).collect()
}

/// What a generation of format 3, which had no catalogue, says of its documents; what cannot be read is left
/// out. What is known of a document counts as stated beside its text, since that may be where it came from.
pub(super) fn of_format_3(directory: &Path) -> Vec<CatalogueEntry> {
    #[derive(Deserialize)]
    struct Record {
        document: Document,
    }
    let text = std::fs::read_to_string(directory.join("documents.jsonl")).unwrap_or_default();
    let records = text.lines().filter_map(|line| serde_json::from_str::<Record>(line).ok());
    let entry = |Record { document }: Record| {
        let Document { id, title, file, region, issuer, number, date, sha256, .. } = document;
        let stated = Entry { region, date, title: Some(title), issuer, number, ..Entry::default() };
        let received = LONG_AGO.to_owned();
        let stated = Some(stated);
        CatalogueEntry { id, version: 1, file, sha256, received, stated, segment: 0, position: 0 }
    };
    records.map(entry).collect()
}

/// Writes `entries` into `directory`.
pub(super) fn write(directory: &Path, entries: &[CatalogueEntry]) -> Result<()> {
    let path = directory.join(FILE);
    let mut text = Vec::new();
    for entry in entries {
        serde_json::to_writer(&mut text, entry)
            .map_err(|error| Error::internal(format!("catalogue: {error}")))?;
        text.push(b'\n');
    }
    let write = |text: &[u8]| std::fs::File::create(&path)?.write_all(text);
    write(&text).map_err(|error| Error::io(path.display(), error))
}

/// Of each document the newest version, in order of ids.
pub(super) fn newest(entries: &[CatalogueEntry]) -> Vec<&CatalogueEntry> {
    last_of_each(entries.iter())
}

/// Of each document the newest version received at `time` or before, in order of ids. Times are RFC 3339 in
/// UTC with milliseconds, so that their order is that of their text.
pub(super) fn as_of<'a>(entries: &'a [CatalogueEntry], time: &str) -> Vec<&'a CatalogueEntry> {
    last_of_each(entries.iter().filter(|entry| entry.received.as_str() <= time))
}

/// `entries` are in order of ids and versions.
fn last_of_each<'a>(entries: impl Iterator<Item = &'a CatalogueEntry>) -> Vec<&'a CatalogueEntry> {
    let mut last: Vec<&CatalogueEntry> = Vec::new();
    for entry in entries {
        match last.last_mut() {
            Some(before) if before.id == entry.id => *before = entry,
            _ => last.push(entry),
        }
    }
    last
}
