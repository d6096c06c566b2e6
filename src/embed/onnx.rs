//! The real embedder: bge-small-zh-v1.5 (or another BERT-like model) through fastembed.
//!
//! The int8 weights are quantised dynamically, so what shares a batch with a text changes its vector
//! (cosine down to .991). Therefore one text a run, one intra-op thread, and as many instances as
//! there are cores: nothing is lost in speed, and a text gives the same vector at any time.

use std::num::NonZero;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use fastembed::{
    InitOptionsUserDefined, OutputKey, Pooling, TextEmbedding, TokenizerFiles, UserDefinedEmbeddingModel,
};

use super::model::{ModelFiles, identity};
use super::pool::{Pool, Purpose};
use super::prepare::prepare;
use super::{Embedder, ModelId, runtime};
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
        let dimensions = run(&mut first, "条款").map_err(|error| broken(&files.model, &error))?.len();
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

    fn embed_for(&self, purpose: Purpose, text: &str) -> Result<Vec<f32>> {
        let text = prepare(text)?;
        let vector = self.pool.with(purpose, |instance| {
            run(instance, &text)
                .map_err(|error| Error::internal("the model failed on a text").with_source(error))
        })?;
        if vector.len() != self.dimensions || !vector.iter().all(|value| value.is_finite()) {
            return Err(Error::internal("the model gave something that is no vector of its length"));
        }
        Ok(unit_length(vector))
    }

    fn tokens_for(&self, purpose: Purpose, text: &str) -> Result<Vec<Vec<f32>>> {
        let text = prepare(text)?;
        let tokens = self.pool.with(purpose, |instance| {
            run_tokens(instance, &text)
                .map_err(|error| Error::internal("the model failed on a text").with_source(error))
        })?;
        if tokens.iter().any(|token| token.len() != self.dimensions) {
            return Ok(Vec::new());
        }
        Ok(tokens.into_iter().map(unit_length).collect())
    }

    /// `work` of every text on all cores, in the order of `texts`; the first error ends it.
    fn map_all<T: Send>(&self, texts: &[&str], work: impl Fn(&str) -> Result<T> + Sync) -> Result<Vec<T>> {
        let next = AtomicUsize::new(0);
        let worker = || {
            let mut done = Vec::new();
            while let Some((index, text)) = take_next(&next, texts) {
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
        self.embed_for(Purpose::Query, text)
    }

    fn embed_all(&self, texts: &[&str], progress: &(dyn Fn(usize) + Sync)) -> Result<Vec<Vec<f32>>> {
        let done = AtomicUsize::new(0);
        self.map_all(texts, |text| {
            let vector = self.embed_for(Purpose::Bulk, text)?;
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
            Ok(vector)
        })
    }

    fn embed_tokens(&self, text: &str) -> Result<Vec<Vec<f32>>> {
        self.tokens_for(Purpose::Query, text)
    }

    fn embed_all_tokens(&self, texts: &[&str], take: &mut dyn FnMut(&[Vec<f32>])) -> Result<()> {
        for some in texts.chunks(TOKEN_BATCH) {
            let all = self.map_all(some, |text| self.tokens_for(Purpose::Bulk, text))?;
            for tokens in &all {
                take(tokens);
            }
        }
        Ok(())
    }
}

/// The next text that no worker has taken, with its position.
fn take_next<'text>(next: &AtomicUsize, texts: &[&'text str]) -> Option<(usize, &'text str)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    texts.get(index).map(|text| (index, *text))
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

fn run(instance: &mut TextEmbedding, text: &str) -> fastembed::Result<Vec<f32>> {
    let vectors = instance.embed([text], None)?;
    vectors.into_iter().next().ok_or(fastembed::Error::EmptyTokenizations)
}

/// The vectors `[tokens][dimensions]` of a text's tokens but for the first and the last, which are the
/// tokenizer's; empty where the model has no such output.
fn run_tokens(instance: &mut TextEmbedding, text: &str) -> fastembed::Result<Vec<Vec<f32>>> {
    let outputs = instance.transform([text], None)?.into_raw();
    let precedence = &[OutputKey::OnlyOne, OutputKey::ByName("last_hidden_state")][..];
    let Some(output) = outputs.first() else { return Ok(Vec::new()) };
    let Ok(values) = output.select_output(&precedence) else { return Ok(Vec::new()) };
    let &[1, tokens, dimensions] = values.shape() else { return Ok(Vec::new()) };
    let values: Vec<f32> = values.iter().copied().collect();
    let rows = values.chunks_exact(dimensions.max(1)).map(<[f32]>::to_vec);
    Ok(rows.skip(1).take(tokens.saturating_sub(2)).collect())
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
