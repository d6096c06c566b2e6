//! The JSON API: the shape of every answer, and a stable code for every way to go wrong.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::Value;
use tiaokuan::serve::HostPolicy;

use crate::support::{empty_state, get, post, send, test_state};

/// Compares with the stored answer, without what differs between runs.
macro_rules! snapshot {
    ($name:literal, $json:expr) => {
        insta::assert_json_snapshot!($name, without_chance($json))
    };
}

/// `json` with scores, times and request ids masked.
fn without_chance(json: Value) -> Value {
    match json {
        Value::Object(fields) => Value::Object(fields.into_iter().map(mask).collect()),
        Value::Array(values) => Value::Array(values.into_iter().map(without_chance).collect()),
        other => other,
    }
}

fn mask((name, value): (String, Value)) -> (String, Value) {
    let varies =
        matches!(name.as_str(), "took_ms" | "next_cursor" | "request_id" | "score" | "relevance" | "explain");
    let value =
        if varies && !value.is_null() { Value::String(format!("[{name}]")) } else { without_chance(value) };
    (name, value)
}

#[tokio::test]
async fn search_answers() {
    let body = r#"{"query":"用水用气外线工程 并联审批","mode":"keyword","facets":["region","year"],"filter":{"region":["340603","340207"]},"limit":1}"#;
    let answer = post("/v1/search", body).await;
    assert_eq!((answer.status, answer.content_type.as_str()), (StatusCode::OK, "application/json"));
    snapshot!("search", answer.json());
}

#[tokio::test]
async fn a_search_by_address_is_the_same_search() {
    let posted = post("/v1/search", r#"{"query":"并联审批","filter":{"region":"340603"},"limit":3}"#).await;
    let got = get("/v1/search?q=%E5%B9%B6%E8%81%94%E5%AE%A1%E6%89%B9&region=340603&limit=3").await;
    assert_eq!(got.status, StatusCode::OK, "{}", got.text);
    assert_eq!(posted.json()["hits"], got.json()["hits"]);
}

#[tokio::test]
async fn a_query_in_full() {
    // 住建局 三个工作日 用水报装 年份:2022
    let asked = "/v1/expand?q=%E4%BD%8F%E5%BB%BA%E5%B1%80%20%E4%B8%89%E4%B8%AA%E5%B7%A5%E4%BD%9C%E6%97%A5%20%E5%B9%B4%E4%BB%BD%3A2022";
    snapshot!("expand", get(asked).await.json());
}

#[tokio::test]
async fn corrections_and_near_identical_clauses_are_said() {
    let body = r#"{"query":"用水用器外线工程","mode":"keyword","collapse":true}"#;
    let answer = post("/v1/search", body).await.json();
    let said = answer["suggestion"]["query"].as_str().or(answer["corrected_query"].as_str());
    assert_eq!(said, Some("用水用气外线工程"), "{answer}");
    let typed = r#"{"query":"用水用器外线工程","mode":"keyword","correct":false}"#;
    let typed = post("/v1/search", typed).await.json();
    assert!(typed["suggestion"].is_null() && typed["corrected_query"].is_null());
    let listed = post("/v1/search", r#"{"query":"地区:安徽省"}"#).await.json();
    assert_eq!((listed["notices"][0].as_str(), listed["total"].as_u64()), (Some("filter_only"), Some(3)));
}

#[tokio::test]
async fn similar_answers() {
    let body = r#"{"clause_id":"doc-a:sec_1__item_1","exclude_same_document":true,"limit":1}"#;
    let answer = post("/v1/similar", body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.json()["hits"][0]["clause"]["document"]["region"]["name"], "鸠江区");
}

#[tokio::test]
async fn a_measure_is_compared_over_regions() {
    let body = r#"{"clause_id":"doc-a:sec_1__item_1","regions":["安徽省","620422","110101"]}"#;
    let answer = post("/v1/compare", body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    snapshot!("compare", answer.json());
    let asked = post("/v1/compare", r#"{"query":"企业开办 办结","candidates":1}"#).await.json();
    assert_eq!(asked["cells"][0]["region"]["name"], "相山区", "{asked}");
    assert!(
        asked["cells"]
            .as_array()
            .unwrap()
            .iter()
            .all(|cell| cell["candidates"].as_array().unwrap().len() <= 1)
    );
    let text = post("/v1/compare", r#"{"text":"外线工程并联审批压缩至4个工作日以内","regions":["鸠江区"]}"#)
        .await
        .json();
    assert_eq!((&text["total"], &text["rows"][0]["values"][0]["value"]), (&1.into(), &4.0.into()), "{text}");
}

#[tokio::test]
async fn every_bad_comparison_has_a_code() {
    for (body, status, code) in [
        ("{}", 422, "clause_text_or_query"),
        (r#"{"text":"审批","query":"审批"}"#, 422, "clause_text_or_query"),
        (r#"{"text":"？"}"#, 422, "empty_text"),
        (r#"{"query":""}"#, 422, "empty_query"),
        (r#"{"clause_id":"a:none"}"#, 404, "unknown_clause"),
        (r#"{"text":"审批","candidates":4}"#, 422, "invalid_candidates"),
        (r#"{"text":"审批","limit":0}"#, 422, "invalid_limit"),
        (r#"{"text":"审批","regions":["火星区"]}"#, 422, "unknown_region"),
        (r#"{"text":"审批","targets":[]}"#, 422, "unknown_field"),
    ] {
        let answer = post("/v1/compare", body).await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (status, Some(code)), "{body}");
        assert!(answer.json()["detail_zh"].as_str().is_some_and(|detail| !detail.is_empty()), "{body}");
    }
}

#[tokio::test]
async fn documents_and_clauses() {
    snapshot!("documents", get("/v1/documents").await.json());
    snapshot!("document", get("/v1/documents/%E4%BC%9A%E5%AE%81%E5%8E%BF%E6%96%B9%E6%A1%88").await.json());
    snapshot!("clause", get("/v1/clauses/doc-b%3Asec_1__item_1").await.json());
    let unescaped = get("/v1/clauses/doc-b:sec_1__item_1").await;
    assert_eq!(unescaped.status, StatusCode::OK);
    let clauses = get("/v1/documents/doc-a/clauses").await.json();
    let ids: Vec<_> =
        clauses["clauses"].as_array().unwrap().iter().map(|clause| clause["id"].clone()).collect();
    assert_eq!(ids, ["doc-a:sec_1__item_1", "doc-a:sec_1__item_2"]);
}

#[tokio::test]
async fn a_span_points_into_the_source() {
    let source = get("/v1/documents/doc-a/source").await;
    assert_eq!(source.content_type, "text/plain; charset=utf-8");
    let clause = get("/v1/clauses/doc-a:sec_1__item_2").await.json();
    let (start, end) = (
        clause["span"]["start"].as_u64().unwrap() as usize,
        clause["span"]["end"].as_u64().unwrap() as usize,
    );
    let cut: String = source.text.chars().skip(start).take(end - start).collect();
    assert_eq!(cut, clause["text"].as_str().unwrap());
}

#[tokio::test]
async fn documents_in_pages() {
    let first = get("/v1/documents?limit=2").await.json();
    assert_eq!(first["documents"].as_array().unwrap().len(), 2);
    assert_eq!(first["next_cursor"], "doc-b");
    let second = get("/v1/documents?limit=2&cursor=doc-b").await.json();
    assert_eq!(second["documents"][0]["id"], "会宁县方案");
    assert!(second["next_cursor"].is_null());
}

#[tokio::test]
async fn lists_and_health() {
    snapshot!("regions", get("/v1/regions").await.json());
    let domains = get("/v1/domains").await.json();
    assert_eq!(domains["domains"][0]["name"], "获得用水用气");
    assert_eq!(domains["domains"][0]["clauses"], 4);
    assert_eq!(get("/healthz").await.json()["status"], "ok");
    snapshot!("readyz", get("/readyz").await.json());
}

#[tokio::test]
async fn not_ready_without_a_generation() {
    for path in ["/readyz", "/v1/documents", "/v1/clauses/a:b", "/v1/regions"] {
        let answer = send(empty_state(), Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(answer.json()["code"], "no_generation");
    }
    let alive = send(empty_state(), Request::get("/healthz").body(Body::empty()).unwrap()).await;
    assert_eq!(alive.status, StatusCode::OK);
}

#[tokio::test]
async fn the_description_is_agreed() {
    insta::assert_json_snapshot!("openapi", get("/openapi.json").await.json());
}

/// What is no JSON is text or bytes, and a description that says `array` of it misleads whoever makes a client.
#[tokio::test]
async fn files_are_described_as_strings() {
    fn walk(node: &serde_json::Value, wrong: &mut Vec<String>, seen: &mut usize) {
        for (kind, body) in node["content"].as_object().into_iter().flatten() {
            let is_json = kind == "application/json" || kind.ends_with("+json") || kind.ends_with("ndjson");
            let schema = &body["schema"];
            let is_string = schema["type"] == "string" || schema["$ref"] == "#/components/schemas/File";
            *seen += usize::from(!is_json);
            if !is_json && !is_string {
                wrong.push(format!("{kind}: {schema}"));
            }
        }
        let parts: Box<dyn Iterator<Item = &serde_json::Value>> = match node {
            serde_json::Value::Object(members) => Box::new(members.values()),
            serde_json::Value::Array(items) => Box::new(items.iter()),
            _ => Box::new(std::iter::empty()),
        };
        parts.for_each(|part| walk(part, wrong, seen));
    }
    let description = get("/openapi.json").await.json();
    assert_eq!(description["components"]["schemas"]["File"]["type"], "string");
    let (mut wrong, mut seen) = (Vec::new(), 0);
    walk(&description["paths"], &mut wrong, &mut seen);
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(seen >= 9, "{seen} bodies that are no JSON: the walk misses some");
}

#[tokio::test]
async fn an_address_can_state_every_filter() {
    let description = get("/openapi.json").await.json();
    let parameters = description["paths"]["/v1/search"]["get"]["parameters"].as_array().unwrap();
    let names: Vec<_> = parameters.iter().filter_map(|parameter| parameter["name"].as_str()).collect();
    for filter in description["components"]["schemas"]["Filter"]["properties"].as_object().unwrap().keys() {
        assert!(names.contains(&filter.as_str()), "{filter} is no parameter of GET /v1/search");
    }
}

#[tokio::test]
async fn names_complete_what_is_typed() {
    // 用水 相山
    let found = get("/v1/suggest?q=%E7%94%A8%E6%B0%B4%20%E7%9B%B8%E5%B1%B1").await.json();
    insta::assert_json_snapshot!("suggest", found);
    // 营商环境, in traditional characters
    let documents = get("/v1/suggest?q=%E7%87%9F%E5%95%86%E7%92%B0%E5%A2%83&limit=1").await.json();
    assert_eq!(documents["suggestions"][0]["kind"], "document");
    assert_eq!(documents["suggestions"].as_array().unwrap().len(), 1);
    let letters = get("/v1/suggest?q=jjq").await.json();
    assert_eq!(letters["suggestions"][0]["label"], "鸠江区");
    let field = get("/v1/suggest?q=%E5%9C%B0%E5%8C%BA%3A%E9%B8%A0").await.json();
    assert_eq!(field["suggestions"][0]["query"], "地区:鸠江区");
    assert!(get("/v1/suggest?q=").await.json()["suggestions"].as_array().unwrap().is_empty());
    let long = format!("/v1/suggest?q={}", "x".repeat(3_000));
    assert!(get(&long).await.json()["suggestions"].as_array().unwrap().is_empty());
    for (bad, code) in
        [("q=x&limit=0", "invalid_limit"), ("q=x&limit=y", "invalid_parameter"), ("z=1", "unknown_parameter")]
    {
        assert_eq!(get(&format!("/v1/suggest?{bad}")).await.json()["code"], code);
    }
}

#[tokio::test]
async fn contacts_are_withheld_everywhere() {
    let bodies = [
        post("/v1/search", r#"{"query":"用水用气"}"#).await,
        post("/v1/similar", r#"{"text":"用水用气外线工程"}"#).await,
        post("/v1/compare", r#"{"clause_id":"doc-a:sec_1__item_1"}"#).await,
        get("/v1/clauses/doc-a:sec_1__item_1").await,
        get("/v1/documents/doc-a/clauses").await,
        get("/v1/suggest?q=%E5%BC%A0").await,
        crate::support::browse("/clauses/doc-a:sec_1__item_1").await,
        crate::support::browse("/search?q=%E7%94%A8%E6%B0%B4").await,
    ];
    for body in bodies {
        assert_eq!(body.status, StatusCode::OK, "{}", body.text);
        assert!(!body.text.contains("13900000000") && !body.text.contains("张三丰"), "{}", body.text);
    }
}

#[tokio::test]
async fn every_bad_body_has_a_code() {
    let long = format!(r#"{{"query":"{}"}}"#, "长".repeat(400_000));
    let rows: Vec<(Vec<u8>, u16, &str, Option<&str>)> = vec![
        (b"{".to_vec(), 400, "malformed_json", None),
        (b"".to_vec(), 400, "malformed_json", None),
        (b"{\"query\":\"\xff\"}".to_vec(), 400, "not_utf8", None),
        (b"{}".to_vec(), 422, "missing_field", Some("query")),
        (br#"{"query":""}"#.to_vec(), 422, "empty_query", Some("query")),
        ("{\"query\":\"地区:乌有乡国\"}".into(), 422, "unknown_region", Some("query")),
        ("{\"query\":\"类型:故事\"}".into(), 422, "unknown_kind", Some("query")),
        (br#"{"query":7}"#.to_vec(), 422, "wrong_type", Some("query")),
        (br#"{"query":"a","limit":0}"#.to_vec(), 422, "invalid_limit", Some("limit")),
        (br#"{"query":"a","limit":101}"#.to_vec(), 422, "invalid_limit", Some("limit")),
        (br#"{"query":"a","colour":"red"}"#.to_vec(), 422, "unknown_field", Some("colour")),
        (br#"{"query":"a","filter":{"colour":"red"}}"#.to_vec(), 422, "unknown_field", Some("filter.colour")),
        (br#"{"query":"a","filter":{"year":"soon"}}"#.to_vec(), 422, "wrong_type", Some("filter.year")),
        (
            format!(r#"{{"query":"{}"}}"#, "长".repeat(2001)).into_bytes(),
            422,
            "query_too_long",
            Some("query"),
        ),
        (long.into_bytes(), 413, "body_too_large", None),
    ];
    for (body, status, code, field) in rows {
        let shown = String::from_utf8_lossy(&body).chars().take(60).collect::<String>();
        let answer = post("/v1/search", body).await;
        let problem = answer.json();
        assert_eq!(answer.status.as_u16(), status, "{shown}: {problem}");
        assert_eq!(answer.content_type, "application/problem+json", "{shown}");
        assert_eq!(
            (problem["code"].as_str(), problem["field"].as_str()),
            (Some(code), field),
            "{shown}: {problem}"
        );
        assert_eq!(problem["request_id"], answer.headers["x-request-id"].to_str().unwrap(), "{shown}");
    }
}

#[tokio::test]
async fn a_problem_in_full() {
    snapshot!("problem", get("/v1/clauses/doc-a:none").await.json());
}

#[tokio::test]
async fn every_bad_request_has_a_code() {
    let rows = [
        (Method::GET, "/v1/nothing", 404, "not_found"),
        (Method::GET, "/nothing", 404, "not_found"),
        (Method::GET, "/v1/similar", 405, "method_not_allowed"),
        (Method::TRACE, "/healthz", 405, "method_not_allowed"),
        (Method::PUT, "/readyz", 405, "method_not_allowed"),
        (Method::TRACE, "/v1/search", 405, "method_not_allowed"),
        (Method::PUT, "/v1/documents/doc-a", 403, "read_only"),
        (Method::PUT, "/v1/regions", 405, "method_not_allowed"),
        (Method::GET, "/v1/clauses/none", 404, "unknown_clause"),
        (Method::GET, "/v1/clauses/%ff", 400, "bad_request"),
        (Method::GET, "/v1/documents/none", 404, "unknown_document"),
        (Method::GET, "/v1/documents?limit=0", 422, "invalid_limit"),
        (Method::GET, "/v1/documents?limit=1001", 422, "invalid_limit"),
        (Method::GET, "/v1/documents?limit=x", 400, "invalid_parameter"),
        (Method::GET, "/v1/documents?cursor=%20", 422, "invalid_cursor"),
        (Method::GET, "/v1/search?q=a&colour=red", 400, "unknown_parameter"),
        (Method::GET, "/v1/search", 422, "empty_query"),
        (Method::GET, "/v1/expand", 422, "empty_query"),
        (Method::GET, "/v1/expand?q=a&limit=1", 400, "unknown_parameter"),
        (Method::POST, "/v1/search", 415, "unsupported_media_type"),
    ];
    for (method, path, status, code) in rows {
        let request = Request::builder().method(method.clone()).uri(path).body(Body::empty()).unwrap();
        let answer = send(test_state(), request).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}: {}", answer.text);
        assert_eq!(answer.json()["code"], code, "{method} {path}");
    }
    let refused = get("/v1/similar").await;
    assert_eq!(refused.headers[header::ALLOW], "POST");
}

#[tokio::test]
async fn other_hosts_are_refused_on_loopback() {
    let asked = |host: &'static str| async move {
        let request = Request::get("/readyz").header(header::HOST, host).body(Body::empty()).unwrap();
        send(test_state().with_hosts(HostPolicy::Loopback), request).await
    };
    assert_eq!(asked("127.0.0.1:7878").await.status, StatusCode::OK);
    let refused = asked("evil.example").await;
    assert_eq!(
        (refused.status, refused.json()["code"].as_str()),
        (StatusCode::FORBIDDEN, Some("host_not_allowed"))
    );
}
