//! The five seeds and the real model, from files to answers.
//!
//! The model's files must be there: `tiaokuan model fetch` puts them into `index/model`, or
//! `TIAOKUAN_MODEL_DIR` names a directory that has them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use predicates::prelude::*;
use predicates::str::contains;
use tiaokuan::embed::Embedder;
use tiaokuan::embed::model::{self, ModelFiles, ModelSettings};
use tiaokuan::eval::{self, QuerySet};
use tiaokuan::index::{Generation, Store};
use tiaokuan::model::Document;
use tiaokuan::pipeline::{self, BuildReport, Silent};
use tiaokuan::search::compare::{Mark, RowValue};
use tiaokuan::search::{CompareRequest, Engine, Mode, ModelState, SearchRequest, SimilarRequest};
use tiaokuan::text::quantity_kind::Better;

use crate::command::{json, tiaokuan};

fn checkout(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

static MODEL: LazyLock<ModelFiles> = LazyLock::new(|| {
    let mut settings = ModelSettings::from_environment(checkout("index/model"));
    settings.model_dir = std::env::var_os("TIAOKUAN_MODEL_DIR").map(PathBuf::from);
    let found = model::find(&settings).expect("the model's files are sound");
    found.expect("no model: run `cargo run -- model fetch`, or set TIAOKUAN_MODEL_DIR")
});

/// The seeds, indexed.
struct Indexed {
    store: Store,
    embedder: Arc<dyn Embedder>,
    engine: Engine,
}

static SEEDS: LazyLock<Indexed> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("end_to_end");
    drop(std::fs::remove_dir_all(&root));
    let store = Store::new(&root);
    let embedder: Arc<dyn Embedder> = Arc::new(model::open(&MODEL).expect("the model opens"));
    let report = index(&store, &checkout("seeds"), Some(embedder.as_ref()));
    assert_eq!((report.read, report.documents, report.failures.len()), (5, 5, 0), "{report:?}");
    assert!(report.embedded > 500, "{report:?}");
    let engine = Engine::new(Some(embedder.clone()));
    engine.publish(store.open().unwrap().unwrap());
    Indexed { store, embedder, engine }
});

fn index(store: &Store, path: &Path, embedder: Option<&dyn Embedder>) -> BuildReport {
    let inputs = pipeline::inputs(&[path.to_owned()]).collect::<Vec<_>>().into_iter();
    pipeline::index(store, inputs, embedder, false, &Silent).unwrap()
}

/// Ids of the first `limit` clauses that answer `query`.
fn ids(query: &str) -> Vec<String> {
    let (generation, answer) = SEEDS.engine.search(&SearchRequest::new(query)).unwrap();
    answer.hits.iter().map(|hit| generation.clause(hit.clause).unwrap().clause.id.to_string()).collect()
}

/// Regions of the first ten hits with the texts of their clauses, without white space.
fn answers(query: &str) -> Vec<(String, String)> {
    let (generation, answer) = SEEDS.engine.search(&SearchRequest::new(query)).unwrap();
    let hits = answer.hits.iter().map(|hit| generation.clause(hit.clause).unwrap());
    hits.map(|found| {
        let region = found.document.region.as_ref().map_or_else(String::new, |region| region.name.clone());
        (region, found.clause.text.split_whitespace().collect())
    })
    .collect()
}

#[track_caller]
fn assert_shows(query: &str, region: &str, text: &str) {
    let found = answers(query);
    let shown = found.iter().any(|(place, clause)| place == region && clause.contains(text));
    assert!(shown, "{query}: no hit of {region} with {text}: {found:#?}");
}

#[test]
fn retrieval_keeps_its_floors() {
    let queries = eval::read_queries(&checkout("tests/gold/queries.jsonl")).unwrap();
    let (search, _) = eval::run_search(&SEEDS.engine, &QuerySet::of_gold(&queries), Mode::Hybrid).unwrap();
    let of_kind = |kind: &str| search.by_kind()[kind].1.ndcg_10;
    assert!(search.mean().ndcg_10 >= 0.88, "{:?} {:?}", search.mean(), search.by_kind());
    assert!(of_kind("paraphrase") >= 0.72 && of_kind("exact") >= 0.95, "{:?}", search.by_kind());
    let clusters = eval::read_clusters(&checkout("tests/gold/clusters.jsonl")).unwrap();
    let members = eval::locate_members(&SEEDS.engine, &clusters).unwrap();
    let similar = eval::score_similar(&SEEDS.engine, &members).unwrap();
    assert!(similar.region_p1 >= 0.73 && similar.lost == 0, "{similar:?}");
}

#[test]
fn comparisons_keep_their_floors() {
    let clusters = eval::read_clusters(&checkout("tests/gold/clusters.jsonl")).unwrap();
    let members = eval::locate_members(&SEEDS.engine, &clusters).unwrap();
    let cells = eval::score_cells(&SEEDS.engine, &members).unwrap();
    assert!(cells.first >= 0.73 && cells.among >= 0.90, "{cells:?}");
    assert!(cells.precision >= 0.75 && cells.recall >= 0.60, "{cells:?}");
    let rows = eval::read_rows(&checkout("tests/gold/alignment.jsonl")).unwrap();
    let (scores, missed) = eval::score_rows(&SEEDS.engine, &rows).unwrap();
    assert!(scores.shown >= 0.85 && scores.given >= 0.90 && scores.lost == 0, "{scores:?} {missed:#?}");
}

#[test]
fn the_same_measure_side_by_side() {
    let found = SEEDS.engine.search(&SearchRequest::new("用水用气外线工程 并联审批 地区:相山区")).unwrap();
    let subject = found.0.clause(found.1.hits[0].clause).unwrap().clause.id.to_string();
    let (_, comparison) = SEEDS.engine.compare(&CompareRequest::of_clause(subject)).unwrap();
    assert_eq!((comparison.total, comparison.cells.len()), (5, 5));
    let row = comparison.rows.first().expect("a row");
    let days = |name: &str| {
        let of = |value: &&RowValue| {
            let cell = &comparison.cells[comparison.cell_of(value).unwrap()];
            cell.region.as_ref().is_some_and(|region| region.name == name)
        };
        row.values.iter().find(of).map(|value| (value.value, value.mark))
    };
    assert_eq!((row.unit.as_str(), row.better), ("工作日", Some(Better::Lower)));
    assert_eq!(days("相山区"), Some((5.0, Some(Mark::Worst))));
    assert_eq!(days("鸠江区"), Some((3.0, Some(Mark::Best))));
}

#[test]
fn the_atlas_keeps_its_floor() {
    let clusters = eval::read_clusters(&checkout("tests/gold/clusters.jsonl")).unwrap();
    let (clusters, lost) = eval::locate_clusters(&SEEDS.engine, &clusters).unwrap();
    let generation = SEEDS.engine.generation().unwrap();
    let measures = generation.measures().unwrap();
    let measure_of = |id: &str| {
        let (clause, _) = generation.find_clause(id)?;
        measures.of_clause(clause).map(|measure| measure.id.to_string())
    };
    let figures = eval::score_measures(&clusters, measure_of);
    assert!(figures.across.f1 >= 0.60 && lost == 0, "{figures:?}");
}

#[test]
fn what_was_promised_is_found() {
    let water = "用水用气外线工程 并联审批";
    assert_shows(water, "相山区", "5个工作日");
    assert_shows(water, "鸠江区", "3个工作日");
    let opening = "企业开办 办结时限";
    assert_shows(opening, "相山区", "1个工作日");
    assert_shows(opening, "鸠江区", "企业开办");
    assert_shows(opening, "偃师区", "1个工作日");
}

#[test]
fn a_second_build_embeds_nothing() {
    let seeds = &*SEEDS;
    let report = index(&seeds.store, &checkout("seeds"), Some(seeds.embedder.as_ref()));
    assert_eq!((report.embedded, report.unchanged, report.generation), (0, 5, None), "{report:?}");
    let inputs = pipeline::inputs(&[checkout("seeds")]).collect::<Vec<_>>().into_iter();
    let embedder = Some(seeds.embedder.as_ref());
    let report = pipeline::index(&seeds.store, inputs, embedder, true, &Silent).unwrap();
    assert_eq!((report.embedded, report.read), (0, 5), "a rebuild takes vectors from the cache: {report:?}");
}

#[test]
fn the_text_alone_says_what_the_manifest_says() {
    let described = |with_manifest: bool| -> Vec<Document> {
        let seeds = [checkout("seeds")];
        let inputs = pipeline::inputs(&seeds).map(Result::unwrap).map(|input| {
            let entry = input.entry.clone().filter(|_| with_manifest);
            pipeline::Input { entry, ..input }
        });
        inputs.map(|input| pipeline::read_document(&input).unwrap().document).collect()
    };
    let (with, without) = (described(true), described(false));
    assert_eq!(with.len(), 5);
    for (with, without) in with.iter().zip(&without) {
        assert_eq!(with, without, "{}", with.file);
        let region = without.region.as_ref().expect("a region");
        assert!(region.province.is_some() && region.city.is_some(), "{region:?}");
        assert!(!without.title.is_empty() && without.year.is_some(), "{without:?}");
    }
}

#[test]
fn many_ways_to_write_a_query_are_one() {
    for (plain, other) in [
        ("电子营业执照 应用", "電子營業執照　應用"),
        ("企业开办1个工作日办结", "企業開辦１個工作日辦結"),
        ("办理APP", "辦理ＡＰＰ"),
        ("3个工作日内办结", "３个工作日内办结"),
    ] {
        assert_eq!(ids(plain), ids(other), "{plain} / {other}");
    }
}

#[test]
fn every_mode_and_similarity_answer() {
    for mode in [Mode::Hybrid, Mode::Keyword, Mode::Semantic] {
        let request =
            SearchRequest { mode, explain: true, ..SearchRequest::new("想把公司关掉怎么办") };
        let (_, answer) = SEEDS.engine.search(&request).unwrap();
        assert_eq!((answer.hits.len(), answer.notices.len()), (10, 0), "{mode:?}");
    }
    let request = SimilarRequest {
        per_region: Some(1),
        ..SimilarRequest::to_text("用水用气外线工程审批办理时间压缩至4个工作日")
    };
    let (generation, answer) = SEEDS.engine.similar(&request).unwrap();
    let regions: Vec<_> = answer
        .hits
        .iter()
        .map(|hit| generation.clause(hit.clause).unwrap().document.region.as_ref().unwrap().name.clone())
        .collect();
    let distinct: std::collections::BTreeSet<_> = regions.iter().collect();
    assert_eq!((distinct.len(), regions.len()), (5, 5), "{regions:?}");
}

/// An engine over `generation` without a model.
fn words_only(generation: Arc<Generation>) -> Engine {
    let engine = Engine::new(None);
    engine.publish(generation);
    engine
}

#[test]
fn without_a_model_words_answer_and_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let one = checkout("seeds/003_c1d1c35f160af6a0.txt");
    let report = index(&store, &one, None);
    assert_eq!((report.documents, report.embedded), (1, 0));
    let without_vectors = store.open().unwrap().unwrap();
    for generation in [without_vectors, SEEDS.store.open().unwrap().unwrap()] {
        let engine = words_only(generation);
        assert_eq!(engine.model(), ModelState::Absent);
        let (_, answer) = engine.search(&SearchRequest::new("企业开办 办结时限")).unwrap();
        assert_eq!((answer.hits.len(), answer.notices.as_slice()), (10, &["model_absent"][..]));
        let semantic =
            SearchRequest { mode: Mode::Semantic, ..SearchRequest::new("企业开办 办结时限") };
        assert_eq!(engine.search(&semantic).unwrap_err().code(), "model_absent");
    }
    let report = index(&store, &one, Some(SEEDS.embedder.as_ref()));
    assert_eq!((report.unchanged, report.generation), (1, Some(2)), "a model that arrives is used");
}

#[test]
fn the_command_answers_from_the_same_index() {
    let command = |arguments: &[&str]| {
        let mut command = tiaokuan(&checkout(""));
        command.arg("--data-dir").arg(SEEDS.store.root()).args(arguments);
        command.arg("--model-dir").arg(MODEL.model.parent().unwrap());
        command.env("ORT_DYLIB_PATH", &MODEL.runtime);
        command.assert().success()
    };
    let found = json(&command(&["search", "用水用气外线工程 并联审批", "--json", "--region", "安徽省"]));
    assert_eq!((&found["model"], found["notices"].as_array().unwrap().len()), (&"present".into(), 0));
    let regions: Vec<_> = found["hits"].as_array().unwrap().iter().collect();
    assert!(regions.iter().all(|hit| hit["clause"]["document"]["region"]["province"] == "安徽省"));
    command(&["search", "用水用气外线工程 并联审批"]).stdout(contains("相山区").and(contains("鸠江区")));
    command(&["model", "verify"]).stdout(contains("bge-small-zh-v1.5-int8@15b717c3"));
    command(&["eval", "--below", "0.2"]).stdout(contains("nDCG@10").and(contains("region P@1")));
}
