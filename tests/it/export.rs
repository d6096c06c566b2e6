//! Exports: the same answer as a table, by address, by body, from the pages and from the command line.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use tower::ServiceExt;

use crate::command::{Workplace, json};
use crate::support::{browse, get, post, send, test_state};

/// 用水用气
const QUERY: &str = "%E7%94%A8%E6%B0%B4%E7%94%A8%E6%B0%94";

/// The parts of a CSV answer: heading and rows.
fn rows(csv: &str) -> Vec<Vec<String>> {
    let text = csv.strip_prefix('\u{feff}').expect("a byte order mark");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[tokio::test]
async fn a_search_as_csv() {
    let request =
        Request::get(format!("/v1/export?q={QUERY}&mode=keyword")).header(header::HOST, "127.0.0.1:9");
    let answer = send(test_state(), request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.content_type, "text/csv; charset=utf-8; header=present");
    let disposition = answer.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    let name = "%E6%9D%A1%E6%AC%BE%E6%A3%80%E7%B4%A2%20%E7%94%A8%E6%B0%B4%E7%94%A8%E6%B0%94.csv";
    assert_eq!(disposition, format!("attachment; filename=\"tiaokuan-search.csv\"; filename*=UTF-8''{name}"));
    let rows = rows(&answer.text);
    insta::assert_debug_snapshot!("export_columns", rows[0]);
    let row = rows.iter().find(|row| row[0] == "安徽省淮北市相山区").unwrap();
    insta::assert_debug_snapshot!(
        "export_row",
        row.iter().enumerate().filter(|(at, _)| *at != 13).collect::<Vec<_>>()
    );
    assert_eq!(answer.headers["x-total-count"], (rows.len() - 1).to_string());
    assert!(!answer.text.contains("13900000000") && !answer.text.contains("张三丰"), "a contact");
}

#[tokio::test]
async fn the_same_hits_as_the_search() {
    let found = post("/v1/search", r#"{"query":"用水用气","limit":100}"#).await.json();
    let body = r#"{"kind":"search","request":{"query":"用水用气"},"format":"json"}"#;
    let exported = post("/v1/export", body).await;
    assert_eq!((exported.status, exported.content_type.as_str()), (StatusCode::OK, "application/json"));
    let table = exported.json();
    assert_eq!((&table["total"], &table["truncated"]), (&found["total"], &false.into()));
    let texts = |list: &serde_json::Value, text: &dyn Fn(&serde_json::Value) -> String| -> Vec<String> {
        list.as_array().unwrap().iter().map(text).collect()
    };
    let of_hit = |hit: &serde_json::Value| hit["clause"]["text"].as_str().unwrap().trim().to_owned();
    let of_row = |row: &serde_json::Value| row["条款原文"].as_str().unwrap().to_owned();
    assert_eq!(texts(&found["hits"], &of_hit), texts(&table["rows"], &of_row));
}

#[tokio::test]
async fn what_is_cut_says_so() {
    let answer = get(&format!("/v1/export?q={QUERY}&limit=1")).await;
    let rows = rows(&answer.text);
    assert_eq!((rows.len(), answer.headers["x-row-count"].to_str().unwrap()), (3, "1"));
    assert!(rows[2][0].ends_with("行，此处只有前 1 行"), "{rows:?}");
}

#[tokio::test]
async fn similar_measures_and_documents() {
    let body = r#"{"kind":"similar","request":{"clause_id":"doc-a:sec_1__item_1","exclude_same_document":true},"format":"json"}"#;
    let table = post("/v1/export", body).await.json();
    assert_eq!(table["rows"][0]["地区"], "安徽省芜湖市鸠江区");
    assert!(
        table["notes"]["起点条款"].as_str().unwrap().starts_with("《相山区优化营商环境方案》"),
        "{table}"
    );
    let got =
        get("/v1/export?clause_id=doc-a:sec_1__item_1&exclude_same_document=true&format=json").await.json();
    assert_eq!(got["rows"], table["rows"]);
    for table in [
        get("/v1/export?of=documents&format=json").await.json(),
        post("/v1/export", r#"{"kind":"documents","format":"json"}"#).await.json(),
    ] {
        assert_eq!(table["rows"].as_array().unwrap().len(), 3);
        assert_eq!(table["rows"][2]["状态"], "征求意见稿");
    }
}

#[tokio::test]
async fn a_workbook_links_to_where_it_came_from() {
    let request =
        Request::get(format!("/v1/export?q={QUERY}&format=xlsx")).header(header::HOST, "127.0.0.1:9");
    let request = request.body(Body::empty()).unwrap();
    let response = tiaokuan::serve::app(test_state()).oneshot(request).await.unwrap();
    assert!(response.headers()[header::CONTENT_TYPE].to_str().unwrap().ends_with("spreadsheetml.sheet"));
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let links = archive.by_name("xl/worksheets/_rels/sheet1.xml.rels").unwrap();
    let links = std::io::read_to_string(links).unwrap();
    assert!(links.contains("http://127.0.0.1:9/clauses/doc-a:sec_1__item_1"), "{links}");
}

#[tokio::test]
async fn bad_exports_have_a_code() {
    let addresses = [
        (format!("/v1/export?q={QUERY}&format=docx"), 400, "invalid_parameter", Some("format")),
        (format!("/v1/export?q={QUERY}&limit=1001"), 422, "invalid_limit", Some("limit")),
        (format!("/v1/export?q={QUERY}&limit=0"), 422, "invalid_limit", Some("limit")),
        (format!("/v1/export?q={QUERY}&cursor=1.1.1"), 422, "invalid_cursor", Some("cursor")),
        (format!("/v1/export?q={QUERY}&colour=red"), 400, "unknown_parameter", Some("colour")),
        (format!("/v1/export?q={QUERY}&region=nowhere"), 422, "unknown_region", Some("filter.region")),
        ("/v1/export".to_owned(), 422, "empty_query", Some("query")),
        ("/v1/export?of=regions".to_owned(), 400, "invalid_parameter", Some("of")),
        ("/v1/export?of=documents&q=a".to_owned(), 400, "unknown_parameter", Some("q")),
        ("/v1/export?clause_id=a:none".to_owned(), 404, "unknown_clause", None),
    ];
    for (path, status, code, field) in addresses {
        let answer = get(&path).await;
        assert_eq!(answer.content_type, "application/problem+json", "{path}");
        let problem = answer.json();
        assert_eq!(
            (answer.status.as_u16(), problem["code"].as_str()),
            (status, Some(code)),
            "{path}: {problem}"
        );
        assert_eq!(problem["field"].as_str(), field, "{path}: {problem}");
    }
    let bodies = [
        ("{}", 422, "missing_field", Some("kind")),
        (r#"{"kind":"search"}"#, 422, "missing_field", Some("request")),
        (r#"{"kind":"review","request":{}}"#, 422, "wrong_type", Some("kind")),
        (r#"{"kind":"search","request":{"query":"a"},"format":"pdf"}"#, 422, "wrong_type", Some("format")),
        (
            r#"{"kind":"search","request":{"query":"a","colour":1}}"#,
            422,
            "unknown_field",
            Some("request.colour"),
        ),
        (
            r#"{"kind":"search","request":{"query":"a","limit":5000}}"#,
            422,
            "invalid_limit",
            Some("request.limit"),
        ),
        (r#"{"kind":"search","request":[1]}"#, 422, "wrong_type", Some("request")),
        (r#"{"kind":"similar","request":{}}"#, 422, "clause_or_text", Some("clause_id")),
        (r#"{"kind":"documents","request":{}}"#, 422, "unknown_field", Some("request")),
    ];
    for (body, status, code, field) in bodies {
        let answer = post("/v1/export", body).await;
        let problem = answer.json();
        assert_eq!(
            (answer.status.as_u16(), problem["code"].as_str()),
            (status, Some(code)),
            "{body}: {problem}"
        );
        assert_eq!(problem["field"].as_str(), field, "{body}: {problem}");
    }
}

#[tokio::test]
async fn pages_link_to_what_they_show() {
    for page in [
        format!("/search?q={QUERY}&mode=keyword&region=340603"),
        "/similar?clause_id=doc-a:sec_1__item_1&per_region=1".to_owned(),
        "/clauses/doc-a:sec_1__item_1".to_owned(),
    ] {
        let text = browse(&page).await.text;
        let links = text.split('"').filter(|part| part.starts_with("/v1/export?"));
        let links: Vec<String> = links.map(|link| link.replace("&#38;", "&").replace("&amp;", "&")).collect();
        assert_eq!(links.len(), 2, "{page}");
        let csv = get(&links[1]).await;
        assert_eq!(csv.status, StatusCode::OK, "{page}: {}: {}", links[1], csv.text);
        assert!(rows(&csv.text).len() > 1, "{page}");
    }
    let nothing = browse("/search?q=%22nothing%22&mode=keyword").await.text;
    assert!(!nothing.contains("/v1/export"));
}

#[test]
fn from_the_command_line() {
    let place = Workplace::indexed();
    place
        .run(&["search", "并联审批", "--export", "found.json", "--public-url", "https://a.example/"])
        .success();
    let table: serde_json::Value =
        serde_json::from_slice(&std::fs::read(place.path("found.json")).unwrap()).unwrap();
    assert!(
        table["rows"][0]["链接"].as_str().unwrap().starts_with("https://a.example/clauses/a:"),
        "{table}"
    );
    let id = json(&place.run(&["search", "并联审批", "--json"]).success())["hits"][0]["clause"]["id"].clone();
    place.run(&["similar", id.as_str().unwrap(), "--export", "similar.CSV"]).success();
    place.run(&["documents", "--export", "documents.xlsx"]).success();
    assert!(std::fs::read(place.path("similar.CSV")).unwrap().starts_with("\u{feff}地区,文件".as_bytes()));
    assert!(std::fs::read(place.path("documents.xlsx")).unwrap().starts_with(b"PK"));
    let none = place.run(&["search", "\"外星飞船\"", "--export", "none.csv"]);
    none.code(3);
    assert!(!place.path("none.csv").exists());
    for (arguments, code) in [
        (["search", "审批", "--export", "a.pdf"], "unknown_format"),
        (["search", "审批", "--public-url", "here"], "invalid_public_url"),
    ] {
        place.run(&arguments).code(2).stderr(predicates::str::contains(format!("[{code}]")));
    }
}
