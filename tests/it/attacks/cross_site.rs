//! What pages of other sites make a browser do.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use tiaokuan::serve::{AccessPolicy, Scope};

use crate::access::{Guarded, token};
use crate::support::{Answered, send, test_state};

async fn search_from(headers: &[(&str, &str)]) -> Answered {
    let mut request = Request::post("/v1/search").header(header::CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(test_state(), request.body(r#"{"query":"用水"}"#.into()).unwrap()).await
}

#[tokio::test]
async fn a_page_elsewhere_cannot_post() {
    let host = ("host", "127.0.0.1:7878");
    let foreign: [&[(&str, &str)]; 5] = [
        &[host, ("origin", "https://evil.example")],
        &[host, ("origin", "null")],
        &[host, ("origin", "http://127.0.0.1:7878.evil.example")],
        &[host, ("origin", "http://127.0.0.1:9999")],
        &[host, ("sec-fetch-site", "cross-site")],
    ];
    for headers in foreign {
        let answer = search_from(headers).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["code"]),
            (403, &"cross_origin".into()),
            "{headers:?}"
        );
    }
    let own: [&[(&str, &str)]; 3] =
        [&[host], &[host, ("origin", "http://127.0.0.1:7878")], &[host, ("sec-fetch-site", "same-origin")]];
    for headers in own {
        assert_eq!(search_from(headers).await.status, StatusCode::OK, "{headers:?}");
    }
}

#[tokio::test]
async fn a_form_without_its_token_does_nothing() {
    let service = Guarded::new();
    let key = service.key(&[Scope::Read, Scope::Write]).key;
    let form = |body: String, cookie: &str| {
        let request =
            Request::post("/sign-in").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.header(header::COOKIE, cookie).body(Body::from(body)).unwrap()
    };
    let bare = service.send(form(format!("key={key}"), "")).await;
    assert_eq!((bare.status.as_u16(), &bare.json()["code"]), (403, &"csrf_token_missing".into()));
    let invented = service.send(form(format!("_csrf={}&key={key}", "0".repeat(64)), "tiaokuan_form=x")).await;
    assert_eq!(invented.json()["code"], "csrf_token_missing");
}

#[tokio::test]
async fn a_cookie_alone_writes_nothing() {
    let service = Guarded::new();
    let (session, _) = service.sign_in(&service.key(&[Scope::Read, Scope::Write]).key, "/").await;
    let delete = |token: Option<&str>| {
        let request = Request::delete("/v1/documents/none").header(header::COOKIE, &session);
        let request = token.into_iter().fold(request, |request, token| request.header("x-csrf-token", token));
        request.body(Body::empty()).unwrap()
    };
    assert_eq!(service.send(delete(None)).await.json()["code"], "csrf_token_missing");
    assert_eq!(service.send(delete(Some(&"0".repeat(64)))).await.json()["code"], "csrf_token_missing");
    let page = Request::get("/sign-in").header(header::COOKIE, &session).body(Body::empty()).unwrap();
    let token = token(&service.send(page).await.text);
    let allowed = service.send(delete(Some(&token))).await;
    assert_ne!(allowed.json()["code"], "csrf_token_missing", "{}", allowed.text);
    // Another browser's token is no use.
    let (other, _) = service.sign_in(&service.key(&[Scope::Write]).key, "/").await;
    let stolen =
        Request::delete("/v1/documents/none").header(header::COOKIE, other).header("x-csrf-token", token);
    let refused = service.send(stolen.body(Body::empty()).unwrap()).await;
    assert_eq!(refused.json()["code"], "csrf_token_missing");
}

#[tokio::test]
async fn signing_in_leads_to_no_other_site() {
    let service = Guarded::new();
    let key = service.key(&[Scope::Read]).key;
    for next in ["//evil.example", "https:%2F%2Fevil.example", "/%5Cevil.example", "%09//evil.example"] {
        assert_eq!(service.sign_in(&key, next).await.1, "/", "{next}");
    }
}

fn preflight(origin: &str) -> Request<Body> {
    let request = Request::options("/v1/search").header(header::ORIGIN, origin);
    let request = request.header("access-control-request-method", "POST");
    request.header("access-control-request-headers", "authorization").body(Body::empty()).unwrap()
}

#[tokio::test]
async fn other_origins_are_answered_only_when_named() {
    let allowed = |answer: &Answered| answer.headers.get("access-control-allow-origin").cloned();
    let off = send(test_state(), preflight("https://portal.example")).await;
    assert_eq!(allowed(&off), None);
    let service = Guarded::with(|policy| AccessPolicy {
        cors_origins: vec!["https://portal.example".into()],
        ..policy
    });
    let named = service.send(preflight("https://portal.example")).await;
    assert_eq!(
        (named.status.as_u16(), allowed(&named).unwrap().to_str().unwrap()),
        (200, "https://portal.example")
    );
    assert!(!named.headers.contains_key("access-control-allow-credentials"));
    assert_eq!(allowed(&service.send(preflight("https://evil.example")).await), None);
}

#[tokio::test]
async fn who_comes_through_a_proxy_is_not_this_machine() {
    for header in ["x-forwarded-for", "forwarded", "x-real-ip"] {
        let request = Request::get("/v1/documents").header(header, "for=203.0.113.9");
        let answer = send(test_state(), request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{header}");
    }
}
