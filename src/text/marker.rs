//! The numbering of Chinese official documents: 附件1, 第一章, 第一条, 一、, （一）, 1., （1）, ①, 一是.
//!
//! A marker is read from the beginning of a line alone; which list it continues is the splitter's work.

use std::sync::LazyLock;

use regex::Regex;

use super::fold::{fold_width, simplified};
use super::numeral::parse_chinese_integer;

/// A numeral or word that begins a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// Which series it belongs to.
    pub kind: MarkerKind,
    /// Its value; 0 where it has none (附件 alone, a lost numeral).
    pub value: u32,
    /// The 一 of 第三条之一; 0 where there is none.
    pub branch: u32,
    /// Bytes of the line that the marker takes, white space after it included.
    pub length: usize,
}

/// The series of numbering, outermost first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MarkerKind {
    /// 附件, 附件1
    Attachment,
    /// 方案1, 表1 on a line of its own
    Plan,
    /// 第一编
    Part,
    /// 第一章
    Chapter,
    /// 第一节
    Section,
    /// 一、
    Ideographic,
    /// 第一条
    Article,
    /// （一）
    IdeographicBracket,
    /// 1. or 1．
    ArabicDot,
    /// 1、
    ArabicComma,
    /// 1.2
    Decimal,
    /// 1.2.3, 1.2.3.4
    DeepDecimal,
    /// （1） or 1）
    ArabicBracket,
    /// ①
    Circled,
    /// 一是
    Ordinal,
}

const IDEOGRAPHIC: &str = "[一二三四五六七八九十百千零〇○两]{1,9}";

static PATTERNS: LazyLock<Vec<(MarkerKind, Regex)>> = LazyLock::new(|| {
    let numeral = format!("({IDEOGRAPHIC}|[0-9０-９]{{1,4}})");
    [
        (MarkerKind::Attachment, r"^附(?:\s*(?:件|录|表)|\s{0,2}[:：])\s*([0-9０-９]{1,3}|[一二三四五六七八九十]{1,3})?\s*([:：.．、])?\s*".to_owned()),
        (MarkerKind::Plan, r"^(?:方案|专项|子方案)\s*([0-9０-９]{1,3}|[一二三四五六七八九十]{1,3})\s*[:：]?\s*$".to_owned()),
        (MarkerKind::Part, format!(r"^第\s*{numeral}\s*(?:[编篇]|部\s*分)\s*")),
        (MarkerKind::Chapter, format!(r"^第\s*{numeral}\s*章\s*")),
        (MarkerKind::Section, format!(r"^第\s*{numeral}\s*节\s*")),
        (MarkerKind::Article, format!(r"^第\s*{numeral}\s*条(?:\s*之\s*([一二三四五六七八九十]{{1,3}}))?[\s:：]*")),
        (MarkerKind::Ideographic, format!(r"^({IDEOGRAPHIC})\s*[、．.]\s*")),
        (MarkerKind::IdeographicBracket, format!(r"^[（(]\s*({IDEOGRAPHIC})\s*[)）]\s*[、.．]?\s*")),
        (MarkerKind::ArabicBracket, r"^[（(]\s*([0-9０-９]{1,3})\s*[)）]\s*[、.．]?\s*".to_owned()),
        (MarkerKind::ArabicBracket, r"^([0-9０-９]{1,3})\s*[)）]\s*".to_owned()),
        (MarkerKind::DeepDecimal, r"^([0-9０-９]{1,2}(?:[.．][0-9０-９]{1,2}){2,3})[、.．]?\s*".to_owned()),
        (MarkerKind::Decimal, r"^([0-9０-９]{1,2}[.．][0-9０-９]{1,2})(?:\s+|[、.．]\s*)".to_owned()),
        (MarkerKind::ArabicDot, r"^([0-9０-９]{1,3})\s*[.．]\s*".to_owned()),
        (MarkerKind::ArabicComma, r"^([0-9０-９]{1,3})\s*、\s*".to_owned()),
        (MarkerKind::Circled, r"^([①-⑳])\s*".to_owned()),
        (MarkerKind::Ordinal, r"^([一二三四五六七八九十]{1,3})是".to_owned()),
    ]
    .into_iter()
    .filter_map(|(kind, pattern)| Regex::new(&pattern).ok().map(|regex| (kind, regex)))
    .collect()
});

/// Words that say who does something: 牵头, 责任, 牵头责任, 责任（配合）.
const DUTY: &str = r"(?:主要|第一)?(?:(?:牵头|责任|配合|主管|主办|协办|承办|实施|协同|负责|参与|参加|落实|主责|分管|协助)\s*(?:[（(][\p{Han}]{1,4}[)）])?\s*){1,2}";
/// Who that is: 单位, 部门, 领导.
const BEARER: &str =
    r"(?:单\s*位|部\s*门|机\s*构|处\s*室|科\s*室|股\s*室|人\s*员|人|[区县市省局]?\s*领\s*导)?";
/// When, and how far.
const TIMING: &str = r"(?:时间节点|(?:完成|落实|整改|推进|实施|责任)(?:时间|时限|期限)|时\s*限|时限要求|时间要求|时间安排|进展情况|工作进展|完成情况|推进计划|进度安排)";

/// Lines that give a measure its responsibility, deadline or progress.
static LABEL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words = format!(r"(?:{DUTY}{BEARER}\s*(?:[及和、/][\p{{Han}}]{{1,8}})?|{TIMING})");
    Regex::new(&format!(r"^[（(]?\s*(?:{words}\s*[:：]|[【\[〔]\s*{words}\s*(?:[】\]〕]|[:：]))")).ok()
});

/// Reads the marker at the beginning of `line`, which must be trimmed.
pub fn read(line: &str) -> Option<Marker> {
    let folded = simplified(line);
    let line = folded.as_ref();
    PATTERNS.iter().find_map(|(kind, regex)| {
        let captures = regex.captures(line)?;
        let whole = captures.get(0)?;
        let numeral = captures.get(1).map_or("", |group| group.as_str());
        let branch = captures.get(2).and_then(|group| parse_chinese_integer(group.as_str()));
        let branch = branch.filter(|_| *kind == MarkerKind::Article).unwrap_or(0) as u32;
        accept(*kind, line, numeral, whole.end()).map(|marker| Marker { branch, ..marker })
    })
}

fn accept(kind: MarkerKind, line: &str, numeral: &str, length: usize) -> Option<Marker> {
    let rest = line.get(length..).unwrap_or_default();
    let value = match kind {
        MarkerKind::Circled => numeral.chars().next().map_or(0, |c| c as u32 - '①' as u32 + 1),
        MarkerKind::Decimal | MarkerKind::DeepDecimal => decimal_value(numeral),
        _ if numeral.is_empty() => 0,
        _ => u32::try_from(parse_chinese_integer(numeral)?).ok()?,
    };
    let plausible = match kind {
        MarkerKind::Attachment => attachment_is_plausible(line, numeral, rest),
        MarkerKind::Part | MarkerKind::Chapter | MarkerKind::Section => division_is_plausible(rest),
        MarkerKind::Article => article_is_plausible(line, length, rest),
        MarkerKind::ArabicDot => arabic_is_plausible(numeral, rest),
        MarkerKind::Ideographic => !rest.is_empty() && value > 0,
        _ => true,
    };
    plausible.then_some(Marker { kind, value, branch: 0, length })
}

/// The last part of `3.2.1` is what a list counts.
fn decimal_value(numeral: &str) -> u32 {
    let last = numeral.rsplit(['.', '．']).next().and_then(parse_chinese_integer);
    last.and_then(|last| u32::try_from(last).ok()).unwrap_or(0)
}

/// 附件 begins a block alone, with a numeral, with a colon, or glued to a title; 附件中… is a sentence.
fn attachment_is_plausible(line: &str, numeral: &str, rest: &str) -> bool {
    let separated = line.contains([':', '：']) && !rest.contains('。');
    rest.is_empty()
        || separated
        || (!numeral.is_empty() && !rest.contains('。') && rest.chars().count() <= 60)
}

/// 第一章 heads a division; 第一章规定的事项，… goes on with a sentence.
fn division_is_plausible(rest: &str) -> bool {
    let sentence = rest.contains(['。', '；', '，']) || rest.chars().count() > 50;
    !sentence && !rest.starts_with(['规', '所', '的', '、', '和', '至', '或', '及', '与', '中'])
}

/// 第三条规定的… is a reference; an article's number is followed by space, a bracket or its text.
fn article_is_plausible(line: &str, length: usize, rest: &str) -> bool {
    let spaced =
        line.get(..length).is_some_and(|marker| marker.ends_with([' ', '\u{3000}', ':', '：', '\t']));
    spaced
        || rest.is_empty()
        || !rest
            .starts_with(['规', '所', '的', '第', '、', '和', '至', '，', '或', '及', '与', '中', '款', '到'])
}

/// `5．9月底前` is item 5; `0．4千伏` and `4.5万元` are numbers.
fn arabic_is_plausible(numeral: &str, rest: &str) -> bool {
    let mut folded = rest.chars().map(fold_width);
    let digits: String = folded.by_ref().take_while(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return numeral.chars().any(|c| !matches!(fold_width(c), '0'));
    }
    let after = rest.chars().map(fold_width).find(|c| !c.is_ascii_digit());
    let is_date = (digits.len() <= 2 && after == Some('月')) || (digits.len() == 4 && after == Some('年'));
    is_date || digits.len() >= 5 || (digits.len() >= 3 && after.is_some_and(|c| !c.is_ascii() && c != '万'))
}

/// Whether `line` is a responsibility, deadline or progress line.
pub fn is_label(line: &str) -> bool {
    LABEL.as_ref().is_some_and(|label| label.is_match(&simplified(line)))
}

/// Whether `line` cannot continue the line before it: it begins with a marker, a label or a table note.
pub fn begins_block(line: &str) -> bool {
    let marked = read(line).is_some_and(|marker| marker.kind != MarkerKind::Ordinal);
    marked || is_label(line) || line.starts_with(['*', '＊', '—', '※']) || line.starts_with("注：")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert_eq!(PATTERNS.len(), 16);
        assert!(LABEL.is_some());
    }

    #[test]
    fn markers() {
        use MarkerKind::*;
        let cases: [(&str, Option<(MarkerKind, u32)>); 30] = [
            ("附件", Some((Attachment, 0))),
            ("附件27偃师区公共教育、体育服务能力", Some((Attachment, 27))),
            ("附件中的材料由企业提供。", None),
            ("附表2 任务分工表", Some((Attachment, 2))),
            ("附：联系人名单", Some((Attachment, 0))),
            ("附近居民", None),
            ("方案13", Some((Plan, 13))),
            ("第一章　总则", Some((Chapter, 1))),
            ("第十二条　国家鼓励", Some((Article, 12))),
            ("第三条规定的事项", None),
            ("一、工作目标", Some((Ideographic, 1))),
            ("十九、优化外商投资服务", Some((Ideographic, 19))),
            ("（十一）推进", Some((IdeographicBracket, 11))),
            ("(二)进一步压减报装时间", Some((IdeographicBracket, 2))),
            ("（2） 推行", Some((ArabicBracket, 2))),
            ("1．对低压小微企业", Some((ArabicDot, 1))),
            ("１.总则", Some((ArabicDot, 1))),
            ("5．9月底前，将行业主管部门", Some((ArabicDot, 5))),
            ("1.2022年底前完成", Some((ArabicDot, 1))),
            ("0．4千伏不停电作业", None),
            ("4.5万元以下", None),
            ("1、 要求和目标", Some((ArabicComma, 1))),
            ("①项目评审", Some((Circled, 1))),
            ("一是切实精简", Some((Ordinal, 1))),
            ("2022年3月25日", None),
            ("12345热线", None),
            ("2.1 完善机制", Some((Decimal, 1))),
            ("2.1.3完善机制", Some((DeepDecimal, 3))),
            ("第一百二十条之一　资助恐怖活动", Some((Article, 120))),
            ("第一章规定的事项，由市政府负责。", None),
        ];
        for (line, expected) in cases {
            assert_eq!(read(line).map(|m| (m.kind, m.value)), expected, "{line}");
        }
    }

    #[test]
    fn labels() {
        for line in [
            "责任单位：区税务局",
            "时间节点:2022年12月",
            "牵头单位: 区住建局",
            "（牵头区领导：张运岭；牵头单位：区市场监管局）",
            "责任人：韩云飞",
            "牵头（责任）单位：区税务局",
            "【责任单位】区税务局",
            "牵头单位及责任人：区税务局 李",
            "配合部门: 各镇",
        ] {
            assert!(is_label(line), "{line}");
        }
        for line in [
            "责任单位要强化担当意识",
            "牵头推进改革。",
            "时间紧、任务重：要加快",
            "责任落实到位：要逐级压实",
            "实施步骤：",
        ] {
            assert!(!is_label(line), "{line}");
        }
    }
}
