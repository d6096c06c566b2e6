//! Changes of the index while others read it: one line of changes, and one thread that makes them.
//!
//! A change is answered when it is durable and searchable. Those that wait are made together, so that many
//! small ones cost little more than one. Segments are merged beside, without keeping changes waiting, and what
//! another process publishes is taken over within a second.

mod event;
mod pause;
mod watch;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::embed::Embedder;
use crate::error::{Error, Kind, Result};
use crate::index::{self, Generation, Merged, PreparedSegment, Store, Writer};
use crate::model::DocumentId;
use crate::pipeline::{self, BuildOptions, Change, Receipt, Silent};
use crate::search::Engine;

pub use event::{Event, EventObserver};
use event::{Listener, is_put};
use pause::Pause;
pub use watch::Watch;

/// Changes that wait; more are refused.
const QUEUE: usize = 64;
/// Changes that are made together.
const BATCH: usize = 32;
/// How often it is looked for what another process published.
const POLL: Duration = Duration::from_secs(1);
/// How long another process may have the right to write before a change is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// A change that was made.
#[derive(Clone, Debug)]
pub struct Done {
    /// What became of it.
    pub receipt: Receipt,
    /// The generation that has it.
    pub generation: u64,
}

type Answer = Box<dyn FnOnce(Result<Done>) + Send>;

struct Job {
    change: Change,
    since: Instant,
    answer: Answer,
}

/// Takes changes. Cheap to clone; what waits is still made after the last clone is dropped.
#[derive(Clone)]
pub struct Ingestion {
    line: SyncSender<Job>,
    listener: Listener,
}

/// What changes are made with.
pub struct Settings {
    /// The index.
    pub store: Store,
    /// The model; without it only an index without vectors can be changed.
    pub embedder: Option<Arc<dyn Embedder>>,
    /// Limits of a build.
    pub options: BuildOptions,
    /// Where generations are published.
    pub engine: Engine,
}

impl Ingestion {
    /// Starts the thread.
    pub fn start(settings: Settings) -> Result<Self> {
        let (line, jobs) = mpsc::sync_channel(QUEUE);
        let listener = Listener::default();
        let (written, merging, pause) = (None, None, Pause::default());
        let worker = Worker { settings, written, merging, pause, listener: listener.clone() };
        std::thread::Builder::new()
            .name("ingestion".to_owned())
            .spawn(move || worker.run(&jobs))
            .map_err(|error| Error::io("starting the ingestion", error))?;
        Ok(Self { line, listener })
    }

    /// Tells `observer` of what happens from now on; the first one stays.
    pub fn observed_by(&self, observer: EventObserver) {
        self.listener.set(observer);
    }

    /// Puts `change` into the line; `answer` is called once it is durable and searchable, or has failed.
    /// `ingestion_busy` when too many wait.
    pub fn submit(&self, change: Change, answer: impl FnOnce(Result<Done>) + Send + 'static) -> Result<()> {
        let is_put = is_put(&change);
        let job = Job { change, since: Instant::now(), answer: Box::new(answer) };
        let submitted = self.line.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => Error::new(
                Kind::Unavailable,
                "ingestion_busy",
                format!("{QUEUE} documents wait to be taken in; try again in some seconds"),
            ),
            TrySendError::Disconnected(_) => Error::internal("the ingestion has ended"),
        });
        submitted.inspect_err(|error| {
            self.listener.tell(Event::changed(is_put, Err(error), Duration::ZERO));
        })
    }

    /// As [`submit`](Self::submit), and waits for the answer.
    pub fn make(&self, change: Change) -> Result<Done> {
        let (answer, answered) = mpsc::sync_channel(1);
        self.submit(change, move |done| drop(answer.send(done)))?;
        answered.recv().map_err(|error| Error::internal("the ingestion has ended").with_source(error))?
    }
}

/// Takes over what other processes publish in `store`, for as long as this process runs: for a service that only
/// reads.
pub fn follow(store: Store, engine: Engine) -> Result<()> {
    let follow = move || loop {
        std::thread::sleep(POLL);
        refresh(&store, &engine);
    };
    let thread = std::thread::Builder::new().name("follow".to_owned()).spawn(follow);
    thread.map(drop).map_err(|error| Error::io("starting to follow the index", error))
}

/// Takes over what another process published.
fn refresh(store: &Store, engine: &Engine) {
    let known = engine.generation();
    let number = match store.current_number() {
        Ok(number) => number,
        Err(error) => {
            tracing::debug!(%error, "whether there is a new index is not known");
            return;
        }
    };
    if number.is_none() || number == known.as_ref().map(|known| known.id()) {
        return;
    }
    match store.open_after(known.as_ref()) {
        Ok(Some(generation)) => engine.publish(generation),
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "the new index of another process cannot be opened"),
    }
}

struct Worker {
    settings: Settings,
    /// What was written last, with all its files, where the engine's generation has them in a cluster.
    written: Option<Arc<Generation>>,
    merging: Option<JoinHandle<Result<(PreparedSegment, Merged)>>>,
    /// Before segments are merged again that could not be.
    pause: Pause,
    listener: Listener,
}

impl Worker {
    fn run(mut self, jobs: &Receiver<Job>) {
        let mut next: Option<Job> = None;
        loop {
            let job = match next.take() {
                Some(job) => Ok(job),
                None => jobs.recv_timeout(POLL),
            };
            match job {
                Ok(job) => {
                    let (batch, left) = batch(job, jobs);
                    next = left;
                    self.make(batch);
                }
                Err(RecvTimeoutError::Timeout) => refresh(&self.settings.store, &self.settings.engine),
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.merge();
        }
    }

    /// Makes the changes of `batch` together and answers each.
    fn make(&mut self, batch: Vec<Job>) {
        let (mut changes, mut answers) = (Vec::new(), Vec::new());
        for Job { change, since, answer } in batch {
            answers.push(self.noted(is_put(&change), since, answer));
            changes.push(change);
        }
        // A file that some reader panics on must not end the line for all others.
        let applied = catch_unwind(AssertUnwindSafe(|| self.apply(changes)));
        match applied.unwrap_or_else(|_| Err(Error::internal("taking documents in ended abnormally"))) {
            Ok((outcomes, generation)) => {
                for (answer, outcome) in answers.into_iter().zip(outcomes) {
                    answer(outcome.map(|receipt| Done { receipt, generation }));
                }
            }
            Err(error) => {
                tracing::error!(%error, code = error.code(), "documents were not taken in");
                let error = if error.is_disk_full() { disk_full() } else { error };
                for answer in answers {
                    answer(Err(Error::new(error.kind(), error.code(), error.to_string())));
                }
            }
        }
    }

    /// `answer`, of which the listener hears too.
    fn noted(&self, is_put: bool, since: Instant, answer: Answer) -> Answer {
        let listener = self.listener.clone();
        Box::new(move |done| {
            let outcome = done.as_ref().map(|done| done.receipt.outcome);
            listener.tell(Event::changed(is_put, outcome, since.elapsed()));
            answer(done);
        })
    }

    fn apply(&mut self, changes: Vec<Change>) -> Result<(Vec<Result<Receipt>>, u64)> {
        let writer = self.writer()?;
        let current = self.current(&writer)?;
        pipeline::check_model(current.as_deref(), self.settings.embedder.as_deref())?;
        let Settings { embedder, options, .. } = &self.settings;
        let changes = changes.into_iter().map(Ok);
        let embedder = embedder.as_deref();
        let applied = pipeline::apply(&writer, current.as_ref(), changes, embedder, *options, &Silent)?;
        if let Some(generation) = &applied.generation {
            self.show(generation)?;
        }
        let generation = applied.generation.or(current).map_or(0, |generation| generation.id());
        Ok((applied.outcomes, generation))
    }

    /// The right to write; waits for another process that has it.
    fn writer(&self) -> Result<Writer> {
        let started = Instant::now();
        loop {
            match self.settings.store.writer() {
                Err(error) if error.kind() == Kind::Locked && started.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(50));
                }
                writer => return writer,
            }
        }
    }

    /// The current generation with all that a change of it needs.
    fn current(&self, writer: &Writer) -> Result<Option<Arc<Generation>>> {
        writer.open_after(self.complete().as_ref())
    }

    /// The newest generation that is known here with all its files.
    fn complete(&self) -> Option<Arc<Generation>> {
        match self.settings.store.cluster() {
            Some(_) => self.written.clone(),
            None => self.settings.engine.generation(),
        }
    }

    /// Lets searches see `generation`, which was just published.
    fn show(&mut self, generation: &Arc<Generation>) -> Result<()> {
        let Settings { store, engine, .. } = &self.settings;
        if store.cluster().is_none() {
            engine.publish(Arc::clone(generation));
            return Ok(());
        }
        let shown = store.open_after(engine.generation().as_ref())?;
        if let Some(shown) = shown {
            engine.publish(shown);
        }
        self.written = Some(Arc::clone(generation));
        Ok(())
    }

    /// Merges segments where that is due. What fails is left alone for a while, and for longer each time.
    fn merge(&mut self) {
        match self.try_merge() {
            Ok(false) => {}
            Ok(true) => {
                self.pause.end();
                self.listener.tell(Event::Merged(true));
            }
            Err(error) => {
                let pause = self.pause.fail(Instant::now());
                tracing::warn!(%error, again_in_s = pause.as_secs(), "segments were not merged");
                self.listener.tell(Event::Merged(false));
            }
        }
    }

    /// Begins to merge segments where that is due; publishes what was merged, and says whether it did.
    fn try_merge(&mut self) -> Result<bool> {
        let mut is_done = false;
        if self.merging.as_ref().is_some_and(JoinHandle::is_finished) {
            let merged = self.merging.take().map(JoinHandle::join);
            let (segment, merged) = merged
                .ok_or_else(|| Error::internal("no merge"))?
                .map_err(|_| Error::internal("a merge ended abnormally"))??;
            let writer = self.writer()?;
            if let Some(current) = self.current(&writer)? {
                let segment = writer.adopt(segment)?;
                let generation = pipeline::put_merged(&writer, &current, &merged, segment)?;
                self.show(&generation)?;
                is_done = true;
            }
        }
        if self.merging.is_none() && !self.pause.holds(Instant::now()) {
            let Some(generation) = self.complete() else { return Ok(is_done) };
            let Some(places) = index::is_due(&generation) else { return Ok(is_done) };
            let store = self.settings.store.clone();
            let merge = move || {
                let (input, merged) = index::merged(&generation, &places)?;
                Ok((PreparedSegment::write(&store, input)?, merged))
            };
            let thread = std::thread::Builder::new().name("merge".to_owned()).spawn(merge);
            self.merging = Some(thread.map_err(|error| Error::io("starting a merge", error))?);
        }
        Ok(is_done)
    }
}

fn disk_full() -> Error {
    let message = "the disk of the data directory is full; nothing was changed: make room and send it again";
    Error::new(Kind::Unavailable, "disk_full", message)
}

/// `first` with what waits behind it, up to the first change of a document that one before it is about.
fn batch(first: Job, jobs: &Receiver<Job>) -> (Vec<Job>, Option<Job>) {
    let mut batch = vec![first];
    while batch.len() < BATCH {
        let Ok(job) = jobs.try_recv() else { break };
        let id: &DocumentId = job.change.document();
        if batch.iter().any(|before| before.change.document() == id) {
            return (batch, Some(job));
        }
        batch.push(job);
    }
    (batch, None)
}
