//! Agency names out of a list: where one ends and the next begins, and what is no name.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::plain::{Plain, pattern};
pub(super) use crate::text::agency::{ends_like_agency, ends_like_group};

/// Longest name, in characters: longer ones are sentences.
const LONGEST_NAME: usize = 32;

/// What stands in a responsibility note beside names and is none: dates, progress, purposes.
static NO_NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:.{0,8}(?:持续|长期|常态化|全年|适时|立即|已完成|\d月|\d年|\d日|年底|季度|上半年|下半年).*|(?:按|按照|根据).*|.*(?:完成|推进|实施|落实|开展|坚持|建立|[%《》+=。])|部门|单位|\d+个?(?:部门|单位))$",
    )
});

/// Words before a name that do not belong to it.
static LEADING: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:由|请|和|及|与|以及|并由|其中|\d+[.、]|[①-⑳]|[:)\]])+"));

/// Words after a name that say how it acts.
static MANNER: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:按照?|根据|依据|结合|负责|做好|抓好).*$"));

static JOINERS: LazyLock<Regex> = LazyLock::new(|| pattern(r"以及|会同|及|和|与|/"));

/// 甲局乙局 written without anything between: both begin with the same level.
static GLUE: LazyLock<Regex> = LazyLock::new(|| pattern(r"[局委办院]([区县市州省])"));

static ET_CETERA: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"等(?:\d+|[一二三四五六七八九十]+)?(?:家|个)?"));

/// The names in a byte range of the folded text, in order, as byte ranges.
///
/// `strict` asks every name to end like an agency's: for text that is not known to be a list of names.
pub(super) fn split_names(plain: &Plain<'_>, range: Range<usize>, strict: bool) -> Vec<Range<usize>> {
    let mut names = Vec::new();
    let items = split_top_level(plain.slice(range.clone()), range.start, &['、', '，', ';', '\n', '。', '|']);
    for item in join_groups(plain, items) {
        split_item(plain, item, &mut names);
    }
    names.retain(|name| is_name(plain.slice(name.clone()), strict));
    names
}

/// Splits at `separators` outside brackets and short quotations; `offset` is where `text` begins in the folded
/// text.
pub(super) fn split_top_level(text: &str, offset: usize, separators: &[char]) -> Vec<Range<usize>> {
    let (mut parts, mut start, mut depth, mut quoted_until) = (Vec::new(), 0, 0_i32, 0);
    for (at, character) in text.char_indices() {
        if at < quoted_until {
            continue;
        }
        match character {
            '“' => quoted_until = quotation_end(text, at).unwrap_or(at),
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ if depth <= 0 && separators.contains(&character) => {
                parts.push(offset + start..offset + at);
                start = at + character.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(offset + start..offset + text.len());
    parts.retain(|part| !part.is_empty());
    parts
}

/// Where the quotation that opens at `at` closes, if it soon does: quotation marks are often unpaired.
fn quotation_end(text: &str, at: usize) -> Option<usize> {
    let quoted = text.get(at..)?;
    quoted.char_indices().take(LONGEST_NAME).find(|(_, c)| *c == '”').map(|(length, _)| at + length)
}

/// Joins 各供水、供气企业, which is one group.
fn join_groups(plain: &Plain<'_>, items: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::new();
    for item in items {
        let open = joined.last().is_some_and(|last| {
            let text = plain.slice(last.clone());
            text.starts_with('各') && !ends_like_agency(text) && ends_like_group(plain.slice(item.clone()))
        });
        match joined.last_mut().filter(|_| open) {
            Some(last) => last.end = item.end,
            None => joined.push(item),
        }
    }
    joined
}

/// One item of a list may still hold several names: 甲局及乙局, 甲局等有关单位, 区甲局区乙局.
fn split_item(plain: &Plain<'_>, item: Range<usize>, names: &mut Vec<Range<usize>>) {
    let item = trim(plain, item);
    let text = plain.slice(item.clone());
    // Longer items are sentences; they would only be split in vain.
    if text.is_empty() || text.len() > LONGEST_NAME * 16 {
        return;
    }
    let Some((head_end, tail_start)) =
        et_cetera_in(text).or_else(|| joiner_in(text)).or_else(|| glue_in(text))
    else {
        names.push(item);
        return;
    };
    split_item(plain, item.start..item.start + head_end, names);
    split_item(plain, item.start + tail_start..item.end, names);
}

/// Where 等 splits a name from a group: 区数据资源局等有关单位, or ends the list.
fn et_cetera_in(text: &str) -> Option<(usize, usize)> {
    let splits = |found: &regex::Match<'_>| {
        let tail = text.get(found.end()..).unwrap_or_default();
        found.start() > 0 && (tail.is_empty() || ends_like_agency(tail))
    };
    ET_CETERA.find_iter(text).find(splits).map(|found| (found.start(), found.end()))
}

/// Where 和 or 及 joins two names: both sides must end like agencies, for 和 is also part of names.
fn joiner_in(text: &str) -> Option<(usize, usize)> {
    let joins = |found: &regex::Match<'_>| {
        let tail = text.get(found.end()..).unwrap_or_default();
        let (head, balanced) = balanced_head(text, found.start());
        balanced && ends_like_agency(head) && (ends_like_agency(tail) || begins_group(tail))
    };
    JOINERS.find_iter(text).find(joins).map(|found| (found.start(), found.end()))
}

fn balanced_head(text: &str, end: usize) -> (&str, bool) {
    let head = text.get(..end).unwrap_or_default();
    (head, head.matches('(').count() == head.matches(')').count())
}

fn begins_group(tail: &str) -> bool {
    tail.starts_with('各') || tail.starts_with("有关") || tail.starts_with("相关")
}

/// Where a second name begins right after the first: 区市监局区财政局.
fn glue_in(text: &str) -> Option<(usize, usize)> {
    let level = text.chars().next().filter(|c| matches!(c, '区' | '县' | '市' | '州' | '省'))?;
    let found = GLUE.captures(text)?.get(1).filter(|second| second.as_str().starts_with(level))?;
    let tail = text.get(found.start()..)?;
    (tail.chars().count() >= 3 && ends_like_agency(tail)).then_some((found.start(), found.start()))
}

/// Takes off what stands around a name: 由, a number, unbalanced brackets, a full stop.
fn trim(plain: &Plain<'_>, range: Range<usize>) -> Range<usize> {
    let Range { mut start, mut end } = range;
    if let Some(leading) = LEADING.find(plain.slice(start..end)) {
        start += leading.end();
    }
    if let Some(manner) = MANNER.find(plain.slice(start..end)) {
        end = start + manner.start();
    }
    loop {
        let text = plain.slice(start..end);
        let (opened, closed) = (text.matches('(').count(), text.matches(')').count());
        let Some(last) = text.chars().next_back() else { return start..end };
        if matches!(last, '。' | ':' | ';' | ']' | '.' | '”' | '(' | '[') || last == ')' && closed > opened
        {
            end -= last.len_utf8();
        } else if text.starts_with('(') && opened > closed {
            start += 1;
        } else {
            return start..end;
        }
    }
}

fn is_name(text: &str, strict: bool) -> bool {
    let length = text.chars().count();
    if !(2..=LONGEST_NAME).contains(&length) || NO_NAME.is_match(text) {
        return false;
    }
    if strict {
        return ends_like_agency(text);
    }
    text.chars().any(char::is_alphabetic) && !text.chars().all(|c| c.is_ascii_alphanumeric())
}
