//! Opens an index and asks it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Plan;
use super::filters::{self, Narrowed};
use super::latency::{Latency, Until, measure};
use super::memory;
use super::questions::{self, Questions};
use super::recall;
use super::report::{QueryFigures, QueryRow};
use crate::embed::Embedder;
use crate::error::Result;
use crate::index::Generation;
use crate::search::{self, Engine, Mode, SearchRequest, SimilarRequest};

/// Clients that ask at once.
const CLIENTS: [usize; 2] = [1, 4];
/// Queries whose neighbours are compared with those of an exact search.
const RECALLED: usize = 100;

/// Where a query's vectors come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoded {
    /// There is no model.
    Nowhere,
    /// They are known from the time before.
    Kept,
    /// The model makes them.
    Made,
}

impl Encoded {
    fn name(self) -> &'static str {
        match self {
            Self::Nowhere => "none",
            Self::Kept => "kept",
            Self::Made => "model",
        }
    }
}

/// Opens the index of `plan` and measures every arrangement.
pub(super) fn run(plan: &Plan, embedder: Option<&Arc<dyn Embedder>>) -> Result<QueryFigures> {
    let started = Instant::now();
    let generation = super::generation(plan)?;
    let mut figures = QueryFigures {
        open_seconds: started.elapsed().as_secs_f64(),
        opened_bytes: memory::resident(),
        has_graph: generation.vectors().is_some_and(crate::index::VectorIndex::has_graph),
        ..QueryFigures::default()
    };
    let questions = questions::choose(&generation);
    let filters = filters::choose(&generation);
    let asker = Asker { generation: &generation, embedder, questions: &questions, time: plan.time };
    let is_asked = |mode| plan.modes.is_empty() || plan.modes.iter().any(|asked| asked == name(mode));
    for (mode, encoded) in arrangements(embedder.is_some()).into_iter().filter(|(mode, _)| is_asked(*mode)) {
        for narrowed in &filters {
            figures.rows.push(asker.row(mode, encoded, narrowed)?);
        }
    }
    figures.steady_bytes = memory::resident();
    figures.anonymous_bytes = memory::anonymous();
    figures.peak_bytes = memory::peak();
    if let Some(embedder) = embedder {
        let queries = questions.queries.get(..RECALLED).unwrap_or(&questions.queries);
        for narrowed in &filters {
            let allowed = search::allowed(&generation, &narrowed.filter)?;
            let recall = recall::at_ten(&generation, embedder.as_ref(), queries, allowed.as_ref())?;
            figures.filtered_recall_at_10.push(recall);
        }
        figures.recall_at_10 = figures.filtered_recall_at_10.first().copied().flatten();
    }
    Ok(figures)
}

/// Modes with where the query's vectors come from.
fn arrangements(has_model: bool) -> Vec<(Option<Mode>, Encoded)> {
    let mut all = vec![(Some(Mode::Keyword), Encoded::Nowhere), (Some(Mode::Hybrid), Encoded::Nowhere)];
    all.push((None, Encoded::Nowhere));
    if has_model {
        for mode in [Mode::Semantic, Mode::Hybrid] {
            all.extend([(Some(mode), Encoded::Kept), (Some(mode), Encoded::Made)]);
        }
        all.push((None, Encoded::Kept));
    }
    all
}

fn name(mode: Option<Mode>) -> &'static str {
    mode.map_or("similar", |mode| match mode {
        Mode::Hybrid => "hybrid",
        Mode::Keyword => "keyword",
        Mode::Semantic => "semantic",
    })
}

/// Asks questions of one generation.
struct Asker<'a> {
    generation: &'a Arc<Generation>,
    embedder: Option<&'a Arc<dyn Embedder>>,
    questions: &'a Questions,
    time: Duration,
}

impl Asker<'_> {
    /// The times of one arrangement; no mode stands for similar clauses.
    fn row(&self, mode: Option<Mode>, encoded: Encoded, narrowed: &Narrowed) -> Result<QueryRow> {
        let latency = CLIENTS
            .into_iter()
            .map(|clients| match mode {
                Some(mode) => self.search(mode, encoded, narrowed, clients),
                None => self.similar(encoded, narrowed, clients),
            })
            .collect::<Result<_>>()?;
        Ok(QueryRow {
            mode: name(mode).to_owned(),
            model: encoded.name().to_owned(),
            share: narrowed.share,
            latency,
        })
    }

    fn engine(&self, encoded: Encoded) -> Engine {
        let engine = Engine::new(self.embedder.filter(|_| encoded != Encoded::Nowhere).cloned());
        engine.publish(Arc::clone(self.generation));
        engine
    }

    fn search(&self, mode: Mode, encoded: Encoded, narrowed: &Narrowed, clients: usize) -> Result<Latency> {
        let engine = self.engine(encoded);
        let requests: Vec<SearchRequest> = self
            .questions
            .queries
            .iter()
            .map(|query| {
                let filter = narrowed.filter.clone();
                SearchRequest { mode, filter, ..SearchRequest::new(query.clone()) }
            })
            .collect();
        self.ask(&requests, encoded, clients, &|request| engine.search(request).map(drop))
    }

    fn similar(&self, encoded: Encoded, narrowed: &Narrowed, clients: usize) -> Result<Latency> {
        let engine = self.engine(encoded);
        let requests: Vec<SimilarRequest> = self
            .questions
            .clauses
            .iter()
            .map(|id| SimilarRequest { filter: narrowed.filter.clone(), ..SimilarRequest::to_clause(id) })
            .collect();
        self.ask(&requests, encoded, clients, &|request| engine.similar(request).map(drop))
    }

    /// Each request once where the model takes part, for its answers are kept; else round and round, after a
    /// round that does not count.
    fn ask<R: Sync>(
        &self,
        requests: &[R],
        encoded: Encoded,
        clients: usize,
        answer: &(dyn Fn(&R) -> Result<()> + Sync),
    ) -> Result<Latency> {
        let count = requests.len().max(1);
        let ask = |number: usize| requests.get(number % count).map_or(Ok(()), answer);
        if encoded == Encoded::Made {
            return measure(clients, Until::Asked(requests.len()), &ask);
        }
        measure(clients, Until::Asked(requests.len()), &ask)?;
        measure(clients, Until::Elapsed(self.time), &ask)
    }
}
