//! The page that sets regions side by side.

use axum::http::StatusCode;

use crate::support::browse;

/// 用水用气外线工程并联审批, escaped.
const QUERY: &str = "%E7%94%A8%E6%B0%B4%E7%94%A8%E6%B0%94%E5%A4%96%E7%BA%BF%E5%B7%A5%E7%A8%8B%E5%B9%B6%E8%81%94%E5%AE%A1%E6%89%B9";

#[tokio::test]
async fn nothing_asked_is_a_form() {
    let page = browse("/compare").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("name=\"q\"") && page.text.contains("value=\"340603\""), "{}", page.text);
    assert!(page.text.contains("/static/compare.css?v=") && !page.text.contains("style=\""));
}

#[tokio::test]
async fn a_column_a_region_and_a_row_a_number() {
    let page = browse("/compare?clause_id=doc-a:sec_1__item_1").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("以此为准") && page.text.contains("aria-label=\"鸠江区\""), "{}", page.text);
    assert!(
        page.text.contains("压缩至5个工作日以内") && page.text.contains("2022年3月25日"),
        "{}",
        page.text
    );
    for format in ["xlsx", "csv", "json"] {
        let export =
            format!("/v1/export?clause_id=doc-a%3Asec_1__item_1&#38;of=comparison&#38;format={format}");
        assert!(page.text.contains(&export), "no {export} in {}", page.text);
    }
}

#[tokio::test]
async fn the_address_states_order_regions_filters_and_marks() {
    let address = format!(
        "/compare?q={QUERY}&region=340603&region=340207&status=trial&status=effective&sort=-date&marks=none&mode=keyword&utm_source=mail"
    );
    let page = browse(&address).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("aria-sort=\"descending\""), "{}", page.text);
    assert!(page.text.contains("已选 2 个") && page.text.contains("标出不同处"), "{}", page.text);
    assert!(page.text.contains("试行") && !page.text.contains("mode=keyword"), "{}", page.text);
    assert!(!page.text.contains("mark class=\"differs\""), "{}", page.text);
}

#[tokio::test]
async fn a_text_is_compared_too() {
    let text = format!(
        "/compare?text={QUERY}%E5%8E%8B%E7%BC%A9%E8%87%B32%E4%B8%AA%E5%B7%A5%E4%BD%9C%E6%97%A5%E4%BB%A5%E5%86%85"
    );
    let page = browse(&text).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("对比所用的文字"), "{}", page.text);
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_the_form() {
    let rows = [
        ("/compare?clause_id=none", StatusCode::NOT_FOUND, "没有这个条款"),
        ("/compare?q=x&region=nowhere", StatusCode::UNPROCESSABLE_ENTITY, "没有这个地区"),
        ("/compare?q=x&text=y", StatusCode::UNPROCESSABLE_ENTITY, "三选一"),
        ("/compare?q=x&year=abc", StatusCode::BAD_REQUEST, "参数的值有误"),
    ];
    for (address, status, words) in rows {
        let page = browse(address).await;
        assert_eq!(page.status, status, "{address}");
        assert!(page.text.contains(words) && page.text.contains("action=\"/compare\""), "{}", page.text);
    }
}

#[tokio::test]
async fn a_document_never_becomes_markup() {
    let id = "%E4%BC%9A%E5%AE%81%E5%8E%BF%E6%96%B9%E6%A1%88";
    let script = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E%3Cimg%20src%3Dx%20onerror%3Dalert(2)%3E";
    for address in [
        format!("/compare?clause_id={id}:sec_1__item_1"),
        format!("/compare?q={QUERY}"),
        format!("/compare?q={QUERY}{script}&sort={script}&marks={script}"),
        format!("/compare?text={QUERY}{script}"),
        format!("/compare?q={QUERY}&domain={script}"),
    ] {
        let page = browse(&address).await;
        assert!(!page.text.contains("<script>") && !page.text.contains("<img"), "{address}: {}", page.text);
    }
}

#[tokio::test]
async fn searches_and_clauses_lead_here() {
    let search = browse(&format!("/search?q={QUERY}&region=340603&mode=keyword")).await.text;
    assert!(search.contains(&format!("href=\"/compare?q={QUERY}&#38;region=340603\"")), "{search}");
    let clause = browse("/clauses/doc-a:sec_1__item_1").await.text;
    assert!(clause.contains("href=\"/compare?clause_id=doc-a"), "{clause}");
}
