//! What a caller may ask of a comparison.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::Target;
use crate::search::request::{Filter, MAX_LIMIT};
use crate::search::{describe, whole};

/// Most candidates of a cell.
pub(super) const MAX_CANDIDATES: usize = 3;

/// A comparison of one measure over regions; exactly one of `clause_id`, `text` and `query` says which measure.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareRequest {
    /// A clause that has the measure.
    #[serde(default)]
    pub clause_id: Option<String>,
    /// A text that has it, such as a draft; at most 20,000 characters.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 20000)]
    pub text: Option<String>,
    /// A search for it, as `/v1/search` understands queries.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000)]
    pub query: Option<String>,
    /// Regions by name or GB/T 2260 code; a parent takes in its children; empty for every region of the index.
    #[serde(default)]
    #[schema(schema_with = describe::regions)]
    pub regions: Vec<String>,
    /// What the counterparts must satisfy.
    #[serde(default)]
    pub filter: Filter,
    /// Candidates of a cell, 1 to 3.
    #[serde(default = "most_candidates", deserialize_with = "whole::count")]
    #[schema(minimum = 1, maximum = 3, default = 3)]
    pub candidates: usize,
    /// Cells, 1 to 100: the regions where the measure is found come first.
    #[serde(default = "most_cells", deserialize_with = "whole::count")]
    #[schema(minimum = 1, maximum = 100, default = 100)]
    pub limit: usize,
    /// The numeric promises of `text`, where the caller has read them.
    #[serde(skip)]
    #[schema(ignore)]
    pub targets: Vec<Target>,
}

fn most_candidates() -> usize {
    MAX_CANDIDATES
}

fn most_cells() -> usize {
    MAX_LIMIT
}

/// What the measure is given by.
pub(super) enum Asked<'a> {
    Clause(&'a str),
    Text(&'a str),
    Query(&'a str),
}

impl CompareRequest {
    /// Compares the measure of the clause named `id`.
    pub fn of_clause(id: impl Into<String>) -> Self {
        Self { clause_id: Some(id.into()), ..Self::empty() }
    }

    /// Compares the measure that `text` has.
    pub fn of_text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::empty() }
    }

    /// Compares the measure that a search for `query` finds.
    pub fn of_query(query: impl Into<String>) -> Self {
        Self { query: Some(query.into()), ..Self::empty() }
    }

    /// A request that says nothing yet of what is compared.
    pub fn empty() -> Self {
        Self { candidates: MAX_CANDIDATES, limit: MAX_LIMIT, ..Self::default() }
    }

    /// The same request with the targets that `read` finds in its text.
    #[must_use]
    pub fn with_targets(self, read: impl FnOnce(&str) -> Vec<Target>) -> Self {
        let targets = self.text.as_deref().map(read).unwrap_or_default();
        Self { targets, ..self }
    }

    /// Checks the ranges and says what is asked.
    pub(super) fn asked(&self) -> Result<Asked<'_>> {
        if !(1..=MAX_CANDIDATES).contains(&self.candidates) {
            let message = format!("candidates: {} is out of range; give 1 to 3", self.candidates);
            return Err(Error::invalid("invalid_candidates", "candidates", message));
        }
        if !(1..=MAX_LIMIT).contains(&self.limit) {
            let message = format!("limit: {} is out of range; give 1 to {MAX_LIMIT}", self.limit);
            return Err(Error::invalid("invalid_limit", "limit", message));
        }
        match (&self.clause_id, &self.text, &self.query) {
            (Some(id), None, None) => Ok(Asked::Clause(id)),
            (None, Some(text), None) => Ok(Asked::Text(text)),
            (None, None, Some(query)) => Ok(Asked::Query(query)),
            _ => {
                let message = "give exactly one of clause_id, text and query";
                Err(Error::invalid("clause_text_or_query", "clause_id", message))
            }
        }
    }
}
