//! Where the index is: files on this machine, or an OpenSearch cluster.

use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use super::config::Config;
use crate::error::Result;
use crate::index::{Cluster, ClusterSettings};

/// What names of indices begin with unless it is said.
const DEFAULT_INDEX: &str = "tiaokuan";

/// Where the index is searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// In files of the data directory, by this process
    #[default]
    Embedded,
    /// In an OpenSearch cluster, whose indices several processes share
    Opensearch,
}

/// Flags of the backend.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Backend")]
pub(super) struct BackendOptions {
    /// Where the index is [default: embedded]
    #[arg(long, global = true, env = "TIAOKUAN_BACKEND", value_enum, value_name = "BACKEND")]
    pub backend: Option<Backend>,

    /// Addresses of the cluster's nodes, such as `http://10.0.0.1:9200`; user and password stand in
    /// `TIAOKUAN_OPENSEARCH_USER` and `TIAOKUAN_OPENSEARCH_PASSWORD`
    #[arg(
        long,
        global = true,
        env = "TIAOKUAN_OPENSEARCH_URL",
        value_name = "URL",
        value_delimiter = ',',
        hide_short_help = true
    )]
    pub opensearch_url: Vec<String>,

    /// What names of indices in the cluster begin with [default: tiaokuan]
    #[arg(
        long,
        global = true,
        env = "TIAOKUAN_OPENSEARCH_INDEX",
        value_name = "PREFIX",
        hide_short_help = true
    )]
    pub opensearch_index: Option<String>,
}

impl BackendOptions {
    /// The same with what the file says where nothing was given.
    pub(super) fn over(self, config: &Config) -> Self {
        let is_given = !self.opensearch_url.is_empty();
        Self {
            backend: self.backend.or(config.backend),
            opensearch_url: if is_given { self.opensearch_url } else { config.opensearch_url.clone() },
            opensearch_index: self.opensearch_index.or_else(|| config.opensearch_index.clone()),
        }
    }

    /// What names of indices begin with.
    pub(super) fn index(&self) -> &str {
        self.opensearch_index.as_deref().unwrap_or(DEFAULT_INDEX)
    }

    /// The cluster; none where the index is in files.
    pub(super) fn cluster(&self) -> Result<Option<Arc<Cluster>>> {
        if self.backend.unwrap_or_default() == Backend::Embedded {
            return Ok(None);
        }
        // Not flags: others on the machine could read them.
        let said = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let login = said("TIAOKUAN_OPENSEARCH_USER").zip(said("TIAOKUAN_OPENSEARCH_PASSWORD"));
        let settings = ClusterSettings::new(&self.opensearch_url, self.index(), login)?;
        Ok(Some(Cluster::new(settings)))
    }
}
