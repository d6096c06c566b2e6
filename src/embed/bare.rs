//! ONNX Runtime and nothing else: what `tiaokuan bench` compares the embedder with.

use std::num::NonZero;
use std::time::{Duration, Instant};

use ort::session::Session;
use ort::value::Tensor;

use super::model::ModelFiles;
use super::onnx::{instance, read};
use super::prepare::prepare;
use super::runtime;
use crate::error::{Error, Result};

/// The model's session with a number of copies and threads, fed with token ids.
pub struct BareRuntime {
    name: String,
    sessions: Vec<Session>,
    has_types: bool,
}

/// Token ids of texts, `[texts][tokens]`, made as the embedder makes them.
pub fn token_ids(files: &ModelFiles, texts: &[&str]) -> Result<Vec<Vec<i64>>> {
    let instance = instance(files)?;
    let ids = |text: &&str| {
        let text = prepare(text)?;
        let encoded = instance.tokenizer.encode(text.as_ref(), true);
        let encoded = encoded.map_err(|error| Error::internal(format!("the tokenizer failed: {error}")))?;
        Ok(encoded.get_ids().iter().map(|id| i64::from(*id)).collect())
    };
    texts.iter().map(ids).collect()
}

impl BareRuntime {
    /// The settings worth trying: one session with a thread a core, and a session a core with one thread each.
    pub fn settings(files: &ModelFiles) -> Result<Vec<Self>> {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        [(1, cores), (cores, 1)]
            .into_iter()
            .map(|(copies, threads)| Self::open(files, copies, threads))
            .collect()
    }

    fn open(files: &ModelFiles, copies: usize, threads: usize) -> Result<Self> {
        let environment = runtime::environment(&files.runtime)?;
        let weights = read(&files.model)?;
        let session = || -> ort::Result<Session> {
            Session::builder(&environment)?.with_intra_threads(threads)?.commit_from_memory(&weights)
        };
        let sessions = (0..copies).map(|_| session()).collect::<ort::Result<Vec<_>>>().map_err(failed)?;
        let first = sessions.first().into_iter().flat_map(Session::inputs);
        let has_types = first.into_iter().any(|input| input.name() == "token_type_ids");
        Ok(Self { name: format!("{copies} x {threads} threads"), sessions, has_types })
    }

    /// How many sessions of how many threads.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs every text by itself, the sessions taking turns; how long that took.
    pub fn run(&mut self, texts: &[Vec<i64>]) -> Result<Duration> {
        let count = self.sessions.len().max(1);
        let has_types = self.has_types;
        let started = Instant::now();
        std::thread::scope(|scope| {
            let sessions = self.sessions.iter_mut().enumerate();
            let running: Vec<_> = sessions
                .map(|(first, session)| {
                    let mut own = texts.iter().skip(first).step_by(count);
                    scope.spawn(move || own.try_for_each(|ids| run(session, ids, has_types)))
                })
                .collect();
            running.into_iter().try_for_each(|thread| {
                thread.join().map_err(|_| Error::internal("a thread of the runtime panicked"))?
            })
        })?;
        Ok(started.elapsed())
    }
}

fn run(session: &mut Session, ids: &[i64], has_types: bool) -> Result<()> {
    let tensor = |values: Vec<i64>| Tensor::from_array(([1, ids.len()], values)).map_err(failed);
    let (input, mask) = (tensor(ids.to_vec())?, tensor(vec![1; ids.len()])?);
    let ran = if has_types {
        let types = tensor(vec![0; ids.len()])?;
        session.run(ort::inputs!["input_ids" => input, "attention_mask" => mask, "token_type_ids" => types])
    } else {
        session.run(ort::inputs!["input_ids" => input, "attention_mask" => mask])
    };
    ran.map(drop).map_err(failed)
}

#[expect(clippy::needless_pass_by_value, reason = "it stands where an error is mapped")]
fn failed<T>(error: ort::Error<T>) -> Error {
    Error::internal(format!("ONNX Runtime: {error}"))
}
