//! Other models than the usual one: an index of another embedding model, and a cross-encoder.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use tiaokuan::embed::{Embedder, FakeEmbedder, ModelId, Reranker};
use tiaokuan::error::{Error, Result};
use tiaokuan::index::Store;
use tiaokuan::pipeline::{self, BuildOptions, BuildReport, Silent};
use tiaokuan::search::{Answer, Engine, Mode, ModelState, SearchRequest, SimilarRequest};
use tiaokuan::serve::AppState;

use crate::command::POLICY;
use crate::support::send;

/// A data directory with [`POLICY`] indexed by a model of that name.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn indexed_by(model: &str) -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::write(place.policy(), POLICY).unwrap();
        place.index(model);
        place
    }

    fn policy(&self) -> PathBuf {
        self.folder.path().join("a.txt")
    }

    fn store(&self) -> Store {
        Store::new(self.folder.path().join("data"))
    }

    fn index(&self, model: &str) -> BuildReport {
        self.index_with(model, BuildOptions::default())
    }

    fn index_with(&self, model: &str, options: BuildOptions) -> BuildReport {
        let inputs = pipeline::inputs(&[self.policy()]).collect::<Vec<_>>().into_iter();
        let embedder = FakeEmbedder::named(model);
        pipeline::index_with(&self.store(), inputs, Some(&embedder), options, &Silent).unwrap()
    }

    /// Signs of the tokens of every clause.
    fn token_signs(&self) -> Vec<Vec<u8>> {
        let generation = self.store().open().unwrap().unwrap();
        let tokens = generation.tokens().unwrap();
        (0..generation.len() as u32).map(|clause| tokens.signs(clause).unwrap()).collect()
    }

    fn engine(&self, model: &str) -> Engine {
        let embedder: Arc<dyn Embedder> = Arc::new(FakeEmbedder::named(model));
        let engine = Engine::new(Some(embedder));
        engine.publish(self.store().open().unwrap().unwrap());
        engine
    }
}

fn request(mode: Mode) -> SearchRequest {
    SearchRequest { mode, explain: true, ..SearchRequest::new("企业开办多久办结") }
}

#[test]
fn vectors_of_another_model_are_not_compared() {
    let place = Place::indexed_by("model-a");
    let engine = place.engine("model-b");
    let mismatch = engine.mismatch().unwrap();
    assert_eq!((mismatch.indexed.as_str(), mismatch.given.as_str()), ("model-a", "model-b"));
    assert!(mismatch.to_string().contains("tiaokuan index"), "{mismatch}");
    assert_eq!(engine.model(), ModelState::Absent);
    let (_, answer) = engine.search(&request(Mode::Hybrid)).unwrap();
    assert_eq!(answer.notices, ["model_mismatch"]);
    let components: Vec<_> =
        answer.hits.iter().flat_map(|hit| &hit.explain.as_ref().unwrap().components).collect();
    assert!(components.iter().all(|component| !component.name.starts_with("cosine")), "{components:?}");
    let (_, answer) = engine.search(&request(Mode::Keyword)).unwrap();
    assert!(answer.notices.is_empty());
    let (_, answer) = engine.similar(&SimilarRequest::to_text("企业开办一日办结")).unwrap();
    assert_eq!(answer.notices, ["model_mismatch"]);
    let error = engine.search(&request(Mode::Semantic)).unwrap_err();
    assert_eq!(error.code(), "model_mismatch");
    assert!(error.to_string().contains("model-a") && error.to_string().contains("model-b"), "{error}");
}

#[test]
fn indexing_again_embeds_everything_with_the_new_model_and_keeps_the_vectors_of_each() {
    let place = Place::indexed_by("model-a");
    let first = place.engine("model-a");
    assert!(first.mismatch().is_none());
    let report = place.index("model-b");
    assert_eq!((report.read, report.unchanged), (0, 1), "{report:?}");
    assert!(report.generation.is_some() && report.embedded > 0, "{report:?}");
    let engine = place.engine("model-b");
    assert_eq!(engine.model(), ModelState::Present(ModelId::new("model-b")));
    assert!(engine.search(&request(Mode::Semantic)).unwrap().1.notices.is_empty());
    let back = place.index("model-a");
    assert!(back.generation.is_some());
    assert_eq!(back.embedded, 0, "the vectors of the first model are still in its cache");
    assert_eq!(place.index("model-a").generation, None, "nothing has changed");
}

#[tokio::test]
async fn readiness_and_pages_tell_of_another_model() {
    let place = Place::indexed_by("model-a");
    let get = |path: &str| {
        let state = AppState::new(place.engine("model-b"));
        send(state, Request::get(path).header("accept", "text/html,*/*").body(Body::empty()).unwrap())
    };
    let ready = get("/readyz").await.json();
    assert_eq!(
        (&ready["model"], &ready["indexed_model"], &ready["mismatched_model"]),
        (&"absent".into(), &"model-a".into(), &"model-b".into())
    );
    let page = get("/search?q=%E5%8A%9E%E7%BB%93").await.text;
    assert!(page.contains("另一个语义模型"), "{page}");
    let refused = get("/search?q=%E5%8A%9E%E7%BB%93&mode=semantic").await;
    assert!(refused.text.contains("另一个语义模型"), "{}", refused.text);
}

#[test]
fn tokens_are_compared_where_there_is_room_for_them() {
    let place = many_measures();
    let compared = |answer: &Answer| {
        let components = answer.hits.iter().flat_map(|hit| &hit.explain.as_ref().unwrap().components);
        components.filter(|component| component.name == "maxsim").count()
    };
    let search = || place.engine("model-a").search(&request(Mode::Hybrid)).unwrap().1;
    assert!(compared(&search()) > 0);
    assert_eq!(compared(&place.engine("model-a").search(&request(Mode::Keyword)).unwrap().1), 0);
    let report =
        place.index_with("model-a", BuildOptions { max_token_bytes: 100, ..BuildOptions::default() });
    assert!(report.tokens_skipped && report.token_bytes > 100, "{report:?}");
    assert!(report.generation.is_some() && report.embedded == 0, "{report:?}");
    let answer = search();
    assert_eq!((compared(&answer), answer.notices.len()), (0, 0));
    assert!(place.index("model-a").generation.is_some(), "with room again, they are made again");
    assert!(compared(&search()) > 0);
}

#[test]
fn tokens_are_taken_over_from_the_generation_before() {
    let place = many_measures();
    let longer = |text: String| text.replace("11.压缩", "新增一条。\n11.压缩").replace("第3类", "第三种");
    std::fs::write(place.policy(), longer(std::fs::read_to_string(place.policy()).unwrap())).unwrap();
    place.index("model-a");
    let taken_over = place.token_signs();
    place.index_with("model-a", BuildOptions { rebuild: true, ..BuildOptions::default() });
    assert_eq!(place.token_signs(), taken_over);
}

/// Prefers texts that hold a word; slow or broken where asked to be.
struct Stub {
    id: ModelId,
    word: &'static str,
    delay: Duration,
    is_broken: bool,
    /// Texts that it has read.
    read: Arc<AtomicUsize>,
}

impl Stub {
    fn preferring(word: &'static str) -> Self {
        Self { id: ModelId::new("stub"), word, delay: Duration::ZERO, is_broken: false, read: Arc::default() }
    }
}

impl Reranker for Stub {
    fn id(&self) -> &ModelId {
        &self.id
    }

    fn score(&self, _query: &str, texts: &[&str]) -> Result<Vec<f32>> {
        if self.is_broken {
            return Err(Error::internal("broken"));
        }
        self.read.fetch_add(texts.len(), Ordering::SeqCst);
        std::thread::sleep(self.delay * u32::try_from(texts.len()).unwrap());
        Ok(texts.iter().map(|text| if text.contains(self.word) { 4.0 } else { -4.0 }).collect())
    }
}

fn reranked(engine: Engine, stub: Stub, budget: Duration, mode: Mode) -> Answer {
    let engine = engine.with_reranker(Arc::new(stub), budget);
    engine.search(&request(mode)).unwrap().1
}

/// A place with more measures than a reranker reads in one step.
fn many_measures() -> Place {
    let place = Place { folder: tempfile::tempdir().unwrap() };
    let measure = |n: u32| format!("{n}.压缩办结时限。第{n}类企业开办办结时限压缩至{n}个工作日。");
    let measures = (1..20).map(measure).collect::<Vec<_>>().join("\n");
    std::fs::write(place.policy(), format!("青田区实施方案\n\n一、企业开办\n{measures}")).unwrap();
    place.index("model-a");
    place
}

#[test]
fn a_reranker_reorders_and_says_so() {
    let place = many_measures();
    let plain = place.engine("model-a").search(&request(Mode::Hybrid)).unwrap().1;
    let last = plain.hits.last().unwrap().clause;
    let engine = place.engine("model-a");
    let generation = engine.generation().unwrap();
    let number = generation.clause(last).unwrap().clause.number.clone().unwrap();
    let word: &'static str = format!("第{}类", number.trim_end_matches('.')).leak();
    let answer = reranked(engine, Stub::preferring(word), Duration::from_secs(5), Mode::Hybrid);
    assert_eq!(answer.hits[0].clause, last);
    assert!(answer.notices.is_empty());
    assert_eq!(answer.total, plain.total, "a reranker changes the order and nothing else");
    assert!(answer.hits.is_sorted_by(|a, b| a.score >= b.score));
    assert!(answer.hits.iter().all(|hit| (0.0..=1.0).contains(&hit.relevance)));
    let explain = answer.hits[0].explain.as_ref().unwrap();
    let component = explain.components.iter().find(|component| component.name == "reranker").unwrap();
    assert_eq!(component.label, "精排");
    let sum: f32 = explain.components.iter().map(|component| component.contribution).sum();
    assert!((sum - answer.hits[0].score).abs() < 1e-4, "{explain:?}");
}

#[test]
fn a_slow_or_broken_reranker_is_passed_over() {
    let place = many_measures();
    let plain = place.engine("model-a").search(&request(Mode::Hybrid)).unwrap().1;
    let order = |answer: &Answer| answer.hits.iter().map(|hit| hit.clause).collect::<Vec<_>>();
    let slow = Stub { delay: Duration::from_millis(20), ..Stub::preferring("第9类") };
    let broken = Stub { is_broken: true, ..Stub::preferring("第9类") };
    for stub in [slow, broken] {
        let read = stub.read.clone();
        let answer = reranked(place.engine("model-a"), stub, Duration::from_millis(40), Mode::Hybrid);
        assert_eq!(answer.notices, ["reranker_skipped"]);
        assert_eq!(order(&answer), order(&plain));
        assert!(read.load(Ordering::SeqCst) < 10, "what would take too long is not gone on with");
    }
}

#[test]
fn keyword_queries_are_not_reranked_and_known_pairs_are_not_read_again() {
    let place = many_measures();
    let stub = Stub::preferring("第9类");
    let read = stub.read.clone();
    let engine = place.engine("model-a").with_reranker(Arc::new(stub), Duration::from_mins(1));
    assert!(engine.search(&request(Mode::Keyword)).unwrap().1.notices.is_empty());
    assert_eq!(read.load(Ordering::SeqCst), 0);
    let first = engine.search(&request(Mode::Semantic)).unwrap().1;
    let read_once = read.load(Ordering::SeqCst);
    let second = engine.search(&request(Mode::Semantic)).unwrap().1;
    assert_eq!(first.hits[0].clause, second.hits[0].clause);
    assert!(read_once > 0 && read.load(Ordering::SeqCst) == read_once);
}
