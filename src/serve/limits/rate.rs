//! How often one key may ask.

use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Requests of one key: so many a second in the long run, so many at once after a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Rate {
    /// Requests a second.
    pub per_second: NonZeroU32,
    /// Requests at once.
    pub burst: NonZeroU32,
}

/// Counts requests by key. Only keys that exist are counted, so its memory is bounded by their number.
#[derive(Debug)]
pub(in crate::serve) struct RateLimit {
    buckets: DefaultKeyedRateLimiter<String>,
    clock: DefaultClock,
}

impl RateLimit {
    /// A count of requests against `rate`.
    pub(in crate::serve) fn new(rate: Rate) -> Self {
        let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
        Self { buckets: RateLimiter::keyed(quota), clock: DefaultClock::default() }
    }

    /// Counts a request of `key`; where it is one too many, the whole seconds until the next is answered.
    pub(in crate::serve) fn take(&self, key: &str) -> Result<(), u64> {
        let wait = |early: governor::NotUntil<_>| {
            let wait = early.wait_time_from(self.clock.now());
            wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
        };
        self.buckets.check_key(&key.to_owned()).map_err(|early| wait(early).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_a_bucket_of_its_own() {
        let one = NonZeroU32::MIN;
        let limit = RateLimit::new(Rate { per_second: one, burst: one });
        assert_eq!(limit.take("a"), Ok(()));
        assert_eq!(limit.take("a"), Err(1));
        assert_eq!(limit.take("b"), Ok(()));
    }
}
