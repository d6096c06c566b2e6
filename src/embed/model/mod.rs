//! The model's files: where they are found, where they are fetched from, and whether they are right.
//!
//! [`find`] looks at local places only, [`fetch`] also goes out, [`verify`] reports, [`open`] runs them.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{ModelId, OnnxEmbedder, prepare, runtime};
use crate::error::{Error, Kind, Result};

mod fetch;
mod hub;
mod known;
mod maven;
mod places;
mod store;

pub use fetch::{FetchProgress, fetch};

/// Where a file came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// `--model-dir`
    ModelDir,
    /// `index/model/`, where fetched files are kept
    Home,
    /// just now from the Hugging Face hub
    Hub,
    /// just now from Maven Central, through the user's own `mvn`
    Maven,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ModelDir => "--model-dir",
            Self::Home => "the data directory",
            Self::Hub => "the Hugging Face hub",
            Self::Maven => "Maven Central",
        })
    }
}

/// All files that an embedder needs; they exist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModelFiles {
    /// Weights and graph (ONNX).
    pub model: PathBuf,
    /// Hugging Face `tokenizer.json`.
    pub tokenizer: PathBuf,
    /// ONNX Runtime's shared library.
    pub runtime: PathBuf,
    /// Where model and tokenizer are from.
    pub origin: Origin,
}

/// The line for people: which files, from where.
impl fmt::Display for ModelFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (model, runtime) = (self.model.display(), self.runtime.display());
        write!(f, "model: {model} from {}, runtime: {runtime}", self.origin)
    }
}

/// Where to look for the model, and what is allowed to get it.
#[derive(Clone, Debug)]
pub struct ModelSettings {
    /// `--model-dir`: a directory of the user's with an `.onnx` file, its `tokenizer.json` and perhaps
    /// the runtime. When it is given, no other model is looked for.
    pub model_dir: Option<PathBuf>,
    /// Where fetched files are kept (`index/model/`).
    pub home: PathBuf,
    /// `ORT_DYLIB_PATH`: an ONNX Runtime of the user's, before any other.
    pub runtime: Option<PathBuf>,
    /// `--no-model`: keyword search only.
    pub no_model: bool,
    /// `--offline`: [`fetch`] asks no other machine; `mvn` may use what it has kept.
    pub offline: bool,
    /// `HF_ENDPOINT`: the hub or a mirror of it, without a final slash.
    pub hub_endpoint: String,
    /// The Maven command.
    pub maven: PathBuf,
}

impl ModelSettings {
    /// Settings with `home` and what the environment says (`HF_ENDPOINT`, `ORT_DYLIB_PATH`).
    pub fn from_environment(home: PathBuf) -> Self {
        let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
        let endpoint = variable("HF_ENDPOINT").unwrap_or_else(|| "https://huggingface.co".to_owned());
        Self {
            model_dir: None,
            home,
            runtime: variable("ORT_DYLIB_PATH").map(PathBuf::from),
            no_model: false,
            offline: false,
            hub_endpoint: endpoint.trim_end_matches('/').to_owned(),
            maven: PathBuf::from(if cfg!(windows) { "mvn.cmd" } else { "mvn" }),
        }
    }
}

/// The model, if this machine has it: in `--model-dir`, else in `index/model/`. None where there is
/// none or `--no-model` is set. Asks no other machine.
///
/// Fails where something is there that cannot serve: a directory without a model
/// ([`Kind::NotFound`]), a published file with a wrong checksum ([`Kind::Corrupt`]), no usable
/// runtime ([`Kind::Unavailable`]).
pub fn find(settings: &ModelSettings) -> Result<Option<ModelFiles>> {
    if settings.no_model {
        return Ok(None);
    }
    let Some(weights) = places::weights(settings)? else { return Ok(None) };
    match places::runtime(settings)? {
        Some(runtime) => Ok(Some(weights.with_runtime(runtime))),
        None => Err(runtime_missing(&weights.model)),
    }
}

/// The cross-encoder in `directory`: an `.onnx` file and its `tokenizer.json`. It runs on the runtime of
/// the embedding model, else on one that lies beside it. Fails as [`find`] does.
pub fn find_reranker(directory: &Path, settings: &ModelSettings) -> Result<ModelFiles> {
    let beside = ModelSettings { model_dir: Some(directory.to_owned()), ..settings.clone() };
    let Some(weights) = places::weights(&beside)? else {
        return Err(Error::internal("a named directory was passed over"));
    };
    let runtime = match places::runtime(settings)? {
        Some(runtime) => Some(runtime),
        None => places::runtime(&beside)?,
    };
    match runtime {
        Some(runtime) => Ok(weights.with_runtime(runtime)),
        None => Err(runtime_missing(&weights.model)),
    }
}

fn runtime_missing(model: &Path) -> Error {
    let message = format!(
        "the model is at {}, but ONNX Runtime, which runs it, is not there: run `tiaokuan model fetch` or set ORT_DYLIB_PATH",
        model.display()
    );
    Error::new(Kind::Unavailable, "runtime_missing", message)
}

/// Loads runtime and model; takes about a fifth of a second. Fails with [`Kind::Unavailable`] and names the file
/// that cannot be used. A process runs on one runtime: the first that was opened.
pub fn open(files: &ModelFiles) -> Result<OnnxEmbedder> {
    OnnxEmbedder::open(files)
}

/// What [`verify`] saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// The id that vectors of this model get.
    pub id: ModelId,
    /// Where model and tokenizer are from.
    pub origin: Origin,
    /// The weights.
    pub model: FileReport,
    /// The tokenizer.
    pub tokenizer: FileReport,
    /// The runtime's library.
    pub runtime: FileReport,
    /// The runtime's version, where its file tells.
    pub runtime_version: Option<String>,
}

/// A file and whether it is the published one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// Where it is.
    pub path: PathBuf,
    /// SHA-256, lower-case hex.
    pub sha256: String,
    /// Whether it is, byte for byte, a file that this version of tiaokuan was tested with.
    pub known: bool,
}

/// Reads every file and says what it is. Fails where the runtime cannot be used or a file cannot be read; an
/// unknown file is no failure.
pub fn verify(files: &ModelFiles) -> Result<VerifyReport> {
    let runtime_version = runtime::check(&files.runtime)?;
    let (system, processor) = (std::env::consts::OS, std::env::consts::ARCH);
    let runtime_sum = known::runtime_build(system, processor).map(|build| build.sha256);
    Ok(VerifyReport {
        id: identity(files)?,
        origin: files.origin,
        model: report(&files.model, known::MODEL.sha256)?,
        tokenizer: report(&files.tokenizer, known::TOKENIZER.sha256)?,
        runtime: report(&files.runtime, runtime_sum.as_slice())?,
        runtime_version,
    })
}

fn report(path: &Path, accepted: &[&str]) -> Result<FileReport> {
    let sha256 = store::sha256(path)?;
    let known = accepted.contains(&sha256.as_str());
    Ok(FileReport { path: path.to_owned(), sha256, known })
}

/// The id of these weights with this tokenizer, from their content.
pub(super) fn identity(files: &ModelFiles) -> Result<ModelId> {
    let model = report(&files.model, known::MODEL.sha256)?;
    let tokenizer = report(&files.tokenizer, known::TOKENIZER.sha256)?;
    let short = |file: &FileReport| file.sha256.chars().take(8).collect::<String>();
    let name = if model.known { known::MODEL_NAME } else { "onnx" };
    let tokenizer = if tokenizer.known { String::new() } else { format!("-{}", short(&tokenizer)) };
    Ok(ModelId::new(format!("{name}@{}{tokenizer}+{}", short(&model), prepare::RULES)))
}

/// The id of a reranker, from its content.
pub(super) fn reranker_identity(files: &ModelFiles) -> Result<ModelId> {
    let sums = [store::sha256(&files.model)?, store::sha256(&files.tokenizer)?];
    let [model, tokenizer] = sums.map(|sum| sum.chars().take(8).collect::<String>());
    Ok(ModelId::new(format!("reranker@{model}-{tokenizer}+{}", prepare::RULES)))
}
