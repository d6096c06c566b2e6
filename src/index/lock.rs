//! Locks between processes.

use std::fs::File;
use std::path::Path;

use fs4::{FileExt, TryLockError};

/// A lock on a file of its own, held until dropped. The system gives a lock back by itself when a process ends, but
/// a closed file alone does not: a child that another thread has just forked holds a copy until it runs its program.
#[derive(Debug)]
pub(super) struct FileLock(File);

impl FileLock {
    /// The lock on `path`, which is made where it is missing; none where someone holds it.
    pub(super) fn exclusive(path: &Path) -> std::io::Result<Option<Self>> {
        let file = open(path)?;
        match FileExt::try_lock(&file) {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// The lock on `path` together with others who share it; waits for who holds it alone.
    pub(super) fn shared(path: &Path) -> std::io::Result<Self> {
        let file = open(path)?;
        FileExt::lock_shared(&file)?;
        Ok(Self(file))
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(path)
}

impl Drop for FileLock {
    fn drop(&mut self) {
        if let Err(error) = FileExt::unlock(&self.0) {
            tracing::warn!(%error, "a lock was not given back; closing its file does so");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_lock_is_free_though_a_copy_of_its_file_is_open() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("writer.lock");
        let lock = FileLock::exclusive(&path).expect("readable").expect("free");
        assert!(FileLock::exclusive(&path).expect("readable").is_none());
        let copy = lock.0.try_clone().expect("a copy, as a forked child has it");
        drop(lock);
        assert!(FileLock::exclusive(&path).expect("readable").is_some());
        drop(copy);
    }
}
