//! A cross-encoder that reads query and text together: slower and sharper than comparing vectors. An
//! option for those who have such a model; none is fetched.

use std::path::Path;

use fastembed::{RerankInitOptionsUserDefined, TextRerank, UserDefinedRerankingModel};
use ort::environment::Environment;
use ort::session::Session;
use parking_lot::Mutex;

use super::model::{ModelFiles, reranker_identity};
use super::onnx::{MAX_TOKENS, broken, read, tokenizer_files};
use super::prepare::prepare;
use super::{ModelId, runtime};
use crate::error::{Error, Result};

/// The output that holds the scores; fastembed reads no other.
const OUTPUT: &str = "logits";
/// The inputs that fastembed can fill.
const INPUTS: [&str; 3] = ["input_ids", "attention_mask", "token_type_ids"];

/// Says how well texts answer a query, reading both together.
pub trait Reranker: Send + Sync {
    /// Which model says so.
    fn id(&self) -> &ModelId;

    /// One score a text `[texts.len()]`, in their order: a logit, where 0 is undecided and higher is
    /// better. Of a long text only the beginning counts (512 tokens with the query).
    fn score(&self, query: &str, texts: &[&str]) -> Result<Vec<f32>>;
}

/// A cross-encoder in ONNX with one logit a pair, such as bge-reranker.
pub struct OnnxReranker {
    id: ModelId,
    /// One instance that uses all cores: queries take turns.
    instance: Mutex<TextRerank>,
}

impl OnnxReranker {
    /// Loads runtime and model and scores a pair to see that it works. A file that cannot be used is
    /// [`Kind::Unavailable`](crate::error::Kind), and the message names it.
    pub fn open(files: &ModelFiles) -> Result<Self> {
        let environment = runtime::environment(&files.runtime)?;
        let weights = read(&files.model)?;
        check_shape(&environment, &files.model, &weights)?;
        let model = UserDefinedRerankingModel::new(weights, tokenizer_files(&files.tokenizer)?);
        let mut options = RerankInitOptionsUserDefined::new();
        options.environment = Some(environment);
        options.max_length = MAX_TOKENS;
        let mut instance =
            TextRerank::try_new_from_user_defined(model, options).map_err(|error| match error {
                fastembed::Error::Io(_) | fastembed::Error::TokenizerConfig(_) => {
                    broken(&files.tokenizer, &error)
                }
                _ => broken(&files.model, &error),
            })?;
        run(&mut instance, "条款", "条款").map_err(|error| broken(&files.model, &error))?;
        Ok(Self { id: reranker_identity(files)?, instance: Mutex::new(instance) })
    }
}

impl std::fmt::Debug for OnnxReranker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OnnxReranker").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Reranker for OnnxReranker {
    fn id(&self) -> &ModelId {
        &self.id
    }

    fn score(&self, query: &str, texts: &[&str]) -> Result<Vec<f32>> {
        let query = prepare(query)?;
        let mut instance = self.instance.lock();
        let mut scores = Vec::with_capacity(texts.len());
        for text in texts {
            // One pair a run: what shares a batch changes the scores of an int8 model.
            let score = run(&mut instance, &query, &prepare(text)?)
                .map_err(|error| Error::internal("the reranker failed on a text").with_source(error))?;
            if !score.is_finite() {
                return Err(Error::internal("the reranker gave a score that is no number"));
            }
            scores.push(score);
        }
        Ok(scores)
    }
}

fn run(instance: &mut TextRerank, query: &str, text: &str) -> fastembed::Result<f32> {
    let scores = instance.rerank(query, [text], false, Some(1))?;
    scores.first().map(|scored| scored.score).ok_or(fastembed::Error::EmptyTokenizations)
}

/// fastembed panics on an output of another shape, so inputs and outputs are looked at first.
fn check_shape(environment: &Environment, model: &Path, weights: &[u8]) -> Result<()> {
    let loaded = Session::builder(environment).and_then(|mut builder| builder.commit_from_memory(weights));
    let session = loaded.map_err(|error| broken(model, &error))?;
    if let Some(input) = session.inputs().iter().find(|input| !INPUTS.contains(&input.name())) {
        let message = format!("it wants an input {:?}; a reranker takes {}", input.name(), INPUTS.join(", "));
        return Err(broken(model, &message));
    }
    let output = session.outputs().iter().find(|output| output.name() == OUTPUT);
    let Some(shape) = output.and_then(|output| output.dtype().tensor_shape()) else {
        let message = format!("it has no output {OUTPUT:?}; is it an embedding model?");
        return Err(broken(model, &message));
    };
    match **shape {
        [_, -1 | 1] => Ok(()),
        _ => Err(broken(model, &format!("its output {OUTPUT:?} is {shape}, not one score a pair"))),
    }
}
