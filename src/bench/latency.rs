//! How long answers take when so many clients ask at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Times of one arrangement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Clients that ask at once, each the next question as soon as it has an answer.
    pub clients: usize,
    /// Answers measured.
    pub answers: usize,
    /// Milliseconds within which half of the answers came.
    pub p50_ms: f64,
    /// Milliseconds within which 95 of 100 came.
    pub p95_ms: f64,
    /// Milliseconds within which 99 of 100 came.
    pub p99_ms: f64,
    /// Answers a second, of all clients together.
    pub per_second: f64,
}

/// When a measurement ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Until {
    /// After so long, however many questions were asked.
    Elapsed(Duration),
    /// When each of so many questions was asked once.
    Asked(usize),
}

/// Lets `clients` ask questions 0, 1, 2 and so on by `ask`. The first error ends it.
pub(super) fn measure(
    clients: usize,
    until: Until,
    ask: &(dyn Fn(usize) -> Result<()> + Sync),
) -> Result<Latency> {
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    let goes_on = |number: usize| match until {
        Until::Elapsed(time) => started.elapsed() < time,
        Until::Asked(count) => number < count,
    };
    let client = || {
        let mut times = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if !goes_on(number) {
                return Ok(times);
            }
            let asked = Instant::now();
            ask(number)?;
            times.push(asked.elapsed());
        }
    };
    let times = std::thread::scope(|scope| {
        let running: Vec<_> = (0..clients.max(1)).map(|_| scope.spawn(client)).collect();
        let mut all = Vec::new();
        for client in running {
            all.extend(client.join().map_err(|_| Error::internal("a client of the benchmark panicked"))??);
        }
        Result::Ok(all)
    })?;
    Ok(latency(clients, times, started.elapsed()))
}

fn latency(clients: usize, mut times: Vec<Duration>, wall: Duration) -> Latency {
    times.sort_unstable();
    let at = |thousandths: usize| {
        let index = times.len().saturating_sub(1) * thousandths / 1000;
        times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    Latency {
        clients,
        answers: times.len(),
        p50_ms: at(500),
        p95_ms: at(950),
        p99_ms: at(990),
        per_second: times.len() as f64 / wall.as_secs_f64().max(1e-9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_question_is_asked_once() {
        let asked = parking_lot::Mutex::new(Vec::new());
        let measured = measure(3, Until::Asked(20), &|number| {
            asked.lock().push(number);
            Ok(())
        })
        .expect("measured");
        let mut asked = asked.into_inner();
        asked.sort_unstable();
        assert_eq!((measured.answers, asked), (20, (0..20).collect()));
    }

    #[test]
    fn percentiles_are_those_of_the_sorted_times() {
        let times = (1..=100).map(Duration::from_millis).collect();
        let measured = latency(1, times, Duration::from_secs(2));
        assert_eq!((measured.p50_ms, measured.p99_ms, measured.per_second), (50.0, 99.0, 50.0));
    }
}
