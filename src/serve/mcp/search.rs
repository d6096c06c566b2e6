//! `search_clauses`.

use rmcp::model::Tool;
use rmcp::schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arguments::{FilterArguments, checked};
use super::found::FoundClause;
use crate::error::Result;
use crate::search::{Answer, SearchRequest};
use crate::serve::state::AppState;

pub(super) const NAME: &str = "search_clauses";

/// The tool's description.
pub(super) fn tool() -> Tool {
    super::tool::<Arguments, Found>(
        NAME,
        "检索政策条款",
        "Finds clauses of Chinese policy documents by words and by meaning. Answers snippets, best first; read a \
         clause whole with get_clause. Give next_cursor back as cursor for more.",
    )
}

/// What is searched for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "rmcp::schemars")]
pub(super) struct Arguments {
    /// Words or a question in Chinese (新公司注册最快多久能办完), or a document number; "quoted" words must stand so,
    /// a word after - must not occur.
    #[schemars(length(min = 1, max = 2000))]
    query: String,
    /// What the clauses must satisfy.
    #[serde(default)]
    filter: FilterArguments,
    /// Clauses a page.
    #[serde(default = "default_limit")]
    #[schemars(range(min = 1, max = 20))]
    limit: usize,
    /// next_cursor of the page before, with the same query and filter.
    #[serde(default)]
    cursor: Option<String>,
}

fn default_limit() -> usize {
    5
}

/// Clauses that were found, for `search_clauses` and `similar_measures`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub(super) struct Found {
    /// Best first.
    hits: Vec<FoundClause>,
    /// How many clauses match in all.
    total: usize,
    /// Continues where this page ends; null on the last page.
    next_cursor: Option<String>,
    /// What the answer lacks, as stable codes, such as model_absent.
    notices: Vec<&'static str>,
    /// The query that was answered instead of the one asked, which had no good answer; null otherwise.
    corrected_query: Option<String>,
}

impl Found {
    /// What is told of `answer`.
    pub(super) fn new(state: &AppState, generation: &crate::index::Generation, answer: Answer) -> Self {
        let hits = answer.hits.iter();
        Self {
            hits: hits.filter_map(|hit| FoundClause::new(generation, hit, state.links())).collect(),
            total: answer.total,
            next_cursor: answer.next_cursor,
            notices: answer.notices,
            corrected_query: answer.corrected_query,
        }
    }
}

/// Answers a call.
pub(super) async fn call(state: &AppState, arguments: Arguments) -> Result<Found> {
    let request = SearchRequest {
        filter: arguments.filter.into(),
        limit: checked(arguments.limit)?,
        cursor: arguments.cursor,
        ..SearchRequest::new(arguments.query)
    };
    let (generation, answer) = state.on_engine(move |engine| engine.search(&request)).await?;
    Ok(Found::new(state, &generation, answer))
}
