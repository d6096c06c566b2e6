//! Third-party parsers meet bytes from anywhere: they run apart, within a time limit, and a panic of
//! theirs is an error of the one file.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use super::malformed;
use crate::error::{Error, Kind, Result};

/// Deep nesting costs stack, not correctness.
const STACK: usize = 32 << 20;

/// Runs `work` in a thread of its own. A thread that outlives `limit` is left behind: Rust cannot
/// end it, and it holds nothing but its own copy of the bytes.
pub(super) fn within<T: Send + 'static>(
    file: &str,
    limit: Duration,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let (sender, receiver) = sync_channel(1);
    thread::Builder::new()
        .name("load".to_owned())
        .stack_size(STACK)
        .spawn(move || {
            let outcome = catch_unwind(AssertUnwindSafe(work));
            let _ = sender.send(outcome);
        })
        .map_err(|error| Error::io(format!("{file}: cannot start a thread"), error))?;
    match receiver.recv_timeout(limit) {
        Ok(Ok(outcome)) => outcome,
        Err(RecvTimeoutError::Timeout) => Err(Error::new(
            Kind::Malformed,
            "timed_out",
            format!(
                "{file}: reading took more than {} s; save the document anew and try again",
                limit.as_secs()
            ),
        )),
        Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => Err(malformed(
            file,
            "the file is damaged: its reader gave up; save the document anew and try again",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_or_panicking_reader_is_an_error() {
        let slow = within("慢.pdf", Duration::from_millis(20), || {
            thread::sleep(Duration::from_millis(500));
            Ok(())
        });
        assert_eq!(slow.unwrap_err().code(), "timed_out");
        let broken: Result<()> = within("坏.pdf", Duration::from_secs(5), || {
            let nothing: Option<u8> = None;
            nothing
                .map(|_| ())
                .ok_or_else(|| Error::internal("none"))
                .map_err(|_| std::panic::resume_unwind(Box::new(())))
        });
        assert_eq!(broken.unwrap_err().code(), "malformed_document");
    }
}
