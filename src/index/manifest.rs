//! What a generation and a segment consist of, with a hash of every file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Result};
use crate::text::tokenizer;

/// Version of the files' layout.
pub(super) const FORMAT: u32 = 4;
/// The manifest's file name.
pub(super) const FILE: &str = "manifest.json";

/// Describes a generation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the tokeniser that made the inverted indices.
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
    pub tokens: bool,
    /// Version of the rules that found its measures; none where it holds none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub atlas: Option<u32>,
    /// How many documents, each in its newest version.
    pub documents: usize,
    /// How many clauses these have.
    pub clauses: usize,
    /// The segments that its documents stand in.
    pub segments: Vec<SegmentEntry>,
    /// BLAKE3 and length of every other file, by its path within the generation.
    pub files: BTreeMap<PathBuf, FileEntry>,
}

/// A segment that a generation reads from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentEntry {
    /// Name of its folder.
    pub name: String,
    /// BLAKE3 of its manifest, hex.
    pub blake3: String,
}

/// Describes a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SegmentManifest {
    /// Version of the tokeniser that made the inverted index.
    pub tokenizer: u32,
    /// The model whose vectors it holds; none when it was built without one.
    pub model: Option<String>,
    /// Components a vector; 0 without a model.
    pub dimensions: usize,
    /// Whether it holds vectors of tokens.
    pub tokens: bool,
    /// How many documents.
    pub documents: usize,
    /// How many clauses.
    pub clauses: usize,
    /// BLAKE3 and length of every other file, by its path within the segment.
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

/// What a manifest's file must say of itself.
pub(super) trait Described: Clone + PartialEq + Serialize + DeserializeOwned {
    fn tokenizer(&self) -> u32;
    fn files(&self) -> &BTreeMap<PathBuf, FileEntry>;
}

impl Described for Manifest {
    fn tokenizer(&self) -> u32 {
        self.tokenizer
    }

    fn files(&self) -> &BTreeMap<PathBuf, FileEntry> {
        &self.files
    }
}

impl Described for SegmentManifest {
    fn tokenizer(&self) -> u32 {
        self.tokenizer
    }

    fn files(&self) -> &BTreeMap<PathBuf, FileEntry> {
        &self.files
    }
}

/// A manifest as its file has it; written last, read first.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Sealed<M> {
    /// Version of the files' layout.
    format: u32,
    /// BLAKE3 of the manifest as compact JSON, hex: a turned bit in a count is damage too.
    blake3: String,
    manifest: M,
}

/// The one field that every version of the file has.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

/// Reads the manifest in `directory`.
pub(super) fn read<M: Described>(directory: &Path) -> Result<M> {
    let path = directory.join(FILE);
    let bytes = std::fs::read(&path).map_err(|error| corrupt(&path, &error))?;
    parse(&path, &bytes)
}

/// The manifest that `bytes` are; `path` is what errors name.
pub(super) fn parse<M: Described>(path: &Path, bytes: &[u8]) -> Result<M> {
    // The version first: what else another version's manifest holds is not known.
    let Version { format } = serde_json::from_slice(bytes).map_err(|error| corrupt(path, &error))?;
    if format != FORMAT {
        return Err(outdated(path, &format!("format {format}, not {FORMAT}")));
    }
    let sealed: Sealed<M> = serde_json::from_slice(bytes).map_err(|error| corrupt(path, &error))?;
    if sealed != seal(sealed.manifest.clone())? {
        return Err(corrupt(path, &"its content does not have the hash that it says"));
    }
    let manifest = sealed.manifest;
    if manifest.tokenizer() != tokenizer::VERSION {
        let versions = format!("tokenizer {}, not {}", manifest.tokenizer(), tokenizer::VERSION);
        return Err(outdated(path, &versions));
    }
    Ok(manifest)
}

/// Writes `manifest` into `directory`, sealed with a hash of its own.
pub(super) fn write<M: Described>(manifest: &M, directory: &Path) -> Result<()> {
    let path = directory.join(FILE);
    let text = serde_json::to_vec_pretty(&seal(manifest.clone())?)
        .map_err(|error| Error::internal(format!("manifest: {error}")))?;
    std::fs::write(&path, text).map_err(|error| Error::io(path.display(), error))
}

fn seal<M: Described>(manifest: M) -> Result<Sealed<M>> {
    let content =
        serde_json::to_vec(&manifest).map_err(|error| Error::internal(format!("manifest: {error}")))?;
    let blake3 = blake3::hash(&content).to_hex().to_string();
    Ok(Sealed { format: FORMAT, blake3, manifest })
}

/// Checks that every file that `manifest` names is in `directory`, whole and unchanged.
pub(super) fn verify(manifest: &impl Described, directory: &Path) -> Result<()> {
    manifest.files().par_iter().try_for_each(|(name, entry)| {
        let path = directory.join(name);
        let found = hash(&path).map_err(|error| corrupt(&path, &error))?;
        if found == *entry {
            return Ok(());
        }
        Err(corrupt(&path, &"its hash is not the one in the manifest"))
    })
}

/// The hash of the manifest in `directory`, hex.
pub(super) fn fingerprint(directory: &Path) -> Result<String> {
    let path = directory.join(FILE);
    hash(&path).map(|entry| entry.blake3).map_err(|error| corrupt(&path, &error))
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
    hasher.update_mmap_rayon(path)?;
    Ok(FileEntry { blake3: hasher.finalize().to_hex().to_string(), length: hasher.count() })
}

fn outdated(path: &Path, what: &str) -> Error {
    let message = format!(
        "{}: written by another version of tiaokuan ({what}); rebuild the index with `tiaokuan index --rebuild`",
        path.display()
    );
    Error::new(Kind::Corrupt, "index_outdated", message)
}

pub(super) fn corrupt(path: &Path, what: &dyn std::fmt::Display) -> Error {
    let message = format!("{}: {what}; rebuild the index with `tiaokuan index --rebuild`", path.display());
    Error::new(Kind::Corrupt, "index_corrupt", message)
}
