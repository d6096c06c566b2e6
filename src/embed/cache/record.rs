//! The bytes of the cache's file.

use crate::embed::ModelId;
use crate::embed::onnx::unit_length;

/// First bytes of a file; the digit is the version of the format.
const MAGIC: &[u8; 8] = b"tkvecs\x001";

/// The header: magic, then the BLAKE3 hash of model id and dimensions.
pub(super) const HEADER: usize = 40;

/// Bytes of a record beside its values: the text's hash in front, a checksum behind.
pub(super) const HASH: usize = 32;
pub(super) const CHECKSUM: usize = 4;

/// Stands for a text: its BLAKE3 hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TextHash(pub(super) [u8; HASH]);

impl TextHash {
    /// The hash of the text as it is given to the embedder.
    pub fn of(text: &str) -> Self {
        Self(*blake3::hash(text.as_bytes()).as_bytes())
    }
}

/// The first bytes of the file of this model.
pub(super) fn header(model: &ModelId, dimensions: usize) -> [u8; HEADER] {
    let identity = blake3::hash(format!("{model} {dimensions}").as_bytes());
    let mut header = [0; HEADER];
    let (magic, hash) = header.split_at_mut(MAGIC.len());
    magic.copy_from_slice(MAGIC);
    hash.copy_from_slice(identity.as_bytes());
    header
}

/// Bytes of a record: the text's hash, a byte a value, a checksum.
pub(super) fn record_length(dimensions: usize) -> usize {
    HASH + dimensions + CHECKSUM
}

/// The vector as signed bytes, its largest value ±127.
fn quantise(vector: &[f32]) -> impl Iterator<Item = i8> {
    let largest = vector.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
    let scale = if largest > 0.0 { 127.0 / largest } else { 0.0 };
    vector.iter().map(move |value| (value * scale).round() as i8)
}

/// The record of a text's vector.
pub(super) fn encode(text: TextHash, vector: &[f32]) -> Vec<u8> {
    let mut record = text.0.to_vec();
    record.extend(quantise(vector).map(i8::cast_unsigned));
    let checksum = checksum(&record);
    record.extend(checksum);
    record
}

/// The vector in a record that is sound and belongs to the text.
pub(super) fn decode(record: &[u8], text: TextHash) -> Option<Vec<f32>> {
    let (content, sum) = record.split_last_chunk::<CHECKSUM>()?;
    let (hash, values) = content.split_first_chunk::<HASH>()?;
    if *sum != checksum(content) || *hash != text.0 {
        return None;
    }
    Some(unit_length(values.iter().map(|value| f32::from(value.cast_signed())).collect()))
}

pub(super) fn checksum(bytes: &[u8]) -> [u8; CHECKSUM] {
    let hash = blake3::hash(bytes);
    let [a, b, c, d, ..] = *hash.as_bytes();
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_comes_back_points_the_same_way(values in prop::collection::vec(-1.0_f32..1.0, 512)) {
            let text = TextHash::of("text");
            let given = unit_length(values);
            let back = decode(&encode(text, &given), text).unwrap();
            let cosine: f32 = given.iter().zip(&back).map(|(left, right)| left * right).sum();
            prop_assert!(cosine > 0.9999, "{}", cosine);
            // Storing what came back changes nothing more.
            prop_assert_eq!(decode(&encode(text, &back), text).unwrap(), back);
        }
    }
}
