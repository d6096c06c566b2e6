//! Reviews of drafts: over the API and from the command line.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::command::Workplace;
use crate::support::{Answered, empty_state, send, test_state};

const DRAFT: &str = "青田县优化营商环境方案（征求意见稿）\n\n一、获得用水用气\n1.用水用气外线工程并联审批办理时间压缩至4个工作日以内。\n2.建立冷链物流专用通道。（县交通运输局负责）\n二、其他\n3.用水用气外线工程并联审批办理时间压缩至6个工作日以内。\n";

async fn review(query: &str, draft: impl Into<Body>) -> Answered {
    let request = Request::post(format!("/v1/review{query}")).body(draft.into()).unwrap();
    send(test_state(), request).await
}

#[tokio::test]
async fn clause_by_clause() {
    let answer = review("?file=draft.txt", DRAFT).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let body = answer.json();
    assert_eq!(body["document"]["status"], "draft");
    assert_eq!((&body["summary"]["reviewed"], &body["summary"]["regions"]), (&3.into(), &3.into()));
    let first = &body["clauses"][0];
    assert!(first["text"].as_str().unwrap().contains("4个工作日"));
    let others = first["standings"][0]["others"].as_array().unwrap();
    let value = |region: &str| {
        others.iter().find(|other| other["region"] == region).map(|other| other["value"].as_f64().unwrap())
    };
    // Every document of the fixture carries the facts of the first.
    assert_eq!((value("相山区"), value("鸠江区")), (Some(5.0), Some(5.0)), "{first:#}");
    assert_eq!(first["standings"][0]["place"], "best");
    assert_eq!(first["facts"]["targets"][0]["quantity"], "用水用气外线工程并联审批办理时间");
    assert!(first["precedents"][0]["clause"]["citation"].as_str().unwrap().starts_with('《'));
    let findings = |clause: usize| body["clauses"][clause]["findings"].to_string();
    assert!(
        findings(0).contains("missing_responsibility") && !findings(1).contains("missing_responsibility")
    );
    assert_eq!(body["contradictions"][0]["said"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn as_a_table() {
    let answer = review("?file=draft.txt&format=csv", DRAFT).await;
    assert_eq!(
        (answer.status, answer.content_type.as_str()),
        (StatusCode::OK, "text/csv; charset=utf-8; header=present")
    );
    assert!(answer.text.starts_with("\u{feff}类别,本稿条目,本稿原文") && answer.text.contains("前后不一"));
}

#[tokio::test]
async fn only_what_the_filter_allows() {
    let answer = review("?file=draft.txt&status=trial", DRAFT).await;
    assert_eq!(answer.json()["summary"]["regions"], 1, "{}", answer.text);
}

#[tokio::test]
async fn bad_uploads_are_refused_with_a_reason() {
    let docx = b"PK\x03\x04\x14\0\x06\0cut off".to_vec();
    let rows: [(&str, Vec<u8>, &str); 8] = [
        ("?file=a.txt", Vec::new(), "empty_document"),
        ("?file=a.txt", b" \n ".to_vec(), "empty_document"),
        ("?file=a.docx", docx, "malformed_document"),
        ("?file=a.png", b"\x89PNG\r\n\x1a\n0000".to_vec(), "unsupported_format"),
        ("?file=a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe10000".to_vec(), "unsupported_format"),
        ("?file=../../etc/passwd&colour=red", DRAFT.into(), "unknown_parameter"),
        ("?file=", DRAFT.into(), "invalid_parameter"),
        ("?file=a.txt&format=pdf", DRAFT.into(), "invalid_parameter"),
    ];
    for (query, bytes, code) in rows {
        let answer = review(query, bytes).await;
        assert!(answer.status.is_client_error(), "{query} {}", answer.text);
        assert_eq!(answer.json()["code"], code, "{query} {}", answer.text);
        assert_eq!(answer.content_type, "application/problem+json");
    }
    let nothing = Request::post("/v1/review?file=a.txt").body(Body::from(DRAFT)).unwrap();
    assert_eq!(send(empty_state(), nothing).await.json()["code"], "no_generation");
}

#[test]
fn from_the_command_line() {
    let place = Workplace::indexed();
    let draft = place.path("draft.txt");
    std::fs::write(&draft, DRAFT).unwrap();
    let draft = draft.to_str().unwrap();
    let shown = place.run(&["review", draft]).success();
    let shown = String::from_utf8_lossy(&shown.get_output().stdout).into_owned();
    assert!(shown.contains("青田县") && shown.contains("前后不一"), "{shown}");
    let table = place.path("review.xlsx");
    place.run(&["review", draft, "--export", table.to_str().unwrap()]).success();
    assert!(std::fs::read(&table).unwrap().starts_with(b"PK"));
    place.run(&["review", "nowhere.docx"]).failure();
}
