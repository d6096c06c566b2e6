//! The work that one request causes: it can be given up, and says how long each stage took.
//!
//! A query is a handful of stages, a review is a query a clause. [`stage`] stands at each: it ends the work with
//! an error where the request was given up, and otherwise times it. What is given up and who is told of times
//! belongs to the thread that does the work ([`Work::run`]), so that the stages themselves take no argument for
//! it; work that goes on in other threads takes [`Work::current`] there.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::error::{Error, Kind, Result};

/// A part of answering that is timed and at whose beginning the work can be given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Words, phrases and fields of the query.
    Parse,
    /// Which clauses may answer at all.
    Filter,
    /// The text's vector.
    Embed,
    /// What a cluster found and knows.
    Gather,
    /// Scores by words and bigrams, thesaurus and numbers.
    Keyword,
    /// The nearest vectors.
    Vector,
    /// Features of all candidates.
    Features,
    /// Scores and order.
    Fuse,
    /// The cross-encoder.
    Rerank,
    /// Near-identical clauses put into one.
    Collapse,
    /// Page, facets and highlights.
    Page,
}

impl Stage {
    /// Every stage, in the order of a query.
    pub const ALL: [Self; 11] = [
        Self::Parse,
        Self::Filter,
        Self::Embed,
        Self::Gather,
        Self::Keyword,
        Self::Vector,
        Self::Features,
        Self::Fuse,
        Self::Rerank,
        Self::Collapse,
        Self::Page,
    ];

    /// Its name in metrics and traces.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parse => "parse",
            Self::Filter => "filter",
            Self::Embed => "embed",
            Self::Gather => "gather",
            Self::Keyword => "keyword",
            Self::Vector => "vector",
            Self::Features => "features",
            Self::Fuse => "fuse",
            Self::Rerank => "rerank",
            Self::Collapse => "collapse",
            Self::Page => "page",
        }
    }
}

/// Is told how long a stage took.
pub type StageObserver = Arc<dyn Fn(Stage, Duration) + Send + Sync>;

/// The work of one request.
#[derive(Clone, Default)]
pub struct Work {
    given_up: Arc<AtomicBool>,
    observer: Option<StageObserver>,
}

thread_local! {
    static CURRENT: RefCell<Option<Work>> = const { RefCell::new(None) };
}

impl Work {
    /// Work that tells `observer` how long its stages take.
    pub fn observed_by(observer: StageObserver) -> Self {
        Self { given_up: Arc::default(), observer: Some(observer) }
    }

    /// Does `work` as this one: its stages end early once this is given up.
    pub fn run<T>(&self, work: impl FnOnce() -> T) -> T {
        let _before = Restore(CURRENT.replace(Some(self.clone())));
        work()
    }

    /// The work that this thread does now, to go on with in another.
    pub fn current() -> Self {
        CURRENT.with_borrow(Clone::clone).unwrap_or_default()
    }

    /// Gives this up when dropped: for the future that awaits it, which a client that has gone or a time limit
    /// drops.
    pub fn give_up_on_drop(&self) -> GiveUpOnDrop {
        GiveUpOnDrop(Arc::clone(&self.given_up))
    }
}

/// The thread's work before, put back even by a panic.
struct Restore(Option<Work>);

impl Drop for Restore {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

/// Gives up a [`Work`] when dropped.
#[derive(Debug)]
pub struct GiveUpOnDrop(Arc<AtomicBool>);

impl Drop for GiveUpOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Does one stage of the current work; `timeout` without doing it where the work was given up.
pub(super) fn stage<T>(stage: Stage, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let current = CURRENT.with_borrow(|current| {
        let current = current.as_ref()?;
        Some((current.given_up.load(Ordering::Relaxed), current.observer.clone()))
    });
    let Some((given_up, observer)) = current else { return work() };
    if given_up {
        let message = "the request was given up before it was answered";
        return Err(Error::new(Kind::Unavailable, "timeout", message));
    }
    let span = tracing::debug_span!("stage", name = stage.name());
    let started = Instant::now();
    let outcome = span.in_scope(work);
    if let Some(observer) = observer {
        observer(stage, started.elapsed());
    }
    outcome
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn given_up_work_ends_at_the_next_stage() {
        let work = Work::default();
        let guard = work.give_up_on_drop();
        let outcome = work.run(|| {
            stage(Stage::Parse, || Ok(()))?;
            drop(guard);
            stage(Stage::Fuse, || -> Result<()> { Err(Error::internal("it went on")) })
        });
        assert_eq!(outcome.expect_err("ended").code(), "timeout");
        stage(Stage::Parse, || Ok(())).expect("other work of this thread goes on");
    }

    #[test]
    fn another_thread_takes_the_work_along() {
        let times = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&times);
        let work = Work::observed_by(Arc::new(move |stage, _| told.lock().expect("unpoisoned").push(stage)));
        let carried = work.run(Work::current);
        std::thread::spawn(move || carried.run(|| stage(Stage::Embed, || Ok(()))))
            .join()
            .expect("joined")
            .expect("done");
        assert_eq!(*times.lock().expect("unpoisoned"), [Stage::Embed]);
    }
}
