//! What a search answers.

use std::collections::BTreeMap;

use serde::Serialize;

use super::request::FacetField;
use crate::model::Span;

pub use crate::index::ClauseIndex;

/// The answer to a search or similarity query. Counts, pages and groups are of one frozen list of
/// candidates, so they agree with each other.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// One page, best first; with `group_by`, the groups' hits one after the other.
    pub hits: Vec<Hit>,
    /// The page's groups, best first; empty without `group_by`.
    pub groups: Vec<Group>,
    /// How many clauses matched in all.
    pub total: usize,
    /// Counts over all matches by the fields that were asked for.
    pub facets: BTreeMap<FacetField, Vec<FacetCount>>,
    /// Continues where this page ends; none on the last page.
    pub next_cursor: Option<String>,
    /// What the answer lacks, such as `model_absent`; stable codes.
    pub notices: Vec<&'static str>,
    /// What the query may have meant, where a word of it occurs nowhere.
    pub suggestion: Option<Suggestion>,
    /// The query that was answered instead of the one asked, which had no good answer.
    pub corrected_query: Option<String>,
}

/// The notice of an answer that lists what satisfies the query's fields, without rank.
pub const FILTER_ONLY: &str = "filter_only";

/// Another query that the one asked may have meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Suggestion {
    /// The query to ask.
    #[schema(example = "企业注销")]
    pub query: String,
    /// What a person reads.
    #[schema(example = "您是不是要找：企业注销")]
    pub label: String,
}

impl Suggestion {
    /// The suggestion of `query`.
    pub(super) fn of(query: String) -> Self {
        Self { label: format!("您是不是要找：{query}"), query }
    }
}

/// One clause that answers.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Which clause.
    pub clause: ClauseIndex,
    /// The fused score, higher is better; comparable within one query.
    pub score: f32,
    /// How likely it answers, 0 to 1; comparable between queries.
    pub relevance: f32,
    /// Where the query's words stand in the clause's `text`, in code points, ascending, disjoint.
    pub highlights: Vec<Span>,
    /// The sentence that answers best, in code points of the clause's `text`.
    pub best_sentence: Option<Span>,
    /// Near-identical clauses of the same document that this hit stands for, best first.
    pub collapsed: Vec<ClauseIndex>,
    /// Each component of the score.
    pub explain: Option<Explain>,
}

/// Hits of one region or document.
#[derive(Clone, Debug)]
pub struct Group {
    /// Region code or document id.
    pub key: String,
    /// What a person reads.
    pub label: String,
    /// Positions in [`Answer::hits`].
    pub hits: std::ops::Range<usize>,
    /// How many matches the group has in all.
    pub total: usize,
}

/// One value of a facet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FacetCount {
    /// The value as a filter takes it.
    #[schema(example = "340603")]
    pub value: String,
    /// What a person reads.
    #[schema(example = "相山区")]
    pub label: String,
    /// Matches with this value.
    pub count: usize,
}

/// How a score came about.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Explain {
    /// The components; their contributions add up to the score.
    pub components: Vec<Component>,
}

/// One component of a score.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Component {
    /// Stable name, such as `bm25_word`.
    pub name: &'static str,
    /// What it means, in Chinese, for the page.
    pub label: &'static str,
    /// The feature's value, absolute.
    pub value: f32,
    /// Its weight.
    pub weight: f32,
    /// `value × weight`.
    pub contribution: f32,
}
