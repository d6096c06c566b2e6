//! `tiaokuan snapshot` and `tiaokuan restore`.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::line;
use super::runtime::Runtime;
use crate::error::{Error, Result};
use crate::index::snapshot::{self, Unpacked};
use crate::pipeline::{self, Silent};

/// The `snapshot` command.
#[derive(Args, Debug)]
pub(super) struct SnapshotCommand {
    /// File to write, such as index.tar; it must not exist yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl SnapshotCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<ExitCode> {
        let file = snapshot::create(&self.file)?;
        let number = self.write(runtime, &file).inspect_err(|_| drop(std::fs::remove_file(&self.file)))?;
        line(out, format_args!("generation {number} written to {}", self.file.display()))?;
        Ok(ExitCode::SUCCESS)
    }

    fn write(&self, runtime: &Runtime, file: &File) -> Result<u64> {
        let number = snapshot::snapshot(&runtime.store(), BufWriter::new(file))?;
        file.sync_all().map_err(|error| Error::io(self.file.display(), error))?;
        Ok(number)
    }
}

/// The `restore` command.
#[derive(Args, Debug)]
pub(super) struct RestoreCommand {
    /// File that `snapshot` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Put it in the place of what is indexed
    #[arg(long)]
    replace: bool,
}

impl RestoreCommand {
    pub(super) fn run(&self, runtime: &Runtime, out: &mut dyn Write) -> Result<ExitCode> {
        let store = runtime.store();
        let file = File::open(&self.file).map_err(|error| Error::io(self.file.display(), error))?;
        let writer = store.writer()?;
        if store.current_number()?.is_some() && !self.replace {
            let message = format!(
                "{}: documents are indexed here already; give --replace to put the snapshot in their place, or another --data-dir",
                store.root().display()
            );
            return Err(Error::invalid("index_exists", "data-dir", message));
        }
        let unpacked = Unpacked::read(&store, BufReader::new(file))?;
        match unpacked.store().open() {
            Err(error) if error.code() == "index_outdated" => {
                // Another version of the program wrote it: its sources say it all.
                anstream::eprintln!("{error}");
                anstream::eprintln!("making the index again from the snapshot's sources");
                drop(writer);
                let embedder = runtime.fetch_embedder();
                let kept = pipeline::kept_inputs(&unpacked.store())?;
                let options = runtime.build_options(true);
                pipeline::index_with(&store, kept, embedder.as_deref(), options, &Silent)?;
            }
            _ => drop(unpacked.publish(&writer)?),
        }
        let Some(generation) = store.open()? else { return Err(Error::internal("nothing was restored")) };
        let (documents, clauses) = (generation.documents().len(), generation.len());
        let number = generation.id();
        line(out, format_args!("generation {number} published: {documents} documents, {clauses} clauses"))?;
        Ok(ExitCode::SUCCESS)
    }
}
