//! `tiaokuan serve`: pages and API.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use tokio::net::TcpListener;

use super::config::Config;
use super::index;
use super::runtime::{Runtime, warn_of_mismatch};
use crate::embed::Embedder;
use crate::error::{Error, Kind, Result};
use crate::index::Generation;
use crate::ingestion::{Ingestion, Settings, Watch};
use crate::search::Engine;
use crate::serve::{self, AppState, HostPolicy};

const DEFAULT_ADDRESS: &str = "127.0.0.1:7878";

/// The `serve` command.
#[derive(Args, Debug)]
pub(super) struct ServeCommand {
    /// Address to listen on; only loopback addresses are served [default: 127.0.0.1:7878]
    #[arg(long, env = "TIAOKUAN_LISTEN", value_name = "ADDRESS")]
    listen: Option<String>,

    /// Take no documents in or out over HTTP
    #[arg(long, env = "TIAOKUAN_READ_ONLY")]
    read_only: bool,

    /// Keep the index in step with FOLDER: take in what is put there or changes, and take out what is removed
    /// from it while this runs
    #[arg(long, value_name = "FOLDER", conflicts_with = "read_only")]
    watch: Vec<PathBuf>,

    /// What to index when nothing is indexed yet
    #[arg(default_value = "seeds", value_name = "PATH")]
    paths: Vec<PathBuf>,
}

impl ServeCommand {
    pub(super) fn run(&self, runtime: &Runtime, config: &Config) -> Result<ExitCode> {
        let address =
            address(self.listen.as_deref().or(config.listen.as_deref()).unwrap_or(DEFAULT_ADDRESS))?;
        let async_runtime = tokio::runtime::Runtime::new().map_err(|error| Error::io("starting", error))?;
        // Before the work: an address in use is known at once, not after a minute of indexing.
        let listener = async_runtime.block_on(bind(address))?;
        let (engine, embedder) = self.engine(runtime)?;
        let ingestion = self.ingestion(runtime, &engine, embedder)?;
        let _watch = ingestion
            .as_ref()
            .filter(|_| !self.watch.is_empty())
            .map(|ingestion| Watch::start(self.watch.clone(), ingestion.clone()))
            .transpose()?;
        let state = AppState::new(engine).with_links(runtime.links().clone());
        let state = match ingestion {
            Some(ingestion) => state.with_ingestion(ingestion),
            None => state,
        };
        async_runtime.block_on(answer(listener, state))?;
        Ok(ExitCode::SUCCESS)
    }

    /// What takes documents in and out; none for a service that only reads.
    fn ingestion(
        &self,
        runtime: &Runtime,
        engine: &Engine,
        embedder: Option<Arc<dyn Embedder>>,
    ) -> Result<Option<Ingestion>> {
        if self.read_only {
            return Ok(None);
        }
        let options = runtime.build_options(false);
        let settings = Settings { store: runtime.store(), embedder, options, engine: engine.clone() };
        Ingestion::start(settings).map(Some)
    }

    /// An engine over the index, which is built first when there is none, and its model.
    fn engine(&self, runtime: &Runtime) -> Result<(Engine, Option<Arc<dyn Embedder>>)> {
        let store = runtime.store();
        let embedder = if store.current()?.is_none() && self.watch.is_empty() {
            let embedder = runtime.fetch_embedder();
            let report = index::build(runtime, &self.paths, embedder.as_deref(), false)?;
            for failure in &report.failures {
                anstream::eprintln!("not indexed: {} [{}]", failure.reason, failure.code);
            }
            if report.documents == 0 {
                return Err(nothing_to_serve(&self.paths));
            }
            anstream::eprintln!("indexed {} documents, {} clauses", report.documents, report.clauses);
            embedder
        } else {
            runtime.find_embedder()
        };
        let engine = runtime.engine_with(embedder.clone())?;
        if let Some(generation) = self.open(runtime, embedder.as_deref())? {
            engine.publish(generation);
        }
        warn_of_mismatch(&engine);
        Ok((engine, embedder))
    }

    /// The current generation. One that another version of the program wrote is made again from the kept
    /// sources first.
    fn open(&self, runtime: &Runtime, embedder: Option<&dyn Embedder>) -> Result<Option<Arc<Generation>>> {
        match runtime.store().open() {
            Err(error) if error.code() == "index_outdated" && !self.read_only => {
                anstream::eprintln!("{error}");
                anstream::eprintln!("making the index again from the kept sources");
                index::build(runtime, &[], embedder, false)?;
                runtime.store().open()
            }
            opened => opened,
        }
    }
}

fn nothing_to_serve(paths: &[PathBuf]) -> Error {
    let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let message =
        format!("no document was found in {}; name a file or a folder of documents", paths.join(", "));
    Error::new(Kind::NotFound, "no_documents", message)
}

fn address(text: &str) -> Result<SocketAddr> {
    let address: SocketAddr = text.parse().map_err(|_| {
        Error::invalid(
            "invalid_listen",
            "listen",
            format!("--listen {text:?} is not an address such as {DEFAULT_ADDRESS}"),
        )
    })?;
    if address.ip().is_loopback() {
        return Ok(address);
    }
    let message = format!(
        "--listen {address}: only loopback addresses are served without keys; put a reverse proxy in front"
    );
    Err(Error::invalid("not_loopback", "listen", message))
}

async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        if error.kind() == std::io::ErrorKind::AddrInUse {
            let message = format!("{address} is in use by another program; end it or give another --listen");
            return Error::new(Kind::Io, "address_in_use", message);
        }
        Error::io(address, error)
    })
}

async fn answer(listener: TcpListener, state: AppState) -> Result<()> {
    let address = listener.local_addr().map_err(|error| Error::io("listening", error))?;
    let engine = state.engine();
    let model = if engine.mismatch().is_some() {
        "; the index was made with another model: keyword search only"
    } else if engine.model() == crate::search::ModelState::Absent {
        "; no model: keyword search only"
    } else {
        ""
    };
    let app = serve::app(state.with_hosts(HostPolicy::Loopback));
    anstream::println!("serving http://{address}{model}");
    serve::serve(listener, app, shutdown()).await
}

/// Ends on Ctrl-C and on SIGTERM.
async fn shutdown() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
}
