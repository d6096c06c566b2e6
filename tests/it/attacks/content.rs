//! What a request says: ids that lead elsewhere, files that unpack, queries that explode, keys in addresses.

use std::io::{Cursor, Write as _};

use axum::body::Body;
use axum::http::Request;
use tiaokuan::serve::{HostPolicy, Limits};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::{Answered, get, send, test_state};

/// A word-processor file whose text part is `xml`.
fn docx(xml: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let types = br#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
    for (name, bytes) in [("[Content_Types].xml", &types[..]), ("word/document.xml", xml)] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A text part with `doctype` before it and `text` in its one paragraph.
fn text_part(doctype: &str, text: &str) -> Vec<u8> {
    let space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    format!(
        "<?xml version=\"1.0\"?>{doctype}<w:document xmlns:w=\"{space}\"><w:body><w:p><w:r><w:t>一、{text}</w:t></w:r></w:p></w:body></w:document>"
    )
    .into_bytes()
}

async fn review(bytes: Vec<u8>) -> Answered {
    send(test_state(), Request::post("/v1/review?file=a.docx").body(bytes.into()).unwrap()).await
}

#[tokio::test]
async fn a_whole_file_is_read_so_that_the_refusals_below_mean_something() {
    let text = "用水用气外线工程并联审批办理时间压缩至5个工作日。";
    let answer = review(docx(&text_part("", text))).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn a_zip_bomb_is_not_unpacked() {
    let answer = review(docx(&vec![b' '; 80 << 20])).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (413, &"zip_bomb".into()));
}

#[tokio::test]
async fn entities_are_not_expanded() {
    let mut laughs = String::from("<!DOCTYPE w [<!ENTITY a0 \"哈哈哈哈哈哈哈哈哈哈\">");
    for level in 1..=12 {
        let before = format!("&a{};", level - 1).repeat(10);
        laughs += &["<!ENTITY a", &level.to_string(), " \"", &before, "\">"].concat();
    }
    laughs.push_str("]>");
    let answer = review(docx(&text_part(&laughs, "&a12;"))).await;
    assert!(answer.status.is_client_error() && !answer.text.contains("哈哈"), "{}", answer.text);
}

#[tokio::test]
async fn entities_name_no_file_of_this_machine() {
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "机密内容").unwrap();
    let doctype = format!("<!DOCTYPE w [<!ENTITY f SYSTEM \"file://{}\">]>", secret.path().display());
    let answer = review(docx(&text_part(&doctype, "&f;"))).await;
    assert!(answer.status.is_client_error() && !answer.text.contains("机密内容"), "{}", answer.text);
}

#[tokio::test]
async fn no_id_leads_out() {
    let ways = [
        "..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "..%5c..%5cetc",
        "%2fetc%2fpasswd",
        "a%00b",
        "....%2f%2fetc",
    ];
    for way in ways {
        for path in ["/v1/documents/", "/v1/clauses/", "/documents/", "/clauses/", "/static/"] {
            let answer = get(&format!("{path}{way}")).await;
            assert!(answer.status.is_client_error(), "{path}{way}: {}", answer.status);
            assert!(!answer.text.contains("root:"), "{path}{way}: {}", answer.text);
        }
        let put = Request::put(format!("/v1/documents/{way}?file={way}")).body(Body::from("一、x")).unwrap();
        let answer = send(test_state(), put).await;
        assert!(!answer.status.is_success(), "{way}: {}", answer.text);
    }
    let named = Request::post("/v1/review?file=..%2f..%2fetc%2fcron.d%2fx")
        .body(Body::from("一、用水报装。"))
        .unwrap();
    let answer = send(test_state(), named).await;
    assert!(answer.status.is_success() || answer.status.is_client_error(), "{}", answer.text);
    assert!(!std::path::Path::new("/etc/cron.d/x").exists());
}

#[tokio::test]
async fn queries_that_would_explode_elsewhere_are_words_here() {
    let bombs = [
        format!("({}", "(a+)+".repeat(300)),
        "*".repeat(2_000),
        format!("{}b", "a*".repeat(999)),
        "\"".repeat(2_000),
        format!("{}x{}", "(".repeat(900), ")".repeat(900)),
        "-".repeat(2_000),
        "地区:".repeat(600),
        format!("/{}/", ".*".repeat(900)),
        "水 ".repeat(1_000),
        "x~2 ".repeat(400),
    ];
    for bomb in bombs {
        let body = serde_json::json!({ "query": bomb }).to_string();
        let answer = crate::support::post("/v1/search", body).await;
        let shown: String = bomb.chars().take(12).collect();
        assert!(matches!(answer.status.as_u16(), 200 | 400 | 422), "{shown}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_key_in_the_address_is_refused() {
    let key = format!("tk_{}_{}", "0".repeat(12), "1".repeat(64));
    for query in ["key=x", "q=a&api_key=x", "token=x", "access_token=x", "Key=x", &format!("q={key}")] {
        let answer = get(&format!("/v1/search?{query}")).await;
        let code = answer.json()["code"].clone();
        assert_eq!((answer.status.as_u16(), &code), (400, &"key_in_url".into()), "{query}");
    }
}

#[tokio::test]
async fn another_name_for_this_machine_is_not_answered() {
    let state = test_state().with_hosts(HostPolicy::Loopback);
    let rebound =
        Request::get("/v1/documents").header("host", "evil.example:7878").body(Body::empty()).unwrap();
    let answer = send(state, rebound).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (403, &"host_not_allowed".into()));
}

#[tokio::test]
async fn a_full_line_is_said_and_costs_nothing() {
    let state = test_state().with_limits(Limits { searches: 0, queue: 0, ..Limits::default() });
    for path in ["/v1/search?q=%E6%B0%B4", "/readyz"] {
        let answer = send(state.clone(), Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (503, &"busy".into()), "{path}");
        assert_eq!(answer.headers["retry-after"], "1");
    }
}
