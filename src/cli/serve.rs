//! `tiaokuan serve`: pages and API.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::net::TcpListener;

use super::config::Config;
use super::index;
use super::runtime::{Runtime, warn_of_mismatch};
use super::settings::{ServeOptions, ServeSettings};
use crate::embed::Embedder;
use crate::error::{Error, Kind, Result};
use crate::index::Generation;
use crate::ingestion::{Ingestion, Settings, Watch, follow};
use crate::pipeline::BuildReport;
use crate::search::Engine;
use crate::serve::{self, AccessPolicy, AppState, HostPolicy, KeyFile, Keyring, Limits};

/// How long work that was given up may take to notice.
const LAST_WAIT: Duration = Duration::from_secs(2);

/// The `serve` command.
#[derive(Args, Debug)]
pub(super) struct ServeCommand {
    #[command(flatten)]
    options: ServeOptions,

    /// What to index when nothing is indexed yet
    #[arg(default_value = "seeds", value_name = "PATH")]
    paths: Vec<PathBuf>,
}

impl ServeCommand {
    pub(super) fn run(&self, runtime: &Runtime, config: &Config) -> Result<ExitCode> {
        let settings = ServeSettings::new(&self.options, config)?;
        let access = access(runtime, &settings)?;
        let async_runtime = tokio::runtime::Runtime::new().map_err(|error| Error::io("starting", error))?;
        // Before the work: an address in use is known at once, not after a minute of indexing.
        let listener = async_runtime.block_on(bind(settings.listen))?;
        let (engine, embedder) = self.engine(runtime, &settings)?;
        let ingestion = if settings.read_only {
            follow(runtime.store(), engine.clone())?;
            None
        } else {
            Some(ingestion(runtime, &engine, embedder)?)
        };
        let _watch = ingestion
            .as_ref()
            .filter(|_| !settings.watch.is_empty())
            .map(|ingestion| Watch::start(settings.watch.clone(), ingestion.clone()))
            .transpose()?;
        let state = AppState::new(engine)
            .with_hosts(HostPolicy::new(settings.listen, names(runtime, &settings)))
            .with_links(runtime.links().clone())
            .with_limits(settings.limits.clone())
            .with_access(access)
            .with_data_dir(runtime.data_dir().to_path_buf());
        let state = match runtime.store().cluster() {
            Some(cluster) => state.with_cluster(Arc::clone(cluster)),
            None => state,
        };
        let state = match ingestion {
            Some(ingestion) => state.with_ingestion(ingestion),
            None => state,
        };
        async_runtime.block_on(answer(listener, state, settings.limits))?;
        // Work that was given up ends at its next stage; nobody waits for it longer than this.
        async_runtime.shutdown_timeout(LAST_WAIT);
        Ok(ExitCode::SUCCESS)
    }

    /// An engine over the index, which is built first when there is none, and its model.
    fn engine(
        &self,
        runtime: &Runtime,
        settings: &ServeSettings,
    ) -> Result<(Engine, Option<Arc<dyn Embedder>>)> {
        let store = runtime.store();
        let embedder = if store.current_number()?.is_none() && settings.watch.is_empty() {
            let embedder = runtime.fetch_embedder();
            match index::build(runtime, &self.paths, embedder.as_deref(), false) {
                Err(error) if error.kind() == Kind::Locked && store.cluster().is_some() => {
                    anstream::eprintln!(
                        "another process is indexing; its documents are served once it is done"
                    );
                }
                report => self.tell(&report?)?,
            }
            embedder
        } else {
            runtime.find_embedder()
        };
        let engine = runtime.engine_with(embedder.clone())?;
        if let Some(generation) = open(runtime, embedder.as_deref(), settings.read_only)? {
            engine.publish(generation);
        }
        warn_of_mismatch(&engine);
        Ok((engine, embedder))
    }
}

impl ServeCommand {
    /// Says what was indexed; an error where that is nothing.
    fn tell(&self, report: &BuildReport) -> Result<()> {
        for failure in &report.failures {
            anstream::eprintln!("not indexed: {} [{}]", failure.reason, failure.code);
        }
        if report.documents == 0 {
            return Err(nothing_to_serve(&self.paths));
        }
        anstream::eprintln!("indexed {} documents, {} clauses", report.documents, report.clauses);
        Ok(())
    }
}

/// What takes documents in and out.
fn ingestion(runtime: &Runtime, engine: &Engine, embedder: Option<Arc<dyn Embedder>>) -> Result<Ingestion> {
    let store = runtime.store();
    // A writer sweeps what killed processes left; where another has the right to write, that one did.
    if store.cluster().is_none()
        && let Err(error) = store.writer()
        && error.kind() != Kind::Locked
    {
        tracing::warn!(%error, "the data directory cannot be written to");
    }
    let options = runtime.build_options(false);
    Ingestion::start(Settings { store, embedder, options, engine: engine.clone() })
}

/// The current generation. One that another version of the program wrote is made again from the kept sources first,
/// but for a service that only reads.
fn open(
    runtime: &Runtime,
    embedder: Option<&dyn Embedder>,
    read_only: bool,
) -> Result<Option<Arc<Generation>>> {
    match runtime.store().open() {
        Err(error) if error.code() == "index_outdated" && !read_only => {
            anstream::eprintln!("{error}");
            anstream::eprintln!("making the index again from the kept sources");
            index::build(runtime, &[], embedder, false)?;
            runtime.store().open()
        }
        opened => opened,
    }
}

fn nothing_to_serve(paths: &[PathBuf]) -> Error {
    let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let message =
        format!("no document was found in {}; name a file or a folder of documents", paths.join(", "));
    Error::new(Kind::NotFound, "no_documents", message)
}

/// Who may what. An address that others reach needs a key, so that nobody opens an index by mistake.
fn access(runtime: &Runtime, settings: &ServeSettings) -> Result<AccessPolicy> {
    let keys = Keyring::open(KeyFile::of(runtime.data_dir()))?;
    let is_loopback = settings.listen.ip().is_loopback();
    if !is_loopback && keys.usable_count() == 0 {
        let message = format!(
            "listen: others reach {}, and there is no key; make one with `tiaokuan keys create --name WHO`, or listen on loopback",
            settings.listen
        );
        return Err(Error::invalid("no_keys", "listen", message));
    }
    let public_origin = runtime.public_url().map(origin_of);
    if is_loopback && public_origin.is_some() && !settings.require_keys && !keys.is_in_use() {
        anstream::eprintln!(
            "keys: none; requests that a proxy passes on are refused until `tiaokuan keys create` made one"
        );
    }
    Ok(AccessPolicy {
        keys: Some(keys),
        require_keys: settings.require_keys || !is_loopback,
        is_https: public_origin.as_deref().is_some_and(|origin| origin.starts_with("https://")),
        cors_origins: settings.cors_origins.clone(),
        public_origin,
        audit_log: Some(runtime.data_dir().join("audit.jsonl")),
    })
}

/// Names under which others reach the service.
fn names(runtime: &Runtime, settings: &ServeSettings) -> Vec<String> {
    let of_url = runtime.public_url().map(origin_of);
    let host = of_url
        .as_deref()
        .and_then(|origin| origin.split("://").nth(1))
        .map(|authority| authority.split(':').next().unwrap_or(authority).to_owned());
    settings.allowed_hosts.iter().cloned().chain(host).collect()
}

/// Scheme, host and port of an address.
fn origin_of(url: &str) -> String {
    let authority_at = url.find("://").map_or(0, |at| at + 3);
    let end =
        url.get(authority_at..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| authority_at + at);
    url.get(..end).unwrap_or(url).to_owned()
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

async fn answer(listener: TcpListener, state: AppState, limits: Limits) -> Result<()> {
    let address = listener.local_addr().map_err(|error| Error::io("listening", error))?;
    let model = if state.mismatch().is_some() {
        "; the index was made with another model: keyword search only"
    } else if !state.has_model() {
        "; no model: keyword search only"
    } else {
        ""
    };
    let app = serve::app(state);
    anstream::println!("serving http://{address}{model}");
    serve::serve(listener, app, limits, shutdown()).await
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
