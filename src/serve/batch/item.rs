//! What a batch consists of, and what is answered to an item.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::search::{Filter, SimilarRequest, whole};
use crate::serve::error::Problem;
use crate::view::AnswerView;

/// Many clauses or texts to which similar measures are sought. What it does not state the address says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::serve) struct BatchRequest {
    /// At most 20,000 items, each answered by itself.
    #[schema(value_type = Vec<BatchItem>, max_items = 20000)]
    pub(in crate::serve) items: Vec<Box<RawValue>>,
    /// What the answers must satisfy.
    #[serde(default)]
    filter: Option<Filter>,
    /// Hits an item, 1 to 100; 10 without it.
    #[serde(default, deserialize_with = "whole::count_or_null")]
    #[schema(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// Leaves out the document that an item's `clause_id` stands in.
    #[serde(default)]
    exclude_same_document: Option<bool>,
    /// At most so many hits of one region; none for no bound.
    #[serde(default, deserialize_with = "whole::count_or_null")]
    #[schema(minimum = 1, maximum = 100)]
    per_region: Option<usize>,
    /// Leaves out hits below this relevance, 0 to 1.
    #[serde(default)]
    #[schema(minimum = 0.0, maximum = 1.0)]
    min_relevance: Option<f32>,
    /// Whether every hit says how its score came about.
    #[serde(default)]
    explain: Option<bool>,
}

impl BatchRequest {
    /// The options for items that state none of their own; what the body leaves out is as in `address`.
    pub(in crate::serve) fn shared_over(&self, address: SimilarRequest) -> SimilarRequest {
        SimilarRequest {
            filter: self.filter.clone().unwrap_or(address.filter),
            limit: self.limit.unwrap_or(address.limit),
            exclude_same_document: self.exclude_same_document.unwrap_or(address.exclude_same_document),
            per_region: self.per_region.or(address.per_region),
            min_relevance: self.min_relevance.or(address.min_relevance),
            explain: self.explain.unwrap_or(address.explain),
            ..address
        }
    }
}

/// A clause or text to which similar measures are sought. What it does not state the batch's options say; a
/// filter of its own takes the place of theirs.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::serve) struct BatchItem {
    /// Yours; comes back with the answer.
    #[serde(default)]
    #[expect(dead_code, reason = "read apart, so that it is known of an item that is wrong otherwise")]
    id: Option<ItemId>,
    /// The clause to start from; exactly one of `clause_id` and `text`.
    #[serde(default)]
    clause_id: Option<String>,
    /// The text to start from; exactly one of `clause_id` and `text`; at most 20,000 characters.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 20000)]
    text: Option<String>,
    /// What the answers must satisfy.
    #[serde(default)]
    filter: Option<Filter>,
    /// Hits, 1 to 100.
    #[serde(default, deserialize_with = "whole::count_or_null")]
    #[schema(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// Leaves out the document that `clause_id` stands in.
    #[serde(default)]
    exclude_same_document: Option<bool>,
    /// At most so many hits of one region.
    #[serde(default, deserialize_with = "whole::count_or_null")]
    #[schema(minimum = 1, maximum = 100)]
    per_region: Option<usize>,
    /// Leaves out hits below this relevance, 0 to 1.
    #[serde(default)]
    #[schema(minimum = 0.0, maximum = 1.0)]
    min_relevance: Option<f32>,
    /// Whether every hit says how its score came about.
    #[serde(default)]
    explain: Option<bool>,
}

impl BatchItem {
    /// The item as a request; what it leaves out is as in `shared`.
    pub(super) fn over(self, shared: &SimilarRequest) -> SimilarRequest {
        SimilarRequest {
            clause_id: self.clause_id,
            text: self.text,
            filter: self.filter.unwrap_or_else(|| shared.filter.clone()),
            limit: self.limit.unwrap_or(shared.limit),
            exclude_same_document: self.exclude_same_document.unwrap_or(shared.exclude_same_document),
            per_region: self.per_region.or(shared.per_region),
            min_relevance: self.min_relevance.or(shared.min_relevance),
            explain: self.explain.unwrap_or(shared.explain),
        }
    }
}

/// What a client calls an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub(in crate::serve) enum ItemId {
    /// A word.
    Text(String),
    /// A number.
    Number(i64),
}

impl ItemId {
    /// The id of the item that `text` states, whatever else is wrong with it.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Named {
            id: Option<ItemId>,
        }
        serde_json::from_str::<Named>(text).ok()?.id
    }
}

/// The answer to one item.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchLine)]
pub(in crate::serve) struct BatchLine<'a> {
    /// Which item it answers, from 0.
    pub(super) index: usize,
    /// What the item calls itself; null where it does not.
    pub(super) id: Option<&'a ItemId>,
    /// Hits, or why there are none.
    #[serde(flatten)]
    pub(super) outcome: BatchOutcome<'a>,
}

/// What came of one item.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchOutcome)]
#[serde(untagged)]
pub(in crate::serve) enum BatchOutcome<'a> {
    /// The answer that `/v1/similar` would give.
    Answered(Box<AnswerView<'a>>),
    /// The problem that it would have answered.
    Refused {
        /// Its code, title and detail.
        error: Box<Problem>,
    },
}
