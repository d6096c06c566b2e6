//! The data directory: generations, their segments, and the sources they were made from.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::catalogue::{self, CatalogueEntry};
use super::cluster::Cluster;
use super::generation::Generation;
use super::writer::Writer;
use crate::error::{Error, Result};

/// The data directory.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
    /// Where the truth is, if it is not in the files.
    cluster: Option<Arc<Cluster>>,
}

impl Store {
    /// The store in `root`, which need not exist yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), cluster: None }
    }

    /// The store whose truth is in `cluster`; `root` holds a copy for who writes, which may be deleted at any time.
    pub fn in_cluster(root: impl Into<PathBuf>, cluster: Arc<Cluster>) -> Self {
        Self { root: root.into(), cluster: Some(cluster) }
    }

    /// The cluster where the truth is; none for an index in files.
    pub fn cluster(&self) -> Option<&Arc<Cluster>> {
        self.cluster.as_ref()
    }

    /// The data directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn generations(&self) -> PathBuf {
        self.root.join("generations")
    }

    pub(super) fn segments(&self) -> PathBuf {
        self.root.join("segments")
    }

    /// The folder of the current generation on this machine's disk: the highest number.
    pub fn current(&self) -> Result<Option<PathBuf>> {
        Ok(self.numbers()?.last().map(|number| self.generations().join(number.to_string())))
    }

    /// The number of the current generation; none when nothing was published yet.
    pub fn current_number(&self) -> Result<Option<u64>> {
        if let Some(cluster) = &self.cluster {
            return cluster.current_number();
        }
        self.newest_number()
    }

    fn newest_number(&self) -> Result<Option<u64>> {
        Ok(self.numbers()?.last().copied())
    }

    /// Opens the current generation; none when nothing was published yet.
    pub fn open(&self) -> Result<Option<Arc<Generation>>> {
        self.open_after(None)
    }

    /// Opens the current generation. What it shares with `before` is not read again; `before` itself where it
    /// is still current.
    pub fn open_after(&self, before: Option<&Arc<Generation>>) -> Result<Option<Arc<Generation>>> {
        match &self.cluster {
            Some(cluster) => cluster.open_after(before),
            None => self.open_files(before),
        }
    }

    /// As [`open_after`](Self::open_after), from the files, whatever a cluster has.
    pub(super) fn open_files(&self, before: Option<&Arc<Generation>>) -> Result<Option<Arc<Generation>>> {
        let mut tried = None;
        loop {
            let Some(number) = self.newest_number()? else { return Ok(None) };
            if let Some(before) = before.filter(|before| before.id() == number) {
                return Ok(Some(Arc::clone(before)));
            }
            let folder = self.generations().join(number.to_string());
            let opened = Generation::open(&folder, &self.segments(), before.map(Arc::as_ref));
            match opened {
                // A writer that published twice meanwhile has taken it away: not damage, but news.
                Err(_) if tried != Some(number) && self.newest_number()? != Some(number) => {
                    tried = Some(number);
                }
                opened => return opened.map(|generation| Some(Arc::new(generation))),
            }
        }
    }

    /// What can be known of the documents of the current generation, whatever version of the program wrote
    /// it; empty where nothing can.
    pub fn catalogue(&self) -> Result<Vec<CatalogueEntry>> {
        if self.cluster.is_some() {
            return Ok(self.open()?.map_or_else(Vec::new, |generation| generation.catalogue().to_vec()));
        }
        let Some(folder) = self.current()? else { return Ok(Vec::new()) };
        catalogue::read(&folder).or_else(|_| Ok(catalogue::of_format_3(&folder)))
    }

    pub(super) fn numbers(&self) -> Result<Vec<u64>> {
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
        Writer::new(self)
    }

    /// Where the bytes of a source are kept, by their SHA-256.
    pub fn source_path(&self, sha256: &str) -> PathBuf {
        self.sources().join(sha256)
    }

    /// The bytes of a document as received, by their SHA-256.
    pub fn source(&self, sha256: &str) -> Result<Vec<u8>> {
        let path = self.source_path(sha256);
        match (std::fs::read(&path), &self.cluster) {
            (Ok(bytes), _) => Ok(bytes),
            (Err(_), Some(cluster)) => cluster.source(sha256),
            (Err(error), None) => Err(Error::io(path.display(), error)),
        }
    }

    pub(super) fn sources(&self) -> PathBuf {
        self.root.join("sources")
    }
}
