//! Texts to vectors: the last step before the index, and the first of a semantic query.
//!
//! [`Embedder`] is all that other stages see. [`onnx`] runs bge-small-zh-v1.5 through fastembed and
//! ONNX Runtime (which appear nowhere else in the crate); [`model`] finds or fetches its files;
//! [`rerank`] runs a cross-encoder of the user's;
//! [`cache`] keeps vectors across builds; [`fake`] stands in for the model where only the shape of
//! vectors matters.
//!
//! ```no_run
//! use tiaokuan::embed::{Embedder, model};
//!
//! let settings = model::ModelSettings::from_environment("index/model".into());
//! if let Some(files) = model::find(&settings)? {
//!     let embedder = model::open(&files)?;
//!     assert_eq!(embedder.embed("压缩企业开办时间")?.len(), embedder.dimensions());
//! }
//! # Ok::<(), tiaokuan::error::Error>(())
//! ```

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::Result;

pub mod bare;
pub mod cache;
pub mod fake;
pub mod model;
pub mod onnx;
mod pool;
mod prepare;
pub mod rerank;
mod runtime;
#[cfg(test)]
mod with_model;

pub use cache::{BlobCache, TextHash, VectorCache};
pub use fake::FakeEmbedder;
pub use onnx::OnnxEmbedder;
pub use rerank::{OnnxReranker, Reranker};

/// Identifies the weights, the tokenizer and how they are run, such as
/// `bge-small-zh-v1.5-int8@15b717c3+fold2`: vectors of different ids are never mixed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ModelId(String);

impl ModelId {
    /// The id of that name.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// All that a model says of one text.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoding {
    /// The text's vector, as [`Embedder::embed`] gives it.
    pub vector: Vec<f32>,
    /// The unit-length vectors `[tokens][dimensions]` of its tokens, without the marks that the tokenizer puts
    /// at both ends; empty where the model tells none.
    pub tokens: Vec<Vec<f32>>,
}

/// Turns texts into vectors whose dot product says how alike the texts are.
pub trait Embedder: Send + Sync {
    /// Which model makes the vectors.
    fn model_id(&self) -> &ModelId;

    /// Length of every vector.
    fn dimensions(&self) -> usize;

    /// The unit-length vector `[dimensions]` of one text. It depends on the text alone: not on what
    /// else is embedded, nor when. A text of white space is [`Kind::Invalid`](crate::error::Kind);
    /// of a long text only the beginning counts (512 tokens).
    fn embed(&self, text: &str) -> Result<Vec<f32>>;

    /// The vectors `[texts.len()][dimensions]` in the order of `texts`, made on all cores, each as
    /// [`embed`](Self::embed) makes it. `progress` gets the count of texts done, in increasing order
    /// but from several threads. The first error ends the work.
    fn embed_all(&self, texts: &[&str], progress: &(dyn Fn(usize) + Sync)) -> Result<Vec<Vec<f32>>>;

    /// The vector of the text and those of its tokens, from one run of the model. As [`embed`](Self::embed)
    /// otherwise.
    fn encode(&self, text: &str) -> Result<Encoding>;

    /// What the model says of each text, in their order, handed to `take` one after the other: together they may
    /// not fit into memory. As [`embed_all`](Self::embed_all) otherwise.
    fn encode_all(&self, texts: &[&str], take: &mut dyn FnMut(Encoding) -> Result<()>) -> Result<()>;
}
