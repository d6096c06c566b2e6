//! Chinese words for what a report names in English.

use crate::normalise::front_matter::Origin;

use super::{FieldName, Source};

/// A field of the front matter.
pub fn field(name: FieldName) -> &'static str {
    match name {
        FieldName::Title => "标题",
        FieldName::Number => "发文字号",
        FieldName::Issuer => "发文机关",
        FieldName::Date => "成文日期",
        FieldName::Year => "年份",
        FieldName::Status => "效力状态",
        FieldName::Region => "地区",
        FieldName::Addressees => "主送机关",
        FieldName::Published => "发布日期",
    }
}

/// Where a field was read.
pub fn source(source: Source) -> &'static str {
    match source {
        Source::Text(origin) => self::origin(origin),
        Source::Manifest => "清单 manifest.toml",
        Source::FileName => "文件名",
        Source::Assumed => "推定",
    }
}

fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Title => "标题",
        Origin::Head => "版头",
        Origin::Metadata => "网页要素表",
        Origin::Signature => "落款",
        Origin::Passage => "题注",
        Origin::Imprint => "版记",
        Origin::Number => "文号",
        Origin::Date => "成文日期",
        Origin::Body => "正文",
    }
}

/// What a warning is about.
pub fn warning(code: &str) -> &'static str {
    match code {
        "no_title" => "没有找到标题",
        "impossible_date" => "日期不存在",
        "missing_month" => "日期缺月份",
        "unclosed_bracket" => "括号没有闭合",
        "repeated_number" => "序号重复",
        "lost_numeral" => "序号缺失，已补",
        "numeral_form" => "序号形式有误，已正",
        "numeral_skipped" => "序号跳号",
        "mislabelled_format" => "扩展名与内容不符",
        "damaged_characters" => "有无法解码的字符",
        "unmapped_glyphs" => "有无法识别的字形",
        "read_by_pdftotext" => "由 pdftotext 读出",
        _ => "其他提示",
    }
}
