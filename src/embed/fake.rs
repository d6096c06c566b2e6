//! An embedder without a model, for tests of the stages around it.

use super::{Embedder, Encoding, ModelId, prepare::prepare};
use crate::error::Result;

/// Length of its vectors: the same as the real model's.
const DIMENSIONS: usize = 512;

/// A deterministic stand-in: every character and every pair of neighbours adds ±1 at a hashed
/// position, so that texts that share wording come out alike. It knows nothing of meaning.
#[derive(Debug)]
pub struct FakeEmbedder {
    id: ModelId,
}

impl FakeEmbedder {
    /// The usual one.
    pub fn new() -> Self {
        Self::named("fake-bigrams@1")
    }

    /// One that passes for another model: its vectors are the same, its id is `id`.
    pub fn named(id: &str) -> Self {
        Self { id: ModelId::new(id) }
    }
}

impl Default for FakeEmbedder {
    fn default() -> Self {
        Self::new()
    }
}

impl Embedder for FakeEmbedder {
    fn model_id(&self) -> &ModelId {
        &self.id
    }

    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn embed(&self, text: &str) -> Result<Vec<f32>> {
        let characters: Vec<char> = prepare(text)?.chars().collect();
        let mut vector = vec![0.0; DIMENSIONS];
        for gram in characters.windows(2).chain(characters.chunks(1)) {
            add_gram(&mut vector, gram);
        }
        Ok(super::onnx::unit_length(vector))
    }

    fn embed_all(&self, texts: &[&str], progress: &(dyn Fn(usize) + Sync)) -> Result<Vec<Vec<f32>>> {
        let numbered = texts.iter().enumerate();
        numbered
            .map(|(index, text)| {
                let vector = self.embed(text)?;
                progress(index + 1);
                Ok(vector)
            })
            .collect()
    }

    fn encode(&self, text: &str) -> Result<Encoding> {
        let tokens = prepare(text)?.chars().map(token_vector).collect();
        Ok(Encoding { vector: self.embed(text)?, tokens })
    }

    fn encode_all(&self, texts: &[&str], take: &mut dyn FnMut(Encoding) -> Result<()>) -> Result<()> {
        texts.iter().try_for_each(|text| take(self.encode(text)?))
    }
}

/// A character's vector: every component ± the same, by the character's hash.
fn token_vector(character: char) -> Vec<f32> {
    let mut bits = [0; DIMENSIONS / 8];
    blake3::Hasher::new().update(character.to_string().as_bytes()).finalize_xof().fill(&mut bits);
    let component = |bit: usize| bits.get(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 == 1);
    let signs = (0..DIMENSIONS).map(|bit| if component(bit) { 1.0 } else { -1.0 });
    super::onnx::unit_length(signs.collect())
}

fn add_gram(vector: &mut [f32], gram: &[char]) {
    let text: String = gram.iter().collect();
    let hash = blake3::hash(text.as_bytes());
    let [low, high, sign, ..] = hash.as_bytes();
    let position = usize::from(u16::from_le_bytes([*low, *high])) % DIMENSIONS;
    if let Some(value) = vector.get_mut(position) {
        *value += if sign % 2 == 0 { 1.0 } else { -1.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(left: &str, right: &str) -> f32 {
        let fake = FakeEmbedder::new();
        let (left, right) = (fake.embed(left).unwrap(), fake.embed(right).unwrap());
        left.iter().zip(&right).map(|(l, r)| l * r).sum()
    }

    #[test]
    fn shared_wording_is_alike() {
        assert!((cosine("压缩企业开办时间", "压缩企业开办时间") - 1.0).abs() < 1e-5);
        assert!(
            cosine("压缩企业开办时间", "企业开办时间压缩")
                > cosine("压缩企业开办时间", "推进不动产登记") + 0.3
        );
    }
}
