//! What commands share: the store, the model, an engine over both.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::backend::BackendOptions;
use super::config::Config;
use super::model::{self, ModelOptions};
use crate::embed::model::{self as model_files, ModelFiles, ModelSettings};
use crate::embed::{Embedder, OnnxReranker};
use crate::error::{Error, Kind, Result};
use crate::index::{Cluster, Generation, Store};
use crate::pipeline::BuildOptions;
use crate::search::{Engine, WeightSets};
use crate::text::thesaurus;
use crate::view::Permalinks;

/// Enough for a small cross-encoder on two cores; a person still waits that long.
const RERANKER_BUDGET_MS: u64 = 2_000;

/// The store and the model that the flags name.
#[derive(Clone, Debug)]
pub(super) struct Runtime {
    data_dir: PathBuf,
    model: ModelOptions,
    backend: BackendOptions,
    cluster: Option<Arc<Cluster>>,
    links: Permalinks,
    public_url: Option<String>,
}

impl Runtime {
    pub(super) fn new(
        config: &Config,
        data_dir: Option<PathBuf>,
        public_url: Option<&str>,
        mut model: ModelOptions,
        backend: BackendOptions,
    ) -> Result<Self> {
        let backend = backend.over(config);
        let cluster = backend.cluster()?;
        let data_dir =
            data_dir.or_else(|| config.data_dir.clone()).unwrap_or_else(|| PathBuf::from("index/data"));
        model.model_dir = model.model_dir.or_else(|| config.model_dir.clone());
        model.model_home = model.model_home.or_else(|| config.model_home.clone());
        model.reranker = model.reranker.or_else(|| config.reranker.clone());
        model.reranker_budget_ms = model.reranker_budget_ms.or(config.reranker_budget_ms);
        model.max_token_bytes = model.max_token_bytes.or(config.max_token_bytes);
        model.no_model |= config.no_model;
        model.offline |= config.offline;
        let public_url = public_url.or(config.public_url.as_deref());
        let links = public_url.map(Permalinks::below).transpose()?.unwrap_or_default();
        let public_url = public_url.map(|url| url.trim().trim_end_matches('/').to_owned());
        Ok(Self { data_dir, model, backend, cluster, links, public_url })
    }

    /// Where the index is kept.
    pub(super) fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Address under which others reach the service.
    pub(super) fn public_url(&self) -> Option<&str> {
        self.public_url.as_deref()
    }

    /// What the flags and the file say of the model.
    pub(super) fn model_options(&self) -> &ModelOptions {
        &self.model
    }

    /// What permalinks stand below.
    pub(super) fn links(&self) -> &Permalinks {
        &self.links
    }

    /// What the flags and the file say of where the index is.
    pub(super) fn backend(&self) -> &BackendOptions {
        &self.backend
    }

    pub(super) fn store(&self) -> Store {
        match &self.cluster {
            // Apart from an index in files that may stand here: what is in this folder is only a copy.
            Some(cluster) => Store::in_cluster(self.data_dir.join("opensearch"), Arc::clone(cluster)),
            None => Store::new(&self.data_dir),
        }
    }

    pub(super) fn build_options(&self, rebuild: bool) -> BuildOptions {
        let default = BuildOptions::default();
        BuildOptions {
            rebuild,
            max_token_bytes: self.model.max_token_bytes.unwrap_or(default.max_token_bytes),
        }
    }

    pub(super) fn model_settings(&self) -> ModelSettings {
        self.model.settings()
    }

    /// The model where it is at hand; a damaged one or none is said on standard error, and keyword
    /// search goes on.
    pub(super) fn find_embedder(&self) -> Option<Arc<dyn Embedder>> {
        match model_files::find(&self.model_settings())
            .and_then(|files| files.map(|files| open(&files)).transpose())
        {
            Ok(embedder) => embedder,
            Err(error) => {
                warn(&error);
                None
            }
        }
    }

    /// The model, fetched when it is not at hand; without any way to get it keyword search goes on.
    pub(super) fn fetch_embedder(&self) -> Option<Arc<dyn Embedder>> {
        let settings = self.model_settings();
        if settings.no_model {
            anstream::eprintln!("model: none (--no-model); keyword search only");
            return None;
        }
        match model::fetch_with_progress(&settings).and_then(|files| {
            anstream::eprintln!("{files}");
            open(&files)
        }) {
            Ok(embedder) => Some(embedder),
            Err(error) => {
                warn(&error);
                None
            }
        }
    }

    /// The current generation; `no_generation` where nothing is indexed.
    fn generation(&self) -> Result<Arc<Generation>> {
        self.store().open()?.ok_or_else(|| {
            let message = format!(
                "{}: nothing is indexed yet; run `tiaokuan index PATH` first",
                self.data_dir.display()
            );
            Error::new(Kind::Unavailable, "no_generation", message)
        })
    }

    /// An engine over the current generation without a model, for commands that embed nothing.
    pub(super) fn reading_engine(&self) -> Result<Engine> {
        let engine = Engine::new(None);
        engine.publish(self.generation()?);
        Ok(engine)
    }

    /// An engine over the current generation, for commands that only read.
    pub(super) fn engine(&self) -> Result<Engine> {
        let generation = self.generation()?;
        let has_vectors = generation.manifest().model.is_some();
        let engine = self.engine_with(if has_vectors { self.find_embedder() } else { None })?;
        engine.publish(generation);
        warn_of_mismatch(&engine);
        Ok(engine)
    }

    /// An engine without a generation that uses `embedder`, the cross-encoder that the flags name, and the
    /// weights and thesaurus of the data directory. One of these that cannot be used is an error: who puts
    /// it there wants it.
    pub(super) fn engine_with(&self, embedder: Option<Arc<dyn Embedder>>) -> Result<Engine> {
        thesaurus::extend(&self.data_dir.join("thesaurus.toml"))?;
        let weights = WeightSets::read(&self.data_dir.join("weights.toml"))?;
        let engine = Engine::new(embedder).with_weights(weights);
        let Some(directory) = &self.model.reranker else { return Ok(engine) };
        let files = model_files::find_reranker(directory, &self.model_settings())?;
        let budget = Duration::from_millis(self.model.reranker_budget_ms.unwrap_or(RERANKER_BUDGET_MS));
        Ok(engine.with_reranker(Arc::new(OnnxReranker::open(&files)?), budget))
    }
}

fn open(files: &ModelFiles) -> Result<Arc<dyn Embedder>> {
    Ok(Arc::new(model_files::open(files)?))
}

/// Says on standard error that the index was made with another model.
pub(super) fn warn_of_mismatch(engine: &Engine) {
    if let Some(mismatch) = engine.mismatch() {
        anstream::eprintln!("model: {mismatch} [model_mismatch]");
    }
}

fn warn(error: &Error) {
    anstream::eprintln!("model: {error} [{}]", error.code());
    anstream::eprintln!("model: none; keyword search only");
}
