//! What a build says of its progress and of what it did.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::DocumentId;

/// Told how far a build is.
pub trait Progress: Sync {
    /// A stage begins with so many steps.
    fn stage(&self, _name: &'static str, _steps: usize) {}
    /// So many steps of the stage are done in all; from several threads, not always in order.
    fn at(&self, _steps: usize) {}
}

/// Says nothing.
#[derive(Debug)]
pub struct Silent;

impl Progress for Silent {}

/// What a build did.
#[derive(Debug, Default, Serialize)]
pub struct BuildReport {
    /// Number of the published generation; none when nothing had changed.
    pub generation: Option<u64>,
    /// Documents in the index.
    pub documents: usize,
    /// Clauses in the index.
    pub clauses: usize,
    /// Measures found across the documents, those of a single clause included; 0 when nothing had changed.
    pub measures: usize,
    /// Documents read anew.
    pub read: usize,
    /// Documents whose bytes had not changed.
    pub unchanged: usize,
    /// Texts that were embedded rather than taken from the cache.
    pub embedded: usize,
    /// Bytes that vectors of the clauses' tokens take at most; 0 without a model.
    pub token_bytes: u64,
    /// Whether there are none because they would take more than allowed.
    pub tokens_skipped: bool,
    /// Ids of the documents that were named and could be read, now or before.
    #[serde(skip)]
    pub named: Vec<DocumentId>,
    /// Files that could not be read: name, stable code and reason.
    pub failures: Vec<Failure>,
    /// Warnings by code.
    pub warnings: BTreeMap<String, usize>,
}

/// A file that could not be read.
#[derive(Debug, Serialize)]
pub struct Failure {
    /// Name of the file.
    pub file: String,
    /// Stable code of the error.
    pub code: &'static str,
    /// What happened and what to do.
    pub reason: String,
}

/// What became of one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The document.
    pub document: DocumentId,
    /// What happened to it.
    pub outcome: Outcome,
    /// Its newest version; of one that was removed, the last that it had.
    pub version: u32,
    /// How many clauses it has.
    pub clauses: usize,
    /// How many remarks there are about what was understood only in part.
    pub warnings: usize,
}

/// What happened to a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is new.
    Created,
    /// It has a new version; the earlier ones can still be read.
    Replaced,
    /// It was there already, byte for byte.
    Unchanged,
    /// It is gone, in every version.
    Removed,
}
