//! The way of a generation into the cluster: everything is there before the pointer moves, and the pointer moves at
//! once.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::generation::Generation;
use super::super::manifest::{self, FileEntry, Manifest, SegmentEntry};
use super::super::segment::Segment;
use super::super::store::Store;
use super::Cluster;
use super::blob::{BlobName, Content};
use super::client::Request;
use super::lease::{Lease, now, unique};
use super::pointer::{Pointer, Versioned};
use super::pull;
use crate::error::{Error, Result};

/// Milliseconds for which an index that no generation reads any more stays for searches under way and for processes
/// that have not heard of the new one yet.
const RETIREMENT: u64 = 60_000;
/// Every so many generations what nothing refers to is looked for and removed.
const SWEEP: u64 = 16;
/// Milliseconds for which what nothing refers to stays in any case: what another writer is bringing is younger.
const UNTOUCHED: u64 = 3_600_000;

/// The right to write to an index in a cluster, with the generation that is current there.
#[derive(Debug)]
pub(in crate::index) struct ClusterWriter {
    cluster: Arc<Cluster>,
    current: Mutex<Option<Current>>,
    lease: Lease,
}

/// The current generation.
#[derive(Clone, Debug)]
pub(super) struct Current {
    pub pointer: Versioned<Pointer>,
    pub manifest: Manifest,
}

impl Current {
    /// The files of the generation itself; those of its segments are in their manifests.
    fn files(&self) -> HashSet<BlobName> {
        let Pointer { manifest, words, lengths, .. } = &self.pointer.value;
        let of_generation = self.manifest.files.values().map(|file| &file.blake3);
        let hashes = [manifest, words].into_iter().chain(lengths).chain(of_generation);
        hashes.cloned().map(BlobName::Blake3).collect()
    }
}

type Contents = Vec<(BlobName, Content)>;

impl ClusterWriter {
    /// Takes the right to write and brings `store`, a copy on this machine's disk, to the state of the cluster.
    pub(in crate::index) fn new(cluster: &Arc<Cluster>, store: &Store) -> Result<Self> {
        if cluster.pointer()?.is_none() {
            cluster.make_generation_index()?;
            cluster.make_files()?;
        }
        let lease = Lease::take(cluster)?;
        let current = cluster.current()?;
        pull::bring(cluster, store, current.as_ref())?;
        Ok(Self { cluster: Arc::clone(cluster), current: Mutex::new(current), lease })
    }

    /// Brings `store` to the state of the cluster once more.
    pub(in crate::index) fn bring(&self, store: &Store) -> Result<()> {
        pull::bring(&self.cluster, store, self.current.lock().as_ref())
    }

    /// Makes `generation`, which was just published in `store`, the current one of the cluster. It is searchable and
    /// on at least two copies afterwards; an error means that it is not current.
    pub(in crate::index) fn publish(&self, store: &Store, generation: &Generation) -> Result<()> {
        let mut current = self.current.lock();
        let known: Vec<SegmentEntry> =
            current.as_ref().map(|now| now.manifest.segments.clone()).unwrap_or_default();
        let (contents, pointer) = self.contents(store, generation, current.as_ref())?;
        for segment in generation.segments().iter().filter(|segment| !known.contains(segment.entry())) {
            self.cluster.add_clauses(segment)?;
        }
        self.keep(contents, current.as_ref())?;
        self.lease.check()?;
        let before = current.as_ref().map(|now| now.pointer.version);
        let version = self.cluster.point(&pointer, before)?;
        let manifest = generation.manifest().clone();
        let now = Current { pointer: Versioned { version, value: pointer }, manifest };
        let old = current.replace(now.clone());
        // From here on it is published: what fails now is only untidy.
        if let Err(error) = self.tidy(&now, old.as_ref(), generation) {
            tracing::warn!(%error, "the cluster was not tidied up");
        }
        Ok(())
    }

    /// What is to be kept of `generation` beside its clauses, and the pointer to it.
    fn contents(
        &self,
        store: &Store,
        generation: &Generation,
        current: Option<&Current>,
    ) -> Result<(Contents, Pointer)> {
        let folder = store.generations().join(generation.id().to_string());
        let manifest = read(&folder.join(manifest::FILE))?;
        let name = BlobName::of(&manifest);
        let mut contents = files(&folder, &generation.manifest().files);
        contents.push((name.clone(), Content::Bytes(manifest)));
        let words =
            postcard::to_stdvec(&generation.keyword().words()?).map_err(|error| unwritable(&error))?;
        let words_name = BlobName::of(&words);
        contents.push((words_name.clone(), Content::Bytes(words)));
        let mut lengths = Vec::new();
        for (at, segment) in generation.segments().iter().enumerate() {
            let known = current.and_then(|now| known_lengths(now, segment.entry()));
            let Some(known) = known else {
                lengths.push(add_segment(store, generation, at, segment, &mut contents)?);
                continue;
            };
            lengths.push(known);
        }
        let pointer = Pointer {
            number: generation.id(),
            manifest: hash(&name),
            words: hash(&words_name),
            lengths,
            mean: generation.vectors().map_or_else(Vec::new, |vectors| vectors.mean().to_vec()),
            before: current.map(|now| now.pointer.value.manifest.clone()),
            retired: self.retired(generation, current),
            nonce: unique(),
        };
        Ok((contents, pointer))
    }

    /// Indices that no generation reads once `generation` is current.
    fn retired(&self, generation: &Generation, current: Option<&Current>) -> Vec<(String, u64)> {
        let Some(current) = current else { return Vec::new() };
        let used: HashSet<String> =
            generation.segments().iter().map(|segment| self.cluster.clause_index(segment.entry())).collect();
        let mut retired = current.pointer.value.retired.clone();
        let before = current.manifest.segments.iter().map(|entry| self.cluster.clause_index(entry));
        retired.extend(before.map(|index| (index, now())));
        retired.retain(|(index, _)| !used.contains(index));
        let mut seen = HashSet::new();
        retired.retain(|(index, _)| seen.insert(index.clone()));
        // What is older than twice the time was removed by one of the generations before.
        retired.retain(|(_, since)| now().saturating_sub(*since) < 2 * RETIREMENT);
        retired
    }

    /// Keeps `contents`, but for what the `current` generation keeps already. What is there without being part of it
    /// is written anew: a sweep may be about to remove it.
    fn keep(&self, contents: Contents, current: Option<&Current>) -> Result<()> {
        let of_current: HashSet<BlobName> = current.map(Current::files).unwrap_or_default();
        let known = contents.iter().map(|(name, _)| name).filter(|name| of_current.contains(*name));
        let known: Vec<BlobName> = known.cloned().collect();
        let lacking: HashSet<BlobName> = self.cluster.lacking(&known)?.into_iter().collect();
        let is_new = |name: &BlobName| !of_current.contains(name) || lacking.contains(name);
        let new: Contents = contents.into_iter().filter(|(name, _)| is_new(name)).collect();
        self.cluster.keep(&new)
    }

    /// Swaps the alias, and removes what has been retired for long enough; now and then what a killed process left.
    fn tidy(&self, now_current: &Current, old: Option<&Current>, generation: &Generation) -> Result<()> {
        let cluster = &self.cluster;
        let indices = |current: &Current| -> Vec<String> {
            current.manifest.segments.iter().map(|entry| cluster.clause_index(entry)).collect()
        };
        let swapped = cluster.swap_alias(&old.map(indices).unwrap_or_default(), &indices(now_current));
        let pointer = &now_current.pointer.value;
        let used = indices(now_current);
        // The generation before knows of some that this one no longer names.
        let before = old.into_iter().flat_map(|old| &old.pointer.value.retired);
        let due = pointer
            .retired
            .iter()
            .chain(before)
            .filter(|(index, since)| now().saturating_sub(*since) >= RETIREMENT && !used.contains(index));
        // Most are named by both.
        let due: BTreeSet<&String> = due.map(|(index, _)| index).collect();
        due.into_iter().try_for_each(|index| cluster.remove_index(index))?;
        swapped?;
        self.lease.check()?;
        if !pointer.number.is_multiple_of(SWEEP) {
            return Ok(());
        }
        let retired = pointer.retired.iter().map(|(index, _)| index.clone());
        let untouched = now().saturating_sub(UNTOUCHED);
        cluster.drop_clauses(&used.into_iter().chain(retired).collect(), untouched)?;
        cluster.drop_files(&names(pointer, &now_current.manifest, generation), untouched)
    }
}

impl Cluster {
    /// The current generation; none before the first.
    pub(super) fn current(&self) -> Result<Option<Current>> {
        let Some(pointer) = self.pointer()? else { return Ok(None) };
        let manifest = self.fetch(&BlobName::Blake3(pointer.value.manifest.clone()))?;
        let manifest = manifest::parse(Path::new(manifest::FILE), &manifest)?;
        Ok(Some(Current { pointer, manifest }))
    }

    /// Lets the bare prefix name `new` instead of `old`, at once: for people who look at the clauses with other tools.
    fn swap_alias(&self, old: &[String], new: &[String]) -> Result<()> {
        let alias = self.index("x");
        let alias = alias.trim_end_matches("-x");
        let remove = old.iter().filter(|index| !new.contains(index));
        let remove =
            remove.map(|index| json!({"remove": {"index": index, "alias": alias, "must_exist": false}}));
        let add = new.iter().map(|index| json!({"add": {"index": index, "alias": alias}}));
        let actions: Vec<Value> = remove.chain(add).collect();
        let body = json!({"actions": actions}).to_string();
        self.client().send(Request::post("/_aliases", body.as_bytes()))?.read::<Value>("_aliases").map(drop)
    }

    /// Removes all indices of clauses but `kept` that were made before `time`, in milliseconds since 1970.
    fn drop_clauses(&self, kept: &HashSet<String>, time: u64) -> Result<()> {
        #[derive(Deserialize)]
        struct Row {
            index: String,
            #[serde(rename = "creation.date")]
            made: String,
        }
        let path = format!("/_cat/indices/{}?format=json&h=index,creation.date", self.index("clauses-*"));
        let rows: Vec<Row> = self.client().send(Request::get(&path))?.read(&path)?;
        let is_old = |row: &&Row| row.made.parse::<u64>().is_ok_and(|made| made < time);
        let mut old = rows.iter().filter(|row| !kept.contains(&row.index)).filter(is_old);
        old.try_for_each(|row| self.remove_index(&row.index))
    }
}

/// Adds the files of `segment`, the one at `at` of `generation`, and the sources of its documents; the hash of the
/// lengths of its clauses.
fn add_segment(
    store: &Store,
    generation: &Generation,
    at: usize,
    segment: &Segment,
    contents: &mut Contents,
) -> Result<String> {
    let folder = store.segments().join(&segment.entry().name);
    contents.extend(files(&folder, &segment.manifest().files));
    let manifest = BlobName::Blake3(segment.entry().blake3.clone());
    contents.push((manifest, Content::File(folder.join(manifest::FILE))));
    let of_segment = generation.catalogue().iter().filter(|entry| entry.segment == at);
    let sources = of_segment.map(|entry| (entry.sha256.clone(), store.source_path(&entry.sha256)));
    // A segment that was merged holds documents whose sources came here on another machine.
    let here = sources.filter(|(_, path)| path.is_file());
    contents.extend(here.map(|(sha256, path)| (BlobName::Sha256(sha256), Content::File(path))));
    let lengths = segment.lengths().ok_or_else(|| Error::internal("a segment without its inverted index"))?;
    let lengths = postcard::to_stdvec(lengths).map_err(|error| unwritable(&error))?;
    let name = BlobName::of(&lengths);
    contents.push((name.clone(), Content::Bytes(lengths)));
    Ok(hash(&name))
}

fn files(folder: &Path, files: &std::collections::BTreeMap<PathBuf, FileEntry>) -> Contents {
    let file = |(path, entry): (&PathBuf, &FileEntry)| {
        (BlobName::Blake3(entry.blake3.clone()), Content::File(folder.join(path)))
    };
    files.iter().map(file).collect()
}

fn known_lengths(current: &Current, entry: &SegmentEntry) -> Option<String> {
    let at = current.manifest.segments.iter().position(|known| known == entry)?;
    current.pointer.value.lengths.get(at).cloned()
}

/// Everything that is kept for `generation`, to which `pointer` points.
fn names(pointer: &Pointer, manifest: &Manifest, generation: &Generation) -> Vec<BlobName> {
    let mut hashes = vec![pointer.manifest.clone(), pointer.words.clone()];
    hashes.extend(pointer.lengths.iter().cloned());
    hashes.extend(manifest.files.values().map(|file| file.blake3.clone()));
    for segment in generation.segments() {
        hashes.push(segment.entry().blake3.clone());
        hashes.extend(segment.manifest().files.values().map(|file| file.blake3.clone()));
    }
    let sources = generation.catalogue().iter().map(|entry| BlobName::Sha256(entry.sha256.clone()));
    hashes.into_iter().map(BlobName::Blake3).chain(sources).collect()
}

fn hash(name: &BlobName) -> String {
    match name {
        BlobName::Blake3(hash) | BlobName::Sha256(hash) => hash.clone(),
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| Error::io(path.display(), error))
}

fn unwritable(error: &postcard::Error) -> Error {
    Error::internal(format!("what the cluster keeps: {error}"))
}
