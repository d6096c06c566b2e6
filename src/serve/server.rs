//! Connections: how many, how slow they may be, and how they end.
//!
//! axum's own loop knows no time for the head of a request, so one client that sends a byte a minute would hold
//! a connection for ever; here every wait for a client has an end.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;

use super::limits::{HEAD_MARGIN, Limits, MAX_HEAD, MAX_HEADERS};
use crate::error::Result;

/// How long to wait when the system gives no more connections (no file descriptor left).
const PAUSE: Duration = Duration::from_millis(50);

/// Answers on `listener` until `shutdown` ends, then finishes the requests under way for at most
/// `limits.drain`. More than `limits.connections` wait in the system's own line.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: Limits,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let next = accept(&listener, &places);
        let (stream, place) = tokio::select! {
            next = next => next,
            () = &mut shutdown => break,
        };
        let connection = answer(stream, app.clone(), limits.clone(), graceful.watcher());
        connections.spawn(async move {
            connection.await;
            drop(place);
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    if tokio::time::timeout(limits.drain, graceful.shutdown()).await.is_err() {
        tracing::warn!(open = connections.len(), "requests were cut off at the end of the drain time");
    }
    connections.shutdown().await;
    Ok(())
}

/// The next connection and its place. A place is taken first: what waits for one waits unaccepted.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, Option<tokio::sync::OwnedSemaphorePermit>) {
    let place = Arc::clone(places).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, place),
            Err(error) => {
                tracing::warn!(%error, "no connection could be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Answers the requests of one connection.
async fn answer(stream: TcpStream, app: Router, limits: Limits, watcher: Watcher) {
    // Without this a small answer waits for the client's delayed acknowledgement: 44 ms against 1.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY not set");
    }
    let mut stream = TimeoutStream::new(stream);
    // A client that does not read its answer; reading has times of its own for head and body.
    stream.set_write_timeout(Some(limits.idle));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_headers(MAX_HEADERS * HEAD_MARGIN)
        .max_header_size(MAX_HEAD * HEAD_MARGIN)
        .serve_connection(TokioIo::new(Box::pin(stream)), TowerToHyperService::new(app));
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
}
