//! The pages of the atlas: the heat map with its list, and one measure.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::support::{browse, get, send, state_without_measures};

/// 获得用水用气, escaped.
const DOMAIN: &str = "%E8%8E%B7%E5%BE%97%E7%94%A8%E6%B0%B4%E7%94%A8%E6%B0%94";

#[tokio::test]
async fn the_map_says_every_number_in_words() {
    let page = browse("/atlas").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(
        page.text.contains("aria-label=\"相山区，获得用水用气：1 项举措，其中 1 项别处也有"),
        "{}",
        page.text
    );
    assert!(page.text.contains("看成表格") && page.text.contains("<th scope=\"row\">获得用水用气</th>"));
    assert!(page.text.contains("多个地区都有的举措") && page.text.contains("用水用气外线工程并联审批"));
    assert!(!page.text.contains(" style=") && page.text.contains("aria-current=\"page\">图谱"));
}

#[tokio::test]
async fn a_cell_opens_into_its_measures() {
    let page = browse(&format!("/atlas?domain={DOMAIN}&region=340603")).await.text;
    assert!(page.contains("相山区“获得用水用气”的举措") && page.contains("class=\"cell chosen\""), "{page}");
    let lacking = browse("/atlas?lacking=620422&min_regions=2&show=lacking").await.text;
    assert!(lacking.contains("别处有、会宁县没有的举措") && lacking.contains("未见：会宁县"), "{lacking}");
    assert!(lacking.contains("aria-current=\"true\">别处有、这里没有的"), "{lacking}");
}

#[tokio::test]
async fn a_measure_stands_with_its_clauses() {
    let measures = get("/v1/atlas").await.json();
    let id = measures["measures"][0]["id"].as_str().unwrap().to_owned();
    let page = browse(&format!("/measures/{id}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(
        page.text.contains("2 个地区有，共 2 条条款") && page.text.contains("没有找到：会宁县"),
        "{}",
        page.text
    );
    assert!(page.text.contains("href=\"/compare?clause_id=doc-a%3Asec_1__item_1\""), "{}", page.text);
    assert_eq!(browse("/measures/m-none").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_the_map() {
    let script = "%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let rows = [
        ("/atlas?domain=none".to_owned(), "没有这个指标领域"),
        ("/atlas?region=nowhere".to_owned(), "没有这个地区"),
        ("/atlas?cursor=x".to_owned(), "翻页位置已失效"),
        ("/atlas?min_regions=x".to_owned(), "参数的值有误"),
        (format!("/atlas?domain={script}&region={script}&show={script}"), "没有这个指标领域"),
    ];
    for (address, words) in rows {
        let page = browse(&address).await;
        assert!(page.text.contains(words) && page.text.contains("data-heat"), "{address}: {}", page.text);
        assert!(!page.text.contains("<script>"), "{address}");
    }
}

#[tokio::test]
async fn an_index_without_measures_says_so() {
    let request = Request::get("/atlas").header(header::ACCEPT, "text/html").body(Body::empty()).unwrap();
    let page = send(state_without_measures(), request).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.text.contains("索引中没有举措图谱"), "{}", page.text);
}
