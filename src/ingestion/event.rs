//! What the ingestion tells of itself, for who counts it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::pipeline::{Change, Outcome};

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A change was made, or not.
    Changed {
        /// Whether a document was put in; else it was taken out.
        is_put: bool,
        /// One of few words: `created`, `replaced`, `unchanged`, `removed`, `failed`; `refused` where too many waited.
        outcome: &'static str,
        /// From its coming to its answer.
        took: Duration,
    },
    /// Segments were merged; false where that failed.
    Merged(bool),
}

impl Event {
    /// The event of `change` that ended as `outcome`.
    pub(super) fn changed(is_put: bool, outcome: Result<Outcome, &Error>, took: Duration) -> Self {
        let outcome = match outcome {
            Ok(Outcome::Created) => "created",
            Ok(Outcome::Replaced) => "replaced",
            Ok(Outcome::Unchanged) => "unchanged",
            Ok(Outcome::Removed) => "removed",
            Err(error) if error.code() == "ingestion_busy" => "refused",
            Err(_) => "failed",
        };
        Self::Changed { is_put, outcome, took }
    }
}

/// Whether `change` puts a document in.
pub(super) fn is_put(change: &Change) -> bool {
    matches!(change, Change::Put(_))
}

/// Is told of every [`Event`].
pub type EventObserver = Arc<dyn Fn(Event) + Send + Sync>;

/// The one who is told, once there is one; cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Listener(Arc<OnceLock<EventObserver>>);

impl Listener {
    /// Tells `observer` from now on; the first one stays.
    pub(super) fn set(&self, observer: EventObserver) {
        drop(self.0.set(observer));
    }

    pub(super) fn tell(&self, event: Event) {
        if let Some(observer) = self.0.get() {
            observer(event);
        }
    }
}
