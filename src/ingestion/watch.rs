//! Keeps the index in step with folders.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use notify_debouncer_mini::notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_mini::{DebounceEventResult, Debouncer, new_debouncer};

use super::{Done, Ingestion};
use crate::error::{Error, Kind, Result};
use crate::model::DocumentId;
use crate::pipeline::{self, Change, Input};

/// How long a folder must be quiet before it is looked at: a file that is being copied is not read half.
const QUIET: Duration = Duration::from_secs(1);
/// Documents that are on their way at once.
const UNDER_WAY: usize = 16;
/// Pause before a change is tried again that found the line full.
const PAUSE: Duration = Duration::from_millis(200);

/// Watches folders until it is dropped.
pub struct Watch {
    _debouncer: Debouncer<RecommendedWatcher>,
}

impl Watch {
    /// Brings what is in `folders` into the index, and from then on what is put there or changes. What is removed
    /// from them while this watches is taken out of the index.
    pub fn start(folders: Vec<PathBuf>, ingestion: Ingestion) -> Result<Self> {
        let (sender, events) = mpsc::channel::<DebounceEventResult>();
        let mut debouncer = new_debouncer(QUIET, sender).map_err(|error| failed(&error))?;
        for folder in &folders {
            if !folder.is_dir() {
                let message = format!("--watch {}: not a folder", folder.display());
                return Err(Error::invalid("invalid_watch", "watch", message));
            }
            debouncer.watcher().watch(folder, RecursiveMode::Recursive).map_err(|error| failed(&error))?;
        }
        let mut watched = Watched { folders, ingestion, known: HashMap::new() };
        let run = move || {
            watched.look();
            while wait(&events) {
                watched.look();
            }
        };
        std::thread::Builder::new()
            .name("watch".to_owned())
            .spawn(run)
            .map_err(|error| Error::io("starting to watch", error))?;
        Ok(Self { _debouncer: debouncer })
    }
}

fn failed(error: &notify_debouncer_mini::notify::Error) -> Error {
    Error::new(Kind::Io, "watch", format!("watching a folder: {error}"))
}

/// Whether something happened; false once nobody watches any more.
fn wait(events: &Receiver<DebounceEventResult>) -> bool {
    match events.recv() {
        Ok(Ok(_)) => true,
        Ok(Err(error)) => {
            // Events may be lost: what is there says what happened.
            tracing::warn!(%error, "watching");
            true
        }
        Err(_) => false,
    }
}

struct Watched {
    folders: Vec<PathBuf>,
    ingestion: Ingestion,
    /// What was last handed on of each document: a hash of its bytes and of what the manifest says.
    known: HashMap<DocumentId, blake3::Hash>,
}

impl Watched {
    /// Hands on what is new, what has changed, and what is gone.
    fn look(&mut self) {
        let mut seen = HashSet::new();
        let mut is_complete = true;
        let mut under_way = Vec::new();
        for input in pipeline::inputs(&self.folders) {
            let input = match input {
                Ok(input) => input,
                Err(error) => {
                    tracing::warn!(%error, code = error.code(), "not taken in");
                    is_complete = false;
                    continue;
                }
            };
            if !seen.insert(input.id.clone()) {
                tracing::warn!(file = input.file, "has the id of another file; rename one of the two");
                continue;
            }
            let hash = hash(&input);
            if self.known.get(&input.id) == Some(&hash) {
                continue;
            }
            self.known.insert(input.id.clone(), hash);
            let file = input.file.clone();
            under_way.push((file, self.submit(&Change::Put(Box::new(input)))));
            if under_way.len() == UNDER_WAY {
                under_way.drain(..).for_each(report);
            }
        }
        under_way.drain(..).for_each(report);
        // A folder that cannot be read, such as a disk that is not mounted, does not empty the index.
        if is_complete && self.folders.iter().all(|folder| folder.is_dir()) {
            let gone: Vec<DocumentId> = self.known.keys().filter(|id| !seen.contains(*id)).cloned().collect();
            for id in gone {
                self.known.remove(&id);
                report((id.as_str().to_owned(), self.submit(&Change::Remove(id))));
            }
        }
    }

    /// Puts `change` into the line, when there is room.
    fn submit(&self, change: &Change) -> Receiver<Result<Done>> {
        loop {
            let (answer, answered) = mpsc::sync_channel(1);
            let submitted = self.ingestion.submit(change.clone(), move |done| drop(answer.send(done)));
            match submitted {
                Err(error) if error.code() == "ingestion_busy" => std::thread::sleep(PAUSE),
                _ => return answered,
            }
        }
    }
}

fn hash(input: &Input) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&input.bytes);
    hasher.update(format!("{:?} {:?}", input.file, input.entry).as_bytes());
    hasher.finalize()
}

fn report((file, answered): (String, Receiver<Result<Done>>)) {
    match answered.recv() {
        Ok(Ok(Done { receipt, generation })) => {
            tracing::info!(file, outcome = ?receipt.outcome, version = receipt.version, generation, "watched file");
        }
        Ok(Err(error)) => tracing::warn!(file, %error, code = error.code(), "watched file not taken in"),
        Err(_) => tracing::warn!(file, "watched file not taken in: the ingestion has ended"),
    }
}
