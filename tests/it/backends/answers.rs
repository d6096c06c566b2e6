//! The same requests to both backends.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};
use tiaokuan::eval;
use tiaokuan::search::{Engine, SearchRequest};
use tiaokuan::serve::AppState;

use super::{Both, checkout, ids, say};
use crate::support::send;

/// Development queries whose top ten must be the same, out of a hundred.
const LEAST: usize = 95;

/// Answers that were not the same: all are told before the test fails.
static DIFFERENT: AtomicUsize = AtomicUsize::new(0);

const DRAFT: &str = "青田县优化营商环境方案（征求意见稿）\n\n一、获得用水用气\n1.用水用气外线工程并联审批办理时间压缩至4个工作日以内。\n2.建立冷链物流专用通道。（县交通运输局负责）\n二、其他\n3.企业开办办结时限压缩至1个工作日。\n";

pub(super) fn agree(both: &Both) {
    top_tens(both);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(api(both));
    runtime.block_on(pages(both));
}

fn top_tens(both: &Both) {
    let queries = eval::read_queries(&checkout("tests/gold/queries.jsonl")).unwrap();
    let set = eval::QuerySet::of_gold(&queries);
    let top_ten = |engine: &Engine, query: &eval::GradedQuery| -> Vec<String> {
        let filter = query.filter.clone();
        let request = SearchRequest { filter, limit: 10, ..SearchRequest::new(&query.query) };
        let (generation, answer) = engine.search(&request).unwrap();
        let id = |hit: &tiaokuan::search::Hit| generation.clause(hit.clause).unwrap().clause.id.to_string();
        answer.hits.iter().map(id).collect()
    };
    let mut same = 0;
    for query in &set.queries {
        let (files, cluster) = (top_ten(&both.embedded, query), top_ten(&both.cluster, query));
        if files == cluster {
            same += 1;
        } else {
            say(format_args!("another top ten for {}: {files:?} {cluster:?}", query.query));
        }
    }
    say(format_args!("the same top ten for {same} of {} development queries", set.queries.len()));
    assert!(same * 100 >= set.queries.len() * LEAST, "{same} of {}", set.queries.len());
}

fn searches() -> Vec<Value> {
    vec![
        json!({"query": "用水报装", "filter": {"region": "安徽省"}, "facets": ["region", "domain", "unit"], "limit": 20}),
        json!({"query": "用水 \"外线工程\"", "limit": 20}),
        json!({"query": "报装时限 地区:安徽省 年份:2022 -燃气", "limit": 50}),
        json!({"query": "年份:2022 -燃气", "limit": 30}),
        json!({"query": "地区:安徽省", "limit": 100}),
        json!({"query": "企业开办", "group_by": "region", "limit": 3}),
        json!({"query": "企业开办", "mode": "keyword", "explain": true}),
        json!({"query": "想把公司关掉", "mode": "semantic"}),
        json!({"query": "想把公司关掉", "explain": true, "limit": 30}),
        json!({"query": "国发〔2020〕24号"}),
        json!({"query": "注消公司"}),
        json!({"query": "影业执照"}),
        json!({"query": "住建局 施工许可", "collapse": true}),
        json!({"query": "税务", "filter": {"domain": "纳税", "kind": "measure"}}),
        json!({"query": "牵头", "filter": {"unit": "市场监管局", "role": "lead"}, "facets": ["unit"]}),
        json!({"query": "办电", "filter": {"date_from": "2022-01-01"}}),
        json!({"query": "\"没有一处这样写\""}),
        json!({"query": "用水", "as_of": "2020-01-01"}),
        json!({"query": "用水", "filter": {"region": "没有这个地方"}}),
    ]
}

async fn api(both: &Both) {
    let mut compared = 0;
    for search in searches() {
        compared += same(both, Method::POST, "/v1/search", &search.to_string()).await;
    }
    compared += cursors(both).await;
    let clauses = some_clauses(both).await;
    for id in &clauses {
        compared +=
            same(both, Method::POST, "/v1/similar", &json!({"clause_id": id, "limit": 20}).to_string()).await;
        compared += same(both, Method::POST, "/v1/compare", &json!({"clause_id": id}).to_string()).await;
    }
    let bodies = [
        ("/v1/similar", json!({"text": "用水报装压缩至3个工作日", "per_region": 2, "limit": 20})),
        (
            "/v1/similar",
            json!({"clause_id": clauses[0], "exclude_same_document": true, "filter": {"year": 2022}}),
        ),
        ("/v1/similar", json!({"clause_id": "x:y"})),
        ("/v1/compare", json!({"query": "企业开办 办结"})),
        (
            "/v1/compare",
            json!({"text": "外线工程并联审批压缩至4个工作日以内", "regions": ["鸠江区", "相山区"]}),
        ),
    ];
    for (path, body) in bodies {
        compared += same(both, Method::POST, path, &body.to_string()).await;
    }
    compared += same(both, Method::POST, "/v1/review?file=draft.txt", DRAFT).await;
    for path in
        ["/v1/regions", "/v1/domains", "/v1/documents", "/v1/atlas", "/v1/suggest?q=%E7%94%A8%E6%B0%B4"]
    {
        compared += same(both, Method::GET, path, "").await;
    }
    let lay = "/v1/expand?q=%E6%83%B3%E6%8A%8A%E5%85%AC%E5%8F%B8%E5%85%B3%E6%8E%89";
    compared += same(both, Method::GET, lay, "").await;
    say(format_args!("{compared} answers of the API are the same"));
    assert_eq!(DIFFERENT.load(Ordering::Relaxed), 0);
}

/// Page after page of one list.
async fn cursors(both: &Both) -> usize {
    let mut request = json!({"query": "审批", "limit": 40});
    for page in 1.. {
        same(both, Method::POST, "/v1/search", &request.to_string()).await;
        let answer = ask(&both.cluster, Method::POST, "/v1/search", &request.to_string()).await;
        let Some(cursor) = answer["next_cursor"].as_str() else { return page };
        request["cursor"] = cursor.into();
    }
    unreachable!("a list ends")
}

async fn some_clauses(both: &Both) -> Vec<String> {
    let search = json!({"query": "牵头单位 压缩 办理时限", "limit": 40});
    let found = ids(&ask(&both.embedded, Method::POST, "/v1/search", &search.to_string()).await);
    let some: Vec<String> = found.into_iter().step_by(5).collect();
    assert!(some.len() > 4);
    some
}

async fn pages(both: &Both) {
    for path in
        ["/?q=%E7%94%A8%E6%B0%B4", "/compare?q=%E4%BC%81%E4%B8%9A%E5%BC%80%E5%8A%9E", "/documents", "/atlas"]
    {
        let text = |engine: &Engine| {
            let request = Request::get(path).header(header::ACCEPT, "text/html").body(Body::empty()).unwrap();
            send(AppState::new(engine.clone()), request)
        };
        let (files, cluster) = (text(&both.embedded).await, text(&both.cluster).await);
        let shown = |page: &str| page.lines().filter(|line| !line.contains("毫秒")).count();
        assert_eq!((files.status, shown(&files.text)), (cluster.status, shown(&cluster.text)), "{path}");
    }
}

async fn ask(engine: &Engine, method: Method, path: &str, body: &str) -> Value {
    let request =
        Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
    send(AppState::new(engine.clone()), request.body(Body::from(body.to_owned())).unwrap()).await.json()
}

/// 1 where both backends answer the same, else 0.
async fn same(both: &Both, method: Method, path: &str, body: &str) -> usize {
    let files = ask(&both.embedded, method.clone(), path, body).await;
    let cluster = ask(&both.cluster, method, path, body).await;
    let Some(difference) = difference(&files, &cluster, "") else { return 1 };
    say(format_args!("{path} {body}: {difference}"));
    DIFFERENT.fetch_add(1, Ordering::Relaxed);
    0
}

/// Where two answers differ; times do not count, nor the last digits of numbers.
fn difference(files: &Value, cluster: &Value, at: &str) -> Option<String> {
    const OF_THE_REQUEST: [&str; 3] = ["took_ms", "request_id", "instance"];
    match (files, cluster) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys()).filter(|key| !OF_THE_REQUEST.contains(&key.as_str()));
            keys.into_iter().find_map(|key| {
                let of =
                    |object: &serde_json::Map<String, Value>| object.get(key).cloned().unwrap_or_default();
                difference(&of(a), &of(b), &format!("{at}/{key}"))
            })
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let mut pairs = a.iter().zip(b).enumerate();
            pairs.find_map(|(place, (a, b))| difference(a, b, &format!("{at}/{place}")))
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64()?, b.as_f64()?);
            ((a - b).abs() > 1e-4).then(|| format!("{at}: {a} in files, {b} in the cluster"))
        }
        (a, b) => (a != b).then(|| format!("{at}: {a} in files, {b} in the cluster")),
    }
}
