//! Batches of similarity queries: every item answered in order, bad ones by themselves, in bounded memory.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, HttpBody};
use axum::http::{Request, StatusCode, header};
use predicates::str::contains;
use serde_json::Value;
use tiaokuan::embed::{Embedder, FakeEmbedder};
use tiaokuan::search::Engine;
use tiaokuan::serve::{AppState, app};
use tower::ServiceExt;

use crate::command::{POLICY, Workplace};
use crate::service::Service;
use crate::support::{Answered, generation, post, send, test_state};

const GOOD: &str = r#"{"id":"a","clause_id":"doc-a:sec_1__item_1","exclude_same_document":true}"#;

async fn post_lines(path: &str, body: impl Into<Body>) -> Answered {
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-ndjson");
    send(test_state(), request.body(body.into()).unwrap()).await
}

fn values(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn each_item_is_answered_in_order_and_bad_ones_by_themselves() {
    let long = format!(r#"{{"id":7,"text":"{}"}}"#, "长".repeat(20_001));
    let longer = "x".repeat(300 << 10);
    let rows: Vec<(Vec<u8>, Option<&str>, Value)> = vec![
        (GOOD.into(), None, "a".into()),
        (b"{".to_vec(), Some("malformed_json"), Value::Null),
        (r#"{"id":2,"text":"用水用气外线工程"}"#.into(), None, 2.into()),
        (br#"{"id":"\xff"}"#.to_vec(), Some("malformed_json"), Value::Null),
        (b"{\"id\":\"\xff\"}".to_vec(), Some("not_utf8"), Value::Null),
        (br#"{"id":"b"}"#.to_vec(), Some("clause_or_text"), "b".into()),
        (br#"{"id":"c","clause_id":"doc-a:none"}"#.to_vec(), Some("unknown_clause"), "c".into()),
        (br#"{"id":"d","text":"a","colour":1}"#.to_vec(), Some("unknown_field"), "d".into()),
        (br#"{"id":"e","text":"a","limit":0}"#.to_vec(), Some("invalid_limit"), "e".into()),
        (br#"{"id":"f","text":"a","filter":{"region":"x"}}"#.to_vec(), Some("unknown_region"), "f".into()),
        (b"[]".to_vec(), Some("wrong_type"), Value::Null),
        (long.into_bytes(), Some("text_too_long"), 7.into()),
        (longer.into_bytes(), Some("line_too_long"), Value::Null),
        (GOOD.into(), None, "a".into()),
    ];
    let body: Vec<u8> = rows.iter().map(|(line, ..)| line.as_slice()).collect::<Vec<_>>().join(&b"\n\n"[..]);
    let answer = post_lines("/v1/similar/batch?limit=1", body).await;
    assert_eq!((answer.status, answer.content_type.as_str()), (StatusCode::OK, "application/x-ndjson"));
    let lines = values(&answer.text);
    assert_eq!(lines.len(), rows.len(), "{}", answer.text);
    for (index, (line, (sent, code, id))) in lines.iter().zip(&rows).enumerate() {
        let sent = String::from_utf8_lossy(sent).chars().take(60).collect::<String>();
        assert_eq!((&line["index"], &line["id"]), (&index.into(), id), "{sent}: {line}");
        assert_eq!(line["error"]["code"].as_str(), *code, "{sent}: {line}");
        assert_eq!(line["hits"].as_array().map(Vec::len), code.is_none().then_some(1), "{sent}: {line}");
    }
    assert_eq!(lines[0]["hits"][0]["clause"]["document"]["region"]["name"], "鸠江区");
    assert_eq!(lines[1]["error"]["title_zh"], "JSON 格式有误");
    assert!(!answer.text.contains("13900000000"), "a contact");
}

#[tokio::test]
async fn as_json_with_shared_options() {
    let body = format!(r#"{{"limit":2,"per_region":1,"items":[{GOOD},7,{{"text":"用水","limit":1}}]}}"#);
    let answer = post("/v1/similar/batch", body.clone()).await;
    let lines = values(&answer.text);
    let counts: Vec<_> = lines.iter().map(|line| line["hits"].as_array().map(Vec::len)).collect();
    assert_eq!((counts, &lines[1]["error"]["code"]), (vec![Some(2), None, Some(1)], &"wrong_type".into()));
    let request = Request::post("/v1/similar/batch")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json");
    let array = send(test_state(), request.body(Body::from(body)).unwrap()).await;
    assert_eq!(array.content_type, "application/json");
    assert_eq!(array.json().as_array().unwrap().len(), 3);
    assert_eq!(post("/v1/similar/batch", r#"{"items":[]}"#).await.text, "");
}

#[tokio::test]
async fn what_no_item_could_be_answered_with_is_refused() {
    let many = format!(r#"{{"items":[{}]}}"#, vec!["1"; 20_001].join(","));
    let bodies = [
        ("{", 400, "malformed_json", None),
        ("{}", 422, "missing_field", Some("items")),
        (r#"{"items":{}}"#, 422, "wrong_type", Some("items")),
        (r#"{"items":[],"colour":1}"#, 422, "unknown_field", Some("colour")),
        (r#"{"items":[],"limit":101}"#, 422, "invalid_limit", Some("limit")),
        (r#"{"items":[],"min_relevance":2}"#, 422, "invalid_min_relevance", Some("min_relevance")),
        (r#"{"items":[],"filter":{"region":"x"}}"#, 422, "unknown_region", Some("filter.region")),
        (many.as_str(), 413, "too_many_items", None),
    ];
    for (body, status, code, field) in bodies {
        let answer = post("/v1/similar/batch", body.to_owned()).await;
        let problem = answer.json();
        let shown: String = body.chars().take(60).collect();
        assert_eq!(
            (answer.status.as_u16(), problem["code"].as_str()),
            (status, Some(code)),
            "{shown}: {problem}"
        );
        assert_eq!(problem["field"].as_str(), field, "{shown}: {problem}");
    }
    for (path, code) in [
        ("/v1/similar/batch?limit=0", "invalid_limit"),
        ("/v1/similar/batch?colour=red", "unknown_parameter"),
        ("/v1/similar/batch?text=a", "unknown_parameter"),
    ] {
        assert_eq!(post_lines(path, GOOD).await.json()["code"], code, "{path}");
    }
    let plain = Request::post("/v1/similar/batch").header(header::CONTENT_TYPE, "text/plain");
    let plain = send(test_state(), plain.body(Body::from(GOOD)).unwrap()).await;
    assert_eq!(plain.json()["code"], "unsupported_media_type");
}

#[tokio::test]
async fn lines_beyond_the_most_are_refused_by_the_last() {
    let answer = post_lines("/v1/similar/batch", "7\n".repeat(20_050)).await;
    let lines = values(&answer.text);
    assert_eq!((lines.len(), &lines[20_000]["error"]["code"]), (20_001, &"too_many_items".into()));
}

#[tokio::test]
async fn the_work_ends_with_the_client() {
    let embedder: Arc<dyn Embedder> = Arc::new(FakeEmbedder::new());
    let engine = Engine::new(Some(Arc::clone(&embedder)));
    engine.publish(Arc::new(generation()));
    let request = Request::post("/v1/similar/batch").header(header::CONTENT_TYPE, "application/x-ndjson");
    let request = request.body(Body::from(format!("{GOOD}\n").repeat(20_000))).unwrap();
    let mut body = app(AppState::new(engine)).oneshot(request).await.unwrap().into_body();
    let first = std::future::poll_fn(|context| std::pin::Pin::new(&mut body).poll_frame(context)).await;
    assert!(first.unwrap().unwrap().into_data().is_ok());
    assert!(Arc::strong_count(&embedder) > 1, "it is at work");
    drop(body);
    let begun = Instant::now();
    while Arc::strong_count(&embedder) > 1 && begun.elapsed() < Duration::from_secs(5) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(Arc::strong_count(&embedder), 1, "nothing of the batch is left");
}

/// A request whose body is sent as it is written, on a connection of its own.
fn begin(service: &Service) -> TcpStream {
    let mut stream = TcpStream::connect(service.address.trim_start_matches("http://")).unwrap();
    let head = "POST /v1/similar/batch?limit=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

fn send_chunk(stream: &mut TcpStream, text: &str) {
    write!(stream, "{:x}\r\n{text}\r\n", text.len()).unwrap();
}

fn items(from: usize, to: usize) -> String {
    let item = |at: usize| match at % 1000 {
        999 => "not json\n".to_owned(),
        _ => format!("{{\"id\":{at},\"text\":\"{}并联审批压缩至{at}个工作日\"}}\n", "用水用气".repeat(20)),
    };
    (from..to).map(item).collect()
}

/// Ten thousand items, all sent before the first answer is read: the way most clients send.
#[test]
fn ten_thousand_items_in_bounded_memory() {
    let place = Workplace::new();
    place.write("policies/a.txt", POLICY);
    let service = Service::start(&place);
    let mut warm = begin(&service);
    send_chunk(&mut warm, &items(0, 100));
    warm.write_all(b"0\r\n\r\n").unwrap();
    warm.read_to_end(&mut Vec::new()).unwrap();
    let before = service.peak_memory();
    let mut stream = begin(&service);
    for at in 0..10 {
        send_chunk(&mut stream, &items(at * 1000, (at + 1) * 1000));
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    let lines = BufReader::new(stream).lines().map(Result::unwrap);
    let answers = lines.filter(|line| line.starts_with("{\"index\":"));
    let (mut count, mut refused) = (0, 0);
    for line in answers {
        assert!(line.starts_with(&format!("{{\"index\":{count},")), "{line}");
        refused += usize::from(line.contains("malformed_json"));
        count += 1;
    }
    assert_eq!((count, refused), (10_000, 10));
    let grown = service.peak_memory() - before;
    println!("peak memory {before} KiB before, {grown} KiB more after ten thousand items");
    assert!(grown < 48 << 10, "{grown} KiB more than the {before} KiB before");
}

#[test]
fn a_client_that_leaves_early_harms_none() {
    let place = Workplace::new();
    place.write("policies/a.txt", POLICY);
    let service = Service::start(&place);
    let mut stream = begin(&service);
    send_chunk(&mut stream, &items(0, 10));
    let mut begun = String::new();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while !begun.contains("\"index\":9") {
        assert!(reader.read_line(&mut begun).unwrap() > 0, "answered while items are still to come: {begun}");
    }
    send_chunk(&mut stream, &items(0, 5_000));
    drop((stream, reader));
    assert_eq!(service.get("/readyz")["status"], "ready");
    let found = service.get("/v1/search?q=%E5%B9%B6%E8%81%94%E5%AE%A1%E6%89%B9");
    assert_eq!(found["total"], 1, "{found}");
}

#[test]
fn from_the_command_line() {
    let place = Workplace::indexed();
    place.write("items.ndjson", items(0, 150));
    let done = place.run(&["similar", "--batch", "items.ndjson", "--limit", "1"]).success();
    let lines = values(&String::from_utf8(done.get_output().stdout.clone()).unwrap());
    assert_eq!((lines.len(), &lines[149]["id"]), (150, &149.into()));
    let mut command = place.command(&["similar", "--batch", "-"]);
    command.write_stdin("{\"id\":1}\n").assert().success().stdout(contains("clause_or_text"));
    place.run(&["similar", "--batch", "none.ndjson"]).code(1).stderr(contains("[io]"));
    place
        .run(&["similar", "--batch", "items.ndjson", "--limit", "0"])
        .code(2)
        .stderr(contains("[invalid_limit]"));
}
