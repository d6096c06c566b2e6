//! The tools over standard input and output, for a program that starts this one.

use rmcp::ServiceExt as _;
use rmcp::transport::stdio_pipes;

use super::McpServer;
use crate::error::{Error, Result};
use crate::serve::state::AppState;

/// Answers on standard output what standard input asks, until that ends.
pub(crate) async fn serve_stdio(state: AppState) -> Result<()> {
    let failed = |what: &'static str| move |error: String| Error::internal(format!("{what}: {error}"));
    let running = McpServer::new(state).serve(stdio_pipes()).await;
    let running = running
        .map_err(|error| failed("the client did not begin as the protocol asks")(error.to_string()))?;
    running.waiting().await.map_err(|error| failed("answering")(error.to_string()))?;
    Ok(())
}
