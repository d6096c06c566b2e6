//! Documents that come and go through two processes.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{Service, ids, say};
use crate::command::POLICY;

/// How long the other process may take to see what one published: it looks once a second.
const SEEN: Duration = Duration::from_secs(5);

pub(super) fn are_seen_by_all([first, second]: &[Service; 2]) {
    let (status, before) = second.get("/readyz");
    assert_eq!((status, &before["documents"]), (200, &5.into()), "{before}");
    let began = Instant::now();
    let (status, receipt) = first.put("/v1/documents/plan?file=plan.txt", POLICY);
    assert_eq!((status, &receipt["version"]), (201, &1.into()), "{receipt}");
    say(format_args!("a document put in {:?}", began.elapsed()));
    let own = first
        .post("/v1/search", &json!({"query": "企业开办 外线工程 办理时间", "filter": {"document": "plan"}}))
        .1;
    assert_eq!(ids(&own).len(), 2, "searchable when acknowledged: {own}");
    wait_until("the other process sees it", || second.get("/v1/documents/plan").0 == 200);

    let changed = POLICY.replace("5个工作日", "3个工作日");
    let (status, receipt) = second.put("/v1/documents/plan?file=plan.txt", &changed);
    assert_eq!((status, &receipt["version"]), (200, &2.into()), "the other one writes too: {receipt}");
    let search = json!({"query": "外线工程并联审批办理时间", "filter": {"document": "plan"}});
    let text = |answer: serde_json::Value| answer["hits"][0]["clause"]["text"].to_string();
    assert!(text(second.post("/v1/search", &search).1).contains("3个工作日"));
    wait_until("the first one sees the change", || {
        text(first.post("/v1/search", &search).1).contains("3个工作日")
    });
    let versions = first.get("/v1/documents/plan/versions").1;
    let received = versions["versions"][1]["received"].as_str().unwrap();
    let past =
        json!({"query": "外线工程并联审批办理时间", "filter": {"document": "plan"}, "as_of": received});
    assert!(text(first.post("/v1/search", &past).1).contains("5个工作日"), "as it was");

    assert_eq!(first.delete("/v1/documents/plan").0, 200);
    assert_eq!(first.get("/v1/documents/plan").0, 404);
    wait_until("the other process sees it gone", || second.get("/v1/documents/plan").0 == 404);
    assert_eq!(ids(&second.post("/v1/search", &json!({"query": "\"青田区优化\""})).1).len(), 0);
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < SEEN, "{what}: not within {SEEN:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
