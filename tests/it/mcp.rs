//! The tools for language models, asked over both transports. `tests/mcp` asks them with a client of others.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use rmcp::ServiceExt as _;
use rmcp::model::{CallToolRequestParams, CallToolResponse, CallToolResult};
use serde_json::{Value, json};
use tiaokuan::serve::{AppState, Scope};

use crate::access::Guarded;
use crate::command::{Workplace, tiaokuan};
use crate::support::{Answered, HOSTILE, empty_state, send, test_state};

fn arguments(value: &Value) -> serde_json::Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn request(message: &Value) -> axum::http::request::Builder {
    let method = message["method"].as_str().unwrap();
    let builder = Request::post("/mcp")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json, text/event-stream")
        .header(header::HOST, "localhost")
        .header("mcp-protocol-version", "2025-06-18");
    builder.header("mcp-method", method)
}

async fn ask(state: AppState, message: Value) -> Answered {
    send(state, request(&message).body(Body::from(message.to_string())).unwrap()).await
}

fn calling(name: &str, arguments: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}})
}

/// What the tool answers over HTTP, a fault too.
async fn call(state: AppState, name: &str, arguments: Value) -> Value {
    let answer = ask(state, calling(name, &arguments)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let result = answer.json()["result"].clone();
    let said: Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(said, result["structuredContent"], "the text says what the structure says");
    result
}

#[tokio::test]
async fn a_client_lists_and_calls_over_standard_input() {
    let place = Workplace::indexed();
    let program = tiaokuan(&place.path("")).get_program().to_owned();
    let mut command = tokio::process::Command::new(program);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TIAOKUAN_")) {
        command.env_remove(name);
    }
    let pipe = std::process::Stdio::piped;
    command.args(["--no-model", "mcp"]).current_dir(place.path("")).stdin(pipe()).stdout(pipe());
    let mut process = command.stderr(std::process::Stdio::null()).kill_on_drop(true).spawn().unwrap();
    let streams = (process.stdout.take().unwrap(), process.stdin.take().unwrap());
    let client = ().serve(streams).await.unwrap();

    let tools = client.list_all_tools().await.unwrap();
    let names: BTreeSet<&str> = tools.iter().map(|tool| tool.name.as_ref()).collect();
    assert_eq!(
        names,
        BTreeSet::from(["compare_regions", "get_clause", "search_clauses", "similar_measures"])
    );
    let answered = async |name: &'static str, value: Value| -> CallToolResult {
        let request = CallToolRequestParams::new(name).with_arguments(arguments(&value));
        match client.peer().call_tool(request).await.unwrap().into() {
            CallToolResponse::Complete(result) => result,
            other => panic!("{other:?}"),
        }
    };
    let found = answered("search_clauses", json!({"query": "企业开办办结时限"})).await;
    let found = found.structured_content.unwrap();
    let id = found["hits"][0]["id"].as_str().unwrap();
    assert_eq!(found["notices"], json!(["model_absent"]));
    let clause = answered("get_clause", json!({"id": id})).await.structured_content.unwrap();
    assert!(clause["text"].as_str().unwrap().contains("1个工作日"), "{clause}");
    assert!(clause["citation"].as_str().unwrap().starts_with("《青田区"), "{clause}");
    for (name, value) in [
        ("similar_measures", json!({"text": "企业开办压缩至1天"})),
        ("compare_regions", json!({"clause_id": id})),
    ] {
        assert_eq!(answered(name, value).await.is_error, Some(false), "{name}");
    }
    let refused = answered("get_clause", json!({"id": "none"})).await;
    assert_eq!(refused.is_error, Some(true));
    assert_eq!(refused.structured_content.unwrap()["code"], "unknown_clause");
    client.cancel().await.unwrap();
    assert!(process.wait().await.unwrap().success(), "the end of standard input ends it");
}

#[tokio::test]
async fn faults_are_of_the_tool_and_name_the_argument() {
    let rows = [
        ("get_clause", json!({"id": "none"}), "unknown_clause", Value::Null),
        ("get_clause", json!({}), "missing_field", json!("id")),
        ("search_clauses", json!({"query": " "}), "empty_query", json!("query")),
        ("search_clauses", json!({"query": "用水", "limit": 0}), "invalid_limit", json!("limit")),
        (
            "search_clauses",
            json!({"query": "用水", "filter": {"colour": 1}}),
            "unknown_field",
            json!("filter.colour"),
        ),
        ("similar_measures", json!({"clause_id": "a", "text": "b"}), "clause_or_text", json!("clause_id")),
        ("compare_regions", json!({"text": "a", "limit": 21}), "invalid_limit", json!("limit")),
    ];
    for (name, arguments, code, field) in rows {
        let result = call(test_state(), name, arguments.clone()).await;
        assert_eq!(result["isError"], true, "{name} {arguments}");
        let fault = &result["structuredContent"];
        assert_eq!((&fault["code"], &fault["field"]), (&json!(code), &field), "{name} {arguments}: {fault}");
        assert!(fault["message_zh"].as_str().is_some_and(|said| !said.is_empty()), "{fault}");
    }
    let early = call(empty_state(), "search_clauses", json!({"query": "用水"})).await;
    assert_eq!(early["structuredContent"]["code"], "no_generation");
    let unknown = ask(test_state(), calling("drop_index", &json!({}))).await.json();
    assert_eq!(unknown["error"]["code"], -32602, "{unknown}");
}

#[tokio::test]
async fn pages_follow_each_other_and_texts_stay_small() {
    let mut seen = BTreeSet::new();
    let mut cursor = Value::Null;
    loop {
        let asked = json!({"query": "办理 审批 时限", "limit": 1, "cursor": cursor});
        let page = call(test_state(), "search_clauses", asked).await["structuredContent"].clone();
        for hit in page["hits"].as_array().unwrap() {
            assert!(seen.insert(hit["id"].as_str().unwrap().to_owned()), "{hit} came twice");
            assert!(hit["snippet"].as_str().unwrap().chars().count() <= 262);
        }
        cursor = page["next_cursor"].clone();
        if cursor.is_null() {
            assert_eq!(page["total"], seen.len());
            break;
        }
    }
    assert!(seen.len() > 1);
}

#[tokio::test]
async fn nothing_personal_and_no_markup_of_ours() {
    let clause = call(test_state(), "get_clause", json!({"id": "doc-a:sec_1__item_1"})).await;
    assert!(!clause.to_string().contains("13900000000"), "{clause}");
    let found = call(test_state(), "search_clauses", json!({"query": "用水用气外线工程", "limit": 20})).await;
    assert!(!found.to_string().contains("13900000000"));
    // Text is data here: it arrives as written, and what shows it escapes it.
    let hostile = call(test_state(), "search_clauses", json!({"query": HOSTILE, "limit": 20})).await;
    assert_eq!(hostile["isError"], false, "{hostile}");
}

#[tokio::test]
async fn the_way_in_is_that_of_all_routes() {
    let service = Guarded::new();
    let message = calling("get_clause", &json!({"id": "doc-a:sec_1__item_1"}));
    let send = async |key: &str, origin: Option<&str>| {
        let mut request = request(&message).header(header::AUTHORIZATION, format!("Bearer {key}"));
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        service.send(request.body(Body::from(message.to_string())).unwrap()).await
    };
    let (reader, writer) = (service.key(&[Scope::Read]), service.key(&[Scope::Write]));
    assert_eq!(send(&reader.key, None).await.status, StatusCode::OK);
    assert_eq!(send(&writer.key, None).await.json()["code"], "scope_missing");
    assert_eq!(send("tk_none", None).await.json()["code"], "key_invalid");
    assert_eq!(send(&reader.key, Some("https://evil.example")).await.json()["code"], "cross_origin");
}

#[tokio::test]
async fn what_is_no_message_is_refused_in_the_protocols_words() {
    let rows = [
        (Request::get("/mcp").header(header::HOST, "localhost").body(Body::empty()), 405),
        (Request::delete("/mcp").header(header::HOST, "localhost").body(Body::empty()), 405),
        (Request::post("/mcp").header(header::HOST, "localhost").body(Body::from("{}")), 406),
        (request(&json!({"method": "x"})).body(Body::from("{")), 415),
        (request(&json!({"method": "x"})).body(Body::from(vec![b' '; 2 << 20])), 413),
    ];
    for (request, status) in rows {
        let request = request.unwrap();
        let asked = format!("{} {:?}", request.method(), request.headers());
        let answer = send(test_state(), request).await;
        assert_eq!(answer.status.as_u16(), status, "{asked}: {}", answer.text);
        assert_ne!(answer.content_type, "application/problem+json");
    }
}
