//! Local places where a model or a runtime may lie.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::{Path, PathBuf};

use super::known::{MODEL, Pinned, TOKENIZER};
use super::{ModelFiles, ModelSettings, Origin, store};
use crate::embed::runtime;
use crate::error::{Error, Kind, Result};

/// Model and tokenizer, without the runtime.
#[derive(Debug)]
pub(super) struct Weights {
    pub(super) model: PathBuf,
    pub(super) tokenizer: PathBuf,
    pub(super) origin: Origin,
}

impl Weights {
    /// All there is to a model.
    pub(super) fn with_runtime(self, runtime: PathBuf) -> ModelFiles {
        ModelFiles { model: self.model, tokenizer: self.tokenizer, runtime, origin: self.origin }
    }
}

/// Model and tokenizer of `--model-dir`, which must have them, else of the home, if it has them.
pub(super) fn weights(settings: &ModelSettings) -> Result<Option<Weights>> {
    if let Some(directory) = &settings.model_dir {
        let model = model_in(directory).ok_or_else(|| incomplete(directory, "model (model.onnx)"))?;
        let tokenizer = tokenizer_in(directory).ok_or_else(|| incomplete(directory, "tokenizer.json"))?;
        return checked(model, tokenizer, Origin::ModelDir).map(Some);
    }
    match (model_in(&settings.home), tokenizer_in(&settings.home)) {
        (Some(model), Some(tokenizer)) => checked(model, tokenizer, Origin::Home).map(Some),
        _ => Ok(None),
    }
}

/// The first usable runtime: the one named by the user, beside the model, in the home. Fails where
/// there are some and none can be used.
pub(super) fn runtime(settings: &ModelSettings) -> Result<Option<PathBuf>> {
    let beside_model = settings.model_dir.as_deref().and_then(runtime_in);
    let candidates = [settings.runtime.clone(), beside_model, runtime_in(&settings.home)];
    let mut first_error = None;
    for library in candidates.into_iter().flatten() {
        match runtime::check(&library) {
            Ok(_) => return Ok(Some(library)),
            Err(error) => {
                tracing::warn!(%error, "passing over a runtime that cannot be used");
                first_error = first_error.or(Some(error));
            }
        }
    }
    first_error.map_or(Ok(None), Err)
}

fn incomplete(directory: &Path, what: &str) -> Error {
    let message = format!("the model directory {} holds no {what}", directory.display());
    Error::new(Kind::NotFound, "model_not_found", message)
}

/// A file with a published name must have the published content.
fn checked(model: PathBuf, tokenizer: PathBuf, origin: Origin) -> Result<Weights> {
    check_pinned(&model, &MODEL)?;
    check_pinned(&tokenizer, &TOKENIZER)?;
    Ok(Weights { model, tokenizer, origin })
}

fn check_pinned(path: &Path, pinned: &Pinned) -> Result<()> {
    if path.file_name().is_none_or(|name| name != pinned.name) {
        return Ok(());
    }
    let sum = store::sha256(path)?;
    if pinned.sha256.contains(&sum.as_str()) {
        return Ok(());
    }
    Err(store::wrong_sum(&path.display().to_string(), &sum, pinned.sha256))
}

fn model_in(directory: &Path) -> Option<PathBuf> {
    let usual =
        [MODEL.name, "model_quantized.onnx", "model.onnx", "onnx/model_quantized.onnx", "onnx/model.onnx"];
    existing(directory, &usual).or_else(|| only_file(directory, ".onnx"))
}

fn tokenizer_in(directory: &Path) -> Option<PathBuf> {
    existing(directory, &[TOKENIZER.name, "tokenizer.json"])
        .or_else(|| only_file(directory, "tokenizer.json"))
}

fn existing(directory: &Path, names: &[&str]) -> Option<PathBuf> {
    names.iter().map(|name| directory.join(name)).find(|path| path.is_file())
}

/// The file whose name ends so, if there is just one.
fn only_file(directory: &Path, suffix: &str) -> Option<PathBuf> {
    match files_where(directory, |name| name.ends_with(suffix)).as_slice() {
        [file] => Some(file.clone()),
        _ => None,
    }
}

/// `libonnxruntime.so` or the newest `libonnxruntime.so.1.28.0`, by the system's own naming.
fn runtime_in(directory: &Path) -> Option<PathBuf> {
    let stem = format!("{DLL_PREFIX}onnxruntime");
    let plain = format!("{stem}{DLL_SUFFIX}");
    existing(directory, &[&plain]).or_else(|| {
        let versioned = format!("{stem}.");
        files_where(directory, |name| name.starts_with(&versioned) && name.contains(DLL_SUFFIX)).pop()
    })
}

/// Files of a directory by name, in the order of their names; none where it cannot be read.
fn files_where(directory: &Path, accept: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut accepted: Vec<PathBuf> = paths
        .filter(|path| path.is_file())
        .filter(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(&accept))
        .collect();
    accepted.sort_unstable();
    accepted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory_with(names: &[&str]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for name in names {
            std::fs::write(directory.path().join(name), "content").unwrap();
        }
        directory
    }

    fn settings(home: &Path, model_dir: Option<&Path>) -> ModelSettings {
        let model_dir = model_dir.map(Path::to_owned);
        ModelSettings { model_dir, runtime: None, ..ModelSettings::from_environment(home.to_owned()) }
    }

    #[test]
    fn a_model_directory_may_use_other_names() {
        for names in [["model.onnx", "tokenizer.json"], ["mine.onnx", "mine-tokenizer.json"]] {
            let directory = directory_with(&names);
            let found = weights(&settings(Path::new("/nowhere"), Some(directory.path()))).unwrap().unwrap();
            assert_eq!(found.model, directory.path().join(names[0]));
            assert_eq!(found.tokenizer, directory.path().join(names[1]));
        }
    }

    #[test]
    fn a_model_directory_without_a_model_is_an_error_and_an_empty_home_is_not() {
        let directory = directory_with(&["config.json"]);
        let error = weights(&settings(Path::new("/nowhere"), Some(directory.path()))).unwrap_err();
        assert_eq!(error.kind(), Kind::NotFound);
        assert!(weights(&settings(directory.path(), None)).unwrap().is_none());
    }

    #[test]
    fn a_published_name_with_other_content_is_corrupt() {
        let home = directory_with(&[MODEL.name, TOKENIZER.name]);
        let error = weights(&settings(home.path(), None)).unwrap_err();
        assert_eq!(error.kind(), Kind::Corrupt);
        assert!(error.to_string().contains(MODEL.name), "{error}");
    }

    #[test]
    fn a_runtime_that_cannot_be_used_is_an_error_only_when_there_is_no_other() {
        let plain = format!("{DLL_PREFIX}onnxruntime{DLL_SUFFIX}");
        let bad = directory_with(&[&plain]);
        let good = tempfile::tempdir().unwrap();
        std::fs::write(good.path().join(&plain), "OrtGetApiBase").unwrap();
        assert!(runtime(&settings(bad.path(), None)).is_err());
        let found = runtime(&settings(good.path(), Some(bad.path()))).unwrap();
        assert_eq!(found, Some(good.path().join(&plain)));
        assert_eq!(runtime(&settings(Path::new("/nowhere"), None)).unwrap(), None);
    }
}
