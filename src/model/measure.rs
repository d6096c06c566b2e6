use std::fmt;

use serde::{Deserialize, Serialize};

use super::ClauseId;

/// Names a measure: `m-` and sixteen hex digits, from the smallest id among its clauses. It stays while
/// that clause is part of the measure, whatever else is indexed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(value_type = String, example = "m-3f1c9a0d52e7b846")]
pub struct MeasureId(String);

impl MeasureId {
    /// The id of the measure whose clauses are `clauses`.
    pub fn of<'a>(clauses: impl IntoIterator<Item = &'a ClauseId>) -> Self {
        let smallest = clauses.into_iter().min().map_or("", ClauseId::as_str);
        let hash = blake3::hash(smallest.as_bytes()).to_hex();
        Self(format!("m-{}", hash.chars().take(16).collect::<String>()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MeasureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A measure (举措): clauses of several documents that say the same, or one clause that has no like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// Stable id.
    pub id: MeasureId,
    /// Words of one of its clauses.
    pub title: String,
    /// The indicator domain that most of its clauses have.
    pub domain: Option<String>,
    /// Positions of its clauses in the generation, ascending; never empty.
    pub clauses: Vec<u32>,
}
