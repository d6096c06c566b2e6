//! Opens the cluster's current generation: records into memory, everything else where it is.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::super::catalogue;
use super::super::generation::{Generation, Parts};
use super::super::manifest::{self, FileEntry, Manifest, SegmentEntry, SegmentManifest};
use super::super::measure::{self, MeasureIndex};
use super::super::phrasing::{self, PhrasingIndex};
use super::super::segment::{DOCUMENTS, Segment};
use super::Cluster;
use super::blob::BlobName;
use super::client::strange;
use super::pointer::CURRENT;
use super::publish::Current;
use super::remote::RemoteParts;
use crate::error::{Error, Result};

impl Cluster {
    /// The number of the current generation; none before the first.
    pub(in crate::index) fn current_number(&self) -> Result<Option<u64>> {
        /// The one field that is asked for every second.
        #[derive(Deserialize)]
        struct Number {
            number: u64,
        }
        let pointer = self.document::<Number>(&format!("{CURRENT}?_source_includes=number"))?;
        Ok(pointer.map(|pointer| pointer.value.number))
    }

    /// The current generation, none before the first. What it shares with `before` is not read again; `before` itself
    /// where it is still current.
    pub(in crate::index) fn open_after(
        self: &Arc<Self>,
        before: Option<&Arc<Generation>>,
    ) -> Result<Option<Arc<Generation>>> {
        let mut tried = None;
        loop {
            let Some(pointer) = self.pointer()? else { return Ok(None) };
            let number = pointer.value.number;
            if let Some(before) = before.filter(|before| before.id() == number) {
                return Ok(Some(Arc::clone(before)));
            }
            let opened =
                self.current().and_then(|current| current.map(|now| self.open(now, before)).transpose());
            match opened {
                // Files that a newer generation does not need may be gone: not damage, but news.
                Err(_) if tried != Some(number) && self.current_number()? != Some(number) => {
                    tried = Some(number);
                }
                opened => return opened.map(|generation| generation.map(Arc::new)),
            }
        }
    }

    fn open(self: &Arc<Self>, current: Current, before: Option<&Arc<Generation>>) -> Result<Generation> {
        let Current { pointer, manifest } = current;
        let pointer = pointer.value;
        let known = |entry: &SegmentEntry| {
            let before = before?;
            before.segments().iter().find(|segment| segment.entry() == entry).map(Arc::clone)
        };
        let open =
            |entry: &SegmentEntry| known(entry).map_or_else(|| self.open_segment(entry).map(Arc::new), Ok);
        let segments = manifest.segments.iter().map(open).collect::<Result<_>>()?;
        let catalogue = self.file(&manifest, catalogue::FILE)?;
        let catalogue = catalogue::parse(Path::new(catalogue::FILE), &catalogue)?.into();
        let phrasings = manifest
            .phrasings
            .as_ref()
            .map(|_| PhrasingIndex::new(postcarded(&self.file(&manifest, phrasing::FILE)?)?).map(Arc::new));
        let lengths = pointer.lengths.iter().map(|hash| self.postcard(hash).map(Arc::new));
        let remote = RemoteParts {
            cluster: Arc::clone(self),
            indices: manifest.segments.iter().map(|entry| self.clause_index(entry)).collect(),
            lengths: lengths.collect::<Result<_>>()?,
            mean: pointer.mean,
            words: Arc::new(self.postcard(&pointer.words)?),
        };
        let parts = Parts {
            generation: manifest.generation,
            segments,
            catalogue,
            phrasings: phrasings.transpose()?,
            tokens: manifest.tokens,
        };
        let measures = manifest.atlas.map(|_| {
            let measures = postcarded(&self.file(&manifest, measure::MEASURES)?)?;
            MeasureIndex::new(measures, manifest.clauses, Path::new(measure::MEASURES))
        });
        let measures = measures.transpose()?;
        let generation = Generation::in_cluster(parts, Arc::new(remote))?;
        Ok(generation.published(manifest, measures))
    }

    /// The records of a segment.
    fn open_segment(&self, entry: &SegmentEntry) -> Result<Segment> {
        let path = Path::new(&entry.name);
        let manifest = self.fetch(&BlobName::Blake3(entry.blake3.clone()))?;
        let manifest: SegmentManifest = manifest::parse(path, &manifest)?;
        let documents = manifest.files.get(Path::new(DOCUMENTS)).ok_or_else(|| lacking(DOCUMENTS))?;
        let documents = self.fetch(&BlobName::Blake3(documents.blake3.clone()))?;
        Segment::of_records(path, entry.clone(), manifest, &documents)
    }

    /// A file of the generation that `manifest` describes.
    fn file(&self, manifest: &Manifest, name: &str) -> Result<Vec<u8>> {
        let FileEntry { blake3, .. } = manifest.files.get(Path::new(name)).ok_or_else(|| lacking(name))?;
        self.fetch(&BlobName::Blake3(blake3.clone()))
    }

    fn postcard<T: DeserializeOwned>(&self, hash: &str) -> Result<T> {
        postcarded(&self.fetch(&BlobName::Blake3(hash.to_owned()))?)
    }
}

fn postcarded<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    postcard::from_bytes(bytes).map_err(|error| strange("_mget", &error))
}

fn lacking(name: &str) -> Error {
    manifest::corrupt(Path::new(name), &"the manifest does not name it")
}
