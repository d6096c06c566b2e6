//! The file below a cache: a header that says whose it is, and records that are only ever appended.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::record::{HEADER, header};
use crate::embed::ModelId;
use crate::error::{Error, Kind, Result};

/// A file of one model. One process at a time may have it open: the caller sees to that.
#[derive(Debug)]
pub(super) struct CacheFile {
    path: PathBuf,
    file: File,
}

impl CacheFile {
    /// Opens the file at `path`, made where it is missing, and says how long it was. A file of another model or
    /// dimensions, or none of ours, is [`Kind::Corrupt`].
    pub(super) fn open(path: &Path, model: &ModelId, dimensions: usize) -> Result<(Self, u64)> {
        let failed = |source| Error::io(path.display(), source);
        let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let mut file = options.map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let header = header(model, dimensions);
        if length < HEADER as u64 {
            file.set_len(0).and_then(|()| file.write_all(&header)).map_err(failed)?;
        } else {
            check_header(&mut file, &header, path)?;
        }
        Ok((Self { path: path.to_owned(), file }, length))
    }

    /// What `read` makes of the file, then cut off after the bytes that it says.
    pub(super) fn cut<T>(&self, read: impl FnOnce(&File) -> std::io::Result<(T, u64)>) -> Result<T> {
        let cut = read(&self.file).and_then(|(found, length)| self.file.set_len(length).map(|()| found));
        cut.map_err(|source| self.failed(source))
    }

    /// Fills `bytes` with what stands at `offset`.
    pub(super) fn read(&mut self, offset: u64, bytes: &mut [u8]) -> Result<()> {
        let read = self.file.seek(SeekFrom::Start(offset)).and_then(|_| self.file.read_exact(bytes));
        read.map_err(|source| self.failed(source))
    }

    /// Writes `bytes` at `offset`, durable when it returns.
    pub(super) fn write(&mut self, offset: u64, bytes: &[u8]) -> Result<()> {
        let seek = self.file.seek(SeekFrom::Start(offset));
        let written = seek.and_then(|_| self.file.write_all(bytes)).and_then(|()| self.file.sync_data());
        written.map_err(|source| self.failed(source))
    }

    fn failed(&self, source: std::io::Error) -> Error {
        Error::io(self.path.display(), source)
    }
}

fn check_header(file: &mut File, expected: &[u8; HEADER], path: &Path) -> Result<()> {
    let mut found = [0; HEADER];
    file.read_exact(&mut found).map_err(|source| Error::io(path.display(), source))?;
    if found == *expected {
        return Ok(());
    }
    let message =
        format!("{} holds no vectors of this model: delete it, and they are made anew", path.display());
    Err(Error::new(Kind::Corrupt, "vector_cache_corrupt", message))
}
