//! The data directory: generations, the sources they were made from, and the writer's lock.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fs4::FileExt;

use super::generation::Generation;
use crate::error::{Error, Kind, Result};

/// Generations kept on disk beside the current one, so that readers that have it open go on.
const KEPT: usize = 1;

/// The data directory.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
}

impl Store {
    /// The store in `root`, which need not exist yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The data directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn generations(&self) -> PathBuf {
        self.root.join("generations")
    }

    /// The folder of the current generation: the highest number.
    pub fn current(&self) -> Result<Option<PathBuf>> {
        Ok(self.numbers()?.last().map(|number| self.generations().join(number.to_string())))
    }

    /// Opens the current generation; none when nothing was published yet.
    pub fn open(&self) -> Result<Option<Arc<Generation>>> {
        self.current()?.map(|directory| Generation::open(&directory).map(Arc::new)).transpose()
    }

    fn numbers(&self) -> Result<Vec<u64>> {
        let folder = self.generations();
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::io(folder.display(), error)),
        };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut numbers: Vec<u64> = names.filter_map(|name| name.parse().ok()).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Takes the right to write. Fails at once when another process has it.
    pub fn writer(&self) -> Result<Writer> {
        let folder = self.generations();
        fs::create_dir_all(&folder).map_err(|error| Error::io(folder.display(), error))?;
        let path = self.root.join("writer.lock");
        let options = File::options().create(true).truncate(false).write(true).open(&path);
        let lock = options.map_err(|error| Error::io(path.display(), error))?;
        match FileExt::try_lock(&lock) {
            Ok(()) => {}
            Err(fs4::TryLockError::WouldBlock) => return Err(locked(&self.root)),
            Err(fs4::TryLockError::Error(error)) => return Err(Error::io(path.display(), error)),
        }
        let writer = Writer { store: self.clone(), _lock: lock };
        writer.sweep()?;
        Ok(writer)
    }

    /// Where the bytes of a source are kept, by their SHA-256.
    pub fn source_path(&self, sha256: &str) -> PathBuf {
        self.root.join("sources").join(sha256)
    }
}

fn locked(root: &Path) -> Error {
    let message = format!(
        "{}: another process is writing this index; end it or use another --data-dir",
        root.display()
    );
    Error::new(Kind::Locked, "index_locked", message)
}

/// The right to write to a [`Store`], held until dropped.
#[derive(Debug)]
pub struct Writer {
    store: Store,
    _lock: File,
}

impl Writer {
    /// The store that this writes to.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Begins a generation: its number and an empty folder to write it into.
    pub fn begin(&self) -> Result<(u64, PathBuf)> {
        let number = self.store.numbers()?.last().copied().unwrap_or(0) + 1;
        let folder = self.store.generations().join(format!("building-{number}"));
        fs::create_dir(&folder).map_err(|error| Error::io(folder.display(), error))?;
        Ok((number, folder))
    }

    /// Makes the generation in `folder` the current one: everything reaches the disk, then one rename.
    pub fn publish(&self, number: u64, folder: &Path) -> Result<PathBuf> {
        sync_tree(folder)?;
        let target = self.store.generations().join(number.to_string());
        fs::rename(folder, &target).map_err(|error| Error::io(target.display(), error))?;
        sync(&self.store.generations())?;
        self.drop_old()?;
        Ok(target)
    }

    /// Keeps the bytes of a source. Written beside and renamed, so that a file is whole or absent.
    pub fn keep_source(&self, sha256: &str, bytes: &[u8]) -> Result<()> {
        let path = self.store.source_path(sha256);
        if path.is_file() {
            return Ok(());
        }
        let folder = self.store.root.join("sources");
        fs::create_dir_all(&folder).map_err(|error| Error::io(folder.display(), error))?;
        let beside = path.with_extension("part");
        fs::write(&beside, bytes).map_err(|error| Error::io(beside.display(), error))?;
        sync(&beside)?;
        fs::rename(&beside, &path).map_err(|error| Error::io(path.display(), error))?;
        sync(&folder)
    }

    /// Removes what a killed writer left half-built.
    fn sweep(&self) -> Result<()> {
        let folder = self.store.generations();
        let entries = fs::read_dir(&folder).map_err(|error| Error::io(folder.display(), error))?;
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with("building-") {
                fs::remove_dir_all(entry.path()).map_err(|error| Error::io(entry.path().display(), error))?;
            }
        }
        Ok(())
    }

    fn drop_old(&self) -> Result<()> {
        let numbers = self.store.numbers()?;
        for number in numbers.iter().rev().skip(1 + KEPT) {
            let folder = self.store.generations().join(number.to_string());
            fs::remove_dir_all(&folder).map_err(|error| Error::io(folder.display(), error))?;
        }
        Ok(())
    }
}

fn sync(path: &Path) -> Result<()> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|error| Error::io(path.display(), error))
}

fn sync_tree(folder: &Path) -> Result<()> {
    let entries = fs::read_dir(folder).map_err(|error| Error::io(folder.display(), error))?;
    for entry in entries {
        let path = entry.map_err(|error| Error::io(folder.display(), error))?.path();
        if path.is_dir() { sync_tree(&path)? } else { sync(&path)? }
    }
    sync(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_writer_at_a_time() {
        let directory = tempfile::tempdir().expect("a temporary folder");
        let store = Store::new(directory.path());
        let first = store.writer().expect("the first writer");
        let second = store.writer().expect_err("a second writer");
        assert_eq!((second.kind(), second.code()), (Kind::Locked, "index_locked"));
        drop(first);
        store.writer().expect("free again");
    }

    #[test]
    fn a_half_built_generation_is_never_current() {
        let directory = tempfile::tempdir().expect("a temporary folder");
        let store = Store::new(directory.path());
        let writer = store.writer().expect("the writer");
        writer.begin().expect("begun");
        assert_eq!(store.current().expect("readable"), None);
        drop(writer);
        let writer = store.writer().expect("the next writer");
        let (number, folder) = writer.begin().expect("the leavings are swept");
        assert_eq!(number, 1);
        writer.publish(number, &folder).expect("published");
        assert!(store.current().expect("readable").is_some());
    }
}
