//! Whether the data directory can be written to.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// Less free space than this is none: a generation that cannot be finished helps nobody.
const LEAST: u64 = 64 << 20;
/// How long an answer holds: everybody may ask, and each time a file is written.
const HOLDS: Duration = Duration::from_secs(10);

/// The data directory's disk.
#[derive(Debug)]
pub(super) struct Disk {
    data_dir: PathBuf,
    last: Mutex<Option<(Instant, bool)>>,
}

impl Disk {
    pub(super) fn of(data_dir: PathBuf) -> Self {
        Self { data_dir, last: Mutex::new(None) }
    }

    /// Whether a file can be written there now, or could a moment ago. Blocks.
    pub(super) fn is_writable(&self) -> bool {
        let mut last = self.last.lock();
        if let Some((at, is_writable)) = *last
            && at.elapsed() < HOLDS
        {
            return is_writable;
        }
        let is_writable = why_not_writable(&self.data_dir).is_none();
        *last = Some((Instant::now(), is_writable));
        is_writable
    }
}

/// Why no file can be written to `folder`; none where one can.
pub fn why_not_writable(folder: &Path) -> Option<String> {
    match fs4::available_space(folder) {
        Ok(free) if free < LEAST => return Some(format!("only {} MiB are free", free >> 20)),
        Ok(_) => {}
        Err(error) => return Some(error.to_string()),
    }
    let probe = folder.join(format!(".probe-{}", std::process::id()));
    let written = std::fs::File::create(&probe).and_then(|mut file| file.write_all(b"ok"));
    drop(std::fs::remove_file(&probe));
    written.err().map(|error| error.to_string())
}
