//! `tiaokuan mcp`: tools for language models.

use std::process::ExitCode;

use clap::Args;

use super::runtime::Runtime;
use crate::error::{Error, Result};
use crate::serve::{AppState, serve_stdio};

/// The `mcp` command.
#[derive(Args, Debug)]
pub(super) struct McpCommand {}

impl McpCommand {
    /// Answers until standard input ends.
    #[expect(clippy::unused_self, reason = "every command is run alike")]
    pub(super) fn run(&self, runtime: &Runtime) -> Result<ExitCode> {
        let state = AppState::new(runtime.engine()?).with_links(runtime.links().clone());
        let async_runtime = tokio::runtime::Runtime::new().map_err(|error| Error::io("starting", error))?;
        async_runtime.block_on(serve_stdio(state))?;
        // A read of standard input that is under way cannot be given up; nobody waits for it.
        async_runtime.shutdown_background();
        Ok(ExitCode::SUCCESS)
    }
}
