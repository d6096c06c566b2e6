//! What a caller has already is not sent again.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use tiaokuan::serve::{AppState, Scope};

use crate::access::Guarded;
use crate::support::{Answered, empty_state, send, test_state};

async fn get(state: AppState, path: &str, known: Option<&str>, key: Option<&str>) -> Answered {
    let mut request = Request::get(path);
    if let Some(known) = known {
        request = request.header(header::IF_NONE_MATCH, known);
    }
    if let Some(key) = key {
        request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
    }
    send(state, request.body(Body::empty()).unwrap()).await
}

fn tag(answer: &Answered) -> Option<&str> {
    answer.headers.get(header::ETAG).map(|tag| tag.to_str().unwrap())
}

#[tokio::test]
async fn the_same_generation_is_not_sent_twice() {
    for path in [
        "/v1/search?q=%E6%B0%B4",
        "/v1/feed?q=%E6%B0%B4",
        "/v1/clauses/doc-a:sec_1__item_1",
        "/v1/documents",
        "/v1/documents/doc-a",
        "/v1/documents/doc-a/source",
        "/v1/regions",
        "/v1/atlas",
        "/v1/export?q=%E6%B0%B4",
        "/",
        "/search?q=%E6%B0%B4",
        "/clauses/doc-a:sec_1__item_1",
        "/documents/doc-a",
    ] {
        let first = get(test_state(), path, None, None).await;
        assert_eq!(first.status, StatusCode::OK, "{path}");
        let known = tag(&first).unwrap_or_else(|| panic!("{path} has no tag"));
        assert!(known.starts_with("W/\"7-"), "{known}");
        assert_eq!(first.headers[header::CACHE_CONTROL], "no-cache", "{path}");
        let vary: Vec<&str> =
            first.headers.get_all(header::VARY).iter().map(|v| v.to_str().unwrap()).collect();
        assert!(vary.join(",").contains("authorization"), "{path}: {vary:?}");
        let again = get(test_state(), path, Some(known), None).await;
        assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
        assert_eq!(tag(&again), Some(known));
        let other = get(test_state(), path, Some("W/\"6-0\""), None).await;
        assert_eq!(other.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn what_depends_on_more_has_no_tag() {
    for path in [
        "/readyz",
        "/healthz",
        "/metrics",
        "/documents",
        "/sign-in",
        "/review",
        "/v1/clauses/none",
        "/nowhere",
    ] {
        assert_eq!(tag(&get(test_state(), path, None, None).await), None, "{path}");
    }
    assert_eq!(tag(&get(empty_state(), "/v1/documents", None, None).await), None, "no generation, no tag");
    let anything = get(test_state(), "/v1/clauses/none", Some("*"), None).await;
    assert_eq!(anything.status, StatusCode::NOT_FOUND, "there is nothing that * could match");
}

#[tokio::test]
async fn who_sees_more_has_another_tag_and_who_sees_nothing_none() {
    let service = Guarded::new();
    let path = "/v1/clauses/doc-a:sec_1__item_1";
    let reader = service.key(&[Scope::Read]).key;
    let office = service.key(&[Scope::Read, Scope::PersonalData]).key;
    let plain = get(service.state.clone(), path, None, Some(&reader)).await;
    let known = tag(&plain).unwrap();
    assert_eq!(plain.headers[header::CACHE_CONTROL], "private, no-cache");
    let personal = get(service.state.clone(), path, Some(known), Some(&office)).await;
    assert_eq!(personal.status, StatusCode::OK);
    assert_ne!(tag(&personal), Some(known));
    let nobody = get(service.state.clone(), path, Some(known), None).await;
    assert_eq!((nobody.status, tag(&nobody)), (StatusCode::UNAUTHORIZED, None));
}
