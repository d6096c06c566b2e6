//! Vectors on disk by model and text, so that a text is embedded once in the life of a data directory.
//!
//! A file holds a header and records of equal length, only ever appended to. Whatever a killed
//! process or a power cut left half-written is cut off or read as absent, and embedded anew.
//!
//! Values are kept as signed bytes, and that is where precision goes: a vector is the same
//! whether it comes from here or straight from the model, because the caller gets it from here in
//! both cases ([`VectorCache::embed_all`]).

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::{Embedder, ModelId};
use crate::error::{Error, Result};

mod blobs;
mod file;
mod record;

pub use blobs::BlobCache;
use file::CacheFile;
pub use record::TextHash;
use record::{HASH, HEADER, decode, encode, record_length};

/// Texts embedded between two writes: less than a second of work, which is what a killed build loses.
pub const BATCH: usize = 64;

/// The vectors of one model. One process at a time may have it open: the caller sees to that.
#[derive(Debug)]
pub struct VectorCache {
    file: CacheFile,
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
        let (file, length) = CacheFile::open(path, model, dimensions)?;
        let record = record_length(dimensions);
        let count = length.saturating_sub(HEADER as u64) / record as u64;
        let records = file.cut(|file| Ok((read_hashes(file, record, count)?, offset(record, count))))?;
        Ok(Self { file, dimensions, records, count })
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
        self.file.read(offset, &mut record)?;
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
        self.file.write(self.offset(self.count), &bytes)?;
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

    fn offset(&self, number: u64) -> u64 {
        offset(self.record_length(), number)
    }
}

/// Where the record of this `number` begins, each being so many bytes long.
fn offset(record: usize, number: u64) -> u64 {
    HEADER as u64 + number * record as u64
}

/// The texts of the first `count` records, each with the last record's number that is its own.
fn read_hashes(file: &File, record: usize, count: u64) -> std::io::Result<HashMap<TextHash, u64>> {
    let rest = i64::try_from(record - HASH).map_err(std::io::Error::other)?;
    let mut reader = BufReader::with_capacity(1 << 20, file);
    reader.seek(SeekFrom::Start(HEADER as u64))?;
    let mut records = HashMap::new();
    for number in 0..count {
        let mut hash = [0; HASH];
        reader.read_exact(&mut hash)?;
        reader.seek_relative(rest)?;
        records.insert(TextHash(hash), number);
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embed::FakeEmbedder;
    use crate::error::Kind;

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
