//! Saved searches as feeds.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use roxmltree::{Document, Node};
use tiaokuan::view::Permalinks;

use crate::support::{Answered, HOSTILE, browse, get, send, test_state};

const ATOM: &str = "http://www.w3.org/2005/Atom";

async fn feed(query: &str) -> Answered {
    let state = test_state().with_links(Permalinks::below("https://policy.example.cn/t").unwrap());
    send(state, Request::get(format!("/v1/feed?{query}")).body(Body::empty()).unwrap()).await
}

fn children<'a>(node: Node<'a, 'a>, name: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.children().filter(move |child| child.has_tag_name((ATOM, name)))
}

fn text<'a>(node: Node<'a, 'a>, name: &'a str) -> &'a str {
    let found: Vec<_> = children(node, name).collect();
    assert_eq!(found.len(), 1, "one {name}");
    found[0].text().unwrap()
}

fn link<'a>(node: Node<'a, 'a>, relation: &str) -> &'a str {
    let mut links = children(node, "link").filter(|link| link.attribute("rel") == Some(relation));
    links.next().unwrap().attribute("href").unwrap()
}

#[tokio::test]
async fn entries_are_clauses_with_permalinks_and_times() {
    let answer = feed("q=%E5%A4%96%E7%BA%BF%E5%B7%A5%E7%A8%8B&mode=keyword").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.content_type, "application/atom+xml; charset=utf-8");
    let document = Document::parse(&answer.text).unwrap();
    let root = document.root_element();
    assert!(root.has_tag_name((ATOM, "feed")));
    let own = "https://policy.example.cn/t/v1/feed?q=%E5%A4%96%E7%BA%BF%E5%B7%A5%E7%A8%8B&mode=keyword";
    assert_eq!((text(root, "id"), link(root, "self")), (own, own));
    assert!(link(root, "alternate").starts_with("https://policy.example.cn/t/search?q="));
    assert_eq!(text(root, "updated"), "2026-11-22T08:00:00.000Z");
    assert!(text(root, "title").contains("外线工程"));
    let entries: Vec<Node> = children(root, "entry").collect();
    assert!(entries.len() >= 2, "{}", answer.text);
    for &entry in &entries {
        let id = text(entry, "id");
        assert!(id.starts_with("https://policy.example.cn/t/clauses/"), "{id}");
        assert_eq!(link(entry, "alternate"), id);
        assert_eq!(text(entry, "updated"), "2026-11-22T08:00:00.000Z");
        assert!(text(entry, "title").contains(" · "), "region and headings");
        assert!(!text(entry, "summary").is_empty());
    }
    assert!(!answer.text.contains("13900000000"));
}

#[tokio::test]
async fn what_a_document_says_is_text() {
    let query = format!("q={}", percent(HOSTILE));
    for query in [query.as_str(), "q=%E7%94%A8%E6%B0%B4", "q=%00%01%0b%1b%E6%B0%B4"] {
        let answer = feed(query).await;
        if answer.status == StatusCode::OK {
            let document = Document::parse(&answer.text).unwrap();
            let known = ["feed", "id", "title", "updated", "author", "name", "link", "entry", "summary"];
            for node in document.descendants().filter(Node::is_element) {
                assert!(known.contains(&node.tag_name().name()), "{node:?} in {query}");
            }
        }
    }
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>().concat()
}

#[tokio::test]
async fn a_feed_takes_what_a_search_takes() {
    for (query, status) in [
        ("q=%E6%B0%B4&region=340603&kind=measure&collapse=true&correct=false", 200),
        ("q=%E6%B0%B4&region=%E6%B2%A1%E6%9C%89", 422),
        ("q=%E6%B0%B4&limit=3", 400),
        ("q=%E6%B0%B4&cursor=x", 400),
        ("q=%E6%B0%B4&as_of=2026-11-22", 400),
        ("q=%E6%B0%B4&colour=red", 400),
        ("q=", 422),
    ] {
        let answer = feed(query).await;
        assert_eq!(answer.status.as_u16(), status, "{query}: {}", answer.text);
    }
    // Without a public address the feed is named by that which it was asked at.
    let asked = Request::get("/v1/feed?q=%E6%B0%B4").header(header::HOST, "localhost:7878");
    let answer = send(test_state(), asked.body(Body::empty()).unwrap()).await;
    assert!(answer.text.contains("<id>http://localhost:7878/v1/feed?q=%E6%B0%B4</id>"), "{}", answer.text);
}

#[tokio::test]
async fn the_search_page_offers_the_feed_of_its_search() {
    let page = browse("/search?q=%E7%94%A8%E6%B0%B4&region=340603&group_by=region").await.text;
    let href = page.split("type=\"application/atom+xml\" title=\"订阅\" href=\"").nth(1).unwrap();
    let href = href.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    assert!(href.starts_with("/v1/feed?q=") && href.contains("region=340603"), "{href}");
    assert!(page.contains(">订阅</a>"));
    assert_eq!(get(&href).await.status, StatusCode::OK, "{href}");
}
