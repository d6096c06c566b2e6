//! What a generation consists of, with a hash of every file.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Result};
use crate::text::tokenizer;

/// Version of the files' layout.
pub const FORMAT: u32 = 2;
/// The manifest's file name.
pub const FILE: &str = "manifest.json";

/// Describes a generation; written last, read first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the files' layout.
    pub format: u32,
    /// Version of the tokeniser that made the inverted index.
    pub tokenizer: u32,
    /// Number of the generation.
    pub generation: u64,
    /// The model whose vectors it holds; none when it was built without one.
    pub model: Option<String>,
    /// Which phrasings it holds; none without a model.
    pub phrasings: Option<String>,
    /// Components a vector; 0 without a model.
    pub dimensions: usize,
    /// How many documents.
    pub documents: usize,
    /// How many clauses.
    pub clauses: usize,
    /// BLAKE3 and length of every other file, by its path within the generation.
    pub files: BTreeMap<PathBuf, FileEntry>,
}

/// Hash and length of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// BLAKE3, hex.
    pub blake3: String,
    /// Bytes.
    pub length: u64,
}

impl Manifest {
    /// Reads the manifest of the generation in `directory`.
    pub fn read(directory: &Path) -> Result<Self> {
        let path = directory.join(FILE);
        let bytes = std::fs::read(&path).map_err(|error| corrupt(&path, &error))?;
        let manifest: Self = serde_json::from_slice(&bytes).map_err(|error| corrupt(&path, &error))?;
        if manifest.format != FORMAT || manifest.tokenizer != tokenizer::VERSION {
            let message = format!(
                "{}: written by another version (format {}, tokenizer {}); rebuild it with `tiaokuan index --rebuild`",
                path.display(),
                manifest.format,
                manifest.tokenizer
            );
            return Err(Error::new(Kind::Corrupt, "index_outdated", message));
        }
        Ok(manifest)
    }

    /// Checks that every file is there, whole and unchanged, and that no other is.
    pub fn verify(&self, directory: &Path) -> Result<()> {
        for (name, entry) in &self.files {
            let path = directory.join(name);
            let found = hash(&path).map_err(|error| corrupt(&path, &error))?;
            if found != *entry {
                return Err(corrupt(&path, &"its hash is not the one in the manifest"));
            }
        }
        Ok(())
    }
}

/// Hashes every file below `directory` but the manifest.
pub fn hash_files(directory: &Path) -> Result<BTreeMap<PathBuf, FileEntry>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![directory.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|error| Error::io(folder.display(), error))? {
            let path = entry.map_err(|error| Error::io(folder.display(), error))?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(directory).unwrap_or(&path).to_owned();
            let is_lock = name.extension().is_some_and(|extension| extension == "lock");
            if name != Path::new(FILE) && !is_lock {
                files.insert(name, hash(&path).map_err(|error| Error::io(path.display(), error))?);
            }
        }
    }
    Ok(files)
}

fn hash(path: &Path) -> std::io::Result<FileEntry> {
    let mut hasher = blake3::Hasher::new();
    let length = std::io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(FileEntry { blake3: hasher.finalize().to_hex().to_string(), length })
}

fn corrupt(path: &Path, what: &dyn std::fmt::Display) -> Error {
    let message = format!("{}: {what}; rebuild the index with `tiaokuan index --rebuild`", path.display());
    Error::new(Kind::Corrupt, "index_corrupt", message)
}
