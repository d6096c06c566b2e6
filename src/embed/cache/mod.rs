//! Vectors on disk by model and text, so that a text is embedded once in the life of a data directory.
//!
//! A file holds a header and records of equal length, only ever appended to. Whatever a killed
//! process or a power cut left half-written is cut off or read as absent, and embedded anew.
//!
//! Values are kept as signed bytes, and that is where precision goes: a vector is the same
//! whether it comes from here or straight from the model, because the caller gets it from here in
//! both cases ([`VectorCache::embed_all`]).

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{Embedder, ModelId};
use crate::error::{Error, Kind, Result};

mod blobs;
mod record;

pub use blobs::BlobCache;
pub use record::TextHash;
use record::{HASH, HEADER, decode, encode, header, record_length};

/// Texts embedded between two writes: less than a second of work, which is what a killed build loses.
pub const BATCH: usize = 64;

/// The vectors of one model. One process at a time may have it open: the caller sees to that.
#[derive(Debug)]
pub struct VectorCache {
    path: PathBuf,
    file: File,
    dimensions: usize,
    /// Number of the record with the text's vector.
    records: HashMap<TextHash, u64>,
    /// Records in the file.
    count: u64,
}

impl VectorCache {
    /// Opens the cache of a model with vectors of length `dimensions` at `path`, made where it is
    /// missing. A file of another model, or none of ours, is [`Kind::Corrupt`]: use a path a model.
    pub fn open(path: &Path, model: &ModelId, dimensions: usize) -> Result<Self> {
        let failed = |source| Error::io(path.display(), source);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let header = header(model, dimensions);
        if length < HEADER as u64 {
            file.set_len(0).and_then(|()| file.write_all(&header)).map_err(failed)?;
        } else {
            check_header(&mut file, &header, path)?;
        }
        let mut cache = Self { path: path.to_owned(), file, dimensions, records: HashMap::new(), count: 0 };
        cache.count = length.saturating_sub(HEADER as u64) / cache.record_length() as u64;
        cache.file.set_len(cache.offset(cache.count)).map_err(failed)?;
        cache.records = cache.read_hashes().map_err(failed)?;
        Ok(cache)
    }

    /// Count of texts that have a vector.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether no text has a vector.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The unit-length vector of a text; none where it is not known, or damaged on disk.
    pub fn get(&mut self, text: TextHash) -> Result<Option<Vec<f32>>> {
        let Some(number) = self.records.get(&text).copied() else { return Ok(None) };
        let mut record = vec![0; self.record_length()];
        let offset = self.offset(number);
        let read = self.file.seek(SeekFrom::Start(offset)).and_then(|_| self.file.read_exact(&mut record));
        read.map_err(|source| Error::io(self.path.display(), source))?;
        let vector = decode(&record, text);
        if vector.is_none() {
            self.records.remove(&text);
        }
        Ok(vector)
    }

    /// Adds vectors `[dimensions]` of texts, durable when it returns. A vector added for a text that has one
    /// replaces it.
    pub fn append(&mut self, vectors: &[(TextHash, Vec<f32>)]) -> Result<()> {
        let mut bytes = Vec::with_capacity(vectors.len() * self.record_length());
        for (text, vector) in vectors {
            if vector.len() != self.dimensions {
                return Err(Error::internal(format!(
                    "a vector of {} values among those of {}",
                    vector.len(),
                    self.dimensions
                )));
            }
            bytes.extend(encode(*text, vector));
        }
        let end = self.offset(self.count);
        let written = self
            .file
            .seek(SeekFrom::Start(end))
            .and_then(|_| self.file.write_all(&bytes))
            .and_then(|()| self.file.sync_data());
        written.map_err(|source| Error::io(self.path.display(), source))?;
        for (text, _) in vectors {
            self.records.insert(*text, self.count);
            self.count += 1;
        }
        Ok(())
    }

    /// Whether the text has a vector.
    pub fn contains(&self, text: TextHash) -> bool {
        self.records.contains_key(&text)
    }

    /// Hands the unit-length vectors `[dimensions]` of the texts to `take`, in their order and one at a time, since
    /// together they may not fit into memory: embeds those that are not known, each distinct one once, and keeps
    /// them as it goes on. `progress` gets the count of texts embedded so far and how many there are to
    /// embed.
    pub fn embed_all(
        &mut self,
        embedder: &dyn Embedder,
        texts: &[&str],
        progress: &(dyn Fn(usize, usize) + Sync),
        take: &mut dyn FnMut(&[f32]),
    ) -> Result<()> {
        let missing = self.missing(texts);
        for (batch_number, batch) in missing.chunks(BATCH).enumerate() {
            let before = batch_number * BATCH;
            let vectors = embedder.embed_all(batch, &|done| progress(before + done, missing.len()))?;
            let hashes = batch.iter().map(|text| TextHash::of(text));
            self.append(&hashes.zip(vectors).collect::<Vec<_>>())?;
        }
        for text in texts {
            let vector = match self.get(TextHash::of(text))? {
                Some(vector) => vector,
                None => self.embed_again(embedder, text)?,
            };
            take(&vector);
        }
        Ok(())
    }

    /// The vector of a text whose record was damaged.
    fn embed_again(&mut self, embedder: &dyn Embedder, text: &str) -> Result<Vec<f32>> {
        let hash = TextHash::of(text);
        let vectors = embedder.embed_all(&[text], &|_| ())?;
        self.append(&vectors.into_iter().map(|vector| (hash, vector)).collect::<Vec<_>>())?;
        self.get(hash)?.ok_or_else(|| Error::internal("a vector vanished from the cache"))
    }

    /// The distinct texts without a vector.
    fn missing<'text>(&self, texts: &[&'text str]) -> Vec<&'text str> {
        let mut seen = HashSet::new();
        let is_missing = |text: &&str| {
            let hash = TextHash::of(text);
            !self.contains(hash) && seen.insert(hash)
        };
        texts.iter().copied().filter(is_missing).collect()
    }

    fn record_length(&self) -> usize {
        record_length(self.dimensions)
    }

    fn offset(&self, record: u64) -> u64 {
        HEADER as u64 + record * self.record_length() as u64
    }

    fn read_hashes(&mut self) -> std::io::Result<HashMap<TextHash, u64>> {
        let rest = i64::try_from(self.record_length() - HASH).map_err(std::io::Error::other)?;
        let mut reader = BufReader::with_capacity(1 << 20, &self.file);
        reader.seek(SeekFrom::Start(HEADER as u64))?;
        let mut records = HashMap::new();
        for number in 0..self.count {
            let mut hash = [0; HASH];
            reader.read_exact(&mut hash)?;
            reader.seek_relative(rest)?;
            records.insert(TextHash(hash), number);
        }
        Ok(records)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embed::FakeEmbedder;

    const TEXTS: [&str; 3] = ["压缩企业开办时间", "推进不动产登记", "压缩企业开办时间"];

    fn open(path: &Path) -> VectorCache {
        let fake = FakeEmbedder::new();
        VectorCache::open(path, fake.model_id(), fake.dimensions()).unwrap()
    }

    /// Vectors of `TEXTS` and how many of them had to be embedded.
    fn embed(cache: &mut VectorCache) -> (Vec<Vec<f32>>, usize) {
        let before = cache.count;
        let mut vectors = Vec::new();
        let mut take = |vector: &[f32]| vectors.push(vector.to_vec());
        cache.embed_all(&FakeEmbedder::new(), &TEXTS, &|_, _| (), &mut take).unwrap();
        (vectors, (cache.count - before) as usize)
    }

    #[test]
    fn a_text_is_embedded_once_and_comes_back_the_same() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("vectors");
        let (first, embedded) = embed(&mut open(&path));
        assert_eq!(embedded, 2);
        let (second, embedded) = embed(&mut open(&path));
        assert_eq!((second, embedded), (first, 0));
    }

    #[test]
    fn a_file_cut_anywhere_or_damaged_is_mended() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("vectors");
        let (expected, _) = embed(&mut open(&path));
        let whole = std::fs::read(&path).unwrap();
        for length in [0, 1, HEADER, HEADER + 1, whole.len() - 600, whole.len() - 1] {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert_eq!(embed(&mut open(&path)).0, expected, "cut to {length} bytes");
            assert_eq!(std::fs::metadata(&path).unwrap().len(), whole.len() as u64);
        }
        let mut damaged = whole.clone();
        damaged[HEADER + HASH + 7] ^= 1;
        std::fs::write(&path, &damaged).unwrap();
        assert_eq!(embed(&mut open(&path)), (expected, 1));
    }

    #[test]
    fn another_models_file_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("vectors");
        embed(&mut open(&path));
        let error = VectorCache::open(&path, &ModelId::new("other"), 512).unwrap_err();
        assert_eq!(error.kind(), Kind::Corrupt);
    }
}
