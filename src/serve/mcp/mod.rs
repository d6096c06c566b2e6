//! Tools for language models over the Model Context Protocol: [`search`], [`similar`], [`compare`] and [`clause`]
//! ask the same engine as the API and answer little, since every character of an answer is one that a model reads.
//!
//! [`McpServer`] speaks over standard input and output (`tiaokuan mcp`) as well as over HTTP ([`http`]).

mod arguments;
mod clause;
mod compare;
mod found;
pub(super) mod http;
mod search;
mod similar;
mod stdio;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, Implementation, JsonObject, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool, ToolAnnotations,
};
use rmcp::schemars::JsonSchema;
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::body;
use super::error::Problem;
use super::state::AppState;
use crate::error::{Error, Kind, Result};
pub(crate) use stdio::serve_stdio;

/// What a model is told before it chooses a tool.
const INSTRUCTIONS: &str = "Clauses of Chinese policy documents (政策条款). Ask in Chinese. Start with \
    search_clauses; take ids from its hits to similar_measures, compare_regions and get_clause. Answers hold \
    snippets: read a clause with get_clause before quoting it, and quote it with its citation.";

/// The tools over one [`AppState`]; cheap to clone.
#[derive(Clone)]
pub(super) struct McpServer {
    state: AppState,
}

impl McpServer {
    /// Tools that ask the engine of `state`.
    pub(super) fn new(state: AppState) -> Self {
        Self { state }
    }

    /// What the tool `name` answers; none where there is no such tool.
    async fn answer(&self, name: &str, arguments: JsonObject) -> Option<Result<Value>> {
        let state = &self.state;
        Some(match name {
            search::NAME => asked(arguments, |arguments| search::call(state, arguments)).await,
            similar::NAME => asked(arguments, |arguments| similar::call(state, arguments)).await,
            compare::NAME => asked(arguments, |arguments| compare::call(state, arguments)).await,
            clause::NAME => asked(arguments, |arguments| clause::call(state, arguments)).await,
            _ => return None,
        })
    }
}

impl ServerHandler for McpServer {
    fn get_info(&self) -> ServerConfig {
        let program =
            Implementation::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")).with_title("条款");
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(program)
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(vec![
            search::tool(),
            similar::tool(),
            compare::tool(),
            clause::tool(),
        ]))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        // Who has gone away, or said that the answer is not wanted any more, ends the work itself.
        let answer = tokio::select! {
            answer = self.answer(&request.name, arguments) => answer,
            () = context.ct.cancelled() => Some(Err(cancelled())),
        };
        let result = match answer {
            Some(Ok(answer)) => CallToolResult::structured(answer),
            Some(Err(error)) => CallToolResult::structured_error(fault(&error)),
            None => {
                let message = format!("there is no tool {:?}", request.name);
                return Err(ErrorData::invalid_params(message, None));
            }
        };
        Ok(result.into())
    }
}

fn cancelled() -> Error {
    Error::new(Kind::Unavailable, "timeout", "the call was cancelled")
}

/// Reads `arguments`, which names the argument at fault, and writes what `call` answers.
async fn asked<A, T, F>(arguments: JsonObject, call: impl FnOnce(A) -> F) -> Result<Value>
where
    A: DeserializeOwned,
    T: Serialize,
    F: Future<Output = Result<T>>,
{
    let arguments = body::parse(&Value::Object(arguments).to_string())?;
    let answer = call(arguments).await?;
    serde_json::to_value(answer).map_err(|error| Error::internal("writing an answer").with_source(error))
}

/// What a model is told of `error`: the stable code, what is wrong, and what to do about it.
fn fault(error: &Error) -> Value {
    let problem = Problem::of(error);
    if problem.status >= 500 {
        tracing::warn!(code = error.code(), %error, "a tool failed");
    }
    json!({
        "code": problem.code,
        "message": problem.detail,
        "message_zh": format!("{}。{}", problem.title_zh, problem.detail_zh),
        "field": problem.field,
    })
}

/// A tool that reads and changes nothing.
fn tool<A, T>(name: &'static str, title: &str, description: &'static str) -> Tool
where
    A: JsonSchema + 'static,
    T: JsonSchema + 'static,
{
    let hints = ToolAnnotations::with_title(title).read_only(true).idempotent(true).open_world(false);
    Tool::new(name, description, JsonObject::new())
        .with_title(title)
        .with_input_schema::<A>()
        .with_output_schema::<T>()
        .with_annotations(hints)
}
