//! Zips of files, read one by one within limits; the names in them are labels only.

use std::io::{Read, Seek};

use encoding_rs::GB18030;
use zip::ZipArchive;
use zip::result::ZipError;

use super::walk::is_companion;
use super::{Input, Limits, format, malformed, too_large};
use crate::error::{Error, Kind, Result};

/// Parts smaller than this are never a bomb, however well they were packed.
const HARMLESS: u64 = 1 << 20;

/// Something that a zip can be read from.
pub(super) trait Source: Read + Seek {}
impl<T: Read + Seek> Source for T {}

/// A zip that is being read.
pub(super) struct Archive {
    zip: ZipArchive<Box<dyn Source>>,
    label: String,
    next: usize,
    /// 1 for a zip that lies in a folder, 2 for one within it.
    pub(super) depth: u8,
}

impl Archive {
    /// Opens a zip of files. `None` when it is one document in a zip's clothes (a docx with a wrong
    /// suffix) or no zip at all: then it is read as a file.
    pub(super) fn open(
        mut source: Box<dyn Source>,
        label: &str,
        depth: u8,
        limits: &Limits,
    ) -> Result<Option<Self>> {
        let mut magic = [0; 4];
        let begins = source.read_exact(&mut magic).and_then(|()| source.rewind());
        if begins.is_err() || !matches!(&magic, b"PK\x03\x04" | b"PK\x05\x06") {
            return Ok(None);
        }
        let zip = ZipArchive::new(source).map_err(|error| {
            malformed(label, format!("the zip is cut off or damaged ({error}); get it again"))
        })?;
        if zip.len() > limits.entries {
            let context = format!(
                "{label}: the zip holds {} files, more than the limit of {}",
                zip.len(),
                limits.entries
            );
            return Err(Error::new(Kind::TooLarge, "zip_bomb", context));
        }
        let is_document =
            zip.index_for_name("[Content_Types].xml").is_some() || zip.index_for_name("OFD.xml").is_some();
        Ok((!is_document).then(|| Self { zip, label: label.to_owned(), next: 0, depth }))
    }

    /// The next file in it.
    pub(super) fn next(&mut self, limits: &Limits) -> Option<Result<Input>> {
        while self.next < self.zip.len() {
            let index = self.next;
            self.next += 1;
            match read_entry(&mut self.zip, index, &self.label, limits) {
                Ok(Some(input)) => return Some(Ok(input)),
                Ok(None) => {}
                Err(error) => return Some(Err(error)),
            }
        }
        None
    }
}

fn read_entry(
    zip: &mut ZipArchive<Box<dyn Source>>,
    index: usize,
    label: &str,
    limits: &Limits,
) -> Result<Option<Input>> {
    let mut entry = zip.by_index(index).map_err(|error| entry_error(label, &error))?;
    let name = format!("{label}/{}", safe_name(entry.name_raw()));
    if entry.is_dir() || name.split('/').any(is_companion) {
        return Ok(None);
    }
    let (size, packed) = (entry.size(), entry.compressed_size());
    check_ratio(&name, size, packed, limits)?;
    if size > limits.file_bytes {
        return Err(too_large(&name, size, limits));
    }
    // The directory may lie about the size.
    let bytes = read_at_most(&mut entry, limits.file_bytes)
        .map_err(|error| malformed(&name, format!("cannot be unpacked: {error}")))?;
    let Some(bytes) = bytes else { return Err(too_large(&name, limits.file_bytes + 1, limits)) };
    check_ratio(&name, bytes.len() as u64, packed, limits)?;
    Ok(Some(Input { name, bytes }))
}

fn entry_error(label: &str, error: &ZipError) -> Error {
    match error {
        ZipError::UnsupportedArchive(what) if what.to_ascii_lowercase().contains("password") => {
            format::encrypted(label, "a zip")
        }
        _ => malformed(label, format!("a file in the zip cannot be unpacked: {error}")),
    }
}

/// Refuses what unpacks to far more than its packed form.
pub(super) fn check_ratio(name: &str, size: u64, packed: u64, limits: &Limits) -> Result<()> {
    if size <= HARMLESS || size / packed.max(1) <= limits.ratio {
        return Ok(());
    }
    let context = format!(
        "{name}: it unpacks to {} times its size, as zip bombs do; it is not read",
        size / packed.max(1)
    );
    Err(Error::new(Kind::TooLarge, "zip_bomb", context))
}

/// Reads all of `source`; `None` when there is more than `limit`.
pub(super) fn read_at_most(source: &mut impl Read, limit: u64) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    source.take(limit + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

/// A label from a name in a zip: Chinese Windows writes GBK without saying so; `..` and roots go.
fn safe_name(raw: &[u8]) -> String {
    let name = match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(raw).0.into_owned(),
    };
    let parts: Vec<&str> = name
        .split(['/', '\\'])
        .filter(|part| !matches!(*part, "" | "." | "..") && !part.ends_with(':'))
        .collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_labels_without_a_way_out() {
        assert_eq!(safe_name(b"../../etc/passwd"), "etc/passwd");
        assert_eq!(safe_name(b"C:\\docs\\a.txt"), "docs/a.txt");
        assert_eq!(safe_name(&GB18030.encode("方案/通知.txt").0), "方案/通知.txt");
    }
}
