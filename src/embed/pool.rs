//! A pool of instances that only one thread at a time can use, grown when needed.

use parking_lot::{Condvar, Mutex, MutexGuard};

use crate::error::Result;

/// Why an instance is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Someone waits for the answer.
    Query,
    /// Many texts in a row: leaves one instance to queries.
    Bulk,
}

/// Up to `bulk_limit + 1` instances of `T`; bulk work holds at most `bulk_limit` of them, so that a
/// query never waits for a build.
pub(super) struct Pool<T> {
    make: Box<dyn Fn() -> Result<T> + Send + Sync>,
    bulk_limit: usize,
    state: Mutex<State<T>>,
    query_turn: Condvar,
    bulk_turn: Condvar,
}

struct State<T> {
    idle: Vec<T>,
    /// Instances that exist or are being made.
    count: usize,
    bulk_held: usize,
}

impl<T> Pool<T> {
    /// A pool that holds `first` and makes the others with `make`.
    pub(super) fn new(
        first: T,
        bulk_limit: usize,
        make: impl Fn() -> Result<T> + Send + Sync + 'static,
    ) -> Self {
        let state = State { idle: vec![first], count: 1, bulk_held: 0 };
        Self {
            make: Box::new(make),
            bulk_limit: bulk_limit.max(1),
            state: Mutex::new(state),
            query_turn: Condvar::new(),
            bulk_turn: Condvar::new(),
        }
    }

    /// Most instances that bulk work can hold at once.
    pub(super) fn bulk_limit(&self) -> usize {
        self.bulk_limit
    }

    /// Runs `work` on an instance that no one else uses meanwhile. Waits while all are lent; makes
    /// a new one, which may fail, where there is room.
    pub(super) fn with<R>(&self, purpose: Purpose, work: impl FnOnce(&mut T) -> Result<R>) -> Result<R> {
        let mut lease = self.lease(purpose);
        let instance = match &mut lease.instance {
            Some(instance) => instance,
            place => place.insert((self.make)()?),
        };
        work(instance)
    }

    fn lease(&self, purpose: Purpose) -> Lease<'_, T> {
        let mut state = self.state.lock();
        loop {
            let may_hold = purpose == Purpose::Query || state.bulk_held < self.bulk_limit;
            let has_room = !state.idle.is_empty() || state.count <= self.bulk_limit;
            if may_hold && has_room {
                break;
            }
            match purpose {
                Purpose::Query => self.query_turn.wait(&mut state),
                Purpose::Bulk => self.bulk_turn.wait(&mut state),
            }
        }
        state.bulk_held += usize::from(purpose == Purpose::Bulk);
        let instance = state.idle.pop();
        state.count += usize::from(instance.is_none());
        Lease { pool: self, purpose, instance }
    }

    fn give_back(&self, instance: Option<T>, purpose: Purpose) {
        let mut state = self.state.lock();
        state.bulk_held -= usize::from(purpose == Purpose::Bulk);
        match instance {
            Some(instance) => state.idle.push(instance),
            None => state.count -= 1,
        }
        if !self.query_turn.notify_one() {
            self.bulk_turn.notify_one();
        }
        // Hand the lock to whoever was just woken, or a busy bulk worker would win every time.
        MutexGuard::unlock_fair(state);
    }
}

/// The right to one instance; it ends, and the instance goes back, when this is dropped.
struct Lease<'pool, T> {
    pool: &'pool Pool<T>,
    purpose: Purpose,
    /// None until it is made, and for good where making it failed.
    instance: Option<T>,
}

impl<T> Drop for Lease<'_, T> {
    fn drop(&mut self) {
        self.pool.give_back(self.instance.take(), self.purpose);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::error::Error;

    fn counting_pool(bulk_limit: usize) -> (Pool<usize>, Arc<AtomicUsize>) {
        let made = Arc::new(AtomicUsize::new(1));
        let counter = Arc::clone(&made);
        (Pool::new(0, bulk_limit, move || Ok(counter.fetch_add(1, Ordering::SeqCst))), made)
    }

    #[test]
    fn it_grows_only_when_needed_and_no_further_than_its_limit() {
        let (pool, made) = counting_pool(2);
        let use_briefly = || {
            pool.with(Purpose::Query, |_| {
                std::thread::yield_now();
                Ok(())
            })
        };
        for _ in 0..10 {
            use_briefly().unwrap();
        }
        assert_eq!(made.load(Ordering::SeqCst), 1);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..50).try_for_each(|_| use_briefly()).unwrap());
            }
        });
        assert!(made.load(Ordering::SeqCst) <= 3);
    }

    #[test]
    fn a_query_does_not_wait_for_bulk_work() {
        let (pool, _) = counting_pool(2);
        let _bulk = [pool.lease(Purpose::Bulk), pool.lease(Purpose::Bulk)];
        pool.with(Purpose::Query, |_| Ok(())).unwrap();
    }

    #[test]
    fn bulk_workers_get_their_turn_after_queries_and_each_other() {
        let (pool, _) = counting_pool(1);
        let held = pool.lease(Purpose::Bulk);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| pool.with(Purpose::Bulk, |_| Ok(())));
            std::thread::sleep(Duration::from_millis(20));
            pool.with(Purpose::Query, |_| Ok(())).unwrap();
            drop(held);
            waiting.join().unwrap().unwrap();
        });
    }

    #[test]
    fn a_failure_to_make_one_is_not_for_ever() {
        let attempts = AtomicUsize::new(0);
        let pool = Pool::new(0, 1, move || match attempts.fetch_add(1, Ordering::SeqCst) {
            0 => Err(Error::internal("no")),
            attempt => Ok(attempt),
        });
        let _held = pool.lease(Purpose::Query);
        assert!(pool.with(Purpose::Query, |_| Ok(())).is_err());
        assert_eq!(pool.with(Purpose::Query, |attempt| Ok(*attempt)).unwrap(), 1);
    }
}
