//! The page that reviews a draft, as a plain form sends it.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::support::{Answered, browse, send, test_state};

const DRAFT: &str = "青田县优化营商环境方案（征求意见稿）\n\n一、获得用水用气\n1.用水用气外线工程并联审批办理时间压缩至4个工作日以内。\n2.建立冷链物流专用通道<script>alert(1)</script>\"><img src=x onerror=alert(2)>。（县交通运输局负责）\n二、其他\n3.用水用气外线工程并联审批办理时间压缩至6个工作日以内。\n";
const BOUNDARY: &str = "a-boundary";

/// A part of a form; with a file's name where it is a file.
fn part(name: &str, file: Option<&str>, value: &[u8]) -> Vec<u8> {
    let file =
        file.map(|file| format!("; filename=\"{file}\"\r\nContent-Type: text/plain")).unwrap_or_default();
    let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
    [head.as_bytes(), value, b"\r\n"].concat()
}

async fn post(parts: &[Vec<u8>]) -> Answered {
    let body = [parts.concat(), format!("--{BOUNDARY}--\r\n").into_bytes()].concat();
    let request = Request::post("/review")
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
        .header(header::ACCEPT, "text/html")
        .header(header::HOST, "127.0.0.1:7878")
        .body(Body::from(body))
        .unwrap();
    send(test_state(), request).await
}

#[tokio::test]
async fn the_form_works_without_a_script() {
    let page = browse("/review").await;
    assert_eq!(page.status, StatusCode::OK);
    for needed in ["method=\"post\"", "enctype=\"multipart/form-data\"", "name=\"file\"", "value=\"340603\""]
    {
        assert!(page.text.contains(needed), "no {needed} in {}", page.text);
    }
    assert!(!page.text.contains(" style=") && !page.text.contains("onclick"));
}

#[tokio::test]
async fn a_draft_comes_back_annotated() {
    let page = post(&[part("file", Some("C:\\稿\\draft.txt"), DRAFT.as_bytes())]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(
        page.text.contains("青田县优化营商环境方案") && page.text.contains(">draft.txt<"),
        "{}",
        page.text
    );
    assert!(page.text.contains("前后不一致的数") && page.text.contains("先进"), "{}", page.text);
    assert!(page.text.contains("href=\"#clause-1\"") && page.text.contains("id=\"clause-1\""));
    assert!(!page.text.contains("<script>") && !page.text.contains("<img"), "{}", page.text);
    assert!(page.text.contains("&#60;script&#62;alert(1)"), "{}", page.text);
}

#[tokio::test]
async fn a_format_gives_a_file() {
    let file = part("file", Some("draft.txt"), DRAFT.as_bytes());
    let table = post(&[file.clone(), part("format", None, b"csv")]).await;
    assert_eq!(table.status, StatusCode::OK, "{}", table.text);
    assert!(table.headers[header::CONTENT_DISPOSITION].to_str().unwrap().contains("tiaokuan-review.csv"));
    assert!(table.text.contains("http://127.0.0.1:7878/clauses/") && table.text.contains("前后不一"));
    let json = post(&[file, part("format", None, b"json")]).await;
    assert!(json.json()["rows"].as_array().is_some_and(|rows| !rows.is_empty()), "{}", json.text);
}

#[tokio::test]
async fn only_the_chosen_regions() {
    let file = part("file", Some("draft.txt"), DRAFT.as_bytes());
    let page = post(&[file, part("region", None, b"340603")]).await;
    assert!(page.text.contains("对照 1 个地区") && page.text.contains("已选 1 个"), "{}", page.text);
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said_on_the_page() {
    let too_large = vec![b'a'; (64 << 20) + 1];
    let rows: [(Vec<u8>, StatusCode, &str); 6] = [
        (part("file", Some(""), b""), StatusCode::UNPROCESSABLE_ENTITY, "还没有选择文件"),
        (part("file", Some("a.txt"), b" \n"), StatusCode::UNPROCESSABLE_ENTITY, "文件没有可读的条款"),
        (
            part("file", Some("a.png"), b"\x89PNG\r\n\x1a\n0000"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "不支持这种格式",
        ),
        (
            part("file", Some("a.docx"), b"PK\x03\x04\x14\0\x06\0cut off"),
            StatusCode::UNPROCESSABLE_ENTITY,
            "文件已损坏",
        ),
        (part("file", Some("<script>.txt"), b""), StatusCode::UNPROCESSABLE_ENTITY, "文件没有可读的条款"),
        (part("file", Some("a.txt"), &too_large), StatusCode::PAYLOAD_TOO_LARGE, "文件太大"),
    ];
    for (body, status, words) in rows {
        let page = post(&[body]).await;
        assert_eq!(page.status, status, "{words}: {}", page.text);
        assert!(
            page.text.contains(words) && page.text.contains("id=\"review-form\""),
            "{words}: {}",
            page.text
        );
        assert!(page.text.contains("role=\"alert\"") && !page.text.contains("<script>"), "{}", page.text);
    }
}

#[tokio::test]
async fn what_is_no_form_is_refused() {
    for (content_type, body) in [
        ("application/json", "{}"),
        ("multipart/form-data", "x"),
        ("multipart/form-data; boundary=b", "--b\r\nbroken"),
    ] {
        let request = Request::post("/review")
            .header(header::CONTENT_TYPE, content_type)
            .header(header::ACCEPT, "text/html")
            .body(Body::from(body))
            .unwrap();
        let page = send(test_state(), request).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{content_type}: {}", page.text);
        assert!(page.text.contains("请求无法处理"), "{}", page.text);
    }
}
