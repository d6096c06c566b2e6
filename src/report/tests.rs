use super::*;
use crate::model::DocumentId;
use crate::pipeline::{Input, read_document};

/// A saved page with all that a report tells of: furniture, front matter, kinds, facts, damage, hostile text.
const PAGE: &str = "<html><head><title>某县优化营商环境实施方案</title></head><body>\
<p>当前位置：首页 &gt; 政府文件</p>\
<p>肥西县人民政府办公室关于印发优化营商环境实施方案的通知</p><p>肥政办〔2022〕16号</p>\
<p>各乡镇人民政府：</p><p>现将方案印发给你们，请认真贯彻执行。</p>\
<p>肥西县人民政府办公室</p><p>2022年6月31日</p>\
<p>肥西县优化营商环境实施方案</p>\
<p>一、工作目标</p><p>到2022年底，企业开办时间压缩至1个工作日以内。</p>\
<p>二、重点任务</p><p>1.压减&lt;script&gt;alert(1)&lt;/script&gt;材料。申请材料压减至2份。</p><p>责任单位：县市场监管局</p>\
<p>3.推进并联审批。2022年9月底前完成（县住建局牵头，县水务局配合。</p>\
<p>三、保障措施</p><p>各单位要加强组织领导，压实工作责任。</p>\
<p>扫一扫在手机打开当前页</p></body></html>";

fn report() -> Report {
    let input = Input {
        file: "方案.html".to_owned(),
        id: DocumentId::from_stem("方案"),
        bytes: PAGE.as_bytes().to_vec(),
        entry: None,
        again: None,
    };
    Report::of(&read_document(&input).expect("a readable page"))
}

#[test]
fn in_the_terminal() {
    let mut text = String::new();
    text::write(&mut text, &report()).expect("a string takes all");
    insta::assert_snapshot!(text);
}

#[test]
fn for_programs() {
    insta::assert_json_snapshot!(report());
}

#[test]
fn as_a_page_that_obeys_no_document() {
    let unread =
        html::Unread { code: "empty_document", reason: "<b>空.txt</b>: the file is empty".to_owned() };
    let mut page = Vec::new();
    html::write(&mut page, &[report()], &[unread]).expect("memory takes all");
    let page = String::from_utf8(page).expect("a page of text");
    assert!(!page.contains("<script") && !page.contains("<b>空"), "{page}");
    assert!(page.contains("&#60;script&#62;") && page.contains("肥政办〔2022〕16号"), "{page}");
    let body = page.split("</style>").nth(1).expect("a body after the style");
    insta::assert_snapshot!(body);
}

#[test]
fn a_record_of_before_has_a_report_without_lines() {
    let input = Input {
        file: "方案.html".to_owned(),
        id: DocumentId::from_stem("方案"),
        bytes: PAGE.as_bytes().to_vec(),
        entry: None,
        again: None,
    };
    let mut record = read_document(&input).expect("a readable page");
    record.origins.clear();
    let report = Report::of(&record);
    assert_eq!(report.furniture.iter().find_map(|dropped| dropped.line), None);
    assert_eq!(report.clauses, record.clauses.len());
}

#[test]
fn spans_of_any_size_are_cut_from_the_text() {
    let span = |start, end| Span { start, end };
    assert_eq!(slice("条款ab", span(1, 3)), "款a");
    assert_eq!(slice("条款", span(0, 2)), "条款");
    assert_eq!((slice("条款", span(2, 2)), slice("条款", span(1, 9)), slice("", span(0, 0))), ("", "", ""));
}
