//! The right to write, for a while: one document that says who has it and until when.
//!
//! Two that both hold themselves for the owner, by clocks that disagree, do no harm: only one of them can move the
//! pointer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::Cluster;
use super::client::Patience;
use super::pointer::Version;
use crate::error::{Error, Kind, Result};

/// The document's name.
const LEASE: &str = "lease";
/// How long the right lasts without being renewed: as long as a killed owner keeps others waiting.
const TERM: Duration = Duration::from_secs(10);
/// How often it is renewed.
const RENEWAL: Duration = Duration::from_secs(3);
/// A node that does not answer is not waited for: the renewal has to come in time.
const RENEWING: Patience = Patience { one_try: Duration::from_secs(2), in_all: Duration::from_secs(6) };

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Held {
    owner: String,
    /// In milliseconds since 1970; in the past once it was given back.
    until: u64,
}

/// The right to write, held until dropped and renewed meanwhile.
#[derive(Debug)]
pub(super) struct Lease {
    /// Until when it is held, in milliseconds since 1970.
    until: Arc<AtomicU64>,
    stop: Option<Sender<()>>,
    renewal: Option<JoinHandle<()>>,
}

/// Milliseconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

/// A name that no other has.
pub(super) fn unique() -> String {
    format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..))
}

impl Lease {
    /// Takes the right to write; `index_locked` where another process has it.
    pub(super) fn take(cluster: &Arc<Cluster>) -> Result<Self> {
        let owner = unique();
        let before = cluster.document::<Held>(LEASE)?;
        if before.as_ref().is_some_and(|before| before.value.until > now()) {
            return Err(locked());
        }
        let held = Held { owner, until: now() + TERM.as_millis() as u64 };
        let written = cluster.replace(LEASE, &held, before.map(|before| before.version), RENEWING)?;
        let version = match written {
            Some(version) => version,
            None => own(cluster, &held)?.ok_or_else(locked)?,
        };
        let (stop, stopped) = mpsc::channel();
        let cluster = Arc::clone(cluster);
        let until = Arc::new(AtomicU64::new(held.until));
        let renewed = Arc::clone(&until);
        let renew = move || keep(&cluster, &held, version, &stopped, &renewed);
        let thread = std::thread::Builder::new().name("lease".to_owned()).spawn(renew);
        let renewal = thread.map_err(|error| Error::io("starting to renew the lease", error))?;
        Ok(Self { until, stop: Some(stop), renewal: Some(renewal) })
    }

    /// `index_locked` where it could not be renewed in time: another process may be writing.
    pub(super) fn check(&self) -> Result<()> {
        if now() < self.until.load(Ordering::Relaxed) { Ok(()) } else { Err(locked()) }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(renewal) = self.renewal.take() {
            // It gives the right back before it ends, so that the next one need not wait.
            drop(renewal.join());
        }
    }
}

/// The version of the lease where it is `held` by us: a first try whose answer was lost.
fn own(cluster: &Cluster, held: &Held) -> Result<Option<Version>> {
    let current = cluster.document::<Held>(LEASE)?;
    Ok(current.filter(|current| current.value.owner == held.owner).map(|current| current.version))
}

/// Renews `held` until it is told to stop, then gives it back. Where another took it, that stays.
fn keep(
    cluster: &Cluster,
    held: &Held,
    version: Version,
    stopped: &mpsc::Receiver<()>,
    held_until: &AtomicU64,
) {
    let mut version = version;
    loop {
        let ends = !matches!(stopped.recv_timeout(RENEWAL), Err(RecvTimeoutError::Timeout));
        let until = if ends { 0 } else { now() + TERM.as_millis() as u64 };
        let renewed = Held { until, ..held.clone() };
        match cluster.replace(LEASE, &renewed, Some(version), RENEWING) {
            Ok(Some(next)) => {
                version = next;
                held_until.store(until, Ordering::Relaxed);
            }
            Ok(None) => match own(cluster, held) {
                Ok(Some(next)) => version = next,
                Ok(None) => return,
                Err(error) => tracing::warn!(%error, "whether the right to write was renewed is not known"),
            },
            Err(error) => tracing::warn!(%error, "the right to write was not renewed"),
        }
        if ends {
            return;
        }
    }
}

fn locked() -> Error {
    Error::new(
        Kind::Locked,
        "index_locked",
        "another process is writing this index in the cluster; try again in a moment",
    )
}
