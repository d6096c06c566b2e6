//! The atlas: what its resources answer, and that a build on top of another equals one made anew.

use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use predicates::prelude::*;
use predicates::str::contains;
use tempfile::TempDir;
use tiaokuan::embed::{Embedder, FakeEmbedder};
use tiaokuan::index::Store;
use tiaokuan::model::DocumentId;
use tiaokuan::pipeline::{self, Input, Silent};

use crate::command::{POLICY, Workplace, json};
use crate::support::{get, publish, send, state_without_measures};

#[tokio::test]
async fn counts_and_measures() {
    insta::assert_json_snapshot!("atlas", get("/v1/atlas").await.json());
}

#[tokio::test]
async fn a_measure_with_its_clauses() {
    let list = get("/v1/atlas?limit=1").await.json();
    assert_eq!((list["total"].as_u64(), list["measures"].as_array().unwrap().len()), (Some(3), 1));
    let id = list["measures"][0]["id"].as_str().unwrap();
    insta::assert_json_snapshot!("measure", get(&format!("/v1/measures/{id}")).await.json());
    let next = list["next_cursor"].as_str().unwrap();
    let second = get(&format!("/v1/atlas?limit=1&cursor={next}")).await.json();
    assert_ne!(second["measures"][0]["id"], id);
}

#[tokio::test]
async fn filters_narrow_what_is_listed() {
    for (query, titles) in [
        ("domain=获得用水用气", vec!["用水用气外线工程并联审批"]),
        ("min_regions=2", vec!["用水用气外线工程并联审批"]),
        ("region=鸠江区", vec!["用水用气外线工程并联审批"]),
        ("region=安徽省", vec!["用水用气外线工程并联审批", "企业开办办结时限压缩至1个工作日"]),
        ("lacking=鸠江区&domain=开办企业", vec!["企业开办办结时限压缩至1个工作日"]),
        ("lacking=620422&min_regions=2", vec!["用水用气外线工程并联审批"]),
        ("region=会宁县&lacking=安徽省", vec!["用水用气外线工程"]),
    ] {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let escaped: Vec<String> = pairs.map(|(name, value)| format!("{name}={}", escape(value))).collect();
        let answer = get(&format!("/v1/atlas?{}", escaped.join("&"))).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.text);
        let answer = answer.json();
        let found: Vec<&str> =
            answer["measures"].as_array().unwrap().iter().filter_map(|row| row["title"].as_str()).collect();
        assert_eq!(found, titles, "{query}");
    }
}

fn escape(text: &str) -> String {
    let bytes = text.bytes().map(|byte| format!("%{byte:02X}"));
    bytes.collect::<Vec<_>>().concat()
}

#[tokio::test]
async fn bad_requests_have_a_code() {
    let beijing = format!("/v1/atlas?lacking={}", escape("北京市"));
    for (path, status, code) in [
        ("/v1/measures/m-0000000000000000", 404, "unknown_measure"),
        ("/v1/atlas?limit=0", 422, "invalid_limit"),
        ("/v1/atlas?limit=101", 422, "invalid_limit"),
        ("/v1/atlas?min_regions=0", 422, "invalid_min_regions"),
        ("/v1/atlas?min_regions=-1", 400, "invalid_parameter"),
        ("/v1/atlas?region=nowhere", 422, "unknown_region"),
        (beijing.as_str(), 422, "unknown_region"),
        ("/v1/atlas?domain=nothing", 422, "unknown_domain"),
        ("/v1/atlas?cursor=!", 422, "invalid_cursor"),
        ("/v1/atlas?colour=red", 400, "unknown_parameter"),
    ] {
        let answer = get(path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text);
        assert_eq!(answer.json()["code"], code, "{path}");
    }
}

#[tokio::test]
async fn an_index_without_measures_says_so() {
    for path in ["/v1/atlas", "/v1/measures/m-0"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = send(state_without_measures(), request).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(answer.json()["code"], "atlas_absent", "{path}");
    }
}

/// Another region's policy: one measure worded a little differently, one of its own.
fn neighbour() -> String {
    let policy = POLICY.replace("青田区", "相山区").replace("5个工作日", "3个工作日");
    policy.replace(
        "压缩办结时限。企业开办办结时限压缩至1个工作日以内。",
        "推广电子保函。招标投标活动使用电子保函代替现金。",
    )
}

#[test]
fn the_command_shows_what_is_where() {
    let place = Workplace::new();
    place.write("policies/a.txt", POLICY.replace("青田区", "鸠江区"));
    place.write("policies/b.txt", neighbour());
    place.run(&["index", "policies"]).success();
    let atlas = json(&place.run(&["atlas", "--json"]).success());
    assert_eq!((&atlas["model"], atlas["total"].as_u64()), (&"absent".into(), Some(1)), "{atlas}");
    place.run(&["atlas"]).success().stdout(contains("1/1 100% +1").and(contains("推行并联审批")));
    let id = atlas["measures"][0]["id"].as_str().unwrap();
    place.run(&["atlas", id]).success().stdout(contains("5个工作日").and(contains("3个工作日")));
    let lacking = place.run(&["atlas", "--lacking", "鸠江区", "--min-regions", "1"]);
    lacking.success().stdout(contains("推广电子保函").and(contains("缺 鸠江区")));
    place.run(&["atlas", "m-0"]).code(3).stderr(contains("[unknown_measure]"));
    place.run(&["atlas", "--lacking", "北京市"]).code(2).stderr(contains("[unknown_region]"));
}

fn input(file: &str, text: &str) -> Input {
    let id = DocumentId::from_stem(file);
    Input { file: format!("{file}.txt"), id, bytes: text.as_bytes().to_vec(), entry: None, again: None }
}

fn index(store: &Store, inputs: &[Input], embedder: Option<&dyn Embedder>) -> pipeline::BuildReport {
    let inputs: Vec<_> = inputs.iter().cloned().map(Ok).collect();
    pipeline::index(store, inputs.into_iter(), embedder, false, &Silent).unwrap()
}

fn store(folder: &TempDir, name: &str) -> Store {
    Store::new(folder.path().join(name))
}

/// Measures and neighbours as they lie in the current generation.
fn written(store: &Store) -> (Vec<u8>, Vec<u8>) {
    let folder = store.current().unwrap().unwrap();
    let read = |name: &str| std::fs::read(Path::new(&folder).join(name)).unwrap();
    (read("measures"), read("neighbours"))
}

#[test]
fn an_index_grown_step_by_step_has_the_atlas_of_one_made_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let changed = neighbour().replace("电子保函", "保险保函");
    let texts =
        [input("a", POLICY), input("b", &neighbour()), input("c", &POLICY.replace("青田区", "偃师区"))];
    for embedder in [None, Some(&FakeEmbedder::new() as &dyn Embedder)] {
        let name = |way: &str| format!("{way}-{}", embedder.is_some());
        let (grown, whole) = (store(&folder, &name("grown")), store(&folder, &name("whole")));
        index(&grown, &texts[1..2], embedder);
        index(&grown, &texts[2..], embedder);
        index(&grown, &texts, embedder);
        index(&whole, &texts, embedder);
        assert_eq!(written(&grown), written(&whole));
        let texts = [texts[0].clone(), input("b", &changed), texts[2].clone()];
        index(&grown, &texts, embedder);
        let anew = store(&folder, &name("anew"));
        index(&anew, &texts, embedder);
        assert_eq!(written(&grown), written(&anew));
    }
}

#[test]
fn an_index_of_before_gets_its_atlas_though_nothing_changed() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder, "old");
    let input = input("a", POLICY);
    let writer = store.writer().unwrap();
    let documents = vec![Arc::new(pipeline::read_document(&input).unwrap())];
    publish(&writer, 1, documents, None);
    drop(writer);
    assert!(store.open().unwrap().unwrap().measures().is_none());
    let report = index(&store, std::slice::from_ref(&input), None);
    assert_eq!((report.generation, report.read, report.measures), (Some(2), 0, 2), "{report:?}");
    assert_eq!(index(&store, &[input], None).generation, None);
}
