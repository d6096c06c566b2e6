use super::*;

const NAMESPACE: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006""#;

/// A docx with this body; numbering and notes as the tests need them.
fn docx(body: &str) -> Vec<u8> {
    let part = |name: &str, content: &str| {
        format!("<?xml version=\"1.0\"?><w:{name} {NAMESPACE}>{content}</w:{name}>")
    };
    let levels = |formats: [(&str, &str); 3]| -> String {
        let level = |(index, (format, text)): (usize, (&str, &str))| {
            format!(
                r#"<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{format}"/><w:lvlText w:val="{text}"/></w:lvl>"#
            )
        };
        formats.into_iter().enumerate().map(level).collect()
    };
    let measures =
        levels([("chineseCountingThousand", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")]);
    let articles = levels([("chineseCounting", "第%1条"), ("decimalEnclosedCircle", "%2"), ("bullet", "l")]);
    let numbering = format!(
        r#"<w:abstractNum w:abstractNumId="0">{measures}</w:abstractNum><w:abstractNum w:abstractNumId="1">{articles}</w:abstractNum>
        <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>"#
    );
    let styles = r#"<w:style w:type="paragraph" w:styleId="a1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
        <w:style w:type="paragraph" w:styleId="a2"><w:name w:val="条"/><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>"#;
    let notes = r#"<w:footnote w:id="2"><w:p><w:r><w:t>指自然日。</w:t></w:r></w:p></w:footnote>"#;
    let parts = [
        ("[Content_Types].xml", "<Types/>".to_owned()),
        ("word/document.xml", part("document", &format!("<w:body>{body}</w:body>"))),
        ("word/numbering.xml", part("numbering", &numbering)),
        ("word/styles.xml", part("styles", styles)),
        ("word/footnotes.xml", part("footnotes", notes)),
    ];
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    zip_of(&parts)
}

fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn numbered(list: u8, level: u8, text: &str) -> String {
    format!(
        r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list}"/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"#
    )
}

fn texts(body: &str) -> Vec<(RawKind, String)> {
    let loaded = read("文.docx", &docx(body));
    shape(&loaded).into_iter().map(|(kind, text)| (kind, text.to_owned())).collect()
}

fn text(text: &str) -> (RawKind, String) {
    (RawKind::Text, text.to_owned())
}

#[test]
fn generated_numbering_is_text() {
    let items = [
        (1, 0, "总体要求"),
        (1, 1, "目标"),
        (1, 2, "1个环节"),
        (1, 2, "材料"),
        (1, 1, "原则"),
        (1, 0, "任务"),
        (1, 1, "开办"),
    ];
    let mut body: String = items.iter().map(|(list, level, text)| numbered(*list, *level, text)).collect();
    body += r#"<w:p><w:pPr><w:pStyle w:val="a2"/></w:pPr><w:r><w:t>为了规范</w:t></w:r></w:p>"#;
    body += &numbered(2, 1, "圈");
    body += &numbered(2, 2, "点");
    let expected = [
        "一、总体要求",
        "（一）目标",
        "1. 1个环节",
        "2.材料",
        "（二）原则",
        "二、任务",
        "（一）开办",
        "第一条 为了规范",
        "①圈",
        "点",
    ];
    assert_eq!(texts(&body), expected.map(text));
}

#[test]
fn tables_are_rows_with_merged_cells_empty() {
    let cell =
        |text: &str, properties: &str| format!("<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>", p(text));
    let row = |cells: &[String]| format!("<w:tr>{}</w:tr>", cells.concat());
    let rows = [
        row(&[cell("序号", ""), cell("事项", r#"<w:gridSpan w:val="2"/>"#)]),
        row(&[cell("1", r#"<w:vMerge w:val="restart"/>"#), cell("设立", ""), cell("1日", "")]),
        row(&[cell("", "<w:vMerge/>"), cell("刻章", ""), cell("半日", "")]),
    ];
    let expected =
        ["序号\t事项\t", "1\t设立\t1日", "\t刻章\t半日"].map(|text| (RawKind::Row, text.to_owned()));
    assert_eq!(texts(&format!("<w:tbl>{}</w:tbl>", rows.concat())), expected);
}

#[test]
fn revisions_fields_notes_and_boxes() {
    let body = r#"<w:p><w:pPr><w:pStyle w:val="a1"/></w:pPr><w:r><w:t>一、目标</w:t></w:r></w:p>
        <w:p><w:r><w:t>压减至</w:t></w:r><w:del><w:r><w:delText>5</w:delText></w:r></w:del><w:ins><w:r><w:t>3</w:t></w:r></w:ins><w:r><w:t>日</w:t></w:r>
        <w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r></w:p>
        <w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGEREF _Toc</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>
        <w:r><w:t>见附件</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>
        <w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent></mc:Choice>
        <mc:Fallback><w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>"#;
    let expected = [
        (RawKind::Heading(1), "一、目标".to_owned()),
        text("压减至3日"),
        text("注1：指自然日。"),
        text("见附件"),
        text("框内"),
    ];
    assert_eq!(texts(body), expected);
}

#[test]
fn entities_of_a_document_type_are_refused() {
    let bomb = r#"<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]><w>&b;&x;</w>"#;
    assert_eq!(code_of("弹.docx", &zip_of(&[("word/document.xml", bomb.as_bytes())])), "malformed_document");
}

#[test]
fn deep_nesting_is_refused() {
    let body = format!("{}{}", "<w:sdt>".repeat(100_000), "</w:sdt>".repeat(100_000));
    assert_eq!(code_of("深.docx", &docx(&body)), "malformed_document");
}
