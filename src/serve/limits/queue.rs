//! The line in which searches wait: a few are worked on, some wait, the rest are told to come back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Error, Kind, Result};

/// A bounded line. Without a bound a burst would be answered in order long after its clients have gone, and the
/// memory that it holds would grow with it.
#[derive(Debug)]
pub(in crate::serve) struct Queue {
    places: Arc<Semaphore>,
    most_waiting: usize,
    longest_wait: Duration,
    waiting: AtomicUsize,
}

impl Queue {
    /// A line in front of `places` searches at a time, in which `most_waiting` wait, each for `longest_wait`.
    pub(in crate::serve) fn new(places: usize, most_waiting: usize, longest_wait: Duration) -> Self {
        let places = Arc::new(Semaphore::new(places));
        Self { places, most_waiting, longest_wait, waiting: AtomicUsize::new(0) }
    }

    /// A place, at once or after waiting in line; `busy` where the line is full or the wait too long.
    pub(in crate::serve) async fn enter(&self) -> Result<OwnedSemaphorePermit> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(place);
        }
        let ahead = self.waiting.fetch_add(1, Ordering::Relaxed);
        let _waiting = Waiting(&self.waiting);
        if ahead >= self.most_waiting {
            return Err(busy("the line of waiting searches is full"));
        }
        match tokio::time::timeout(self.longest_wait, Arc::clone(&self.places).acquire_owned()).await {
            Ok(place) => place.map_err(closed),
            Err(_) => Err(busy("no search ended in time")),
        }
    }

    /// A place, however long that takes: for the items of a batch, of which only as many wait as there are cores.
    pub(in crate::serve) async fn enter_in_turn(&self) -> Result<OwnedSemaphorePermit> {
        Arc::clone(&self.places).acquire_owned().await.map_err(closed)
    }

    /// How many wait now.
    pub(in crate::serve) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Whether the next to come would be told to come back.
    pub(in crate::serve) fn is_full(&self) -> bool {
        self.waiting() >= self.most_waiting && self.places.available_permits() == 0
    }
}

struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn busy(why: &str) -> Error {
    Error::new(Kind::Unavailable, "busy", format!("{why}; try again in a moment"))
}

fn closed(_: tokio::sync::AcquireError) -> Error {
    Error::internal("the search queue is closed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_works_one_waits_the_third_is_refused() {
        let queue = Arc::new(Queue::new(1, 1, Duration::from_secs(5)));
        let working = queue.enter().await.expect("a free place");
        let line = Arc::clone(&queue);
        let second = tokio::spawn(async move { line.enter().await });
        tokio::task::yield_now().await;
        assert_eq!(queue.waiting(), 1);
        assert!(queue.is_full());
        assert_eq!(queue.enter().await.expect_err("full").code(), "busy");
        drop(working);
        let second = second.await.expect("joined").expect("its turn");
        // Time is paused: it jumps to the end of the wait.
        assert_eq!(queue.enter().await.expect_err("too long").code(), "busy");
        drop(second);
        assert_eq!(queue.waiting(), 0);
    }
}
