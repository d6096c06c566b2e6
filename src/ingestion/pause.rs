//! Pauses between attempts at what keeps failing: a full disk is not emptied by trying again at once, and a log
//! that says so every second helps to fill it.

use std::time::{Duration, Instant};

/// The first pause; each is twice the one before.
const FIRST: Duration = Duration::from_secs(1);
/// The longest.
const LONGEST: Duration = Duration::from_mins(5);

/// How long not to try.
#[derive(Debug, Default)]
pub(super) struct Pause {
    failures: u32,
    until: Option<Instant>,
}

impl Pause {
    /// Whether it is too early at `now`.
    pub(super) fn holds(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    /// Notes a failure at `now`; how long to leave it alone.
    pub(super) fn fail(&mut self, now: Instant) -> Duration {
        let pause = FIRST.saturating_mul(2_u32.saturating_pow(self.failures)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        self.until = Some(now + pause);
        pause
    }

    /// Notes that it went well.
    pub(super) fn end(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_bound_and_end_with_success() {
        let now = Instant::now();
        let mut pause = Pause::default();
        assert!(!pause.holds(now));
        let pauses: Vec<u64> = (0..12).map(|_| pause.fail(now).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        assert!(pause.holds(now + Duration::from_secs(299)) && !pause.holds(now + LONGEST));
        pause.end();
        assert!(!pause.holds(now));
        assert_eq!(pause.fail(now), FIRST);
    }
}
