//! The manifest beside a folder's files: what their text does not say of them.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::error::{Error, Kind, Result, Warning};
use crate::model::Region;
use crate::text::region::RegionTable;

/// Name of the manifest in its folder.
pub const FILE_NAME: &str = "manifest.toml";

/// Longest manifest read, in bytes.
const LONGEST: u64 = 16 * 1024 * 1024;

/// What is known of the files of one folder. A document's own text comes first: an entry counts only where
/// the text is silent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    entries: HashMap<String, Entry>,
}

/// What the manifest says of one file; every part may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// Region in force; written as a code or a name that one division alone has (安徽省淮北市相山区).
    pub region: Option<Region>,
    /// Date of the document, ISO 8601.
    pub date: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Issuing body.
    pub issuer: Option<String>,
    /// Document number.
    pub number: Option<String>,
    /// Where the file comes from, in words or as an address.
    pub source: Option<String>,
    /// SHA-256 of the file's bytes, lower-case hex.
    pub sha256: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    document: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    file: Spanned<String>,
    region: Option<Spanned<String>>,
    date: Option<Spanned<String>>,
    title: Option<String>,
    issuer: Option<String>,
    number: Option<String>,
    source: Option<String>,
    sha256: Option<Spanned<String>>,
}

impl Manifest {
    /// The manifest in `folder`; none when the folder has none. An error when it cannot be read or is
    /// malformed: the message names the file and the line.
    pub fn beside(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(FILE_NAME);
        let length = match std::fs::metadata(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io(path.display(), error)),
            Ok(metadata) => metadata.len(),
        };
        if length > LONGEST {
            let message = format!("{}: longer than {LONGEST} bytes", path.display());
            return Err(Error::new(Kind::TooLarge, "manifest_too_large", message));
        }
        let text = std::fs::read_to_string(&path).map_err(|error| Error::io(path.display(), error))?;
        Self::parse(&text, &path).map(Some)
    }

    /// Parses a manifest; `path` is what error messages call it.
    pub fn parse(text: &str, path: &Path) -> Result<Self> {
        let bad = |at: Range<usize>, why: &str| malformed(text, path, at.start, why);
        let file: File =
            toml::from_str(text).map_err(|error| bad(error.span().unwrap_or_default(), error.message()))?;
        let mut entries = HashMap::new();
        for row in file.document {
            let at = row.file.span();
            let name = row.file.get_ref().clone();
            if name.is_empty() || name.contains(['/', '\\']) {
                return Err(bad(at, "`file` must be the name of a file in the same folder, without folders"));
            }
            let entry = row.entry(&bad)?;
            if entries.insert(name.clone(), entry).is_some() {
                return Err(bad(at, &format!("a second entry for {name:?}")));
            }
        }
        Ok(Self { entries })
    }

    /// What the manifest says of the file of this name.
    pub fn entry(&self, file_name: &str) -> Option<&Entry> {
        self.entries.get(file_name)
    }
}

impl Entry {
    /// A warning when the file's bytes are not those that the manifest describes. `sha256` is that of the
    /// bytes, lower-case hex.
    pub fn check(&self, file_name: &str, sha256: &str) -> Option<Warning> {
        let expected = self.sha256.as_deref().filter(|expected| *expected != sha256)?;
        let message =
            format!("{file_name} has sha256 {sha256}, its manifest says {expected}: the file was changed");
        Some(Warning::new("sha256_mismatch", message))
    }
}

impl Entry {
    /// Sets the part called `name` from what a caller said; false when no part is called so.
    /// `invalid_parameter` where `value` cannot be what it should, `unknown_region` where no one region is called so.
    pub fn set(&mut self, name: &str, value: &str) -> Result<bool> {
        let bad =
            |_: Range<usize>, why: &str| Error::invalid("invalid_parameter", name, format!("{name}: {why}"));
        let said = || Spanned::new(0..0, value.to_owned());
        match name {
            "region" => {
                let unknown = |_: Range<usize>, why: &str| {
                    Error::invalid("unknown_region", name, format!("{name}: {why}"))
                };
                self.region = Some(region(&said(), &unknown)?);
            }
            "date" => self.date = Some(checked_date(said(), &bad)?),
            "title" => self.title = Some(value.to_owned()),
            "issuer" => self.issuer = Some(value.to_owned()),
            "number" => self.number = Some(value.to_owned()),
            "source" => self.source = Some(value.to_owned()),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl Row {
    fn entry(self, bad: &impl Fn(Range<usize>, &str) -> Error) -> Result<Entry> {
        Ok(Entry {
            region: self.region.map(|name| region(&name, bad)).transpose()?,
            date: self.date.map(|date| checked_date(date, bad)).transpose()?,
            sha256: self.sha256.map(|hash| checked_hash(&hash, bad)).transpose()?,
            title: self.title,
            issuer: self.issuer,
            number: self.number,
            source: self.source,
        })
    }
}

fn region(name: &Spanned<String>, bad: &impl Fn(Range<usize>, &str) -> Error) -> Result<Region> {
    let written = name.get_ref();
    let mut found = RegionTable::builtin().resolve(written);
    match (found.pop(), found.len()) {
        (Some(region), 0) => Ok(region),
        (None, _) => Err(bad(name.span(), &format!("no division is called {written:?}"))),
        (Some(_), others) => {
            let message =
                format!("{} divisions are called {written:?}: give the code or the parents too", others + 1);
            Err(bad(name.span(), &message))
        }
    }
}

fn checked_date(date: Spanned<String>, bad: &impl Fn(Range<usize>, &str) -> Error) -> Result<String> {
    if day(date.get_ref()).is_some() {
        return Ok(date.into_inner());
    }
    Err(bad(date.span(), "`date` must be a day of the calendar as YYYY-MM-DD"))
}

fn day(iso: &str) -> Option<time::Date> {
    let (year, rest) = iso.split_once('-').filter(|_| iso.len() == "YYYY-MM-DD".len())?;
    let (month, day) = rest.split_once('-')?;
    let month = time::Month::try_from(month.parse::<u8>().ok()?).ok()?;
    time::Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

fn checked_hash(hash: &Spanned<String>, bad: &impl Fn(Range<usize>, &str) -> Error) -> Result<String> {
    let hex = hash.get_ref().to_ascii_lowercase();
    if hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(hex);
    }
    Err(bad(hash.span(), "`sha256` must be 64 hexadecimal digits"))
}

fn malformed(text: &str, path: &Path, offset: usize, why: &str) -> Error {
    let line = text.get(..offset).unwrap_or_default().matches('\n').count() + 1;
    let message = format!("{}, line {line}: {why}", path.display());
    Error::new(Kind::Malformed, "malformed_manifest", message)
}

#[cfg(test)]
mod tests;
