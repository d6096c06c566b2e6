//! Documents taken in and out while others query: versions, an index grown by steps, the folder watched.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use proptest::prelude::*;
use serde_json::Value;
use tempfile::TempDir;
use tiaokuan::embed::{Embedder, FakeEmbedder};
use tiaokuan::index::Store;
use tiaokuan::ingestion::{Ingestion, Settings};
use tiaokuan::model::DocumentId;
use tiaokuan::pipeline::{self, BuildOptions, Change, Input, Outcome, Silent};
use tiaokuan::search::{Engine, SearchRequest, SimilarRequest};
use tiaokuan::serve::AppState;

use crate::command::POLICY;
use crate::support::{Answered, send, test_state};

/// A service over an index of its own, which is empty at first.
struct Place {
    store: Store,
    state: AppState,
    _folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        let embedder: Arc<dyn Embedder> = Arc::new(FakeEmbedder::new());
        let engine = Engine::new(Some(Arc::clone(&embedder)));
        let settings = Settings {
            store: store.clone(),
            embedder: Some(embedder),
            options: BuildOptions::default(),
            engine: engine.clone(),
        };
        let ingestion = Ingestion::start(settings).unwrap();
        Self { store, state: AppState::new(engine).with_ingestion(ingestion), _folder: folder }
    }

    async fn ask(&self, method: Method, path: &str, body: impl Into<Body>) -> Answered {
        let request = Request::builder().method(method).uri(path).body(body.into()).unwrap();
        send(self.state.clone(), request).await
    }

    async fn put(&self, path: &str, body: impl Into<Body>) -> (u16, Value) {
        let answer = self.ask(Method::PUT, path, body).await;
        (answer.status.as_u16(), answer.json())
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let answer = self.ask(Method::GET, path, Body::empty()).await;
        (answer.status.as_u16(), answer.json())
    }
}

#[tokio::test]
async fn a_document_is_put_replaced_read_as_it_was_and_deleted() {
    let place = Place::new();
    assert_eq!(place.get("/readyz").await.0, 503);
    let (status, receipt) = place.put("/v1/documents/plan?file=plan.txt", POLICY).await;
    assert_eq!((status, &receipt["outcome"], &receipt["version"]), (201, &"created".into(), &1.into()));
    assert_eq!(
        receipt["clauses"],
        place.get("/v1/documents/plan/clauses").await.1["clauses"].as_array().unwrap().len()
    );
    let (status, receipt) = place.put("/v1/documents/plan?file=plan.txt", POLICY).await;
    assert_eq!((status, &receipt["outcome"], &receipt["generation"]), (200, &"unchanged".into(), &1.into()));

    let changed = POLICY.replace("5个工作日", "3个工作日");
    tokio::time::sleep(Duration::from_millis(5)).await;
    let (status, receipt) = place.put("/v1/documents/plan?file=plan.txt", changed).await;
    assert_eq!((status, &receipt["outcome"], &receipt["version"]), (200, &"replaced".into(), &2.into()));
    let promised =
        |answer: &Value| answer["hits"][0]["clause"]["targets"][0]["raw"].as_str().unwrap().to_owned();
    let (_, now) = place.get("/v1/search?q=%E5%B9%B6%E8%81%94%E5%AE%A1%E6%89%B9&mode=keyword&limit=1").await;
    assert!(promised(&now).contains("3个工作日"), "{now}");
    assert_eq!(now["total"], 1, "the earlier version is no hit of its own");

    let (_, versions) = place.get("/v1/documents/plan/versions").await;
    let received = versions["versions"][1]["received"].as_str().unwrap();
    assert_eq!(
        (&versions["versions"][0]["version"], &versions["versions"][0]["is_newest"]),
        (&2.into(), &true.into())
    );
    let (_, then) = place
        .get(&format!("/v1/search?q=%E5%B9%B6%E8%81%94%E5%AE%A1%E6%89%B9&limit=1&as_of={received}"))
        .await;
    assert!(promised(&then).contains("5个工作日"), "{then}");
    let (_, before) = place.get("/v1/search?q=%E5%B9%B6%E8%81%94%E5%AE%A1%E6%89%B9&as_of=2001-01-01").await;
    assert_eq!(before["total"], 0);
    let first = place.ask(Method::GET, "/v1/documents/plan/source?version=1", Body::empty()).await;
    assert!(first.text.contains("5个工作日") && !first.text.contains("3个工作日"));
    assert_eq!(place.get("/v1/documents/plan?version=1").await.1["is_newest"], false);
    assert_eq!(place.get("/v1/documents/plan?version=3").await.1["code"], "unknown_version");

    let gone = place.ask(Method::DELETE, "/v1/documents/plan", Body::empty()).await;
    assert_eq!((gone.status, &gone.json()["outcome"]), (StatusCode::OK, &"removed".into()));
    for path in ["/v1/documents/plan", "/v1/documents/plan/versions", "/v1/documents/plan?version=1"] {
        assert_eq!(place.get(path).await.0, 404, "{path}");
    }
    assert_eq!(place.get("/v1/search?q=%E5%B9%B6%E8%81%94%E5%AE%A1%E6%89%B9").await.1["total"], 0);
    let again = place.ask(Method::DELETE, "/v1/documents/plan", Body::empty()).await;
    assert_eq!((again.status, &again.json()["code"]), (StatusCode::NOT_FOUND, &"unknown_document".into()));
}

#[tokio::test]
async fn what_cannot_be_taken_is_said_and_changes_nothing() {
    let place = Place::new();
    place.put("/v1/documents/plan", POLICY).await;
    let rows: [(&str, &[u8], u16, &str); 10] = [
        ("/v1/documents/plan?colour=red", b"x", 400, "unknown_parameter"),
        ("/v1/documents/plan?file=..%2Fplan.txt", b"x", 400, "invalid_parameter"),
        ("/v1/documents/plan?file=a%5Cb.txt", b"x", 400, "invalid_parameter"),
        ("/v1/documents/plan?region=%E4%B8%8D%E5%AD%98%E5%9C%A8%E5%8E%BF", b"x", 422, "unknown_region"),
        ("/v1/documents/plan?date=2022-02-30", b"x", 400, "invalid_parameter"),
        ("/v1/documents/-plan", b"x", 422, "invalid_document_id"),
        ("/v1/documents/a%20b", b"x", 422, "invalid_document_id"),
        ("/v1/documents/..%2F..%2Fetc%2Fpasswd", b"x", 422, "invalid_document_id"),
        ("/v1/documents/new", b"", 422, "empty_document"),
        ("/v1/documents/new", b"\x89PNG\r\n\x1a\n\0\0\0\0", 415, "unsupported_format"),
    ];
    for (path, body, status, code) in rows {
        let (found, problem) = place.put(path, body.to_vec()).await;
        assert_eq!((found, &problem["code"]), (status, &code.into()), "{path}: {problem}");
    }
    let (_, documents) = place.get("/v1/documents").await;
    assert_eq!(documents["documents"].as_array().unwrap().len(), 1);
    assert_eq!(place.store.current_number().unwrap(), Some(1));
    let refused = Request::put("/v1/documents/plan").body(Body::from(POLICY)).unwrap();
    let refused = send(test_state(), refused).await;
    assert_eq!((refused.status, &refused.json()["code"]), (StatusCode::FORBIDDEN, &"read_only".into()));
}

#[tokio::test]
async fn what_the_caller_states_counts_where_the_text_is_silent() {
    let place = Place::new();
    let stated = "file=x.txt&region=340603&date=2021-05-06&number=%E6%94%BF%E5%8F%913%E5%8F%B7";
    place.put(&format!("/v1/documents/x?{stated}"), "一、企业开办\n1.企业开办压缩至1个工作日。\n").await;
    let (_, document) = place.get("/v1/documents/x").await;
    assert_eq!((&document["region"]["name"], &document["date"]), (&"相山区".into(), &"2021-05-06".into()));
}

fn input(number: usize, text: &str) -> Change {
    let name = format!("plan-{number}.txt");
    Change::Put(Box::new(Input::of_bytes(&name, text.as_bytes().to_vec())))
}

/// A policy with a promise of its own.
fn policy(number: usize, days: usize) -> String {
    POLICY.replace("青田区", &format!("第{number}区")).replace("5个工作日", &format!("{days}个工作日"))
}

fn answers(engine: &Engine) -> Vec<(String, f32)> {
    let mut all = Vec::new();
    for query in ["用水用气外线工程并联审批", "企业开办", "7个工作日", "\"并联审批\" -3个工作日"]
    {
        let mut request = SearchRequest::new(query);
        request.limit = 100;
        let (generation, answer) = engine.search(&request).unwrap();
        all.extend(
            answer
                .hits
                .iter()
                .map(|hit| (generation.clause(hit.clause).unwrap().clause.id.to_string(), hit.score)),
        );
    }
    let mut request = SimilarRequest::unstarted();
    request.text = Some("推行并联审批，办理时间压缩至4个工作日。".into());
    let (generation, answer) = engine.similar(&request).unwrap();
    all.extend(
        answer
            .hits
            .iter()
            .map(|hit| (generation.clause(hit.clause).unwrap().clause.id.to_string(), hit.score)),
    );
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// However it came about, an index of the same documents gives the same answers.
    #[test]
    fn an_index_grown_by_steps_answers_as_one_made_at_once(
        steps in prop::collection::vec(prop::collection::vec((0usize..12, prop::option::weighted(0.8, 1usize..9)), 1..5), 1..14),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let embedder = FakeEmbedder::new();
        let grown = Store::new(folder.path().join("grown"));
        let mut expected = std::collections::BTreeMap::new();
        for step in &steps {
            let mut seen = std::collections::HashSet::new();
            let step: Vec<_> = step.iter().filter(|(number, _)| seen.insert(*number)).collect();
            let changes = step.iter().map(|(number, days)| Ok(match days {
                Some(days) => input(*number, &policy(*number, *days)),
                None => Change::Remove(DocumentId::from_stem(&format!("plan-{number}"))),
            }));
            let outcomes = pipeline::change(&grown, changes, Some(&embedder), BuildOptions::default(), &Silent).unwrap();
            for ((number, days), outcome) in step.iter().zip(outcomes) {
                let before = match days {
                    Some(days) => expected.insert(*number, *days),
                    None => expected.remove(number),
                };
                let wanted = match (days, before) {
                    (None, None) => None,
                    (None, Some(_)) => Some(Outcome::Removed),
                    (Some(days), Some(before)) if *days == before => Some(Outcome::Unchanged),
                    (Some(_), Some(_)) => Some(Outcome::Replaced),
                    (Some(_), None) => Some(Outcome::Created),
                };
                prop_assert_eq!(outcome.ok().map(|receipt| receipt.outcome), wanted);
            }
        }
        let Some(found) = grown.open().unwrap() else { return Ok(()) };
        prop_assert_eq!(found.documents().len(), expected.len());
        prop_assert!(found.segments().len() < 9, "{} segments", found.segments().len());
        if expected.is_empty() {
            return Ok(());
        }
        let whole = Store::new(folder.path().join("whole"));
        let all = expected.iter().map(|(number, days)| Ok(input(*number, &policy(*number, *days))));
        pipeline::change(&whole, all, Some(&embedder), BuildOptions::default(), &Silent).unwrap();
        let engine = |store: &Store| {
            let engine = Engine::new(Some(Arc::new(FakeEmbedder::new())));
            engine.publish(store.open().unwrap().unwrap());
            engine
        };
        prop_assert_eq!(answers(&engine(&grown)), answers(&engine(&whole)));
        let measures = |store: &Store| store.open().unwrap().unwrap().measures().unwrap().all().to_vec();
        prop_assert_eq!(measures(&grown), measures(&whole));
    }
}

#[test]
fn many_small_changes_leave_few_segments_and_lose_nothing() {
    let place = Place::new();
    let ingestion = Ingestion::start(Settings {
        store: place.store.clone(),
        embedder: None,
        options: BuildOptions::default(),
        engine: place.state.engine().clone(),
    })
    .unwrap();
    for number in 0..30 {
        ingestion.make(input(number, &policy(number, 5))).unwrap();
    }
    let started = Instant::now();
    loop {
        let generation = place.store.open().unwrap().unwrap();
        assert_eq!(generation.documents().len(), 30);
        let folders = std::fs::read_dir(place.store.root().join("segments")).unwrap().count();
        if generation.segments().len() < 9 && folders < 12 {
            break;
        }
        assert!(started.elapsed() < Duration::from_mins(1), "{} segments", generation.segments().len());
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn what_another_process_publishes_is_taken_over() {
    let place = Place::new();
    let change = [Ok(input(1, &policy(1, 5)))];
    let embedder = FakeEmbedder::new();
    pipeline::change(&place.store, change.into_iter(), Some(&embedder), BuildOptions::default(), &Silent)
        .unwrap();
    let started = Instant::now();
    while place.state.engine().generation().is_none() {
        assert!(started.elapsed() < Duration::from_secs(30));
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[tokio::test]
async fn pages_show_the_versions_of_a_document() {
    let place = Place::new();
    place.put("/v1/documents/plan?file=plan.txt", POLICY).await;
    let clause =
        place.get("/v1/documents/plan/clauses").await.1["clauses"][1]["id"].as_str().unwrap().to_owned();
    let clause = format!("/clauses/{clause}");
    let place = &place;
    let page = |path: String| async move { place.ask(Method::GET, &path, Body::empty()).await.text };
    assert!(page(clause.clone()).await.contains("只收录了这一版"));
    place.put("/v1/documents/plan?file=plan.txt", POLICY.replace("5个工作日", "3个工作日")).await;
    let now = page(clause).await;
    assert!(now.contains("第 1 版") && now.contains("本条文字不同"), "{now}");
    let earlier = page("/documents/plan?version=1".into()).await;
    assert!(earlier.contains("已有更新的版本") && earlier.contains("5个工作日"), "{earlier}");
    assert!(!earlier.contains("条款页"), "clauses of earlier versions have no page of their own");
    let newest = page("/documents/plan".into()).await;
    assert!(newest.contains("共 2 版") && !newest.contains("已有更新的版本"), "{newest}");
}

#[tokio::test]
async fn metrics_tell_what_came_of_every_change() {
    let place = Place::new();
    place.put("/v1/documents/plan?file=plan.txt", POLICY).await;
    place.put("/v1/documents/plan?file=plan.txt", POLICY).await;
    place.put("/v1/documents/plan?file=plan.txt", POLICY.replace("5个工作日", "3个工作日")).await;
    place.put("/v1/documents/empty", "").await;
    place.ask(Method::DELETE, "/v1/documents/plan", Body::empty()).await;
    place.ask(Method::DELETE, "/v1/documents/plan", Body::empty()).await;
    let text = place.ask(Method::GET, "/metrics", Body::empty()).await.text;
    for line in [
        "tiaokuan_documents_ingested_total{outcome=\"created\"} 1",
        "tiaokuan_documents_ingested_total{outcome=\"unchanged\"} 1",
        "tiaokuan_documents_ingested_total{outcome=\"replaced\"} 1",
        "tiaokuan_documents_ingested_total{outcome=\"removed\"} 1",
        "tiaokuan_documents_ingested_total{outcome=\"failed\"} 2",
        "tiaokuan_ingestion_seconds_count{change=\"put\"} 4",
        "tiaokuan_ingestion_seconds_count{change=\"delete\"} 2",
        "tiaokuan_segments ",
        "tiaokuan_generation ",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}
