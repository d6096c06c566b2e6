//! What a query is understood to ask: fields, numbers, agencies, typing errors, many ways of writing.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use tiaokuan::embed::model::{self, ModelSettings};
use tiaokuan::embed::{Embedder, FakeEmbedder};
use tiaokuan::index::{Generation, Store};
use tiaokuan::pipeline::{self, Input, Silent};
use tiaokuan::search::{Answer, Engine, FILTER_ONLY, FacetField, Filter, Mode, SearchRequest, Values};

const PLAIN: &str = "\
青禾市人民政府办公室关于印发优化营商环境工作方案的通知
青政办〔2021〕66号
一、开办企业
1.推行企业开办一网通办。企业设立登记、公章刻制、发票申领1个工作日内办结。（市市场监督管理局牵头，市税务局配合；2021年12月底前完成）
2.简化企业注销流程。企业注销公告时间压缩至20天，推行简易注销。（市市场监管局负责）
3.推广电子营业执照应用，营业执照变更实现全程网上办理。（市市场监督管理局负责）
二、登记财产
4.不动产登记实行一窗受理，一般登记3个工作日内办结。（市自然资源和规划局负责）
5.不动产抵押登记1个工作日内办结，推行不动产权证书电子化。（市自然资源和规划局负责）
三、获得电力
6.低压用户用电报装全程2个环节，办理时间压缩至5个工作日。（市供电公司负责）
7.按照《关于深化改革的通知》（省政办〔2020〕12号）落实供电可靠性管制。（市发展和改革委员会负责）
";

const OTHER: &str = "\
白石县人民政府办公室关于印发提升政务服务水平若干措施的通知
白政办〔2022〕6号
一、政务服务
1.落实《青禾市方案》（青政办〔2021〕66号）要求，推进政务服务事项网上可办率达到百分之九十。（县行政审批服务局负责）
2.推行一件事一次办，设立综合窗口，编制标准化工作规程和办事指南，实行前台综合受理、后台分类审批、统一窗口出件。（县行政审批服务局负责）
3.推行一件事一次办，设立综合窗口，编制标准化工作规程和办事指南，实行前台综合受理、后台分类审批、统一窗口发证。（县行政审批服务局负责）
4.强化市场监管执法，县市监局每年公布检查计划。（县市监局负责）
5.公共服务事项三十个工作日内全部办结，评定服务等级。（县财政局负责）
";

/// Words of the documents above as the index has them.
const WORDS: [&str; 16] = [
    "企业",
    "注销",
    "登记",
    "不动产",
    "营业执照",
    "一网通办",
    "公章",
    "刻制",
    "发票",
    "流程",
    "公告",
    "用户",
    "报装",
    "供电",
    "事项",
    "综合",
];

fn build(folder: &Path, embedder: Option<&dyn Embedder>) -> Arc<Generation> {
    let input = |file: &str, text: &str| {
        let id = file.trim_end_matches(".txt").parse().unwrap();
        Ok(Input { file: file.to_owned(), id, bytes: text.as_bytes().to_vec(), entry: None, again: None })
    };
    let store = Store::new(folder);
    let inputs = [input("plain.txt", PLAIN), input("other.txt", OTHER)];
    pipeline::index(&store, inputs.into_iter(), embedder, false, &Silent).unwrap();
    store.open().unwrap().unwrap()
}

fn engine_with(embedder: Option<Arc<dyn Embedder>>) -> Engine {
    let folder = tempfile::tempdir().unwrap();
    let generation = build(folder.path(), embedder.as_deref());
    let engine = Engine::new(embedder);
    engine.publish(generation);
    engine
}

static ENGINE: LazyLock<Engine> = LazyLock::new(|| engine_with(Some(Arc::new(FakeEmbedder::new()))));

fn answer(engine: &Engine, request: &SearchRequest) -> (Arc<Generation>, Answer) {
    engine.search(request).unwrap_or_else(|error| panic!("{}: {error}", request.query))
}

/// Ids of the best clauses.
fn ids(engine: &Engine, query: &str) -> Vec<String> {
    let (generation, answer) = answer(engine, &SearchRequest::new(query));
    let id = |hit: &tiaokuan::search::Hit| generation.clause(hit.clause).unwrap().clause.id.to_string();
    answer.hits.iter().map(id).collect()
}

/// Texts of all that `query` finds.
fn texts(query: &str) -> Vec<String> {
    let (generation, answer) = answer(&ENGINE, &SearchRequest { limit: 100, ..SearchRequest::new(query) });
    let text = |hit: &tiaokuan::search::Hit| generation.clause(hit.clause).unwrap().clause.text.clone();
    answer.hits.iter().map(text).collect()
}

fn suggested(query: &str) -> Option<String> {
    ENGINE.expand(query).unwrap().suggestion.map(|suggestion| suggestion.query)
}

#[test]
fn fields_narrow_as_filters_do() {
    let of_document = |query: &str, document: &str| {
        let found = ids(&ENGINE, query);
        assert!(!found.is_empty(), "{query}");
        assert!(found.iter().all(|id| id.starts_with(document)), "{query}: {found:?}");
    };
    of_document("登记 年份:2021", "plain");
    of_document("办结 年份：2022年", "other");
    of_document("办结 文件:提升政务服务水平", "other");
    of_document("办结 document:plain", "plain");
    of_document("办结 文件:other.txt", "other");
    of_document("文件:白政办[2022]6号", "other");
    let both = SearchRequest {
        filter: Filter { year: Values::One(2021), ..Filter::default() },
        ..SearchRequest::new("办结 年份:2022")
    };
    assert_eq!(answer(&ENGINE, &both).1.total, 0, "the field and the filter must both hold");
}

#[test]
fn fields_alone_list_in_the_order_of_the_document() {
    let request =
        SearchRequest {
            facets: vec![FacetField::Year], limit: 3, ..SearchRequest::new("文件:plain -注销")
        };
    let (generation, first) = answer(&ENGINE, &request);
    assert_eq!(first.notices, [FILTER_ONLY]);
    assert!(first.hits.iter().all(|hit| hit.score == 0.0 && hit.relevance == 0.0));
    assert!(first.hits.is_sorted_by_key(|hit| hit.clause));
    assert_eq!(first.facets[&FacetField::Year][0].count, first.total);
    let whole = generation.document("plain").unwrap().clauses.len();
    assert_eq!(first.total, whole - 1, "all but the clause on 注销");
    let next = SearchRequest { cursor: first.next_cursor.clone(), ..request };
    assert!(answer(&ENGINE, &next).1.hits[0].clause > first.hits[2].clause);
}

#[test]
fn bad_values_of_fields_are_errors_of_the_query() {
    let rows = [
        ("地区:乌有乡国 登记", "unknown_region"),
        ("领域:天文 登记", "unknown_domain"),
        ("年份:1066 登记", "invalid_year"),
        ("类型:故事 登记", "unknown_kind"),
        ("文件:没有这份 登记", "unknown_document"),
    ];
    for (query, code) in rows {
        let error = ENGINE.search(&SearchRequest::new(query)).unwrap_err();
        assert_eq!((error.code(), error.field()), (code, Some("query")), "{query}: {error}");
    }
}

#[test]
fn a_document_number_in_any_bracket_comes_first() {
    for query in [
        "青政办〔2021〕66号",
        "青政办[2021] 66号",
        "青政办（2021）66号",
        "青政办【2021】66號",
        "青政办2021年66号",
    ] {
        let found = texts(query);
        assert!(found[0].contains("青政办〔2021〕66号"), "{query}: {found:?}");
        let own = ids(&ENGINE, query);
        assert!(own[2].starts_with("plain"), "the document of that number comes next: {own:?}");
    }
    assert!(texts("省政办2020年12号")[0].contains("省政办〔2020〕12号"));
}

#[test]
fn agencies_are_found_by_their_other_names() {
    let keyword = |query: &str| {
        let request = SearchRequest { mode: Mode::Keyword, ..SearchRequest::new(query) };
        let (generation, answer) = answer(&ENGINE, &request);
        let text = |hit: &tiaokuan::search::Hit| generation.clause(hit.clause).unwrap().clause.text.clone();
        answer.hits.iter().take(4).map(text).collect::<Vec<_>>()
    };
    for query in ["市监局", "市场监督管理局"] {
        let found = keyword(query);
        for name in ["市场监督管理局", "市场监管局", "县市监局"] {
            assert!(found.iter().any(|text| text.contains(name)), "{query} finds {name}: {found:?}");
        }
    }
}

#[test]
fn phrases_must_stand_and_exclusions_must_not() {
    assert!(texts("\"不动产登记\"").iter().all(|text| text.contains("不动产登记")));
    assert!(texts("\"登记不动产\"").is_empty());
    assert!(texts("登记 -不动产").iter().all(|text| !text.contains("不动产")));
    assert!(texts("登记　－\"不动产抵押\"").iter().all(|text| !text.contains("不动产抵押")));
    assert!(texts("“登记不动产”").len() > 1, "curly quotation marks are text");
}

#[test]
fn many_ways_of_writing_are_one_query() {
    same_top_ten(&ENGINE);
}

#[test]
fn many_ways_of_writing_are_one_query_to_the_model() {
    let mut settings =
        ModelSettings::from_environment(Path::new(env!("CARGO_MANIFEST_DIR")).join("index/model"));
    settings.model_dir = std::env::var_os("TIAOKUAN_MODEL_DIR").map(Into::into);
    let Some(files) = model::find(&settings).unwrap() else {
        eprintln!("skipped: no model in index/model or TIAOKUAN_MODEL_DIR");
        return;
    };
    same_top_ten(&engine_with(Some(Arc::new(model::open(&files).unwrap()))));
}

fn same_top_ten(engine: &Engine) {
    let rows: [&[&str]; 6] = [
        &["三个工作日办结不动产登记", "3个工作日办结不动产登记", "３個工作日辦結不動產登記"],
        &["企业注销要二十天吗？", "企业注销要20天吗?", "企業註銷要２０天嗎？"],
        &["电子营业执照ＡＰＰ（网上办理）", "電子營業執照app(網上辦理)"],
        &["网上可办率百分之九十", "网上可办率90%", "網上可辦率９０％"],
        &["一件事一次办", "1件事1次办", "１件事１次辦"],
        &["用电报装 -注销 年份:二〇二一年", "用電報裝 －註銷 年份：2021"],
    ];
    for forms in rows {
        let expected = ids(engine, forms[0]);
        assert!(!expected.is_empty(), "{}", forms[0]);
        for form in &forms[1..] {
            assert_eq!(ids(engine, form), expected, "{form}");
        }
    }
}

#[test]
fn homophones_and_misspellings_are_corrected() {
    let rows = [
        ("企业注消", "企业注销"),
        ("一网通班", "一网通办"),
        ("影业执照", "营业执照"),
        ("影业执照 变更", "营业执照 变更"),
        ("不动产登计", "不动产登记"),
        ("营业照执怎么办", "营业执照怎么办"),
        ("一网通通办", "一网通办"),
        ("\"企业注消\" -食品 年份:2022", "\"企业注销\" -食品 年份:2022"),
    ];
    for (typed, meant) in rows {
        assert_eq!(suggested(typed).as_deref(), Some(meant), "{typed}");
    }
}

#[test]
fn what_people_do_say_is_left_alone() {
    for query in [
        "想把公司关掉",
        "登记费太高",
        "用热报装",
        "看不懂公告",
        "房本什么时候能拿",
        "打官司要多久",
        "外资公司",
        "三个工作日",
        "青政办〔2021〕66号",
        "垃圾分类",
        "企业注销 -注消",
        "xyz",
        "不动产等级",
        "年份:2021",
    ] {
        assert_eq!(suggested(query), None, "{query}");
    }
}

#[test]
fn a_query_without_a_good_answer_is_corrected_and_says_so() {
    let keyword = |correct| SearchRequest { mode: Mode::Keyword, correct, ..SearchRequest::new("注消") };
    let (_, corrected) = answer(&ENGINE, &keyword(true));
    assert_eq!(corrected.corrected_query.as_deref(), Some("注销"));
    assert!(corrected.suggestion.is_none());
    let (_, typed) = answer(&ENGINE, &keyword(false));
    assert_eq!((typed.corrected_query, typed.suggestion), (None, None));
    let good = SearchRequest {
        mode: Mode::Keyword,
        ..SearchRequest::new("推行企业开办一网通班 企业设立登记 公章刻制 发票申领")
    };
    let (_, good) = answer(&ENGINE, &good);
    assert_eq!(good.corrected_query, None, "what was typed has a good answer");
    assert!(good.suggestion.is_some_and(|suggestion| suggestion.label.starts_with("您是不是要找：")));
}

#[test]
fn near_identical_clauses_collapse_into_the_best() {
    let request = |collapse, limit| SearchRequest {
        collapse,
        limit,
        facets: vec![FacetField::Document],
        ..SearchRequest::new("一件事一次办 综合窗口")
    };
    let (_, apart) = answer(&ENGINE, &request(false, 100));
    let (_, together) = answer(&ENGINE, &request(true, 100));
    let collapsed: usize = together.hits.iter().map(|hit| hit.collapsed.len()).sum();
    assert_eq!(together.total, together.hits.len());
    assert!(apart.hits.iter().all(|hit| hit.collapsed.is_empty()));
    assert_eq!((apart.total - together.total, collapsed), (1, 1));
    assert_eq!(together.hits[0].collapsed.len(), 1);
    let counted: usize = together.facets[&FacetField::Document].iter().map(|count| count.count).sum();
    assert_eq!(counted, together.total);
    let (_, page) = answer(&ENGINE, &request(true, 1));
    let next = SearchRequest { cursor: page.next_cursor, ..request(true, 1) };
    assert_eq!(answer(&ENGINE, &next).1.hits[0].clause, together.hits[1].clause);
}

#[test]
fn an_account_of_a_query() {
    let expanded =
        ENGINE.expand("县市监局 三个工作日 \"一网通办\" -食品 年份:2021 青政办[2021]66号 房本").unwrap();
    assert!(expanded.words.contains(&"3".to_owned()) && expanded.bigrams.contains(&"工作".to_owned()));
    assert_eq!((expanded.phrases.len(), expanded.exclusions.len(), expanded.fields.len()), (1, 1, 1));
    assert_eq!(expanded.numbers, ["青政办〔2021〕66号"]);
    assert_eq!(expanded.agencies[0].others[0], "市场监督管理局");
    assert!(expanded.thesaurus.iter().any(|word| word.lay == "房本"));
    assert!(expanded.wording.contains("3个工作日"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_query_of_words_of_the_index_is_never_corrected(
        places in prop::collection::vec(any::<prop::sample::Index>(), 1..5),
        spaced in any::<bool>(),
    ) {
        let words: Vec<&str> = places.iter().map(|place| *place.get(&WORDS)).collect();
        let query = words.join(if spaced { " " } else { "" });
        prop_assert_eq!(suggested(&query), None);
    }

    #[test]
    fn any_query_is_answered(query in "[一-龥a-z0-9\"：: -]{1,30}") {
        if let Err(error) = ENGINE.search(&SearchRequest::new(query)) {
            prop_assert_eq!(error.kind(), tiaokuan::error::Kind::Invalid);
        }
    }
}
