//! The current state of an index as one file, and back.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::catalogue;
use super::generation::{Generation, Parts};
use super::lock::FileLock;
use super::manifest::{self, Manifest};
use super::store::Store;
use super::writer::Writer;
use crate::error::{Error, Kind, Result};

/// What of a data directory is in a snapshot: the cache can be made again, the locks mean nothing elsewhere, and
/// keys are not carried about.
const FOLDERS: [&str; 3] = ["generations", "segments", "sources"];
const SETTINGS: [&str; 2] = ["weights.toml", "thesaurus.toml"];
/// How often it is begun again because a writer took files away.
const TRIES: usize = 5;

/// Writes the current generation with its segments and sources to `out` as a tar archive, while others read and
/// write. Returns the generation's number.
pub fn snapshot(store: &Store, out: impl Write) -> Result<u64> {
    // Files of an index in a cluster are only here while somebody has the right to write.
    let _writer = store.cluster().map(|_| store.writer()).transpose()?;
    let folder = TemporaryFolder::new(store, "snapshot")?;
    let number = hold(store, &folder.path)?;
    let failed = |error: std::io::Error| Error::io("the snapshot", error);
    let mut archive = tar::Builder::new(out);
    archive.mode(tar::HeaderMode::Deterministic);
    for name in FOLDERS {
        archive.append_dir_all(name, folder.path.join(name)).map_err(failed)?;
    }
    for name in SETTINGS {
        let path = store.root().join(name);
        if path.is_file() {
            archive.append_path_with_name(&path, name).map_err(failed)?;
        }
    }
    archive.into_inner().and_then(|mut out| out.flush()).map_err(failed)?;
    Ok(number)
}

/// Links all files of the current generation into `folder`, so that no writer takes them away.
fn hold(store: &Store, folder: &Path) -> Result<u64> {
    let mut tried = 0;
    loop {
        let number = store.current_number()?.ok_or_else(|| {
            Error::new(Kind::Unavailable, "no_generation", "nothing is indexed yet; there is nothing to keep")
        })?;
        match hold_generation(store, number, folder) {
            Err(_) if tried < TRIES && store.current_number()? != Some(number) => tried += 1,
            held => return held.map(|()| number),
        }
    }
}

fn hold_generation(store: &Store, number: u64, folder: &Path) -> Result<()> {
    for name in FOLDERS {
        let path = folder.join(name);
        if path.is_dir() {
            fs::remove_dir_all(&path).map_err(|error| Error::io(path.display(), error))?;
        }
        fs::create_dir_all(&path).map_err(|error| Error::io(path.display(), error))?;
    }
    let generation = store.generations().join(number.to_string());
    let manifest: Manifest = manifest::read(&generation)?;
    link_tree(&generation, &folder.join("generations").join(number.to_string()))?;
    for segment in &manifest.segments {
        link_tree(&store.segments().join(&segment.name), &folder.join("segments").join(&segment.name))?;
    }
    for entry in catalogue::read(&generation)? {
        let target = folder.join("sources").join(&entry.sha256);
        let path = store.source_path(&entry.sha256);
        if !path.is_file() && store.cluster().is_some() {
            fs::write(&target, store.source(&entry.sha256)?)
                .map_err(|error| Error::io(target.display(), error))?;
        } else if !target.exists() {
            link(&path, &target)?;
        }
    }
    Ok(())
}

fn link_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).map_err(|error| Error::io(to.display(), error))?;
    for entry in fs::read_dir(from).map_err(|error| Error::io(from.display(), error))? {
        let path = entry.map_err(|error| Error::io(from.display(), error))?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() { link_tree(&path, &target)? } else { link(&path, &target)? }
    }
    Ok(())
}

/// The same file under another name; a copy where the file system cannot do that.
fn link(from: &Path, to: &Path) -> Result<()> {
    let copied = fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(drop));
    copied.map_err(|error| Error::io(from.display(), error))
}

/// A snapshot unpacked beside the index, removed when dropped.
#[derive(Debug)]
pub struct Unpacked(TemporaryFolder);

impl Unpacked {
    /// Unpacks `archive` into the data directory of `store`. `not_a_snapshot` where it is none.
    pub fn read(store: &Store, archive: impl Read) -> Result<Self> {
        let folder = TemporaryFolder::new(store, "restore")?;
        let not_one =
            |what: String| Error::new(Kind::Malformed, "not_a_snapshot", format!("not a snapshot: {what}"));
        let mut archive = tar::Archive::new(archive);
        for entry in archive.entries().map_err(|error| not_one(error.to_string()))? {
            let mut entry = entry.map_err(|error| not_one(error.to_string()))?;
            let path = entry.path().map_err(|error| not_one(error.to_string()))?.into_owned();
            let kind = entry.header().entry_type();
            if !is_expected(&path) || !(kind.is_file() || kind.is_dir()) {
                return Err(not_one(format!("it holds {}", path.display())));
            }
            let unpacked = entry.unpack_in(&folder.path);
            unpacked.map_err(|error| Error::io(folder.path.join(&path).display(), error))?;
        }
        Ok(Self(folder))
    }

    /// The index that was unpacked.
    pub fn store(&self) -> Store {
        Store::new(&self.0.path)
    }

    /// Makes it the current generation of the index that `writer` writes to, with its sources and settings.
    /// Every hash is checked first.
    pub fn publish(self, writer: &Writer) -> Result<Arc<Generation>> {
        let from = self.store();
        let restored = from.open()?.ok_or_else(|| {
            Error::new(Kind::Malformed, "not_a_snapshot", "not a snapshot: it holds no generation")
        })?;
        let segments = restored.segments().iter().map(|segment| writer.take_over(&from, segment));
        let segments = segments.collect::<Result<_>>()?;
        for entry in restored.catalogue() {
            let path = from.source_path(&entry.sha256);
            let bytes = fs::read(&path).map_err(|error| Error::io(path.display(), error))?;
            writer.keep_source(&entry.sha256, &bytes)?;
        }
        let root = writer.store().root();
        for name in SETTINGS.iter().filter(|name| from.root().join(name).is_file()) {
            let path = root.join(name);
            fs::rename(from.root().join(name), &path).map_err(|error| Error::io(path.display(), error))?;
        }
        let parts = Parts { generation: writer.next_number()?, segments, ..restored.parts() };
        let measures = restored.measure_table()?;
        writer.publish(Generation::compose(parts)?, measures.as_ref())
    }
}

/// Whether a snapshot may hold `path`: only what [`snapshot`] writes, and nothing that leads elsewhere.
fn is_expected(path: &Path) -> bool {
    let mut parts = path.components();
    let first = parts.next().and_then(|first| match first {
        Component::Normal(name) => name.to_str(),
        _ => None,
    });
    let is_known = first.is_some_and(|first| FOLDERS.contains(&first) || SETTINGS.contains(&first));
    is_known && parts.all(|part| matches!(part, Component::Normal(_)))
}

/// A folder in the data directory that is removed when dropped, and the lock that says that it is in use.
#[derive(Debug)]
struct TemporaryFolder {
    path: PathBuf,
    _lock: FileLock,
}

impl TemporaryFolder {
    fn new(store: &Store, what: &str) -> Result<Self> {
        let root = store.root();
        fs::create_dir_all(root).map_err(|error| Error::io(root.display(), error))?;
        let lock = root.join(LOCK);
        let lock = FileLock::shared(&lock).map_err(|error| Error::io(lock.display(), error))?;
        let path = root.join(format!("{what}-{}", std::process::id()));
        fs::create_dir_all(&path).map_err(|error| Error::io(path.display(), error))?;
        Ok(Self { path, _lock: lock })
    }
}

/// Held, together with others, by who has a temporary folder.
const LOCK: &str = "temporary.lock";
/// What temporary folders and files in the data directory begin with.
const TEMPORARY: [&str; 3] = ["snapshot-", "restore-", ".probe-"];

/// Removes what killed processes left in `root`; nothing while a snapshot is being written or restored. What cannot
/// be removed stays until the next time.
pub(super) fn sweep(root: &Path) {
    let Ok(Some(_lock)) = FileLock::exclusive(&root.join(LOCK)) else { return };
    let Ok(entries) = fs::read_dir(root) else { return };
    let is_temporary = |name: &str| TEMPORARY.iter().any(|prefix| name.starts_with(prefix));
    for entry in entries.flatten().filter(|entry| entry.file_name().to_str().is_some_and(is_temporary)) {
        let path = entry.path();
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        if let Err(error) = removed {
            tracing::warn!(path = %path.display(), %error, "what a killed process left was not removed");
        }
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.path) {
            tracing::warn!(folder = %self.path.display(), %error, "a temporary folder was not removed");
        }
    }
}

/// The file `path`, which must not exist yet, for a snapshot to be written into.
pub fn create(path: &Path) -> Result<File> {
    let file = File::options().write(true).create_new(true).open(path);
    file.map_err(|error| Error::io(path.display(), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_process_left_is_swept_and_what_is_in_use_is_not() {
        let directory = tempfile::tempdir().expect("a temporary folder");
        let store = Store::new(directory.path());
        let left = ["snapshot-1", "restore-2"].map(|name| directory.path().join(name));
        for folder in &left {
            fs::create_dir_all(folder.join("segments/1")).expect("made");
        }
        fs::write(directory.path().join(".probe-3"), "ok").expect("written");
        let in_use = TemporaryFolder::new(&store, "snapshot").expect("a folder");
        drop(store.writer().expect("the writer"));
        assert!(
            in_use.path.is_dir() && left.iter().all(|folder| folder.is_dir()),
            "a snapshot is being written"
        );
        let own = in_use.path.clone();
        drop(in_use);
        assert!(!own.exists());
        drop(store.writer().expect("the writer"));
        assert!(!left.iter().any(|folder| folder.exists()) && !directory.path().join(".probe-3").exists());
    }
}
