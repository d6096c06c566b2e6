//! How long a query takes, side by side in one run: `cargo bench --bench query`.
//!
//! Asks the gold's queries of the index in the data directory (`TIAOKUAN_DATA_DIR`, else `index/data`; make
//! it with `tiaokuan index seeds`), the model included, in every mode and without the reordering by tokens.
//! The arrangements take turns at each query, so that a busy machine slows all alike: read the ratios.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tiaokuan::embed::model::{self, ModelSettings};
use tiaokuan::error::{Error, Kind, Result};
use tiaokuan::eval;
use tiaokuan::index::Store;
use tiaokuan::search::{Engine, Mode, SearchRequest, WeightSets};

/// Passes over all queries that count, after one that does not.
const PASSES: usize = 5;

/// One way to answer, and how long each of its answers took.
struct Arrangement {
    name: &'static str,
    engine: Engine,
    mode: Mode,
    times: Vec<Duration>,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let queries = eval::read_queries(&root.join("tests/gold/queries.jsonl"))?;
    let mut arrangements = arrangements(root)?;
    for pass in 0..=PASSES {
        for query in &queries {
            for arrangement in &mut arrangements {
                let request =
                    SearchRequest { mode: arrangement.mode, ..SearchRequest::new(query.query.clone()) };
                let start = Instant::now();
                arrangement.engine.search(&request)?;
                if pass > 0 {
                    arrangement.times.push(start.elapsed());
                }
            }
        }
    }
    report(&mut arrangements, queries.len());
    Ok(())
}

fn arrangements(root: &Path) -> Result<Vec<Arrangement>> {
    let data = std::env::var_os("TIAOKUAN_DATA_DIR").map_or_else(|| root.join("index/data"), PathBuf::from);
    let home =
        std::env::var_os("TIAOKUAN_MODEL_HOME").map_or_else(|| root.join("index/model"), PathBuf::from);
    let absent =
        |what: &str| Error::new(Kind::Unavailable, "bench", format!("{what}; see the head of this file"));
    let generation = Store::new(&data).open()?.ok_or_else(|| absent("nothing is indexed"))?;
    let files =
        model::find(&ModelSettings::from_environment(home))?.ok_or_else(|| absent("there is no model"))?;
    let embedder = Arc::new(model::open(&files)?);
    let arrangement = |name, mode, weights| {
        let engine = Engine::new(Some(embedder.clone())).with_weights(weights);
        engine.publish(generation.clone());
        Arrangement { name, engine, mode, times: Vec::new() }
    };
    let mut without_tokens = WeightSets::default();
    without_tokens.search.maxsim = 0.0;
    Ok(vec![
        arrangement("hybrid", Mode::Hybrid, WeightSets::default()),
        arrangement("hybrid, not reordered by tokens", Mode::Hybrid, without_tokens),
        arrangement("semantic", Mode::Semantic, WeightSets::default()),
        arrangement("keyword", Mode::Keyword, WeightSets::default()),
    ])
}

fn report(arrangements: &mut [Arrangement], queries: usize) {
    println!("{queries} queries, {PASSES} passes; milliseconds, and the median over that of hybrid");
    println!("{:<34}{:>8}{:>8}{:>8}{:>8}", "", "p50", "p95", "p99", "ratio");
    let mut base = None;
    for Arrangement { name, times, .. } in arrangements {
        times.sort_unstable();
        let at = |thousandths: usize| {
            let index = times.len().saturating_sub(1) * thousandths / 1000;
            times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1e3)
        };
        let median = at(500);
        let ratio = median / *base.get_or_insert(median);
        println!("{name:<34}{median:>8.2}{:>8.2}{:>8.2}{ratio:>8.2}", at(950), at(990));
    }
}
