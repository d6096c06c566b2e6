//! The pages: each answers, escapes what documents say, and is safe to open.

use axum::http::{StatusCode, header};

use crate::support::{HOSTILE, browse, get};

/// 用水用气, escaped.
const QUERY: &str = "%E7%94%A8%E6%B0%B4%E7%94%A8%E6%B0%94";

#[tokio::test]
async fn every_page_answers() {
    let search = format!("/search?q={QUERY}");
    let filtered = format!("{search}&region=340603&mode=keyword&date_from=&group_by=region&utm_source=mail");
    let pages = [
        "/",
        &search,
        &filtered,
        "/clauses/doc-a:sec_1__item_1",
        "/similar",
        "/similar?clause_id=doc-a:sec_1__item_1&per_region=1&exclude_same_document=true",
        "/similar?text=%E7%94%A8%E6%B0%B4%E7%94%A8%E6%B0%94",
        "/documents",
        "/documents?region=340000",
        "/documents?year=2022&status=draft&sort=title&page=9",
        "/documents/doc-a",
        "/documents/doc-a/report",
        "/docs",
    ];
    for page in pages {
        let answer = browse(page).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}: {}", answer.text);
        assert_eq!(answer.content_type, "text/html; charset=utf-8", "{page}");
        assert!(answer.text.contains("<html lang=\"zh-CN\">"), "{page}");
        assert!(
            !answer.text.contains(" style=") && !answer.text.contains("onclick"),
            "{page} has inline style or script"
        );
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{page}");
    }
}

#[tokio::test]
async fn a_document_never_becomes_markup() {
    let id = "%E4%BC%9A%E5%AE%81%E5%8E%BF%E6%96%B9%E6%A1%88";
    let script = "%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let pages = [
        format!("/search?q={QUERY}"),
        format!("/search?q={QUERY}{script}"),
        format!("/clauses/{id}:sec_1__item_1"),
        format!("/documents/{id}"),
        format!("/documents/{id}/report"),
        format!("/documents?year={script}&sort={script}&page={script}"),
        format!("/similar?text={QUERY}{script}"),
        format!("/search?q=x&region={script}"),
        format!("/documents?region={script}"),
        format!("/clauses/{script}"),
    ];
    for page in pages {
        let answer = browse(&page).await;
        assert!(
            !answer.text.contains("<script>") && !answer.text.contains("<img"),
            "{page}: {}",
            answer.text
        );
    }
    let clause = browse(&format!("/clauses/{id}:sec_1__item_1")).await.text;
    let escaped = HOSTILE.replace('<', "&#60;").replace('>', "&#62;").replace('"', "&#34;");
    assert!(clause.contains(&escaped), "{clause}");
}

#[tokio::test]
async fn errors_are_pages_for_people() {
    let missing = browse("/clauses/none").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(
        missing.content_type.starts_with("text/html") && missing.text.contains("没有这个条款"),
        "{}",
        missing.text
    );
    let program = get("/clauses/none").await;
    assert_eq!(program.json()["code"], "unknown_clause");
    let refused = browse("/search?q=x&limit=1000").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text.contains("每页可以是 1 到 100 条") && refused.text.contains("role=\"search\""),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn a_typing_error_is_pointed_out() {
    // 用水用器
    let page = browse("/search?q=%E7%94%A8%E6%B0%B4%E7%94%A8%E5%99%A8&mode=keyword").await.text;
    assert!(page.contains("用水用气"), "{page}");
    assert!(page.contains("您是不是要找") || page.contains("仍搜索“用水用器”"), "{page}");
    // 年份:2022
    let listed = browse("/search?q=%E5%B9%B4%E4%BB%BD%3A2022").await.text;
    assert!(listed.contains("找到 <b>4</b> 条") && !listed.contains("没有很贴切的条款"), "{listed}");
}

#[tokio::test]
async fn an_empty_search_leads_home() {
    let answer = browse("/search?q=").await;
    assert_eq!(
        (answer.status, answer.headers[header::LOCATION].to_str().unwrap()),
        (StatusCode::SEE_OTHER, "/")
    );
}

#[tokio::test]
async fn static_files_are_cached_by_version() {
    let home = browse("/").await.text;
    let address = home.split('"').find(|part| part.starts_with("/static/app.css?v=")).unwrap().to_owned();
    let css = get(&address).await;
    assert_eq!(css.status, StatusCode::OK);
    assert!(css.content_type.starts_with("text/css"));
    assert!(css.headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    assert_eq!(get("/static/app.css").await.headers[header::CACHE_CONTROL], "no-cache");
    assert_eq!(get("/static/..%2f..%2fCargo.toml").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn documents_by_filter_and_order() {
    let drafts = browse("/documents?status=draft").await.text;
    assert!(drafts.contains("（征求意见稿）") && !drafts.contains("相山区优化营商环境方案"), "{drafts}");
    let below = browse("/documents?region=340000&sort=title").await.text;
    let at = |title: &str| below.find(title).unwrap_or(usize::MAX);
    assert!(at("相山区优化营商环境方案") < at("鸠江区优化营商环境方案"), "{below}");
    assert!(!below.contains("征求意见稿）</a>"), "{below}");
    assert!(below.contains("name=\"sort\" value=\"title\""), "a filter forgets the order: {below}");
}

#[tokio::test]
async fn what_was_understood_of_a_document() {
    let report = browse("/documents/doc-a/report").await.text;
    assert!(report.contains("共认出 2 条条款") && report.contains("发文字号"), "{report}");
    assert_eq!(browse("/documents/none/report").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_new_query_keeps_the_state() {
    // A condition that no facet shows, a mode and a view; the cursor and the correction belong to the old query.
    let page =
        browse(&format!("/search?q={QUERY}&mode=keyword&group_by=region&province=340000&correct=false"))
            .await
            .text;
    for kept in [
        "name=\"mode\" value=\"keyword\"",
        "name=\"group_by\" value=\"region\"",
        "name=\"province\" value=\"340000\"",
    ] {
        assert!(
            page.contains(&format!("<input type=\"hidden\" form=\"search-form\" {kept}>")),
            "{kept}: {page}"
        );
    }
    assert!(!page.contains("name=\"correct\""), "{page}");
}

#[tokio::test]
async fn what_cannot_be_answered_leads_on() {
    // "海洋渔业"
    let nothing =
        browse("/search?q=%22%E6%B5%B7%E6%B4%8B%E6%B8%94%E4%B8%9A%22&mode=keyword&year=2022").await.text;
    assert!(nothing.contains("去掉“年份：2022年”") && nothing.contains("换一种说法"), "{nothing}");
    let unknown = browse(&format!("/search?q={QUERY}&region=nowhere")).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unknown.text.contains("清除全部筛选条件"), "{}", unknown.text);
    let stale = browse(&format!("/search?q={QUERY}&cursor=x")).await.text;
    assert!(stale.contains("回到第一页"), "{stale}");
}
