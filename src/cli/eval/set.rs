//! What is measured, and against what: flags that several commands share.

use std::path::{Path, PathBuf};

use clap::Args;

use super::super::runtime::Runtime;
use crate::error::Result;
use crate::eval::{self, Members, QuerySet, Service, Source};

/// Which queries.
#[derive(Args, Clone, Debug)]
pub(super) struct SetFlags {
    /// Folder with queries.jsonl and clusters.jsonl
    #[arg(long, default_value = "tests/gold", value_name = "DIR")]
    gold: PathBuf,

    /// TREC topics in place of the gold folder: `qid<TAB>query` or <top> blocks
    #[arg(long, requires = "qrels", value_name = "FILE")]
    topics: Option<PathBuf>,

    /// TREC judgements on the topics: `qid 0 clause-id grade`
    #[arg(long, value_name = "FILE")]
    qrels: Option<PathBuf>,
}

impl SetFlags {
    /// The graded queries; of qrels without topics, their judgements alone.
    pub(super) fn queries(&self) -> Result<QuerySet> {
        match (&self.topics, &self.qrels) {
            (Some(topics), Some(qrels)) => eval::read_set(topics, qrels),
            (None, Some(qrels)) => eval::read_judged(qrels),
            _ => Ok(QuerySet::of_gold(&eval::read_queries(&self.gold.join("queries.jsonl"))?)),
        }
    }

    /// Whether judgements name clauses by id, so that no text is needed.
    pub(super) fn has_qrels(&self) -> bool {
        self.qrels.is_some()
    }

    /// The members of the gold folder's clusters in `source`; none for a TREC set or without clusters.
    pub(super) fn members(&self, source: &dyn Source) -> Result<Option<Members>> {
        let path = self.gold.join("clusters.jsonl");
        if self.has_qrels() || !path.exists() {
            return Ok(None);
        }
        members(source, &path).map(Some)
    }
}

/// The members of the clusters that the file at `path` names.
pub(super) fn members(source: &dyn Source, path: &Path) -> Result<Members> {
    eval::locate_members(source, &eval::read_clusters(path)?)
}

/// Who answers.
#[derive(Args, Clone, Debug)]
pub(super) struct SourceFlags {
    /// A running service in place of the index at hand, such as <http://127.0.0.1:7878>
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    /// Key for the service
    #[arg(long, env = "TIAOKUAN_API_KEY", hide_env_values = true, value_name = "KEY")]
    api_key: Option<String>,
}

impl SourceFlags {
    pub(super) fn open(&self, runtime: &Runtime) -> Result<Box<dyn Source>> {
        Ok(match &self.url {
            Some(url) => Box::new(Service::new(url, self.api_key.clone())),
            None => Box::new(runtime.engine()?),
        })
    }
}
