//! What a caller may ask.

use serde::{Deserialize, Serialize};

use super::{describe, whole};
use crate::model::{ClauseKind, Role, Status};

/// Longest accepted query, in characters.
pub const MAX_QUERY: usize = 2_000;
/// Longest accepted text for a similarity query, in characters.
pub const MAX_TEXT: usize = 20_000;
/// Largest page.
pub const MAX_LIMIT: usize = 100;

/// A search over clauses.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchRequest {
    /// Words, a question, a document number; at most 2,000 characters. `"quoted"` words must stand so, a word
    /// after `-` must not occur, and `地区:` `单位:` `年份:` `领域:` `类型:` `文件:` (or `region:` `unit:` `year:`
    /// `domain:` `kind:` `document:`) narrow as a filter does; fields alone list what satisfies them.
    #[schema(example = "新公司注册最快多久能办完", min_length = 1, max_length = 2000)]
    pub query: String,
    /// Which legs answer.
    #[serde(default)]
    pub mode: Mode,
    /// What the answers must satisfy.
    #[serde(default)]
    pub filter: Filter,
    /// Hits a page, 1 to 100; with `group_by`, groups a page.
    #[serde(default = "default_limit", deserialize_with = "whole::count")]
    #[schema(minimum = 1, maximum = 100, default = 10)]
    pub limit: usize,
    /// `next_cursor` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Puts the hits of one region or document together.
    #[serde(default)]
    pub group_by: Option<GroupBy>,
    /// Fields to count over all matches.
    #[serde(default)]
    pub facets: Vec<FacetField>,
    /// Whether every hit says how its score came about.
    #[serde(default)]
    pub explain: bool,
    /// Puts near-identical clauses of one document into the best of them.
    #[serde(default)]
    pub collapse: bool,
    /// Whether a word that occurs nowhere may be read as one that sounds or looks like it: where the query as
    /// typed has no good answer, that of the corrected one is given, and `corrected_query` says so.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub correct: bool,
    /// Asks the index as it was: at the end of a day in China (`2026-11-22`) or at a time (RFC 3339). Documents
    /// count in the version that was the newest then; those deleted since are missing.
    #[serde(default)]
    #[schema(schema_with = describe::day_time_or_null)]
    pub as_of: Option<String>,
}

impl SearchRequest {
    /// A hybrid search for `query` with every other field at its default.
    pub fn new(query: impl Into<String>) -> Self {
        Self {
            query: query.into(),
            mode: Mode::default(),
            filter: Filter::default(),
            limit: default_limit(),
            cursor: None,
            group_by: None,
            facets: Vec::new(),
            explain: false,
            collapse: false,
            correct: true,
            as_of: None,
        }
    }
}

/// A search for measures like a given one.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SimilarRequest {
    /// The clause to start from; exactly one of `clause_id` and `text`.
    #[serde(default)]
    pub clause_id: Option<String>,
    /// The text to start from; exactly one of `clause_id` and `text`; at most 20,000 characters.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 20000)]
    pub text: Option<String>,
    /// What the answers must satisfy.
    #[serde(default)]
    pub filter: Filter,
    /// Hits, 1 to 100.
    #[serde(default = "default_limit", deserialize_with = "whole::count")]
    #[schema(minimum = 1, maximum = 100, default = 10)]
    pub limit: usize,
    /// Leaves out the document that `clause_id` stands in.
    #[serde(default)]
    pub exclude_same_document: bool,
    /// At most so many hits of one region; none for no bound.
    #[serde(default, deserialize_with = "whole::count_or_null")]
    #[schema(minimum = 1, maximum = 100)]
    pub per_region: Option<usize>,
    /// Leaves out hits below this relevance, 0 to 1.
    #[serde(default)]
    #[schema(minimum = 0.0, maximum = 1.0)]
    pub min_relevance: Option<f32>,
    /// Whether every hit says how its score came about.
    #[serde(default)]
    pub explain: bool,
}

impl SimilarRequest {
    /// Measures like the clause named `id`.
    pub fn to_clause(id: impl Into<String>) -> Self {
        Self { clause_id: Some(id.into()), ..Self::unstarted() }
    }

    /// Measures like `text`.
    pub fn to_text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::unstarted() }
    }

    /// Options at their defaults, with neither clause nor text to start from yet.
    pub fn unstarted() -> Self {
        Self {
            clause_id: None,
            text: None,
            filter: Filter::default(),
            limit: default_limit(),
            exclude_same_document: false,
            per_region: None,
            min_relevance: None,
            explain: false,
        }
    }
}

fn yes() -> bool {
    true
}

fn default_limit() -> usize {
    10
}

/// Which legs answer a query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Words and vectors together.
    #[default]
    Hybrid,
    /// Words only.
    Keyword,
    /// Vectors only.
    Semantic,
}

/// What answers must satisfy: every named field must match, any value of a field will do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// Regions by name or GB/T 2260 code; a parent takes in its children.
    #[serde(skip_serializing_if = "Values::is_empty")]
    #[schema(schema_with = describe::names)]
    pub region: Values<String>,
    /// Provinces by name or code.
    #[serde(skip_serializing_if = "Values::is_empty")]
    #[schema(schema_with = describe::names)]
    pub province: Values<String>,
    /// Cities by name or code.
    #[serde(skip_serializing_if = "Values::is_empty")]
    #[schema(schema_with = describe::names)]
    pub city: Values<String>,
    /// Years of issue.
    #[serde(skip_serializing_if = "Values::is_empty", deserialize_with = "whole::values")]
    #[schema(schema_with = describe::years)]
    pub year: Values<i32>,
    /// Issued on this day or later, `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub date_from: Option<String>,
    /// Issued on this day or earlier, `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub date_to: Option<String>,
    /// Indicator domains by name or alias.
    #[serde(skip_serializing_if = "Values::is_empty")]
    #[schema(schema_with = describe::names)]
    pub domain: Values<String>,
    /// Agencies by name or alias.
    #[serde(skip_serializing_if = "Values::is_empty")]
    pub unit: Values<String>,
    /// What one of the agencies of `unit` (any agency without it) must do.
    #[serde(skip_serializing_if = "Values::is_empty")]
    pub role: Values<Role>,
    /// Kinds of clause.
    #[serde(skip_serializing_if = "Values::is_empty")]
    pub kind: Values<ClauseKind>,
    /// States of the document.
    #[serde(skip_serializing_if = "Values::is_empty")]
    pub status: Values<Status>,
    /// Documents by id.
    #[serde(skip_serializing_if = "Values::is_empty")]
    #[schema(schema_with = describe::names)]
    pub document: Values<String>,
}

/// One value or a list of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Values<T> {
    /// A list; empty for no condition.
    Many(Vec<T>),
    /// A single value.
    One(T),
}

impl<T> Values<T> {
    /// The values as a slice.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::Many(values) => values,
            Self::One(value) => std::slice::from_ref(value),
        }
    }

    /// Whether there is no condition.
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }
}

impl<T> Default for Values<T> {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

/// What hits are put together by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// The document's region.
    Region,
    /// The document.
    Document,
}

/// A field that can be counted.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FacetField {
    /// Region, by code.
    Region,
    /// Province.
    Province,
    /// City.
    City,
    /// Year of issue.
    Year,
    /// Indicator domain.
    Domain,
    /// Agency, by canonical name.
    Unit,
    /// Kind of clause.
    Kind,
    /// State of the document.
    Status,
    /// Document, by id.
    Document,
}
