//! Bytes on disk by model and text, of any length: what is made of a text beside its vector.
//!
//! As the file of vectors it is only ever appended to, and what a killed process left half-written is cut off.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::file::CacheFile;
use super::record::{CHECKSUM, HASH, HEADER, TextHash, checksum};
use crate::embed::ModelId;
use crate::error::{Error, Result};

/// Bytes of the length that follows a record's hash.
const LENGTH: usize = 4;

/// What one model made of texts. One process at a time may have it open: the caller sees to that.
#[derive(Debug)]
pub struct BlobCache {
    file: CacheFile,
    /// Where the text's bytes begin, and how many there are.
    places: HashMap<TextHash, (u64, u32)>,
    /// Where the next record begins.
    end: u64,
}

impl BlobCache {
    /// Opens the file at `path`, made where it is missing, for what `model` makes with `dimensions` components a
    /// vector. A file of another model, or none of ours, is [`Kind::Corrupt`](crate::error::Kind).
    pub fn open(path: &Path, model: &ModelId, dimensions: usize) -> Result<Self> {
        let (file, length) = CacheFile::open(path, model, dimensions)?;
        let (places, end) = file.cut(|file| {
            let (places, end) = places(file, length)?;
            Ok(((places, end), end))
        })?;
        Ok(Self { file, places, end })
    }

    /// Whether there is something of the text.
    pub fn contains(&self, text: TextHash) -> bool {
        self.places.contains_key(&text)
    }

    /// What was made of the text; none where it is not known, or damaged on disk.
    pub fn get(&mut self, text: TextHash) -> Result<Option<Vec<u8>>> {
        let Some((start, length)) = self.places.get(&text).copied() else { return Ok(None) };
        let mut record = vec![0; length as usize + CHECKSUM];
        self.file.read(start, &mut record)?;
        let sum = record.split_off(length as usize);
        if sum == checksum_of(text, &record) {
            return Ok(Some(record));
        }
        self.places.remove(&text);
        Ok(None)
    }

    /// Adds what was made of texts, durable when it returns.
    pub fn append(&mut self, blobs: &[(TextHash, Vec<u8>)]) -> Result<()> {
        let (mut bytes, mut places) = (Vec::new(), Vec::new());
        for (text, blob) in blobs {
            let length =
                u32::try_from(blob.len()).map_err(|_| Error::internal("too much made of one text"))?;
            bytes.extend(text.0);
            bytes.extend(length.to_le_bytes());
            places.push((*text, (self.end + bytes.len() as u64, length)));
            bytes.extend_from_slice(blob);
            bytes.extend(checksum_of(*text, blob));
        }
        self.file.write(self.end, &bytes)?;
        self.end += bytes.len() as u64;
        self.places.extend(places);
        Ok(())
    }
}

fn checksum_of(text: TextHash, blob: &[u8]) -> [u8; CHECKSUM] {
    checksum(&[&text.0[..], blob].concat())
}

/// Where each text's bytes begin, and how many there are.
type Places = HashMap<TextHash, (u64, u32)>;

/// Where each text's bytes stand in a file of `length` bytes, and where the last whole record ends.
fn places(file: &File, length: u64) -> std::io::Result<(Places, u64)> {
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut end = HEADER as u64;
    reader.seek(SeekFrom::Start(end))?;
    let mut places = HashMap::new();
    loop {
        let start = end + (HASH + LENGTH) as u64;
        if start > length {
            return Ok((places, end));
        }
        let (mut hash, mut bytes) = ([0; HASH], [0; LENGTH]);
        reader.read_exact(&mut hash)?;
        reader.read_exact(&mut bytes)?;
        let blob = u32::from_le_bytes(bytes);
        let next = start + u64::from(blob) + CHECKSUM as u64;
        if next > length {
            return Ok((places, end));
        }
        reader.seek_relative((next - start).cast_signed())?;
        places.insert(TextHash(hash), (start, blob));
        end = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_comes_back_and_what_is_cut_off_is_gone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("blobs");
        let open = || BlobCache::open(&path, &ModelId::new("model"), 8).unwrap();
        let blobs = [("a", vec![1, 2, 3]), ("b", vec![]), ("c", vec![7; 100])];
        let blobs = blobs.map(|(text, blob)| (TextHash::of(text), blob));
        open().append(&blobs).unwrap();
        let mut cache = open();
        for (text, blob) in &blobs {
            assert_eq!(cache.get(*text).unwrap().as_ref(), Some(blob));
        }
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        let mut cache = open();
        assert!(cache.contains(blobs[1].0) && !cache.contains(blobs[2].0));
        cache.append(&blobs[2..]).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), whole);
        let mut damaged = whole.clone();
        damaged[whole.len() - 10] ^= 1;
        std::fs::write(&path, &damaged).unwrap();
        assert_eq!(open().get(blobs[2].0).unwrap(), None);
        assert!(BlobCache::open(&path, &ModelId::new("other"), 8).is_err());
    }
}
