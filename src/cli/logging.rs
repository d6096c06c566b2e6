//! Logs to standard error; `TIAOKUAN_LOG` says how much (`info`, `tiaokuan=debug`).

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

pub(super) fn start() {
    let filter = EnvFilter::try_from_env("TIAOKUAN_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,ort=error,hnsw_rs=off"));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Tests start it twice in one process; the first stays.
    let _ = subscriber.with_ansi(std::io::stderr().is_terminal()).try_init();
}
