//! The files of a path: itself, those of a folder, those in a zip; one in memory at a time.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::archive::Archive;
use super::{Limits, base_name, format, too_large};
use crate::error::{Error, Kind, Result};

/// A file's name and bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Name relative to the path that was walked, `/` between folders; a label, never a place to
    /// write to.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Names that accompany documents and are none.
const COMPANIONS: &[&str] = &["manifest.toml", "Thumbs.db", "desktop.ini", "README.md", "LICENSE"];

/// Yields the files of `path` in the order of their names: a file itself, a folder's files with those
/// of its folders, a zip's files. Hidden files and companions such as `manifest.toml` are passed
/// over. What cannot be read is an error item that names it; the rest goes on.
pub fn walk(path: &Path, limits: &Limits) -> impl Iterator<Item = Result<Input>> + use<> {
    Walk { pending: vec![Step::Path(path.to_owned(), String::new())], limits: limits.clone() }
}

struct Walk {
    /// What remains, the next one last.
    pending: Vec<Step>,
    limits: Limits,
}

enum Step {
    /// A path, and the label of the folder that it was found in (empty: it is what the caller named).
    Path(PathBuf, String),
    Archive(Box<Archive>),
}

impl Iterator for Walk {
    type Item = Result<Input>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let item = match self.pending.pop()? {
                Step::Path(path, within) => self.visit(&path, &within),
                Step::Archive(archive) => self.unpack(archive),
            };
            if item.is_some() {
                return item;
            }
        }
    }
}

impl Walk {
    fn visit(&mut self, path: &Path, within: &str) -> Option<Result<Input>> {
        let own = path.file_name().map_or_else(|| path.to_string_lossy(), |name| name.to_string_lossy());
        let is_root = within.is_empty();
        let label = if is_root {
            own.clone().into_owned()
        } else {
            format!("{}{own}", within.trim_start_matches("./"))
        };
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let context = format!("{}: there is no such file or folder", path.display());
                return Some(Err(Error::new(Kind::NotFound, "no_such_file", context)));
            }
            Err(error) => return Some(Err(Error::io(path.display(), error))),
        };
        if metadata.is_dir() {
            let prefix = if is_root { "./".to_owned() } else { format!("{label}/") };
            return self.open_folder(path, &prefix).err().map(Err);
        }
        if !metadata.is_file() {
            return None;
        }
        self.read_file(path, label, metadata.len()).transpose()
    }

    fn open_folder(&mut self, folder: &Path, prefix: &str) -> Result<()> {
        let fail = |error| Error::io(folder.display(), error);
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let is_link_to_folder =
                entry.file_type().is_ok_and(|kind| kind.is_symlink()) && entry.path().is_dir();
            // A link to a folder may lead round in a circle.
            if !is_link_to_folder && !is_companion(&entry.file_name().to_string_lossy()) {
                entries.push(entry.path());
            }
        }
        entries.sort();
        self.pending.extend(entries.into_iter().rev().map(|path| Step::Path(path, prefix.to_owned())));
        Ok(())
    }

    /// The file's bytes; a zip of files is opened instead.
    fn read_file(&mut self, path: &Path, label: String, size: u64) -> Result<Option<Input>> {
        let open = || File::open(path).map_err(|error| Error::io(path.display(), error));
        if format::suffix(&label) == "zip"
            && let Some(archive) = Archive::open(Box::new(open()?), &label, 1, &self.limits)?
        {
            self.pending.push(Step::Archive(Box::new(archive)));
            return Ok(None);
        }
        if size > self.limits.file_bytes {
            return Err(too_large(&label, size, &self.limits));
        }
        let mut bytes = Vec::with_capacity(size as usize);
        std::io::Read::read_to_end(&mut std::io::Read::take(open()?, self.limits.file_bytes + 1), &mut bytes)
            .map_err(|error| Error::io(path.display(), error))?;
        Ok(Some(Input { name: label, bytes }))
    }

    fn unpack(&mut self, mut archive: Box<Archive>) -> Option<Result<Input>> {
        let entry = archive.next(&self.limits)?;
        let depth = archive.depth;
        self.pending.push(Step::Archive(archive));
        let input = match entry {
            Ok(input) => input,
            Err(error) => return Some(Err(error)),
        };
        if format::suffix(&input.name) != "zip" {
            return Some(Ok(input));
        }
        if depth >= self.limits.nesting {
            let context = format!("{}: zips are nested too deep; unpack them first", input.name);
            return Some(Err(Error::new(Kind::TooLarge, "zip_bomb", context)));
        }
        match Archive::open(Box::new(std::io::Cursor::new(input.bytes)), &input.name, depth + 1, &self.limits)
        {
            Ok(inner) => {
                self.pending.extend(inner.map(|inner| Step::Archive(Box::new(inner))));
                None
            }
            Err(error) => Some(Err(error)),
        }
    }
}

/// Whether a file accompanies documents: hidden, a lock file of Word's, a manifest.
pub(super) fn is_companion(name: &str) -> bool {
    let name = base_name(name);
    name.starts_with('.') || name.starts_with("~$") || name == "__MACOSX" || COMPANIONS.contains(&name)
}
