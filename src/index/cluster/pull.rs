//! The way back: the cluster's current generation as files, for who changes it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::super::manifest::{self, FileEntry, SegmentManifest};
use super::super::store::Store;
use super::super::writer::{self, PULLING};
use super::Cluster;
use super::blob::BlobName;
use super::publish::Current;
use crate::error::{Error, Result};

/// Brings `store` to the state of `current`: what the cluster has and the disk has not is fetched, and generations
/// that never became current are removed.
pub(super) fn bring(cluster: &Cluster, store: &Store, current: Option<&Current>) -> Result<()> {
    let wanted = current.map(|current| (current.manifest.generation, &current.pointer.value.manifest));
    for number in store.numbers()? {
        let folder = store.generations().join(number.to_string());
        let is_kept = wanted.is_some_and(|(wanted, hash)| {
            number < wanted
                || (number == wanted && manifest::fingerprint(&folder).is_ok_and(|found| found == *hash))
        });
        if !is_kept {
            remove(&folder)?;
        }
    }
    let Some(current) = current else { return Ok(()) };
    for entry in &current.manifest.segments {
        let folder = store.segments().join(&entry.name);
        if manifest::fingerprint(&folder).is_ok_and(|found| found == entry.blake3) {
            continue;
        }
        if folder.exists() {
            remove(&folder)?;
        }
        let manifest = cluster.fetch(&BlobName::Blake3(entry.blake3.clone()))?;
        let files = manifest::parse::<SegmentManifest>(&folder, &manifest)?.files;
        fetch(cluster, &store.segments(), &entry.name, &manifest, &files)?;
    }
    let name = current.manifest.generation.to_string();
    if store.generations().join(&name).exists() {
        return Ok(());
    }
    let manifest = cluster.fetch(&BlobName::Blake3(current.pointer.value.manifest.clone()))?;
    fetch(cluster, &store.generations(), &name, &manifest, &current.manifest.files)
}

/// Writes `files` and their manifest into a folder called `name` below `parent`, whole or not at all.
fn fetch(
    cluster: &Cluster,
    parent: &Path,
    name: &str,
    manifest: &[u8],
    files: &BTreeMap<PathBuf, FileEntry>,
) -> Result<()> {
    let building = writer::begin(parent, PULLING)?;
    for (path, entry) in files {
        let path = building.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| Error::io(folder.display(), error))?;
        }
        let bytes = cluster.fetch(&BlobName::Blake3(entry.blake3.clone()))?;
        fs::write(&path, bytes).map_err(|error| Error::io(path.display(), error))?;
    }
    let path = building.join(manifest::FILE);
    fs::write(&path, manifest).map_err(|error| Error::io(path.display(), error))?;
    writer::keep(&building, parent, name).map(drop)
}

fn remove(folder: &Path) -> Result<()> {
    fs::remove_dir_all(folder).map_err(|error| Error::io(folder.display(), error))
}

impl Cluster {
    /// The bytes of a document as received.
    pub(in crate::index) fn source(&self, sha256: &str) -> Result<Vec<u8>> {
        self.fetch(&BlobName::Sha256(sha256.to_owned()))
    }
}
