//! The configuration file: a key for every flag that outlives one command.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::backend::Backend;
use super::logging::LogFormat;
use super::settings::LimitOptions;
use crate::error::{Error, Result};

/// Read when it stands in the working directory and no other file is named.
const DEFAULT_FILE: &str = "tiaokuan.toml";

/// What a configuration file may say; flags and environment variables come before it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the file")]
pub struct Config {
    /// Where the index is kept.
    pub data_dir: Option<PathBuf>,
    /// Where the index is.
    pub backend: Option<Backend>,
    /// Addresses of the nodes of an OpenSearch cluster.
    pub opensearch_url: Vec<String>,
    /// What names of indices in the cluster begin with.
    pub opensearch_index: Option<String>,
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
    /// Require a key on loopback too, even before one was made.
    pub require_keys: bool,
    /// Host names under which others reach the service, beside that of `public_url`.
    pub allowed_hosts: Vec<String>,
    /// Origins of other sites whose pages may ask.
    pub cors_origins: Vec<String>,
    /// Take no documents in or out over HTTP.
    pub read_only: bool,
    /// Folders that the index is kept in step with.
    pub watch: Vec<PathBuf>,
    /// What is logged, such as `info` or `tiaokuan=debug`.
    pub log: Option<String>,
    /// In what form.
    pub log_format: Option<LogFormat>,
    /// Times and counts.
    pub(super) limits: LimitOptions,
    /// The file and the keys that it sets; none without a file.
    #[serde(skip)]
    pub(super) read: Option<(PathBuf, toml::Table)>,
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
        let wrong = |error: toml::de::Error| {
            let message = format!("{}: {}", path.display(), error.to_string().trim());
            Error::invalid("invalid_config", "config", message)
        };
        let config: Self = toml::from_str(&text).map_err(wrong)?;
        let table: toml::Table = toml::from_str(&text).map_err(wrong)?;
        Ok(Self { read: Some((path.to_path_buf(), table)), ..config })
    }

    /// Whether the file sets `key`, such as `listen` or `limits.queue`.
    pub(super) fn sets(&self, key: &str) -> bool {
        let Some((_, table)) = &self.read else { return false };
        let (outer, inner) = key.split_once('.').map_or((key, None), |(outer, inner)| (outer, Some(inner)));
        table.get(outer).is_some_and(|value| inner.is_none_or(|inner| value.get(inner).is_some()))
    }

    /// The file, or words for there being none.
    pub(super) fn origin(&self) -> String {
        self.read.as_ref().map_or_else(|| "no file".to_owned(), |(path, _)| path.display().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Config> {
        let directory = tempfile::tempdir().expect("a temporary folder");
        let path = directory.path().join("tiaokuan.toml");
        std::fs::write(&path, text).expect("written");
        Config::load(Some(&path))
    }

    #[test]
    fn an_unknown_key_is_named() {
        for (text, key) in [("listem = \"127.0.0.1:1\"", "listem"), ("[limits]\nqueues = 1", "queues")] {
            let error = load(text).expect_err("refused");
            assert_eq!(error.code(), "invalid_config");
            assert!(error.to_string().contains(key), "{error}");
        }
    }

    #[test]
    fn it_knows_what_the_file_sets() {
        let config = load("listen = \"127.0.0.1:1\"\n[limits]\nqueue = 3").expect("right");
        assert!(config.sets("listen") && config.sets("limits.queue"));
        assert!(!config.sets("log") && !config.sets("limits.head_s"));
    }
}
