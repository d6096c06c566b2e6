//! What a generation consists of, with a hash of every file.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Result};
use crate::text::tokenizer;

/// Version of the files' layout.
pub(super) const FORMAT: u32 = 3;
/// The manifest's file name.
pub(super) const FILE: &str = "manifest.json";

/// Describes a generation; written last, read first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
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
    /// Whether it holds vectors of tokens.
    #[serde(default)]
    pub tokens: bool,
    /// Version of the rules that found its measures; none where it holds none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub atlas: Option<u32>,
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

/// The manifest as its file has it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Sealed {
    /// Version of the files' layout.
    format: u32,
    /// BLAKE3 of the manifest as compact JSON, hex: a turned bit in a count is damage too.
    blake3: String,
    manifest: Manifest,
}

/// The one field that every version of the file has.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

impl Manifest {
    /// Reads the manifest of the generation in `directory`.
    pub fn read(directory: &Path) -> Result<Self> {
        let path = directory.join(FILE);
        let bytes = std::fs::read(&path).map_err(|error| corrupt(&path, &error))?;
        // The version first: what else another version's manifest holds is not known.
        let Version { format } = serde_json::from_slice(&bytes).map_err(|error| corrupt(&path, &error))?;
        if format != FORMAT {
            return Err(outdated(&path, &format!("format {format}, not {FORMAT}")));
        }
        let sealed: Sealed = serde_json::from_slice(&bytes).map_err(|error| corrupt(&path, &error))?;
        if sealed != sealed.manifest.clone().seal()? {
            return Err(corrupt(&path, &"its content does not have the hash that it says"));
        }
        let manifest = sealed.manifest;
        if manifest.tokenizer != tokenizer::VERSION {
            let versions = format!("tokenizer {}, not {}", manifest.tokenizer, tokenizer::VERSION);
            return Err(outdated(&path, &versions));
        }
        Ok(manifest)
    }

    /// Writes it into `directory`, sealed with a hash of its own.
    pub fn write(&self, directory: &Path) -> Result<()> {
        let path = directory.join(FILE);
        let text = serde_json::to_vec_pretty(&self.clone().seal()?)
            .map_err(|error| Error::internal(format!("manifest: {error}")))?;
        std::fs::write(&path, text).map_err(|error| Error::io(path.display(), error))
    }

    fn seal(self) -> Result<Sealed> {
        let content =
            serde_json::to_vec(&self).map_err(|error| Error::internal(format!("manifest: {error}")))?;
        let blake3 = blake3::hash(&content).to_hex().to_string();
        Ok(Sealed { format: FORMAT, blake3, manifest: self })
    }

    /// Checks that every file is there, whole and unchanged.
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
pub(super) fn hash_files(directory: &Path) -> Result<BTreeMap<PathBuf, FileEntry>> {
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

fn outdated(path: &Path, what: &str) -> Error {
    let message = format!(
        "{}: written by another version of tiaokuan ({what}); rebuild the index with `tiaokuan index --rebuild`",
        path.display()
    );
    Error::new(Kind::Corrupt, "index_outdated", message)
}

fn corrupt(path: &Path, what: &dyn std::fmt::Display) -> Error {
    let message = format!("{}: {what}; rebuild the index with `tiaokuan index --rebuild`", path.display());
    Error::new(Kind::Corrupt, "index_corrupt", message)
}
