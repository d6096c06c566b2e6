//! Who may what: keys, scopes, sign-in, forms, the audit log.

use std::path::Path;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::Value;
use tempfile::TempDir;
use tiaokuan::serve::{AccessPolicy, AppState, KeyFile, Keyring, Limits, NewKey, Rate, Scope};

use crate::support::{Answered, send, test_state};

/// A service that knows keys, with a data directory of its own.
pub(crate) struct Guarded {
    folder: TempDir,
    pub(crate) state: AppState,
}

impl Guarded {
    pub(crate) fn new() -> Self {
        Self::with(|policy| policy)
    }

    pub(crate) fn with(change: impl FnOnce(AccessPolicy) -> AccessPolicy) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let policy = AccessPolicy {
            keys: Some(Keyring::open(KeyFile::of(folder.path())).unwrap()),
            require_keys: true,
            audit_log: Some(folder.path().join("audit.jsonl")),
            ..AccessPolicy::default()
        };
        Self { state: test_state().with_access(change(policy)), folder }
    }

    pub(crate) fn data_dir(&self) -> &Path {
        self.folder.path()
    }

    /// A new key with `scopes`.
    pub(crate) fn key(&self, scopes: &[Scope]) -> NewKey {
        let new = NewKey::make("某处", scopes.iter().copied().collect(), None).unwrap();
        KeyFile::of(self.data_dir()).add(&new).unwrap();
        new
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answered {
        send(self.state.clone(), request).await
    }

    async fn get(&self, path: &str, key: &str) -> Answered {
        let authorization = format!("Bearer {key}");
        let request = Request::get(path).header(header::AUTHORIZATION, authorization);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn browse(&self, path: &str, cookies: &str) -> Answered {
        let request = Request::get(path).header(header::ACCEPT, "text/html").header(header::COOKIE, cookies);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn submit(&self, path: &str, cookies: &str, form: String) -> Answered {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, cookies);
        self.send(request.body(form.into()).unwrap()).await
    }

    /// Signs in with `key` as a browser does; the cookies that it holds then, and where it is led.
    pub(crate) async fn sign_in(&self, key: &str, next: &str) -> (String, String) {
        let page = self.browse(&format!("/sign-in?next={next}"), "").await;
        let form_cookie = cookie(&page);
        let form = format!("_csrf={}&next={next}&key={key}", token(&page.text));
        let answer = self.submit("/sign-in", &form_cookie, form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        (cookie(&answer), location(&answer))
    }
}

/// The cookie that an answer sets, as a request sends it.
fn cookie(answer: &Answered) -> String {
    let set = answer.headers[header::SET_COOKIE].to_str().unwrap();
    set.split(';').next().unwrap().to_owned()
}

fn location(answer: &Answered) -> String {
    answer.headers[header::LOCATION].to_str().unwrap().to_owned()
}

/// The token in a page's form.
pub(crate) fn token(page: &str) -> String {
    let from = page.split("name=\"_csrf\" value=\"").nth(1).unwrap();
    from.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn without_a_key_only_the_way_in_is_open() {
    let service = Guarded::new();
    for (path, status) in [
        ("/healthz", 200),
        ("/readyz", 200),
        ("/sign-in", 200),
        ("/static/app.css", 200),
        ("/", 401),
        ("/v1/documents", 401),
        ("/v1/clauses/none", 401),
        ("/metrics", 401),
        ("/docs", 401),
        ("/openapi.json", 401),
        ("/nowhere", 401),
    ] {
        let answer = service.send(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text);
        if status == 401 {
            assert_eq!(answer.json()["code"], "key_required", "{path}");
            assert!(answer.headers[header::WWW_AUTHENTICATE].to_str().unwrap().starts_with("Bearer"));
        }
    }
}

#[tokio::test]
async fn a_key_opens_what_its_scopes_name() {
    let service = Guarded::new();
    let reader = service.key(&[Scope::Read]);
    let admin = service.key(&[Scope::Admin]);
    assert_eq!(service.get("/v1/documents", &reader.key).await.status, StatusCode::OK);
    assert_eq!(service.get("/metrics", &reader.key).await.json()["code"], "scope_missing");
    assert_eq!(service.get("/metrics", &admin.key).await.status, StatusCode::OK);
    assert_eq!(service.get("/v1/documents", &admin.key).await.status, StatusCode::FORBIDDEN);
    let wrong = format!("{}0", &reader.key[..79]);
    for key in [wrong.as_str(), "", "tk_", "x"] {
        let answer = service.get("/v1/documents", key).await;
        let same = key == reader.key;
        assert!(same || answer.json()["code"] == "key_invalid", "{key}: {}", answer.text);
    }
    let put = Request::put("/v1/documents/x").header(header::AUTHORIZATION, format!("bearer {}", reader.key));
    let refused = service.send(put.body(Body::from("x")).unwrap()).await;
    assert!(matches!(refused.status.as_u16(), 403 | 405), "{}", refused.text);
}

#[tokio::test]
async fn a_revoked_key_ends_at_once_and_its_sessions_too() {
    let service = Guarded::new();
    let key = service.key(&[Scope::Read]);
    let (session, _) = service.sign_in(&key.key, "/").await;
    assert_eq!(service.browse("/documents", &session).await.status, StatusCode::OK);
    KeyFile::of(service.data_dir()).revoke(key.record.id.as_str()).unwrap();
    assert_eq!(service.get("/v1/documents", &key.key).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(service.browse("/documents", &session).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn contacts_are_for_keys_with_that_scope() {
    let service = Guarded::new();
    let reader = service.key(&[Scope::Read]);
    let office = service.key(&[Scope::Read, Scope::PersonalData]);
    for path in [
        "/v1/clauses/doc-a:sec_1__item_1",
        "/v1/search?q=%E5%B9%B6%E8%81%94%E5%AE%A1%E6%89%B9",
        "/v1/documents/doc-a/clauses",
        "/v1/export?q=%E5%B9%B6%E8%81%94%E5%AE%A1%E6%89%B9",
        "/v1/export?clause_id=doc-b:sec_1__item_1&format=json",
    ] {
        let without = service.get(path, &reader.key).await;
        assert_eq!(without.status, StatusCode::OK, "{path}: {}", without.text);
        assert!(!without.text.contains("contacts") && !without.text.contains("联系方式"), "{path}");
        assert!(service.get(path, &office.key).await.text.contains("13900000000"), "{path}");
    }
    let batch = |key: String| {
        let request = Request::post("/v1/similar/batch")
            .header(header::AUTHORIZATION, format!("Bearer {key}"))
            .header(header::CONTENT_TYPE, "application/x-ndjson");
        send(
            service.state.clone(),
            request.body(Body::from("{\"text\":\"用水用气外线工程并联审批\"}\n")).unwrap(),
        )
    };
    assert!(!batch(reader.key.clone()).await.text.contains("13900000000"));
    assert!(batch(office.key.clone()).await.text.contains("13900000000"));
    // Nobody sees them without having been given the scope, on loopback neither.
    let local =
        send(test_state(), Request::get("/v1/clauses/doc-a:sec_1__item_1").body(Body::empty()).unwrap());
    assert!(!local.await.text.contains("13900000000"));
}

#[tokio::test]
async fn a_browser_signs_in_and_gets_the_page_it_wanted() {
    let service = Guarded::new();
    let key = service.key(&[Scope::Read]).key;
    let sent_away = service.browse("/search?q=%E6%B0%B4&mode=keyword", "").await;
    assert_eq!(sent_away.status, StatusCode::SEE_OTHER);
    let sign_in = location(&sent_away);
    assert!(sign_in.starts_with("/sign-in?next=%2Fsearch"), "{sign_in}");
    let page = service.browse(&sign_in, "").await;
    let form = format!("_csrf={}&next=%2Fsearch%3Fq%3D%25E6%25B0%25B4&key={key}", token(&page.text));
    let answer = service.submit("/sign-in", &cookie(&page), form).await;
    assert_eq!(location(&answer), "/search?q=%E6%B0%B4");
    let set = answer.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict") && !set.contains("Secure"), "{set}");
    assert!(!set.contains(&key[3..15]), "the cookie holds no part of the key");
    let session = cookie(&answer);
    assert_eq!(service.browse("/search?q=x", &session).await.status, StatusCode::OK);

    let page = service.browse("/sign-in", &session).await;
    let out = service.submit("/sign-out", &session, format!("_csrf={}", token(&page.text))).await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    assert_eq!(service.browse("/documents", &session).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn behind_https_the_cookie_is_for_https() {
    let service = Guarded::with(|policy| AccessPolicy { is_https: true, ..policy });
    let key = service.key(&[Scope::Read]).key;
    let (session, _) = service.sign_in(&key, "/").await;
    assert!(session.starts_with("__Host-tiaokuan="), "{session}");
}

#[tokio::test]
async fn a_wrong_key_signs_nobody_in() {
    let service = Guarded::new();
    let page = service.browse("/sign-in", "").await;
    let form = format!("_csrf={}&key=tk_none", token(&page.text));
    let answer = service.submit("/sign-in", &cookie(&page), form).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.text.contains("密钥不存在") && answer.text.contains("name=\"key\""), "{}", answer.text);
}

#[tokio::test]
async fn writes_are_written_down() {
    let service = Guarded::new();
    let key = service.key(&[Scope::Read, Scope::Write]);
    let request = Request::delete("/v1/documents/no%2Fsuch%0Athing")
        .header(header::AUTHORIZATION, format!("Bearer {}", key.key));
    let answer = service.send(request.body(Body::empty()).unwrap()).await;
    service.get("/v1/documents", &key.key).await;
    let log = std::fs::read_to_string(service.data_dir().join("audit.jsonl")).unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1, "{log}");
    let line = &lines[0];
    assert_eq!(line["key"], key.record.id.as_str());
    assert_eq!((&line["method"], &line["name"]), (&"DELETE".into(), &"某处".into()));
    assert_eq!(line["status"], answer.status.as_u16());
    assert_eq!(line["document"], "no/such\nthing");
    assert!(line["request_id"].is_string() && !log.contains(&key.key), "{log}");
}

#[tokio::test]
async fn a_key_that_asks_too_often_is_told_when_to_come_back() {
    let service = Guarded::new();
    let one = std::num::NonZeroU32::MIN;
    let limits = Limits { rate: Some(Rate { per_second: one, burst: one }), ..Limits::default() };
    let service = Guarded { state: service.state.clone().with_limits(limits), ..service };
    let (key, other) = (service.key(&[Scope::Read]), service.key(&[Scope::Read]));
    assert_eq!(service.get("/v1/documents", &key.key).await.status, StatusCode::OK);
    let refused = service.get("/v1/documents", &key.key).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (429, &"rate_limited".into()));
    assert_eq!(refused.headers[header::RETRY_AFTER], "1");
    assert_eq!(service.get("/v1/documents", &other.key).await.status, StatusCode::OK);
}

#[tokio::test]
async fn metrics_name_routes_and_stages() {
    let service = Guarded::new();
    let key = service.key(&[Scope::Read, Scope::Admin]).key;
    service.get("/v1/search?q=%E5%AE%A1%E6%89%B9&mode=keyword", &key).await;
    service.get("/v1/clauses/none", &key).await;
    let text = service.get("/metrics", &key).await.text;
    for line in [
        "tiaokuan_http_requests_total{method=\"GET\",route=\"/v1/clauses/{id}\",status=\"404\"} 1",
        "tiaokuan_http_request_seconds_count{method=\"GET\",route=\"/v1/search\"} 1",
        "tiaokuan_stage_seconds_count{stage=\"keyword\"} 1",
        "tiaokuan_documents 3",
        "tiaokuan_generation 7",
        "tiaokuan_model_present 0",
        "# EOF",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("审批") && !text.contains("clauses/none"), "{text}");
}
