use std::sync::LazyLock;

use regex::Regex;

/// Marks around a line that are no part of its words: Markdown, invisible characters.
const MARKS: &[char] = &['#', '*', '>', '_', '`', '\u{feff}', '\u{200b}', '\u{a0}', '|', '•', '-'];

static OUTLINE_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^([一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]|第[一二三四五六七八九十百]+[章节条编]|\d{1,3}[.．、])")
        .expect("a valid pattern")
});

static PAGE_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^([-—–－·\s]*\d{1,4}[-—–－·\s]*|PAGE.*|第\s*\d+\s*页.*|\d+\s*/\s*\d+)$")
        .expect("a valid pattern")
});

/// A line that is not blank, without the marks around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// 1-based number in the text.
    pub(super) number: u32,
    /// Its words.
    pub(super) text: &'a str,
    /// Blank lines before it.
    pub(super) gap: u32,
    /// Whether it is a Markdown heading of the first level.
    pub(super) heading: bool,
    /// Whether it is the value of a metadata field that the line above names.
    pub(super) is_value: bool,
}

/// The lines of `text` that are neither blank nor a page number nor a comment.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut gap = 0;
    for (number, raw) in (1..).zip(text.lines()) {
        let words = raw.trim_matches(|c: char| c.is_whitespace() || MARKS.contains(&c));
        if words.is_empty() || words.starts_with("<!--") {
            gap += 1;
            continue;
        }
        if PAGE_NUMBER.is_match(words) {
            continue;
        }
        let heading = raw.trim_start_matches(['\u{feff}', ' ']).starts_with("# ");
        lines.push(Line { number, text: words, gap, heading, is_value: false });
        gap = 0;
    }
    lines
}

/// The text without any white space, for comparing what was wrapped or letter-spaced.
pub(super) fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Whether the line opens a numbered part: 一、 （一） 第一条 1.
pub(super) fn is_numbered(text: &str) -> bool {
    OUTLINE_NUMBER.is_match(text)
}

/// Whether the line is running text rather than a heading, a name or a cell.
pub(super) fn is_paragraph(text: &str) -> bool {
    let sentence_end = text.contains('。') || text.ends_with(['；', ';', '，', ',']);
    sentence_end && text.chars().count() >= 20
}

/// Whether the line addresses the document to somebody: 各镇人民政府，区直各单位：
pub(super) fn is_address(text: &str) -> bool {
    let Some(names) = text.strip_suffix(['：', ':']) else { return false };
    let has_several = names.contains(['、', '，', ',']) && !names.contains('。');
    let addressed = ["各", "有关", "人民政府", "委", "局", "公司", "单位", "部门"];
    names.chars().count() >= 3
        && !is_numbered(names)
        && (has_several || addressed.iter().any(|word| names.contains(word)))
}

/// Whether brackets and title marks close.
pub(super) fn is_balanced(text: &str) -> bool {
    let count = |set: &[char]| text.chars().filter(|c| set.contains(c)).count();
    count(&['《']) == count(&['》']) && count(&['（', '(']) == count(&['）', ')'])
}
