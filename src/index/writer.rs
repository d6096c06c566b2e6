//! The right to write: segments, generations and sources go to disk here, whole or not at all.

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::build::{self, SegmentInput};
use super::catalogue;
use super::cluster::ClusterWriter;
use super::generation::Generation;
use super::lock::FileLock;
use super::manifest::{self, Manifest, SegmentEntry, SegmentManifest};
use super::measure::{MeasureIndex, MeasureTable};
use super::record::DocumentRecord;
use super::segment::Segment;
use super::snapshot;
use super::store::Store;
use crate::error::{Error, Kind, Result};

/// Generations kept on disk beside the current one, so that readers that are opening it go on.
const KEPT: usize = 1;
/// What the folders begin with that are not whole yet.
const BUILDING: &str = "building-";
/// The name of a folder that is being fetched from a cluster.
pub(super) const PULLING: &str = "building-pulled";
/// The same of segments that are merged without the right to write.
const MERGING: &str = "merging-";

/// The right to write to a [`Store`], held until dropped.
#[derive(Debug)]
pub struct Writer {
    /// The files that it writes, where there is a cluster too.
    store: Store,
    /// Where a cluster is what counts.
    cluster: Option<ClusterWriter>,
    _lock: FileLock,
}

impl Writer {
    pub(super) fn new(store: &Store) -> Result<Self> {
        for folder in [store.generations(), store.segments()] {
            fs::create_dir_all(&folder).map_err(|error| Error::io(folder.display(), error))?;
        }
        let lock = lock(store.root(), "writer.lock")?;
        sweep(&store.generations(), BUILDING)?;
        sweep(&store.segments(), BUILDING)?;
        snapshot::sweep(store.root());
        let cluster = store.cluster().map(|cluster| ClusterWriter::new(cluster, store)).transpose()?;
        Ok(Self { store: store.clone(), cluster, _lock: lock })
    }

    /// Opens the current generation with all that a change of it needs; none when nothing was published yet. What it
    /// shares with `before` is not read again.
    pub fn open_after(&self, before: Option<&Arc<Generation>>) -> Result<Option<Arc<Generation>>> {
        match (self.store.open_files(before), &self.cluster) {
            (Err(error), Some(cluster)) if error.code() == "index_corrupt" => {
                tracing::warn!(%error, "fetching the index from the cluster again");
                for folder in [self.store.generations(), self.store.segments()] {
                    remove_others(&folder, &HashSet::new())?;
                }
                cluster.bring(&self.store)?;
                self.store.open_files(None)
            }
            (opened, _) => opened,
        }
    }

    /// The store that this writes to.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Writes a segment. It is durable, but part of no generation until one is published that names it.
    pub fn add_segment(&self, input: SegmentInput) -> Result<Arc<Segment>> {
        let building = begin(&self.store.segments(), &format!("{BUILDING}1"))?;
        let manifest = build::write_segment(&building, &input).inspect_err(|_| give_up(&building))?;
        fail::fail_point!("segment-written");
        self.keep_segment(&building, manifest, input.records)
    }

    /// Takes over a segment that was written beside.
    pub fn adopt(&self, prepared: PreparedSegment) -> Result<Arc<Segment>> {
        let PreparedSegment { folder, manifest, records, _lock } = prepared;
        self.keep_segment(&folder, manifest, records)
    }

    /// Takes over `segment`, which stands in another store, with all its files.
    pub(super) fn take_over(&self, from: &Store, segment: &Segment) -> Result<Arc<Segment>> {
        let folder = from.segments().join(&segment.entry().name);
        self.keep_segment(&folder, segment.manifest().clone(), segment.records().to_vec())
    }

    fn keep_segment(
        &self,
        building: &Path,
        manifest: SegmentManifest,
        records: Vec<Arc<DocumentRecord>>,
    ) -> Result<Arc<Segment>> {
        let folder = self.store.segments();
        let name = next_name(&folder)?;
        let entry = SegmentEntry { blake3: manifest::fingerprint(building)?, name };
        let target = keep(building, &folder, &entry.name)?;
        fail::fail_point!("segment-kept");
        Segment::with_records(&target, entry, manifest, records).map(Arc::new)
    }

    /// The number that the next generation gets.
    pub fn next_number(&self) -> Result<u64> {
        Ok(self.store.numbers()?.last().copied().unwrap_or(0) + 1)
    }

    /// Makes `draft` with `measures` the current generation: everything reaches the disk, then one rename.
    pub fn publish(&self, draft: Generation, measures: Option<&MeasureTable>) -> Result<Arc<Generation>> {
        let folder = self.store.generations();
        let name = draft.id().to_string();
        let building = begin(&folder, &format!("{BUILDING}{name}"))?;
        let written = build::write_generation(&building, &draft, measures);
        let manifest = written.inspect_err(|_| give_up(&building))?;
        fail::fail_point!("generation-written");
        let target = keep(&building, &folder, &name)?;
        fail::fail_point!("generation-published");
        let measures = measures.map(|_| MeasureIndex::open(&target, manifest.clauses)).transpose()?;
        let published = draft.published(manifest, measures);
        if let Some(cluster) = &self.cluster {
            // A generation that is not in the cluster was never published.
            cluster.publish(&self.store, &published).inspect_err(|_| give_up(&target))?;
        }
        self.drop_old()?;
        fail::fail_point!("old-dropped");
        Ok(Arc::new(published))
    }

    /// Keeps the bytes of a source. Written beside and renamed, so that a file is whole or absent.
    pub fn keep_source(&self, sha256: &str, bytes: &[u8]) -> Result<()> {
        let path = self.store.source_path(sha256);
        if path.is_file() {
            return Ok(());
        }
        let folder = self.store.sources();
        fs::create_dir_all(&folder).map_err(|error| Error::io(folder.display(), error))?;
        let beside = path.with_extension("part");
        fs::write(&beside, bytes).map_err(|error| Error::io(beside.display(), error))?;
        sync(&beside)?;
        fs::rename(&beside, &path).map_err(|error| Error::io(path.display(), error))?;
        sync(&folder)?;
        fail::fail_point!("source-kept");
        Ok(())
    }

    /// Removes generations, segments and sources that the newest generations do not need.
    fn drop_old(&self) -> Result<()> {
        let numbers = self.store.numbers()?;
        let folder = |number: &u64| self.store.generations().join(number.to_string());
        let (old, kept) = numbers.split_at(numbers.len().saturating_sub(1 + KEPT));
        for number in old {
            let folder = folder(number);
            fs::remove_dir_all(&folder).map_err(|error| Error::io(folder.display(), error))?;
        }
        let (mut segments, mut sources) = (HashSet::new(), HashSet::new());
        for number in kept {
            // What cannot be read may need anything: then nothing is removed.
            let Ok(manifest) = manifest::read::<Manifest>(&folder(number)) else { return Ok(()) };
            let Ok(catalogue) = catalogue::read(&folder(number)) else { return Ok(()) };
            segments.extend(manifest.segments.into_iter().map(|segment| segment.name));
            sources.extend(catalogue.into_iter().map(|entry| entry.sha256));
        }
        remove_others(&self.store.segments(), &segments)?;
        remove_others(&self.store.sources(), &sources)
    }
}

/// A segment written without the right to write, which others have meanwhile.
#[derive(Debug)]
pub struct PreparedSegment {
    folder: PathBuf,
    manifest: SegmentManifest,
    records: Vec<Arc<DocumentRecord>>,
    /// One such segment at a time.
    _lock: FileLock,
}

impl PreparedSegment {
    /// Writes a segment of `input` beside those of `store`. Fails at once when another is being written so.
    pub fn write(store: &Store, input: SegmentInput) -> Result<Self> {
        let lock = lock(store.root(), "merge.lock")?;
        sweep(&store.segments(), MERGING)?;
        let folder = begin(&store.segments(), &format!("{MERGING}1"))?;
        let written = build::write_segment(&folder, &input);
        let written = written.and_then(|manifest| sync_tree(&folder).map(|()| manifest));
        let manifest = written.inspect_err(|_| give_up(&folder))?;
        fail::fail_point!("merge-written", |_| {
            give_up(&folder);
            Err(Error::io("a merge", std::io::Error::from(std::io::ErrorKind::StorageFull)))
        });
        Ok(Self { folder, manifest, records: input.records, _lock: lock })
    }
}

fn lock(root: &Path, name: &str) -> Result<FileLock> {
    let path = root.join(name);
    let lock = FileLock::exclusive(&path).map_err(|error| Error::io(path.display(), error))?;
    lock.ok_or_else(|| locked(root))
}

/// Removes what a killed process left half-built in `folder`.
fn sweep(folder: &Path, prefix: &str) -> Result<()> {
    let entries = fs::read_dir(folder).map_err(|error| Error::io(folder.display(), error))?;
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            fs::remove_dir_all(entry.path()).map_err(|error| Error::io(entry.path().display(), error))?;
        }
    }
    Ok(())
}

/// Takes away what could not be finished: on a full disk it would keep the room that others need.
fn give_up(building: &Path) {
    if let Err(error) = fs::remove_dir_all(building) {
        tracing::warn!(folder = %building.display(), %error, "what was half built was not removed");
    }
}

fn remove_others(folder: &Path, kept: &HashSet<String>) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if kept.contains(name.as_ref()) || name.starts_with(MERGING) {
            continue;
        }
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.map_err(|error| Error::io(path.display(), error))?;
    }
    Ok(())
}

/// A number that no segment in `folder` has.
fn next_name(folder: &Path) -> Result<String> {
    let entries = fs::read_dir(folder).map_err(|error| Error::io(folder.display(), error))?;
    let numbers = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u64>().ok());
    Ok((numbers.max().unwrap_or(0) + 1).to_string())
}

/// An empty folder of this `name`.
pub(super) fn begin(folder: &Path, name: &str) -> Result<PathBuf> {
    let building = folder.join(name);
    fs::create_dir(&building).map_err(|error| Error::io(building.display(), error))?;
    Ok(building)
}

/// Makes what is in `building` durable under `name`.
pub(super) fn keep(building: &Path, folder: &Path, name: &str) -> Result<PathBuf> {
    sync_tree(building)?;
    let target = folder.join(name);
    fs::rename(building, &target).map_err(|error| Error::io(target.display(), error))?;
    sync(folder)?;
    Ok(target)
}

fn locked(root: &Path) -> Error {
    let message = format!(
        "{}: another process is writing this index; end it or use another --data-dir",
        root.display()
    );
    Error::new(Kind::Locked, "index_locked", message)
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
    fn what_is_half_built_is_never_current_and_is_swept() {
        let directory = tempfile::tempdir().expect("a temporary folder");
        let store = Store::new(directory.path());
        let writer = store.writer().expect("the writer");
        begin(&store.generations(), "building-1").expect("begun");
        begin(&store.segments(), "building-1").expect("begun");
        assert_eq!(store.current().expect("readable"), None);
        drop(writer);
        store.writer().expect("the next writer");
        for folder in [store.generations(), store.segments()] {
            assert_eq!(fs::read_dir(folder).expect("readable").count(), 0);
        }
    }
}
