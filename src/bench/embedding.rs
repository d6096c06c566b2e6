//! Embedding beside bare ONNX Runtime, in turns, so that a busy machine slows both alike.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::embed::bare::{self, BareRuntime};
use crate::embed::model::ModelFiles;
use crate::embed::{Embedder, model};
use crate::error::Result;
use crate::index::{self, Generation};

/// Texts embedded at most.
const TEXTS: usize = 384;
/// Texts of one turn.
const TURN: usize = 48;

/// What embedding came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EmbeddingFigures {
    /// Texts of the sample.
    pub texts: usize,
    /// Their tokens, with the two marks of each.
    pub tokens: usize,
    /// Texts a second of the embedder.
    pub texts_per_second: f64,
    /// Tokens a second of the embedder.
    pub tokens_per_second: f64,
    /// The best setting of the bare runtime.
    pub bare_setting: String,
    /// Texts a second of the bare runtime at that setting, from token ids, without anything before or after.
    pub bare_texts_per_second: f64,
    /// The embedder's speed over the bare runtime's.
    pub ratio: f64,
}

/// Embeds a sample of the distinct passages of `generation`, as a build does.
pub(super) fn measure(files: &ModelFiles, generation: &Generation) -> Result<EmbeddingFigures> {
    let texts = sample(generation);
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let ids = bare::token_ids(files, &texts)?;
    let embedder = model::open(files)?;
    let mut settings = BareRuntime::settings(files)?;
    let mut own = Duration::ZERO;
    let mut bare = vec![Duration::ZERO; settings.len()];
    // The first turn brings up the instances and does not count.
    for turn in 0..=texts.len().div_ceil(TURN) {
        let start = turn.saturating_sub(1) * TURN;
        let range = start..(start + TURN).min(texts.len());
        let (Some(texts), Some(ids)) = (texts.get(range.clone()), ids.get(range)) else { break };
        let started = Instant::now();
        embedder.embed_all(texts, &|_| ())?;
        let time = started.elapsed();
        let others = settings.iter_mut().map(|setting| setting.run(ids)).collect::<Result<Vec<_>>>()?;
        if turn > 0 {
            own += time;
            bare.iter_mut().zip(others).for_each(|(sum, time)| *sum += time);
        }
    }
    let best = bare.iter().zip(&settings).min_by_key(|(time, _)| **time);
    let (best, name) = best.map_or((own, ""), |(time, setting)| (*time, setting.name()));
    let rate = |count: usize, time: Duration| count as f64 / time.as_secs_f64().max(1e-9);
    let tokens = ids.iter().map(Vec::len).sum();
    Ok(EmbeddingFigures {
        texts: texts.len(),
        tokens,
        texts_per_second: rate(texts.len(), own),
        tokens_per_second: rate(tokens, own),
        bare_setting: name.to_owned(),
        bare_texts_per_second: rate(texts.len(), best),
        ratio: best.as_secs_f64() / own.as_secs_f64().max(1e-9),
    })
}

fn sample(generation: &Generation) -> Vec<String> {
    let step = (generation.len() / TEXTS).max(1);
    let clauses = generation.clauses().step_by(step);
    let mut texts: Vec<String> =
        clauses.flat_map(|found| index::passages(found.clause)).map(|passage| passage.text).collect();
    texts.sort_unstable();
    texts.dedup();
    let step = (texts.len() / TEXTS).max(1);
    let mut texts: Vec<String> = texts.into_iter().step_by(step).take(TEXTS).collect();
    // A build embeds short and long ones mixed.
    texts.sort_by_cached_key(|text| *blake3::hash(text.as_bytes()).as_bytes());
    texts
}
