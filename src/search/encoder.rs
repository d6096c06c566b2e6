//! What the model says of a query, kept for the next time that it is asked.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::engine::ModelMismatch;
use super::request::Mode;
use super::work::{Stage, stage};
use crate::embed::{Embedder, Encoding, ModelId};
use crate::error::{Error, Kind, Result};
use crate::index::Generation;

/// Encodings that are kept take at most so many bytes: some thousand queries of ordinary length.
const KEPT_BYTES: u64 = 32 << 20;
/// Encodings that the cache expects, from which it sizes its parts.
const EXPECTED: usize = 1_024;

/// Encodes queries with a model, or says why it cannot. Cheap to clone; clones share what is kept.
#[derive(Clone, Default)]
pub(super) struct Encoder {
    model: Option<Model>,
}

#[derive(Clone)]
struct Model {
    embedder: Arc<dyn Embedder>,
    kept: Arc<Cache<String, Arc<Encoding>, Bytes>>,
}

/// Weighs an encoding by the memory it takes.
#[derive(Clone)]
struct Bytes;

impl Weighter<String, Arc<Encoding>> for Bytes {
    fn weight(&self, text: &String, encoding: &Arc<Encoding>) -> u64 {
        let numbers = encoding.vector.len() + encoding.tokens.iter().map(Vec::len).sum::<usize>();
        (text.len() + numbers * size_of::<f32>()).max(1) as u64
    }
}

/// What a query gives, and what is lacking as notices.
type Given<T> = (Option<T>, Vec<&'static str>);

impl Encoder {
    /// An encoder with that model; without one nothing is encoded.
    pub(super) fn new(embedder: Option<Arc<dyn Embedder>>) -> Self {
        let model = embedder.map(|embedder| Model {
            embedder,
            kept: Arc::new(Cache::with_weighter(EXPECTED, KEPT_BYTES, Bytes)),
        });
        Self { model }
    }

    /// The vectors of a query's `text` and of its tokens. Without a usable model: none and a notice in hybrid
    /// mode, an error in semantic mode, and none without a notice in keyword mode.
    pub(super) fn encode(
        &self,
        generation: &Generation,
        text: &str,
        mode: Mode,
    ) -> Result<Given<Arc<Encoding>>> {
        if mode == Mode::Keyword {
            return Ok((None, Vec::new()));
        }
        match self.usable(generation) {
            Some(model) => stage(Stage::Embed, || Ok((Some(model.encode(text)?), Vec::new()))),
            None if mode == Mode::Semantic => Err(self.refusal(generation)),
            None => Ok((None, vec![self.lacking(generation)])),
        }
    }

    /// The vector `[dimensions]` of a text that is no query and is not kept; none without a usable model.
    pub(super) fn vector(&self, generation: &Generation, text: &str) -> Result<Option<Vec<f32>>> {
        let Some(model) = self.usable(generation) else { return Ok(None) };
        stage(Stage::Embed, || model.embedder.embed(text)).map(Some)
    }

    /// The model, where the generation holds its vectors: those of different models are never compared.
    pub(super) fn model(&self, generation: &Generation) -> Option<&ModelId> {
        self.usable(generation).map(|model| model.embedder.model_id())
    }

    fn usable(&self, generation: &Generation) -> Option<&Model> {
        let indexed = generation.manifest().model.as_deref()?;
        let model = self.model.as_ref()?;
        let fits = indexed == model.embedder.model_id().as_str() && generation.vectors().is_some();
        fits.then_some(model)
    }

    /// The model of the index and the one given, where they are not the same.
    pub(super) fn mismatch(&self, generation: &Generation) -> Option<ModelMismatch> {
        let indexed = generation.manifest().model.as_deref()?;
        let given = self.model.as_ref()?.embedder.model_id();
        (indexed != given.as_str())
            .then(|| ModelMismatch { indexed: ModelId::new(indexed), given: given.clone() })
    }

    /// Why there are no vectors to compare, as a notice.
    pub(super) fn lacking(&self, generation: &Generation) -> &'static str {
        if self.mismatch(generation).is_some() { "model_mismatch" } else { "model_absent" }
    }

    fn refusal(&self, generation: &Generation) -> Error {
        if let Some(mismatch) = self.mismatch(generation) {
            return Error::new(Kind::Unavailable, "model_mismatch", mismatch.to_string());
        }
        let message = "mode semantic needs an embedding model, and there is none; use keyword, or run `tiaokuan model fetch` and index again";
        Error::new(Kind::Unavailable, "model_absent", message)
    }
}

impl Model {
    fn encode(&self, text: &str) -> Result<Arc<Encoding>> {
        self.kept.get_or_insert_with(text, || self.embedder.encode(text).map(Arc::new))
    }
}
