//! Page furniture: what a web page or a word processor adds around a document.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use super::{Draft, LineKind};
use crate::text::marker::{self, MarkerKind};
use crate::text::particulars;

/// Lines from either end of a document among which a web page's frame stands.
const FRAME: usize = 30;

/// Longest line that is furniture by its words, in characters.
const LONGEST_FURNITURE: usize = 160;

/// Page numbers and field codes: furniture wherever they stand.
static PAGE_MARKS: LazyLock<RegexSet> = LazyLock::new(|| {
    compile_set(&[
        r"^(PAGE|NUMPAGES|TOC)\b[\s\\*A-Za-z0-9]*$",
        r"^[-—–－·•]+\s*[0-9０-９]{1,4}\s*[-—–－·•]+$",
        r"^[-—–－]?\s*第\s*[0-9０-９]{1,4}\s*页(\s*[,，/（(]?\s*共\s*[0-9０-９]{1,4}\s*页[)）]?)?\s*[-—–－]?$",
        r"^\d{1,4}\s*/\s*\d{1,4}$",
    ])
});

/// Lines of a web page and of an office that are furniture wherever they stand.
static FURNITURE: LazyLock<RegexSet> = LazyLock::new(|| {
    compile_set(&[
        r"^(您|你)?(的)?(当前|所在|现在)?(的)?位置\s*(是)?\s*[:：].*([>＞»›/]|首页)",
        r"^(您|你)(现在|当前)?所在(的)?位置",
        r"^(网站)?首页\s*[>＞»›\-/|]",
        r"^首页(\s+\S{2,8}){2,}$",
        r"扫一扫.{0,12}(手机|打开|分享|浏览|当前页)",
        r"^(打印|关闭|打印(本页|正文|页面)|关闭(窗口|本页)|【?打印】?\s*【?关闭】?|分享到?[:：]?.{0,20}|收藏(本站|本页)?|返回顶部|返回首页|下载|纠错|我要纠错|字号.{0,12}|设为首页|网站地图|无障碍(浏览|阅读)?|长者模式|关怀版|简体(中文)?|繁体(中文)?|登录|注册|微信|微博)$",
        r"^(上一篇|下一篇|上一条|下一条|相关(稿件|文章|链接|附件|阅读|解读|文件))\s*[:：]?$",
        r"^(上一篇|下一篇|上一条|下一条)\s*[:：]",
        r"(阅读|浏览|点击|访问)(次数|量|数)\s*[:：]",
        r"^(点击|长按|戳)\S{0,12}(关注|识别|二维码|阅读原文)\S{0,6}$|^(阅读原文|喜欢就点|点个)\S{0,8}",
        r"^(编辑|责编|校对|审核|监制|初审|复审|终审|供稿|排版)\s*[:：丨|]\s*\S{1,10}(\s+(编辑|责编|校对|审核|监制|初审|复审|终审)\s*[:：丨|]\s*\S{1,10})*$",
        r"^发布(时间|日期)\s*[:：].{0,30}(来源|字体|字号|浏览|阅读|点击)",
        r"^(信息|稿件|文章)?来源\s*[:：]\s*\S{2,40}\s+.{0,20}(发布|时间|作者|字|日期|点击|浏览|\d{4}-\d{1,2}-\d{1,2})",
        r"^【?\s*字(体|号)\s*[:：]",
        r"^(版权所有|网站标识码|ICP备|[\p{Han}]ICP[备证]|[\p{Han}]公网安备|公安备案)",
        r"^(责任)?编辑\s*[:：]\s*\S{0,10}$",
        r"^[（(]?此件(主动|依申请|公开|不|删减)\S{0,10}[)）]?$",
        r"^抄\s*送\s*[:：]",
        r"^\S{2,40}\s+.{4,16}\s*印\s*发$",
        r"^\S{2,40}办公室\s*\d{4}年\d{1,2}月\d{1,2}日印?发?$",
        r"^信息公开(选项|属性|类别|形式)\s*[:：]",
        r"^(是否)?(宣传)?公开(方式|属性|形式|范围)\s*[:：]",
        r"^(共印|份\s*数)\s*[:：]?\s*\d+\s*份?$",
    ])
});

/// The name of a file to load down.
static FILE_NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^[^。；，]{2,120}\.(docx?|pdf|wps|xlsx?|zip|rar|ofd)(\s*[（(].{0,20}[)）])?$").ok()
});

/// The table of particulars above a document on a government page; what stands after the colon may
/// stand on the next line.
fn particular(line: &str) -> Option<&str> {
    const OF_THE_SITE: [&str; 5] = ["主办", "主办单位", "承办", "技术支持", "联系我们"];
    let (name, value) = line.split_once([':', '：'])?;
    let known = particulars::of_name(name).is_some() || OF_THE_SITE.contains(&name.trim());
    known.then_some(value.trim())
}

/// What only the foot of a government page says.
static SITE_FOOT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"网站标识码|ICP备|公网安备|公安备案|版权所有").ok());

/// What stands beside it there.
static SITE_LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(主办|承办|主管|维护|技术支持|运行管理|地址|电话|联系电话|联系我们|邮编|邮箱|关于我们|网站(声明|地图)|隐私|中文域名)").ok()
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
        if line.kind == LineKind::Text && !line.cell && is_furniture(&line.text) {
            line.kind = LineKind::Furniture;
        }
    }
    mark_particulars(&mut lines);
    mark_site_foot(&mut lines);
    lines
}

/// A sentence or a numbered line is none, whatever words it has.
fn is_furniture(line: &str) -> bool {
    let numbered = marker::read(line).is_some_and(|marker| marker.kind != MarkerKind::Attachment);
    let sentence = line.trim_end_matches('。').contains('。') || line.chars().count() > LONGEST_FURNITURE;
    PAGE_MARKS.is_match(line)
        || FILE_NAME.as_ref().is_some_and(|name| name.is_match(line))
        || (!numbered && !sentence && FURNITURE.is_match(line))
}

/// The foot of a government page: who keeps the site, its address and its registration.
fn mark_site_foot(lines: &mut [Draft]) {
    let start = lines.len().saturating_sub(FRAME);
    let Some(foot) = lines.get_mut(start..) else { return };
    let matches = |regex: &LazyLock<Option<Regex>>, text: &str| {
        regex.as_ref().is_some_and(|regex| regex.is_match(text))
    };
    if !foot.iter().any(|line| matches(&SITE_FOOT, &line.text)) {
        return;
    }
    for line in foot {
        if line.kind == LineKind::Text && (matches(&SITE_FOOT, &line.text) || matches(&SITE_LINE, &line.text))
        {
            line.kind = LineKind::Furniture;
        }
    }
}

/// Particulars count as furniture in the frame alone, before the first sentence: 时间：9月 in the
/// text is no particular.
fn mark_particulars(lines: &mut [Draft]) {
    let is_sentence = |line: &Draft| line.kind != LineKind::Furniture && line.text.contains('。');
    let body = lines.iter().position(is_sentence).unwrap_or(lines.len()).min(FRAME);
    let mut value_follows = false;
    for line in lines.iter_mut().take(body) {
        let value = particular(&line.text).map(str::len);
        let is_value = value_follows
            && value.is_none()
            && line.kind == LineKind::Text
            && line.text.chars().count() <= 40;
        value_follows = value == Some(0);
        if matches!(line.kind, LineKind::Text | LineKind::Row) && (value.is_some() || is_value) {
            line.kind = LineKind::Furniture;
            line.cell = false;
        }
    }
}

/// Moves page numbers, and the running heads beside them, from between the lines of the text to its
/// end, in order: they belong to the paper, and what they interrupt is one paragraph.
pub(super) fn set_page_marks_aside(lines: Vec<Draft>) -> Vec<Draft> {
    let Some(last_text) = lines.iter().rposition(|line| line.kind != LineKind::Furniture) else {
        return lines;
    };
    let heads = running_heads(&lines);
    let mut kept: Vec<Draft> = Vec::with_capacity(lines.len());
    let mut aside = Vec::new();
    let mut resumes = false;
    for (index, mut line) in lines.into_iter().enumerate() {
        let inside = !kept.is_empty() && index < last_text;
        if inside && (is_page_mark(&line) || heads.contains_key(&line.text)) {
            resumes = true;
            line.kind = LineKind::Furniture;
            aside.push(line);
            continue;
        }
        // the blank lines around a page number are the page's
        line.after_blank &= !resumes;
        resumes = false;
        kept.push(line);
    }
    let end = kept.iter().rposition(|line| line.kind != LineKind::Furniture).map_or(0, |last| last + 1);
    kept.splice(end..end, aside);
    kept
}

fn is_page_mark(line: &Draft) -> bool {
    line.kind == LineKind::Furniture && PAGE_MARKS.is_match(&line.text)
}

/// Short lines beside a page number that come again beside others: running heads.
fn running_heads(lines: &[Draft]) -> HashMap<String, usize> {
    let mut beside: HashMap<String, usize> = HashMap::new();
    for (index, line) in lines.iter().enumerate() {
        if !is_page_mark(line) {
            continue;
        }
        let neighbours = [index.checked_sub(1), index.checked_add(1)];
        for neighbour in neighbours.into_iter().flatten().filter_map(|index| lines.get(index)) {
            if !is_page_mark(neighbour) && neighbour.text.chars().count() <= 40 {
                *beside.entry(neighbour.text.clone()).or_default() += 1;
            }
        }
    }
    beside.retain(|_, times| *times >= 3);
    beside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert!(!FURNITURE.is_empty() && !PAGE_MARKS.is_empty());
        assert!(FIELD_CODES.is_some() && FILE_NAME.is_some() && SITE_FOOT.is_some() && SITE_LINE.is_some());
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
            assert!(is_furniture(line), "{line}");
        }
        let text = [
            "一、工作目标",
            "联系电话：12345",
            "推行打印一次办。",
            "下载电子证照，实现全程网办。",
            "承办单位：区住建局",
            "主办银行制度",
            "3.推广扫一扫打开即办，统计点击量：月报。",
        ];
        for line in text {
            assert!(!is_furniture(line), "{line}");
        }
    }

    #[test]
    fn a_page_number_does_not_cut_a_paragraph() {
        let raw = "一、优化流程。将多个审批事项整合为一个，实行并联\n\n- 1 -\n\n审批，压缩办理时间。\n二、压减材料。\n- 2 -";
        let source = super::super::normalise(&crate::load::Loaded::from_text("raw.txt", raw));
        assert_eq!(
            source.text,
            "一、优化流程。将多个审批事项整合为一个，实行并联审批，压缩办理时间。\n二、压减材料。\n- 1 -\n- 2 -"
        );
    }
}
