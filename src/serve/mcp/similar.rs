//! `similar_measures`.

use rmcp::model::Tool;
use rmcp::schemars::JsonSchema;
use serde::Deserialize;

use super::arguments::{FilterArguments, checked};
use super::search::Found;
use crate::error::Result;
use crate::search::SimilarRequest;
use crate::serve::state::AppState;

pub(super) const NAME: &str = "similar_measures";

/// The tool's description.
pub(super) fn tool() -> Tool {
    super::tool::<Arguments, Found>(
        NAME,
        "查找相似举措",
        "Finds clauses that take the same or a like measure as a clause or a draft's text, best first. Give exactly \
         one of clause_id and text.",
    )
}

/// What is looked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "rmcp::schemars")]
pub(super) struct Arguments {
    /// Id of a clause, from search_clauses.
    #[serde(default)]
    clause_id: Option<String>,
    /// Text of one measure in Chinese, such as a draft's.
    #[serde(default)]
    #[schemars(length(max = 20000))]
    text: Option<String>,
    /// What the clauses must satisfy.
    #[serde(default)]
    filter: FilterArguments,
    /// Most clauses.
    #[serde(default = "default_limit")]
    #[schemars(range(min = 1, max = 20))]
    limit: usize,
    /// Leaves out clauses of the document that clause_id stands in.
    #[serde(default = "yes")]
    exclude_same_document: bool,
    /// Most clauses of one region; null for no bound.
    #[serde(default)]
    #[schemars(range(min = 1, max = 20))]
    per_region: Option<usize>,
}

fn default_limit() -> usize {
    5
}

fn yes() -> bool {
    true
}

/// Answers a call.
pub(super) async fn call(state: &AppState, arguments: Arguments) -> Result<Found> {
    let exclude_same_document = arguments.exclude_same_document && arguments.clause_id.is_some();
    let request = SimilarRequest {
        clause_id: arguments.clause_id,
        text: arguments.text,
        filter: arguments.filter.into(),
        limit: checked(arguments.limit)?,
        exclude_same_document,
        per_region: arguments.per_region,
        ..SimilarRequest::unstarted()
    };
    let (generation, answer) = state.on_engine(move |engine| engine.similar(&request)).await?;
    Ok(Found::new(state, &generation, answer))
}
