use std::fmt::Write as _;

use super::*;

/// A PDF of one font and these pages of lines, each line a place and its codes.
fn pdf(font: &str, pages: &[&[(u32, u32, Vec<u8>)]]) -> Vec<u8> {
    let mut objects = vec!["<</Type/Catalog/Pages 2 0 R>>".to_owned()];
    let kids: Vec<String> = (0..pages.len()).map(|index| format!("{} 0 R", 10 + 2 * index)).collect();
    let kids = kids.join(" ");
    objects.push(format!("<</Type/Pages/Count {}/Kids[{kids}]>>", pages.len()));
    objects.push(font.to_owned());
    objects.push("<</Type/Font/Subtype/CIDFontType0/BaseFont/SimSun/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000/W[1 95 500]>>".to_owned());
    objects.push("<</Type/Font/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 1000>>".to_owned());
    objects.resize(9, "null".to_owned());
    for (index, lines) in pages.iter().enumerate() {
        objects.push(format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>/Contents {} 0 R>>", 11 + 2 * index));
        let mut content = String::new();
        for (x, y, codes) in *lines {
            let hex = codes.iter().fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02X}");
                hex
            });
            let _ = writeln!(content, "BT /F 16 Tf {x} {y} Td <{hex}> Tj ET");
        }
        objects.push(format!("<</Length {}>>\nstream\n{content}endstream", content.len()));
    }
    let mut file = "%PDF-1.4\n".to_owned();
    for (index, object) in objects.iter().enumerate() {
        let _ = writeln!(file, "{} 0 obj\n{object}\nendobj", index + 1);
    }
    file.push_str("trailer<</Root 1 0 R>>\n%%EOF\n");
    file.into_bytes()
}

const GBK_FONT: &str =
    "<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/GBK-EUC-H/DescendantFonts[4 0 R]>>";
const UNICODE_FONT: &str =
    "<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>";
const SILENT_FONT: &str =
    "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[5 0 R]>>";

fn gbk(text: &str) -> Vec<u8> {
    encoding_rs::GBK.encode(text).0.into_owned()
}

fn unicode(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

#[test]
fn predefined_maps_are_read_without_to_unicode() {
    let texts = ["一、工作目标和主要任务说明", "压减至3个工作日以内"];
    for (font, encode) in [(GBK_FONT, gbk as fn(&str) -> Vec<u8>), (UNICODE_FONT, unicode)] {
        let lines: Vec<_> = texts.iter().zip([700, 600]).map(|(text, y)| (90, y, encode(text))).collect();
        assert_eq!(shape(&read("例.pdf", &pdf(font, &[&lines]))), texts.map(|text| (RawKind::Text, text)));
    }
}

#[test]
fn wraps_are_joined_and_running_lines_come_last() {
    // 25 characters of 16 points fill the column; paragraphs begin two characters in.
    let full = "为贯彻落实决策部署持续优化提升营商环境激发市场主体活力";
    let page = |number: &str| {
        vec![
            (90, 800, gbk("某区人民政府公报")),
            (122, 700, gbk(&full.chars().take(23).collect::<String>())),
            (90, 670, gbk(&full.chars().take(25).collect::<String>())),
            (90, 640, gbk("制定本方案。")),
            (122, 610, gbk("一、总体要求")),
            (280, 40, gbk(&format!("- {number} -"))),
        ]
    };
    let pages = [page("1"), page("2"), page("3")];
    let pages: Vec<&[_]> = pages.iter().map(Vec::as_slice).collect();
    let loaded = read("例.pdf", &pdf(GBK_FONT, &pages));
    let lines = shape(&loaded);
    let joined: String =
        full.chars().take(23).chain(full.chars().take(25)).chain("制定本方案。".chars()).collect();
    assert_eq!(lines[0], (RawKind::Text, joined.as_str()));
    assert_eq!(lines[1], (RawKind::Text, "一、总体要求"));
    assert_eq!(lines[6..], [(RawKind::Furniture, "某区人民政府公报"), (RawKind::Furniture, "- 1 -")]);
}

#[test]
fn cells_of_a_table_are_rows() {
    let lines = [
        (90, 700, "序号"),
        (190, 700, "事项"),
        (390, 700, "时限"),
        (90, 670, "1"),
        (190, 670, "企业设立登记"),
        (190, 650, "和公章刻制"),
        (390, 670, "1日"),
        (90, 620, "2"),
        (190, 620, "注销登记"),
        (390, 620, "2日"),
    ];
    let lines: Vec<_> = lines.into_iter().map(|(x, y, text)| (x, y, gbk(text))).collect();
    let rows = ["序号\t事项\t时限", "1\t企业设立登记和公章刻制\t1日", "2\t注销登记\t2日"];
    assert_eq!(shape(&read("表.pdf", &pdf(GBK_FONT, &[&lines]))), rows.map(|row| (RawKind::Row, row)));
}

#[test]
fn glyphs_without_meaning_and_pages_without_text_are_refused() {
    let codes: Vec<_> = (0..10).map(|line| (90, 700 - 20 * line, (0..40).collect())).collect();
    assert_eq!(code_of("无.pdf", &pdf(SILENT_FONT, &[&codes])), "unmapped_text");
    assert_eq!(code_of("扫.pdf", &pdf(GBK_FONT, &[&[]])), "scanned_document");
}
