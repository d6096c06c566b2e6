//! Page furniture: what a web page or a word processor adds around a document.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use super::{Draft, LineKind};

/// Lines that are furniture wherever they stand.
static FURNITURE: LazyLock<RegexSet> = LazyLock::new(|| {
    compile_set(&[
        r"^(您的)?(当前|所在)?位置\s*[:：].*([>＞»›/]|首页)",
        r"^首页\s*[>＞»›]",
        r"扫一扫.{0,12}(手机|打开|分享|浏览|当前页)",
        r"^(打印|关闭|打印本页|关闭窗口|【?打印】?\s*【?关闭】?|分享到?[:：]?|收藏|返回顶部|返回首页|下载|纠错|字号.{0,12})$",
        r"^(上一篇|下一篇|上一条|下一条|相关(稿件|文章|链接|附件|阅读|解读))\s*[:：]?",
        r"(阅读|浏览|点击)(次数|量|数)\s*[:：]",
        r"^发布(时间|日期)\s*[:：].{0,30}(来源|字体|字号|浏览|阅读)",
        r"^(信息)?来源\s*[:：]\s*\S{2,40}\s+(发布|时间|作者|字)",
        r"^字(体|号)\s*[:：]",
        r"^(PAGE|NUMPAGES|TOC)\b[\s\\*A-Za-z0-9]*$",
        r"^[-—–－]+\s*[0-9０-９]{1,4}\s*[-—–－]+$",
        r"^第\s*[0-9０-９]{1,4}\s*页(\s*[,，/共]\s*共?\s*[0-9０-９]{1,4}\s*页)?$",
        r"^[^。；，]{2,120}\.(docx?|pdf|wps|xlsx?|zip|rar|ofd)$",
        r"^(主办|承办|版权所有|网站标识码|ICP备|[京皖豫鲁甘]ICP|公安备案|技术支持|联系我们)\s*[:：]?",
        r"^(责任)?编辑\s*[:：]\s*\S{1,10}$",
        r"^[（(]?此件(主动|依申请|公开|不)\S{0,10}[)）]?$",
        r"^抄\s*送\s*[:：]",
        r"^\S{2,40}\s+.{4,16}\s*印发$",
        r"^\S{2,40}办公室\s*\d{4}年\d{1,2}月\d{1,2}日印?发?$",
    ])
});

/// Word's field codes that a plain-text export leaves in the text.
static FIELD_CODES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\[bookmark: [^\]]*\]|\[footnoteRef:\d+\]|\[endnoteRef:\d+\]").ok());

fn compile_set(patterns: &[&str]) -> RegexSet {
    RegexSet::new(patterns).unwrap_or_else(|_| RegexSet::empty())
}

/// Removes field codes from `line`.
pub(super) fn strip_field_codes(line: &str) -> Cow<'_, str> {
    match &*FIELD_CODES {
        Some(codes) if line.contains('[') => codes.replace_all(line, ""),
        _ => Cow::Borrowed(line),
    }
}

/// Marks furniture lines as such.
pub(super) fn mark(mut lines: Vec<Draft>) -> Vec<Draft> {
    for line in &mut lines {
        if line.kind == LineKind::Text && !line.cell && FURNITURE.is_match(&line.text) {
            line.kind = LineKind::Furniture;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert!(!FURNITURE.is_empty());
        assert!(FIELD_CODES.is_some());
    }

    #[test]
    fn furniture_and_text() {
        let furniture = [
            "当前位置:首页 > 信息公开",
            "扫一扫在手机打开当前页",
            "- 2 -",
            "PAGE",
            "第 3 页 共 9 页",
            "通知.pdf",
        ];
        for line in furniture {
            assert!(FURNITURE.is_match(line), "{line}");
        }
        let text = ["一、工作目标", "联系电话：12345", "推行打印一次办。", "下载电子证照，实现全程网办。"];
        for line in text {
            assert!(!FURNITURE.is_match(line), "{line}");
        }
    }
}
