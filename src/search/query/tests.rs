use proptest::prelude::*;

use super::*;
use crate::model::ClauseKind;

#[test]
fn words_phrases_and_exclusions() {
    for raw in ["企业开办 \"一网通办\" -注销", "企业开办　＂一网通办＂　－注销"] {
        let query = Query::parse(raw).expect("a query");
        assert_eq!(query.text, "企业开办 一网通办");
        assert_eq!((query.phrases.len(), query.exclusions.len()), (1, 1));
    }
    let query = Query::parse("\"一网通办\"改革 -\"企业 注销\" 一企-证").expect("a query");
    assert_eq!((query.text.as_str(), query.phrases.len()), ("一网通办 改革 一企-证", 1));
    assert_eq!(query.exclusions.len(), 1);
}

#[test]
fn curly_quotation_marks_are_text() {
    let query = Query::parse("“放管服”改革 “一网通办”").expect("a query");
    assert_eq!((query.phrases.len(), query.text.as_str()), (0, "“放管服”改革 “一网通办”"));
}

#[test]
fn fields_are_taken_out_of_the_text() {
    let rows = [
        ("地区:安徽省 用水报装", "用水报装", "region=安徽省"),
        ("地区：安徽省 用水报装", "用水报装", "region=安徽省"),
        ("用水报装 地區：安徽省，相山区", "用水报装", "region=安徽省|相山区"),
        ("单位:区税务局 年份:2022 年份:２０２３年", "", "unit=区税务局 year=2022|2023"),
        ("领域:\"获得电力\" 报装", "报装", "domain=获得电力"),
        ("Region:340603 KIND:measure 报装", "报装", "region=340603 kind=measure"),
        ("类型:举措 类型:保障 报装", "报装", "kind=measure|safeguard"),
        ("文件:“优化营商环境 实施方案” 报装", "报装", "document=优化营商环境 实施方案"),
    ];
    for (raw, text, filter) in rows {
        let query = Query::parse(raw).expect(raw);
        assert_eq!((query.text.as_str(), shown(&query.filter).as_str()), (text, filter), "{raw}");
    }
}

/// The conditions of `filter` as `name=value|value`.
fn shown(filter: &Filter) -> String {
    let value = serde_json::to_value(filter).expect("a filter is JSON");
    let fields = ["region", "unit", "year", "domain", "kind", "document"];
    let given = fields.into_iter().filter_map(|name| Some((name, value.get(name)?.as_array()?)));
    let one = |value: &serde_json::Value| value.as_str().map_or(value.to_string(), str::to_owned);
    let all = given
        .map(|(name, values)| format!("{name}={}", values.iter().map(one).collect::<Vec<_>>().join("|")));
    all.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_colon_in_text_is_no_field() {
    for raw in [
        "主要目标：压缩办理时间",
        "责任单位：区税务局",
        "地区：",
        "地区: 安徽省",
        "完成时限:2022年",
        "各地区：安徽",
        "http://example.org",
    ] {
        let query = Query::parse(raw).expect(raw);
        assert!(query.fields.is_empty() && query.filter == Filter::default(), "{raw}");
    }
}

#[test]
fn fields_alone_list_and_bad_values_are_refused() {
    let query = Query::parse("年份:2022 -注销").expect("a query");
    assert!(query.is_listing() && query.exclusions.len() == 1);
    for (raw, code) in [("年份:去年 报装", "invalid_year"), ("类型:故事", "unknown_kind")] {
        let error = Query::parse(raw).expect_err(raw);
        assert_eq!((error.code(), error.field()), (code, Some("query")), "{raw}");
    }
    assert_eq!(Query::parse("类型:其他").expect("other").filter.kind.as_slice(), [ClauseKind::Other]);
}

#[test]
fn a_query_without_words_is_refused() {
    for raw in ["", "  ", "？！", "\"\"", "-", "-注销"] {
        assert_eq!(Query::parse(raw).expect_err(raw).code(), "empty_query", "{raw}");
    }
    assert_eq!(Query::parse(&"长".repeat(2_001)).expect_err("long").code(), "query_too_long");
}

#[test]
fn many_forms_are_one_query() {
    let simple = Query::parse("电子营业执照 3个工作日").expect("a query");
    for other in ["電子營業執照　三個工作日", "电子营业执照 ３个工作日"] {
        let other = Query::parse(other).expect("a query");
        assert_eq!((&simple.terms, &simple.wording), (&other.terms, &other.wording));
    }
}

#[test]
fn agencies_bring_variants() {
    let query = Query::parse("区市监局 企业开办").expect("a query");
    let holds = |word: &str| query.variants.iter().any(|terms| terms.bigrams.contains_key(word));
    assert!(holds("监督") && holds("企业") && !query.terms.bigrams.contains_key("监督"));
    assert!(Query::parse("企业开办").expect("a query").variants.is_empty());
}

proptest! {
    #[test]
    fn never_panics(raw in "\\PC{0,60}") {
        let _ = Query::parse(&raw);
    }

    #[test]
    fn any_mixture_of_signs_is_read(raw in "[地区单位年份:：\"＂“”\\-－ ,，安徽省2022开办]{0,40}") {
        if let Ok(query) = Query::parse(&raw) {
            let length = raw.chars().count();
            prop_assert!(query.typed.iter().all(|span| span.start <= span.end && span.end <= length));
        }
    }
}
