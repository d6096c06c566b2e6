//! The real embedder: bge-small-zh-v1.5 (or another BERT-like model) through fastembed.
//!
//! The int8 weights are quantised dynamically, so what shares a batch with a text changes its vector
//! (cosine down to .991). Therefore one text a run, one intra-op thread, and as many instances as
//! there are cores: nothing is lost in speed, and a text gives the same vector at any time.

use std::cmp::Reverse;
use std::num::NonZero;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use fastembed::{
    InitOptionsUserDefined, OutputKey, Pooling, TextEmbedding, TokenizerFiles, UserDefinedEmbeddingModel,
};

use super::model::{ModelFiles, identity};
use super::pool::{Pool, Purpose};
use super::prepare::prepare;
use super::{Embedder, Encoding, ModelId, runtime};
use crate::error::{Error, Kind, Result};

/// Tokens of a text that count; the model knows no more positions.
pub(super) const MAX_TOKENS: usize = 512;

/// Texts whose token vectors are held at once: a megabyte each at most.
const TOKEN_BATCH: usize = 64;

/// fastembed wants these beside the tokenizer. Padding never happens with one text a run, so they
/// serve any model.
const TOKENIZER_CONFIG: &str = r#"{"model_max_length": 512, "pad_token": "[PAD]"}"#;

/// Runs the model: shared by all threads, one instance a core, each made when it is first needed.
pub struct OnnxEmbedder {
    id: ModelId,
    dimensions: usize,
    pool: Pool<TextEmbedding>,
}

impl OnnxEmbedder {
    /// Loads the runtime and one instance, and embeds a word to see that it works. A file that cannot
    /// be used is [`Kind::Unavailable`], and the message names it.
    pub(super) fn open(files: &ModelFiles) -> Result<Self> {
        let id = identity(files)?;
        let mut first = instance(files)?;
        let dimensions = run(&mut first, "条款").map_err(|error| broken(&files.model, &error))?.vector.len();
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let (files, expected) = (files.clone(), id.clone());
        let pool = Pool::new(first, cores, move || {
            // The files are read again rather than held in memory: they must still be the same.
            if identity(&files)? != expected {
                return Err(broken(&files.model, &"the file changed while it was in use; restart"));
            }
            instance(&files)
        });
        Ok(Self { id, dimensions, pool })
    }

    fn encode_for(&self, purpose: Purpose, text: &str) -> Result<Encoding> {
        let text = prepare(text)?;
        let encoding = self.pool.with(purpose, |instance| {
            run(instance, &text)
                .map_err(|error| Error::internal("the model failed on a text").with_source(error))
        })?;
        let vector = &encoding.vector;
        if vector.len() != self.dimensions || !vector.iter().all(|value| value.is_finite()) {
            return Err(Error::internal("the model gave something that is no vector of its length"));
        }
        Ok(encoding)
    }

    /// `work` of every text on all cores, in the order of `texts`; the first error ends it. The longest come
    /// first, so that at the end no core waits long for another.
    fn map_all<T: Send>(&self, texts: &[&str], work: impl Fn(&str) -> Result<T> + Sync) -> Result<Vec<T>> {
        let next = AtomicUsize::new(0);
        let mut longest_first: Vec<(usize, &str)> = texts.iter().copied().enumerate().collect();
        longest_first.sort_by_key(|(_, text)| Reverse(text.len()));
        let worker = || {
            let mut done = Vec::new();
            while let Some(&(index, text)) = longest_first.get(next.fetch_add(1, Ordering::Relaxed)) {
                let result = work(text);
                if result.is_err() {
                    // The other workers find nothing left to do.
                    next.store(texts.len(), Ordering::Relaxed);
                }
                done.push((index, result?));
            }
            Ok(done)
        };
        let mut numbered = on_threads(self.pool.bulk_limit().min(texts.len()), worker)?;
        numbered.sort_unstable_by_key(|(index, _)| *index);
        Ok(numbered.into_iter().map(|(_, result)| result).collect())
    }
}

impl std::fmt::Debug for OnnxEmbedder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OnnxEmbedder").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Embedder for OnnxEmbedder {
    fn model_id(&self) -> &ModelId {
        &self.id
    }

    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn embed(&self, text: &str) -> Result<Vec<f32>> {
        Ok(self.encode_for(Purpose::Query, text)?.vector)
    }

    fn embed_all(&self, texts: &[&str], progress: &(dyn Fn(usize) + Sync)) -> Result<Vec<Vec<f32>>> {
        let done = AtomicUsize::new(0);
        self.map_all(texts, |text| {
            let vector = self.encode_for(Purpose::Bulk, text)?.vector;
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
            Ok(vector)
        })
    }

    fn encode(&self, text: &str) -> Result<Encoding> {
        self.encode_for(Purpose::Query, text)
    }

    fn encode_all(&self, texts: &[&str], take: &mut dyn FnMut(Encoding) -> Result<()>) -> Result<()> {
        for some in texts.chunks(TOKEN_BATCH) {
            let all = self.map_all(some, |text| self.encode_for(Purpose::Bulk, text))?;
            all.into_iter().try_for_each(&mut *take)?;
        }
        Ok(())
    }
}

/// What `work` gives on so many threads at once, joined in no particular order. Threads of our own:
/// on the shared pool a thread that waits for an instance could take up the work of the one it waits for.
fn on_threads<T: Send>(count: usize, work: impl Fn() -> Result<Vec<T>> + Sync) -> Result<Vec<T>> {
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..count).map(|_| scope.spawn(&work)).collect();
        let mut all = Vec::new();
        for worker in workers {
            all.extend(worker.join().map_err(|_| Error::internal("an embedding thread panicked"))??);
        }
        Ok(all)
    })
}

pub(super) fn instance(files: &ModelFiles) -> Result<TextEmbedding> {
    let tokenizer_files = tokenizer_files(&files.tokenizer)?;
    let model =
        UserDefinedEmbeddingModel::new(read(&files.model)?, tokenizer_files).with_pooling(Pooling::Cls);
    let options = InitOptionsUserDefined::new()
        .with_environment(runtime::environment(&files.runtime)?)
        .with_intra_threads(1)
        .with_max_length(MAX_TOKENS);
    TextEmbedding::try_new_from_user_defined(model, options).map_err(|error| match error {
        fastembed::Error::Io(_) | fastembed::Error::TokenizerConfig(_) => broken(&files.tokenizer, &error),
        _ => broken(&files.model, &error),
    })
}

/// The content of a model's file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|source| Error::io(path.display(), source))
}

/// What fastembed wants of a tokenizer, from its `tokenizer.json`.
pub(super) fn tokenizer_files(path: &Path) -> Result<TokenizerFiles> {
    let tokenizer_file = read(path)?;
    // Parsed here first, because fastembed's error does not say which file is at fault.
    serde_json::from_slice::<serde::de::IgnoredAny>(&tokenizer_file).map_err(|error| broken(path, &error))?;
    Ok(TokenizerFiles {
        tokenizer_file,
        config_file: b"{}".to_vec(),
        special_tokens_map_file: b"{}".to_vec(),
        tokenizer_config_file: TOKENIZER_CONFIG.into(),
    })
}

/// What the model says of one text: its vector is that of the first token, the mark `[CLS]`, on which
/// bge is trained; the last is a mark too and is left out. A model with pooled output alone tells no tokens.
fn run(instance: &mut TextEmbedding, text: &str) -> fastembed::Result<Encoding> {
    let outputs = instance.transform([text], None)?.into_raw();
    let precedence = &[OutputKey::OnlyOne, OutputKey::ByName("last_hidden_state")][..];
    let values = outputs.first().and_then(|output| output.select_output(&precedence).ok());
    if let Some(values) = values.filter(|values| values.shape().len() == 3) {
        let dimensions = values.shape().last().copied().unwrap_or_default().max(1);
        let values: Vec<f32> = values.iter().copied().collect();
        let mut rows = values.chunks_exact(dimensions).map(|row| unit_length(row.to_vec()));
        let vector = rows.next().ok_or(fastembed::Error::EmptyTokenizations)?;
        let mut tokens: Vec<Vec<f32>> = rows.collect();
        tokens.pop();
        return Ok(Encoding { vector, tokens });
    }
    let vector = instance.embed([text], None)?.into_iter().next();
    let vector = vector.ok_or(fastembed::Error::EmptyTokenizations)?;
    Ok(Encoding { vector: unit_length(vector), tokens: Vec::new() })
}

pub(super) fn broken(file: &Path, reason: &dyn std::fmt::Display) -> Error {
    let message = format!("the model file {} cannot be used: {reason}", file.display());
    Error::new(Kind::Unavailable, "model_unusable", message)
}

/// The vector scaled to length 1; a zero vector stays as it is.
pub(super) fn unit_length(mut vector: Vec<f32>) -> Vec<f32> {
    let norm = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if norm > 0.0 {
        for value in &mut vector {
            *value /= norm;
        }
    }
    vector
}
