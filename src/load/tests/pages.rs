use super::*;

/// A page as governments publish them: menus, a breadcrumb, metadata, tools, the document, a footer.
const PAGE: &str = r#"<!DOCTYPE html><html><head><meta charset="utf-8"><title>某区人民政府关于印发行动方案的通知-某区人民政府</title>
<script>var a = "一、脚本";</script><style>p{color:red}</style></head><body>
<div class="top"><ul class="nav"><li><a href="/">首页</a></li><li><a href="/a">政务公开</a></li></ul></div>
<div class="dqwz">当前位置：<a href="/">首页</a> > <a href="/b">政府文件</a></div>
<table><tr><td>索引号：</td><td>0031/2022-15</td><td>发文字号：</td><td>某政〔2022〕6号</td></tr>
<tr><td>发布机构</td><td>某区人民政府</td><td>成文日期</td><td>2022-03-25</td></tr></table>
<h1>某区人民政府关于印发行动方案的通知</h1>
<div class="article-tools"><span>【打印】</span><span>【关闭】</span></div>
<div id="zoom"><p>各镇人民政府，区政府各部门：</p>
<p>&ensp;&ensp;一、工作目标。压减至<b>3</b>个工作日&nbsp;&mdash;&mdash;持续
推进，不断优化营商环境，切实提高办事效率。</p><p>（一）开办企业。<br>牵头单位：区市场监管局</p>
<p style="display: none">二、隐藏的文字</p>
<table><thead><tr><th>序号</th><th>事项</th><th>时限</th></tr></thead>
<tr><td rowspan="2">1</td><td>设立登记</td><td>1日</td></tr><tr><td>公章刻制</td><td>半日</td></tr>
<tr><td colspan="2">合计</td><td>1.5日</td></tr></table></div>
<div class="share">分享到：<a>微信</a></div><p>扫一扫在手机打开当前页</p>
<div class="footer">主办：某区人民政府 <a>网站地图</a></div></body></html>"#;

#[test]
fn the_document_of_a_page_is_found() {
    let loaded = read("页.html", PAGE.as_bytes());
    let lines = shape(&loaded);
    let text: Vec<&str> =
        lines.iter().filter(|(kind, _)| *kind != RawKind::Furniture).map(|(_, text)| *text).collect();
    let expected = [
        "索引号：0031/2022-15",
        "发文字号：某政〔2022〕6号",
        "发布机构：某区人民政府",
        "成文日期：2022-03-25",
        "某区人民政府关于印发行动方案的通知",
        "各镇人民政府，区政府各部门：",
        "\u{2002}\u{2002}一、工作目标。压减至3个工作日\u{a0}——持续推进，不断优化营商环境，切实提高办事效率。",
        "（一）开办企业。",
        "牵头单位：区市场监管局",
        "序号\t事项\t时限",
        "1\t设立登记\t1日",
        "\t公章刻制\t半日",
        "合计\t\t1.5日",
    ];
    assert_eq!(text, expected);
    let furniture: String =
        lines.iter().filter(|(kind, _)| *kind == RawKind::Furniture).map(|(_, text)| *text).collect();
    for part in ["首页", "当前位置", "打印", "分享到", "扫一扫", "主办"] {
        assert!(furniture.contains(part), "{part} in {furniture}");
    }
}

#[test]
fn layout_tables_are_text() {
    let page = "<html><body><table><tr><td>菜单</td><td><table><tr><td><p>一、总体要求。</p><p>二、主要任务。</p></td></tr></table></td></tr></table>";
    let loaded = read("旧.htm", page.as_bytes());
    let lines = shape(&loaded);
    assert!(
        lines.contains(&(RawKind::Text, "一、总体要求。"))
            && lines.contains(&(RawKind::Text, "二、主要任务。")),
        "{lines:?}"
    );
}

#[test]
fn the_encoding_is_declared_or_guessed() {
    let page = "<html><head><meta http-equiv='Content-Type' content='text/html; charset=gb2312'></head><body><p>第一条　为了规范管理，制定本办法。</p>";
    for bytes in [encoding_rs::GBK.encode(page).0.into_owned(), page.as_bytes().to_vec()] {
        assert_eq!(read("页.html", &bytes).lines.last().unwrap().text, "第一条　为了规范管理，制定本办法。");
    }
}

#[test]
fn html_is_recognised_under_any_suffix() {
    let loaded = read("通知.doc", "<html><body><p>一、加强领导。</p></body></html>".as_bytes());
    assert_eq!(loaded.format, crate::load::Format::Html);
    assert_eq!(loaded.warnings[0].code, "mislabelled_format");
}

#[test]
fn deep_nesting_is_read_in_time() {
    let page = format!("<html><body>{}一、文字{}", "<div>".repeat(3_000), "</div>".repeat(3_000));
    assert_eq!(shape(&read("深.html", page.as_bytes())), [(RawKind::Text, "一、文字")]);
}
