//! Other documents that a clause names: 《…》 titles and document numbers such as 相政办〔2022〕6号.

use std::sync::LazyLock;

use regex::Regex;

use super::plain::pattern;

/// Titles may hold titles: 《关于印发〈…〉的通知》, 《关于落实《…》的意见》.
const LONGEST_TITLE: usize = 120;

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?P<issuer>[\p{Han}]{1,16})\s*[〔\[(（【﹝［]\s*[0-9０-９]{4}\s*[〕\])）】﹞］]\s*第?\s*[0-9０-９]{1,5}\s*号|(?P<order>[\p{Han}]{2,16}令(?:\s*第)?\s*[0-9０-９一二三四五六七八九十百]{1,5}\s*号)|[A-Z]{2,3}\s?\d*(?:/[A-Z])?\s*[/T]*\s*\d{3,6}(?:[-—]\d{4})",
    )
});

/// Words before a document's number that are no part of it.
static NOT_ISSUER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^.*(?:根据|按照|依据|落实|执行|贯彻|参照|依照|印发|转发|废止|文件|人民政府|办公厅|以及|详见|通知|意见|方案|办法|规定|的|和|及|与|见|以|在|由|对|经)",
    )
});

/// The references in the order of the text, as written with white space taken out, each once.
pub(super) fn find_references(text: &str) -> Vec<String> {
    let mut found: Vec<(usize, String)> = titles(text);
    for captures in NUMBER.captures_iter(text) {
        let Some(whole) = captures.get(0) else { continue };
        let skip = captures
            .name("issuer")
            .or_else(|| captures.name("order"))
            .and_then(|issuer| NOT_ISSUER.find(issuer.as_str()))
            .map_or(0, |found| found.end());
        let number = whole.as_str().get(skip..).unwrap_or_default();
        if number.starts_with(|c: char| c.is_alphanumeric()) {
            found.push((whole.start() + skip, tidy(number)));
        }
    }
    found.sort_by_key(|(at, _)| *at);
    let mut references: Vec<String> = Vec::new();
    for (_, reference) in found {
        if !references.contains(&reference) {
            references.push(reference);
        }
    }
    references
}

fn titles(text: &str) -> Vec<(usize, String)> {
    let (mut found, mut start, mut depth) = (Vec::new(), 0, 0_u32);
    for (at, character) in text.char_indices() {
        match character {
            '《' => {
                start = if depth == 0 { at } else { start };
                depth += 1;
            }
            '》' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    let title = tidy(text.get(start..at + character.len_utf8()).unwrap_or_default());
                    if (4..=LONGEST_TITLE).contains(&title.chars().count()) {
                        found.push((start, title));
                    }
                }
            }
            // A title that is never closed ends with its sentence.
            '。' => depth = 0,
            _ => {}
        }
    }
    found
}

fn tidy(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}
