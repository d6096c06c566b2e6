//! `tiaokuan remove`: take documents out.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;

use super::line;
use super::runtime::Runtime;
use crate::error::Result;
use crate::model::DocumentId;
use crate::pipeline::{self, Change, Silent};

/// The `remove` command.
#[derive(Args, Debug)]
pub(super) struct RemoveCommand {
    /// Ids of documents
    #[arg(value_name = "ID", required = true)]
    ids: Vec<DocumentId>,
}

impl RemoveCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<ExitCode> {
        let changes: Vec<_> = self.ids.iter().cloned().map(|id| Ok(Change::Remove(id))).collect();
        let store = runtime.store();
        let has_vectors = store.open()?.is_some_and(|current| current.manifest().model.is_some());
        let embedder = if has_vectors { runtime.find_embedder() } else { None };
        let options = runtime.build_options(false);
        let outcomes = pipeline::change(&store, changes.into_iter(), embedder.as_deref(), options, &Silent)?;
        let mut code = ExitCode::SUCCESS;
        for outcome in outcomes {
            match outcome {
                Ok(receipt) => {
                    let versions = receipt.version;
                    line(out, format_args!("removed {} ({versions} versions)", receipt.document))?;
                }
                Err(error) => {
                    anstream::eprintln!("not removed: {error} [{}]", error.code());
                    code = super::exit_code(&error);
                }
            }
        }
        Ok(code)
    }
}
