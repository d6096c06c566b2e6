//! Stand-in until the loading branch lands: plain text and Markdown.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Error, Kind, Result};
use crate::normalise::Markup;

/// A loaded file.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Name without folders.
    pub file: String,
    /// Whether it uses Markdown's marks.
    pub markup: Markup,
    /// SHA-256 of the bytes.
    pub sha256: String,
    /// Its text.
    pub text: String,
}

/// Loads one file's bytes.
pub fn load(file: &str, bytes: &[u8]) -> Result<Loaded> {
    let text = String::from_utf8(bytes.to_vec()).map_err(|_| {
        Error::new(Kind::Unsupported, "unsupported_format", format!("{file}: not UTF-8 text"))
    })?;
    let markup = if file.ends_with(".md") { Markup::Markdown } else { Markup::None };
    let digest = Sha256::digest(bytes);
    let sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Loaded { file: file.to_owned(), markup, sha256, text })
}

/// Files below `path`, sorted, with their name relative to it.
pub fn walk(path: &Path) -> Result<Vec<(PathBuf, PathBuf)>> {
    if path.is_file() {
        return Ok(vec![(path.to_owned(), path.file_name().map(PathBuf::from).unwrap_or_default())]);
    }
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|e| Error::io(folder.display(), e))? {
            let file = entry.map_err(|e| Error::io(folder.display(), e))?.path();
            if file.is_dir() {
                folders.push(file);
            } else if file.extension().is_some_and(|e| e == "txt" || e == "md") {
                files.push((file.clone(), file.strip_prefix(path).unwrap_or(&file).to_owned()));
            }
        }
    }
    files.sort();
    Ok(files)
}
