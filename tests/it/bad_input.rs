//! Bad input to the API beyond what has the wrong shape: unknown values, both search and similarity.

use axum::http::StatusCode;

use crate::support::{get, post};

#[tokio::test]
async fn unknown_values_are_named_by_field() {
    let rows = [
        (r#"{"query":"用水","filter":{"region":"火星区"}}"#, "unknown_region", "filter.region"),
        (
            r#"{"query":"用水","filter":{"province":["安徽省","木星省"]}}"#,
            "unknown_region",
            "filter.province",
        ),
        (r#"{"query":"用水","filter":{"domain":"天气"}}"#, "unknown_domain", "filter.domain"),
        (r#"{"query":"用水","filter":{"document":"none"}}"#, "unknown_document", "filter.document"),
        (r#"{"query":"用水","filter":{"date_from":"2022-13-01"}}"#, "invalid_date", "filter.date_from"),
        (r#"{"query":"用水","filter":{"year":99999}}"#, "invalid_year", "filter.year"),
        (r#"{"query":"用水","filter":{"kind":"poem"}}"#, "wrong_type", "filter.kind"),
        (r#"{"query":"用水","filter":{"status":3}}"#, "wrong_type", "filter.status"),
        (r#"{"query":"用水","filter":[]}"#, "wrong_type", "filter"),
        (r#"{"query":"用水","mode":"fuzzy"}"#, "wrong_type", "mode"),
        (r#"{"query":"用水","facets":["colour"]}"#, "wrong_type", "facets[0]"),
        (r#"{"query":"用水","limit":-1}"#, "wrong_type", "limit"),
        (r#"{"query":"用水","limit":1.5}"#, "wrong_type", "limit"),
        (r#"{"query":"用水","cursor":"!"}"#, "invalid_cursor", "cursor"),
        (r#"{"query":" 　 "}"#, "empty_query", "query"),
        (r#"{"query":null}"#, "wrong_type", "query"),
    ];
    for (body, code, field) in rows {
        let answer = post("/v1/search", body).await;
        let problem = answer.json();
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {problem}");
        assert_eq!((&problem["code"], &problem["field"]), (&code.into(), &field.into()), "{body}: {problem}");
    }
}

#[tokio::test]
async fn bad_requests_for_similar_measures() {
    let long = format!(r#"{{"text":"{}"}}"#, "长".repeat(20_001));
    let rows = [
        ("{}", 422, "clause_or_text"),
        (r#"{"clause_id":"doc-a:sec_1__item_1","text":"用水"}"#, 422, "clause_or_text"),
        (r#"{"clause_id":"doc-a:none"}"#, 404, "unknown_clause"),
        (r#"{"clause_id":7}"#, 422, "wrong_type"),
        (r#"{"text":""}"#, 422, "empty_text"),
        (r#"{"text":"用水","per_region":0}"#, 422, "invalid_per_region"),
        (r#"{"text":"用水","min_relevance":1.5}"#, 422, "invalid_min_relevance"),
        (r#"{"text":"用水","limit":1000}"#, 422, "invalid_limit"),
        (long.as_str(), 422, "text_too_long"),
    ];
    for (body, status, code) in rows {
        let shown: String = body.chars().take(80).collect();
        let answer = post("/v1/similar", body.to_owned()).await;
        assert_eq!(answer.status.as_u16(), status, "{shown}: {}", answer.text);
        assert_eq!(answer.json()["code"], code, "{shown}");
    }
}

#[tokio::test]
async fn unknown_values_in_an_address() {
    for (path, code) in [
        ("/v1/search?q=%E7%94%A8%E6%B0%B4&region=nowhere", "unknown_region"),
        ("/v1/search?q=%E7%94%A8%E6%B0%B4&mode=fuzzy", "invalid_parameter"),
        ("/v1/search?q=%E7%94%A8%E6%B0%B4&limit=101", "invalid_limit"),
        ("/v1/search?q=%ff%fe", "not_utf8"),
    ] {
        let answer = get(path).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.text);
        assert_eq!(answer.json()["code"], code, "{path}: {}", answer.text);
    }
}
