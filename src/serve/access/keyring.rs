//! Where keys are kept: `keys.toml` in the data directory, written by the command line, read by the service.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use arc_swap::ArcSwap;
use fs4::FileExt;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::key::{self, KeyRecord, NewKey, written};
use crate::error::{Error, Kind, Result};

/// The name of the file in the data directory.
const FILE: &str = "keys.toml";

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    #[serde(default)]
    keys: Vec<KeyRecord>,
}

/// The file of keys, for who makes and revokes them.
#[derive(Clone, Debug)]
pub struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    /// The file of the data directory `data_dir`, which need not exist yet.
    pub fn of(data_dir: &Path) -> Self {
        Self { path: data_dir.join(FILE) }
    }

    /// Where it stands.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether there is one. From the first key on, keys are required.
    pub fn exists(&self) -> bool {
        self.path.exists()
    }

    /// All keys, revoked ones too, in the order in which they were made; none without a file.
    pub fn read(&self) -> Result<Vec<KeyRecord>> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::io(self.path.display(), error)),
        };
        let kept: Kept = toml::from_str(&text).map_err(|error| {
            let message = format!("{}: {}", self.path.display(), error.message());
            Error::new(Kind::Invalid, "invalid_keys", message)
        })?;
        Ok(kept.keys)
    }

    /// Adds `new`.
    pub fn add(&self, new: &NewKey) -> Result<()> {
        self.change(|keys| {
            keys.push(new.record.clone());
            Ok(())
        })
    }

    /// Revokes the key named `id` and gives it back; `unknown_key` where there is none.
    pub fn revoke(&self, id: &str) -> Result<KeyRecord> {
        let now = written(OffsetDateTime::now_utc())?;
        self.change(|keys| {
            let found = keys.iter_mut().find(|key| key.id.as_str() == id);
            let Some(found) = found else {
                return Err(Error::new(Kind::NotFound, "unknown_key", format!("no key has the id {id:?}")));
            };
            found.revoked.get_or_insert(now);
            Ok(found.clone())
        })
    }

    /// Whether others than its owner can read or write it.
    #[cfg(unix)]
    pub fn is_open_to_others(&self) -> bool {
        use std::os::unix::fs::PermissionsExt as _;
        fs::metadata(&self.path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
    }

    /// Whether others than its owner can read or write it: not known here.
    #[cfg(not(unix))]
    pub fn is_open_to_others(&self) -> bool {
        false
    }

    /// Writes what `change` makes of the keys; two processes do so one after the other.
    fn change<T>(&self, change: impl FnOnce(&mut Vec<KeyRecord>) -> Result<T>) -> Result<T> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(|error| Error::io(folder.display(), error))?;
        let lock_path = self.path.with_extension("lock");
        let lock = private(File::options().create(true).truncate(false).write(true), &lock_path)?;
        FileExt::lock(&lock).map_err(|error| Error::io(lock_path.display(), error))?;
        let mut kept = Kept { keys: self.read()? };
        let outcome = change(&mut kept.keys)?;
        self.write(&kept, folder)?;
        Ok(outcome)
    }

    /// Written beside and renamed, so that the service reads the old keys or the new ones.
    fn write(&self, kept: &Kept, folder: &Path) -> Result<()> {
        let text = toml::to_string(kept).map_err(|error| Error::internal(error.to_string()))?;
        let beside = self.path.with_extension("part");
        let failed = |error| Error::io(beside.display(), error);
        let mut file = private(File::options().create(true).truncate(true).write(true), &beside)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        fs::rename(&beside, &self.path).map_err(|error| Error::io(self.path.display(), error))?;
        let folder_of_it = File::open(folder).and_then(|folder| folder.sync_all());
        folder_of_it.map_err(|error| Error::io(folder.display(), error))
    }
}

/// Opens `path` so that a new file belongs to its owner alone.
pub(super) fn private(options: &mut fs::OpenOptions, path: &Path) -> Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path).map_err(|error| Error::io(path.display(), error))
}

/// What tells one state of the file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    inode: u64,
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(&metadata);
        #[cfg(not(unix))]
        let inode = 0;
        Some(Self { modified: metadata.modified().ok(), length: metadata.len(), inode })
    }
}

/// The keys that the service knows; it looks at the file at each use, so that a key is valid or revoked at once.
#[derive(Debug)]
pub struct Keyring {
    file: KeyFile,
    known: ArcSwap<(Option<Stamp>, Vec<KeyRecord>)>,
    was_needed: AtomicBool,
}

impl Keyring {
    /// The keys in `file`.
    pub fn open(file: KeyFile) -> Result<Self> {
        let stamp = Stamp::of(file.path());
        let keys = file.read()?;
        let was_needed = AtomicBool::new(stamp.is_some());
        Ok(Self { file, known: ArcSwap::from_pointee((stamp, keys)), was_needed })
    }

    /// Whether a key was ever made: then none gets in without one, even where all of them are revoked or the file
    /// has gone since.
    pub fn is_in_use(&self) -> bool {
        self.was_needed.load(Ordering::Relaxed) || {
            let exists = self.file.exists();
            self.was_needed.fetch_or(exists, Ordering::Relaxed);
            exists
        }
    }

    /// The record of `key`, if it is one of ours and opens anything now.
    pub fn find(&self, key: &str) -> Option<KeyRecord> {
        let (id, _) = key::parts(key)?;
        self.usable(id).filter(|record| record.is(key))
    }

    /// The record named `id`, if it opens anything now.
    pub(super) fn usable(&self, id: &str) -> Option<KeyRecord> {
        let known = self.current();
        let record = known.1.iter().find(|record| record.id.as_str() == id)?;
        record.is_usable(OffsetDateTime::now_utc()).then(|| record.clone())
    }

    /// How many keys open anything now.
    pub fn usable_count(&self) -> usize {
        let now = OffsetDateTime::now_utc();
        self.current().1.iter().filter(|record| record.is_usable(now)).count()
    }

    fn current(&self) -> Arc<(Option<Stamp>, Vec<KeyRecord>)> {
        let known = self.known.load_full();
        let stamp = Stamp::of(self.file.path());
        if stamp == known.0 {
            return known;
        }
        match self.file.read() {
            Ok(keys) => {
                let fresh = Arc::new((stamp, keys));
                self.known.store(Arc::clone(&fresh));
                fresh
            }
            Err(error) => {
                // Only a hand can have done this: the keys known before go on, and the log says so.
                tracing::error!(%error, "the keys could not be read again; those known before stay valid");
                known
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::Scope;
    use super::*;

    fn make(file: &KeyFile) -> NewKey {
        let new = NewKey::make("某处", [Scope::Read].into_iter().collect(), None).expect("made");
        file.add(&new).expect("kept");
        new
    }

    #[test]
    fn keys_come_and_go_while_the_service_runs() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = KeyFile::of(folder.path());
        let ring = Keyring::open(file.clone()).expect("opened");
        assert!(!ring.is_in_use());
        let (one, other) = (make(&file), make(&file));
        assert!(ring.is_in_use());
        assert_eq!(ring.find(&one.key).map(|record| record.id), Some(one.record.id.clone()));
        file.revoke(one.record.id.as_str()).expect("revoked");
        assert!(ring.find(&one.key).is_none() && ring.find(&other.key).is_some());
        assert_eq!(file.read().expect("read").len(), 2, "a revoked key stays in the list");
        assert_eq!(file.revoke("000000000000").expect_err("unknown").code(), "unknown_key");
        std::fs::remove_file(file.path()).expect("removed");
        assert!(ring.find(&other.key).is_none() && ring.is_in_use());
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_its_owners_and_holds_no_key() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = KeyFile::of(folder.path());
        let new = make(&file);
        assert!(!file.is_open_to_others());
        let text = std::fs::read_to_string(file.path()).expect("read");
        assert!(text.contains(new.record.id.as_str()) && !text.contains(&new.key[17..]));
    }

    #[test]
    fn a_damaged_file_revokes_nothing_and_opens_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = KeyFile::of(folder.path());
        let new = make(&file);
        let ring = Keyring::open(file.clone()).expect("opened");
        std::fs::write(file.path(), "keys = 3").expect("written");
        assert!(ring.find(&new.key).is_some());
        assert_eq!(Keyring::open(file).expect_err("refused").code(), "invalid_keys");
    }
}
