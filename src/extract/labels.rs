//! Labelled lines: 责任单位：…, 牵头部门：…, 时间节点：…, 责任人：….

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::plain::{Plain, pattern, tail};
use crate::model::Role;

/// What a label says about the value after its colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// Agencies with this role unless a verb among them says otherwise.
    Agencies(Role),
    /// When it is to be done.
    Deadline,
    /// Who is to do it, by name.
    Person,
    /// Some other label, which only ends the value before it.
    Other,
}

/// A label and its value, as byte ranges of the folded text.
#[derive(Clone, Debug)]
pub(super) struct Labelled {
    pub(super) label: Label,
    /// Where the label begins.
    pub(super) start: usize,
    /// The value, without the colon.
    pub(super) value: Range<usize>,
}

const LEVEL: &str = r"(?:[国省市州县区镇]级?|[区县市州省]直|第一|主要)?";
const PLACE: &str = r"(?:责任|负责)?(?:单位|部门|机构|科室|处室|主体)(?:及职责|及分工|和分工)?";
const PERSON: &str =
    r"[\p{Han}]{0,4}(?:领导|责任人|负责人|联系人|联络员|联络人|总?链长|包保人|(?:副|总)?组?长)|成员";

static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?P<lead>{LEVEL}(?:牵头|主办|主责|主管|统筹)(?:{PLACE})?)[:]|(?P<support>{LEVEL}(?:配合|协办|协同|协作|协助|参与|参加|支持)(?:{PLACE})?)[:]|(?P<responsible>{LEVEL}(?:责任|负责|承办|实施|落实|执行|(?:责任|职责|任务)分工){PLACE}?|责任分工)[:]|(?P<deadline>(?:时间节点|(?:完成|办结|推进|实施|落实|整改|工作|计划|目标)?(?:时限|期限|时间)(?:要求|节点|安排)?|进度(?:安排|要求)))[:]|(?P<person>{PERSON})[:]|(?P<other>进展情况|主要目标|工作目标|工作措施|主要措施|联系电话|电话|备注|注)[:]"
    ))
});

static LABEL_AT_START: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[\p{Han}]{2,8}[:]"));

static NUMERAL_AT_START: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:\d{1,3}[.、．)]|\(?[一二三四五六七八九十\d]{1,3}\)|[一二三四五六七八九十]{1,3}[、.是]|第[一二三四五六七八九十百\d]+[章节条款]|[①-⑳]|附件|[-*·•])",
    )
});

/// Whether a folded line begins with a label that stands on a line of its own (责任单位：, 时间节点：).
pub(super) fn begins_with_label(line: &str) -> bool {
    LABEL_AT_START.is_match(line) && LABEL.find(line).is_some_and(|found| found.start() == 0)
}

/// Whether a folded label line with a list of agencies breaks off inside a name.
pub(super) fn breaks_off(line: &str) -> bool {
    let lists_agencies = LABEL
        .captures(line)
        .is_some_and(|captures| captures.name("deadline").is_none() && captures.name("person").is_none());
    let complete = ["负责", "配合", "落实", "牵头", "等"].iter().any(|end| line.ends_with(end));
    lists_agencies && !complete && !super::names::ends_like_agency(line)
}

/// Whether a folded line begins with an item's number.
pub(super) fn begins_with_numeral(line: &str) -> bool {
    NUMERAL_AT_START.is_match(line)
}

/// The labels of a clause with their values, in the order of the text. A value ends at the next label, at the
/// end of its line, at the bracket that closes around it, or in running text at the full stop.
pub(super) fn find_labels(plain: &Plain<'_>) -> Vec<Labelled> {
    let text = plain.text.as_str();
    let mut found: Vec<Labelled> = LABEL
        .captures_iter(text)
        .filter_map(|captures| {
            let whole = captures.get(0)?;
            let label = match () {
                () if captures.name("lead").is_some() => Label::Agencies(Role::Lead),
                () if captures.name("support").is_some() => Label::Agencies(Role::Support),
                () if captures.name("responsible").is_some() => Label::Agencies(Role::Responsible),
                () if captures.name("deadline").is_some() => Label::Deadline,
                () if captures.name("person").is_some() => Label::Person,
                () => Label::Other,
            };
            stands_alone(plain, whole.start()).then(|| Labelled {
                label,
                start: whole.start(),
                value: whole.end()..whole.end(),
            })
        })
        .collect();
    let starts: Vec<usize> = found.iter().map(|labelled| labelled.start).chain([text.len()]).collect();
    for (labelled, &limit) in found.iter_mut().zip(starts.iter().skip(1)) {
        labelled.value.end = value_end(text, labelled.value.start, limit);
    }
    found
}

/// A label follows punctuation, white space, a line's start or another value; inside a sentence it is a word like any other.
fn stands_alone(plain: &Plain<'_>, start: usize) -> bool {
    let before = tail(plain.slice(0..start), 60);
    let Some(last) = before.chars().next_back() else { return true };
    !last.is_alphanumeric() || plain.follows_space(start) || super::names::ends_like_agency(before)
}

fn value_end(text: &str, start: usize, limit: usize) -> usize {
    let value = text.get(start..limit).unwrap_or_default();
    let mut depth = 0_u32;
    for (at, character) in value.char_indices() {
        match character {
            '(' | '[' => depth += 1,
            '\n' => return start + at,
            ')' | ']' | '。' if depth == 0 => return start + at,
            ')' | ']' => depth -= 1,
            _ => {}
        }
    }
    start + value.len()
}
