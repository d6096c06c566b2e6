//! Files on disk: their checksums, and putting them in place so that a half-written one is never seen.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Error, Kind, Result};

/// Bytes read at once.
const CHUNK: usize = 1 << 16;

/// The file's SHA-256, lower-case hex.
pub(super) fn sha256(path: &Path) -> Result<String> {
    let failed = |source| Error::io(path.display(), source);
    let mut file = File::open(path).map_err(failed)?;
    copy(&mut file, &mut io::sink(), &|_| ()).map_err(failed)
}

/// Copies all and gives the SHA-256 of it; `on_bytes` gets the count copied so far.
fn copy(from: &mut dyn Read, to: &mut dyn Write, on_bytes: &dyn Fn(u64)) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; CHUNK];
    let mut copied = 0;
    loop {
        let length = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let chunk = buffer.get(..length).unwrap_or_default();
        hasher.update(chunk);
        to.write_all(chunk)?;
        copied += length as u64;
        on_bytes(copied);
    }
    Ok(hexadecimal(&hasher.finalize()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16);
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xF]).filter_map(digit).collect()
}

/// The right to write into the model's home: one process at a time. Holds a scratch directory
/// there, which goes away with it.
pub(super) struct Workshop {
    home: PathBuf,
    scratch: PathBuf,
    /// Locked for as long as it is open.
    _lock: File,
}

impl Workshop {
    /// Fails with [`Kind::Locked`] where another process is at it.
    pub(super) fn open(home: &Path) -> Result<Self> {
        let failed = |source| Error::io(home.display(), source);
        let home = std::path::absolute(home).map_err(failed)?;
        fs::create_dir_all(&home).map_err(failed)?;
        let lock = File::create(home.join(".lock")).map_err(failed)?;
        lock.try_lock().map_err(|source| match source {
            fs::TryLockError::WouldBlock => {
                let message = format!("another process is fetching the model into {}", home.display());
                Error::new(Kind::Locked, "model_fetch_locked", message)
            }
            fs::TryLockError::Error(source) => failed(source),
        })?;
        let scratch = home.join(".fetch");
        // A killed process may have left some.
        drop(fs::remove_dir_all(&scratch));
        fs::create_dir(&scratch).map_err(failed)?;
        Ok(Self { home, scratch, _lock: lock })
    }

    /// An empty directory, absolute, for this fetch alone.
    pub(super) fn scratch(&self) -> &Path {
        &self.scratch
    }

    /// Writes what `from` gives as `name` into the home, if its SHA-256 is among `accepted`; else
    /// nothing changes there and the error is [`Kind::Corrupt`]. Durable when it returns.
    pub(super) fn install(
        &self,
        name: &str,
        accepted: &[&str],
        from: &mut dyn Read,
        on_bytes: &dyn Fn(u64),
    ) -> Result<PathBuf> {
        let part = self.scratch.join(format!("{name}.part"));
        let failed = |source| Error::io(part.display(), source);
        let mut file = File::create(&part).map_err(failed)?;
        let sum = copy(from, &mut file, on_bytes).map_err(failed)?;
        if !accepted.contains(&sum.as_str()) {
            return Err(wrong_sum(name, &sum, accepted));
        }
        file.sync_all().map_err(failed)?;
        let target = self.home.join(name);
        fs::rename(&part, &target).map_err(failed)?;
        sync_directory(&self.home)?;
        Ok(target)
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.scratch));
    }
}

/// A file with a published name and other content.
pub(super) fn wrong_sum(what: &str, sum: &str, accepted: &[&str]) -> Error {
    let expected = accepted.join(" or ");
    let message = format!(
        "{what}: the checksum is {sum} and should be {expected}; `tiaokuan model fetch` gets it anew"
    );
    Error::new(Kind::Corrupt, "model_checksum", message)
}

/// Makes a rename durable. Windows has no such call and needs none.
fn sync_directory(directory: &Path) -> Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    let opened = File::open(directory).and_then(|directory| directory.sync_all());
    opened.map_err(|source| Error::io(directory.display(), source))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn only_the_right_content_gets_in_place() {
        let home = tempfile::tempdir().unwrap();
        let workshop = Workshop::open(home.path()).unwrap();
        let refused = workshop.install("file", &[ABC], &mut &b"abd"[..], &|_| ()).unwrap_err();
        assert_eq!(refused.kind(), Kind::Corrupt);
        assert!(!home.path().join("file").exists());
        let path = workshop.install("file", &["other", ABC], &mut &b"abc"[..], &|_| ()).unwrap();
        assert_eq!(sha256(&path).unwrap(), ABC);
        drop(workshop);
        assert!(!home.path().join(".fetch").exists());
    }

    #[test]
    fn one_at_a_time() {
        let home = tempfile::tempdir().unwrap();
        let first = Workshop::open(home.path()).unwrap();
        assert_eq!(Workshop::open(home.path()).err().map(|error| error.kind()), Some(Kind::Locked));
        drop(first);
        assert!(Workshop::open(home.path()).is_ok());
    }
}
