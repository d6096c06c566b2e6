//! The configuration file: a key for every flag that outlives one command.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Error, Result};

/// Read when it stands in the working directory and no other file is named.
const DEFAULT_FILE: &str = "tiaokuan.toml";

/// What a configuration file may say; flags and environment variables come before it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the index is kept.
    pub data_dir: Option<PathBuf>,
    /// Address to listen on.
    pub listen: Option<String>,
    /// Address under which others reach the service: what permalinks stand below.
    pub public_url: Option<String>,
    /// Directory with a model of the user's.
    pub model_dir: Option<PathBuf>,
    /// Where fetched models are kept.
    pub model_home: Option<PathBuf>,
    /// Directory with a cross-encoder that reorders the best hits.
    pub reranker: Option<PathBuf>,
    /// Milliseconds that it may take a query.
    pub reranker_budget_ms: Option<u64>,
    /// Room in the index for vectors of tokens, in bytes.
    pub max_token_bytes: Option<u64>,
    /// Do without a model.
    pub no_model: bool,
    /// Ask no other machine for the model.
    pub offline: bool,
}

impl Config {
    /// Reads `path`, or `tiaokuan.toml` in the working directory when there is one.
    pub fn load(path: Option<&Path>) -> Result<Self> {
        let named = path.is_some();
        let path = path.unwrap_or(Path::new(DEFAULT_FILE));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => {
                return Ok(Self::default());
            }
            Err(error) => return Err(Error::io(path.display(), error)),
        };
        toml::from_str(&text).map_err(|error| {
            Error::invalid(
                "invalid_config",
                "config",
                format!("{}: {}", path.display(), error.to_string().trim()),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_named() {
        let directory = tempfile::tempdir().expect("a temporary folder");
        let path = directory.path().join("tiaokuan.toml");
        std::fs::write(&path, "listem = \"127.0.0.1:1\"").expect("written");
        let error = Config::load(Some(&path)).expect_err("refused");
        assert_eq!(error.code(), "invalid_config");
        assert!(error.to_string().contains("listem"), "{error}");
    }
}
