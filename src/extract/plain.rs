//! The folded view of a clause that every rule matches on.

use std::ops::Range;

use regex::Regex;

use super::labels;
use crate::text::fold::fold_script;
use crate::text::numeral::half_width;

/// Fewest characters of a line that may be wrapped: titles and table cells are shorter.
const FULL_LINE: usize = 20;

/// A folded view of a clause that the rules match on, with the way back to the text as written.
///
/// Width and bracket shapes are folded, spaces are gone, hard wraps are joined; the comma is always `，` unless
/// it stands inside a number, while `;`, `:`, `(`, `)` and `%` are ASCII.
pub(super) struct Plain<'a> {
    /// The folded text.
    pub(super) text: String,
    source: &'a str,
    /// For each byte of `text`, and one past it, where its character begins in `source`.
    origins: Vec<usize>,
}

impl<'a> Plain<'a> {
    /// Folds `source`; linear in its length.
    pub(super) fn new(source: &'a str) -> Self {
        let mut plain = Self {
            text: String::with_capacity(source.len()),
            source,
            origins: Vec::with_capacity(source.len() + 1),
        };
        let characters: Vec<(usize, char)> = source.char_indices().collect();
        let mut line_start = 0;
        for (index, &(at, character)) in characters.iter().enumerate() {
            if character == '\n' {
                let next = source.get(at + 1..).unwrap_or_default();
                if !is_hard_wrap(plain.text.get(line_start..).unwrap_or_default(), next) {
                    plain.push(at, '\n');
                    line_start = plain.text.len();
                }
            } else if character == ',' && is_thousands_separator(&characters, index) {
                plain.push(at, ',');
            } else if !is_blank(character) {
                plain.push(at, fold(character));
            }
        }
        plain.origins.push(source.len());
        plain
    }

    /// The text as written behind a byte range of the folded text, without white space around it.
    pub(super) fn raw(&self, range: Range<usize>) -> &'a str {
        let start = self.origins.get(range.start).copied().unwrap_or(self.source.len());
        let end = self.origins.get(range.end).copied().unwrap_or(self.source.len());
        self.source.get(start..end).unwrap_or_default().trim()
    }

    /// The same with white space and hard wraps taken out: a name.
    pub(super) fn name(&self, range: Range<usize>) -> String {
        self.raw(range).chars().filter(|&c| c != '\n' && !is_blank(c)).collect()
    }

    /// Whether white space that folding dropped stands right before the character at `at`.
    pub(super) fn follows_space(&self, at: usize) -> bool {
        let origin = self.origins.get(at).copied().unwrap_or_default();
        self.source.get(..origin).is_some_and(|before| before.ends_with(char::is_whitespace))
    }

    /// A slice of the folded text; empty where the range is out of bounds or splits a character.
    pub(super) fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    fn push(&mut self, origin: usize, character: char) {
        self.text.push(character);
        self.origins.resize(self.text.len(), origin);
    }
}

/// Compiles a pattern that is a constant of ours.
pub(super) fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("constant pattern")
}

/// The first `bytes` bytes of `text` or a little less, at a character boundary.
pub(super) fn head(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or_default()
}

/// The last `bytes` bytes of `text` or a little less, at a character boundary.
pub(super) fn tail(text: &str, bytes: usize) -> &str {
    let start = text.ceil_char_boundary(text.len().saturating_sub(bytes));
    text.get(start..).unwrap_or_default()
}

fn is_blank(character: char) -> bool {
    character.is_whitespace() && character != '\n'
        || matches!(character, '\u{200B}'..='\u{200D}' | '\u{FEFF}' | '\u{AD}')
}

fn fold(character: char) -> char {
    match half_width(character) {
        ',' => '，',
        '【' | '﹝' | '〖' | '[' | '〔' => '[',
        '】' | '﹞' | '〗' | ']' | '〕' => ']',
        '﹙' => '(',
        '﹚' => ')',
        '—' | '–' | '―' | '‐' | '−' | '～' | '~' | '〜' => '-',
        '「' | '〝' => '“',
        '」' | '〞' | '〟' => '”',
        folded => fold_script(folded),
    }
}

fn is_thousands_separator(characters: &[(usize, char)], index: usize) -> bool {
    let digit =
        |at: Option<usize>| at.and_then(|at| characters.get(at)).is_some_and(|(_, c)| c.is_ascii_digit());
    digit(index.checked_sub(1)) && (1..=3).all(|ahead| digit(Some(index + ahead))) && !digit(Some(index + 4))
}

/// Whether the break after `line` (folded) only wraps it: it is long, ends without punctuation, and what
/// follows begins no item, label or cell of its own.
fn is_hard_wrap(line: &str, next: &str) -> bool {
    let Some(last) = line.chars().next_back() else { return false };
    let next = next.lines().next().unwrap_or_default();
    if next.trim().is_empty() || next.starts_with('\t') {
        return false;
    }
    if begins_item(next) {
        return false;
    }
    match last {
        '、' | '，' | '(' => true,
        '。' | ';' | ':' | '!' | '?' | ')' | '”' | '》' | ']' => false,
        _ if labels::begins_with_label(line) => labels::breaks_off(line),
        _ => line.chars().count() >= FULL_LINE,
    }
}

fn begins_item(line: &str) -> bool {
    let folded: String = line.chars().filter(|&c| !is_blank(c)).take(24).map(fold).collect();
    labels::begins_with_label(&folded) || labels::begins_with_numeral(&folded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn joins_hard_wraps_and_keeps_items_apart() {
        let plain = Plain::new("责任单位：区发展改革委、区水\n利局\n时间节点：２０２２ 年");
        assert_eq!(plain.text, "责任单位:区发展改革委、区水利局\n时间节点:2022年");
        let at = plain.text.find("区水").unwrap();
        assert_eq!(plain.name(at..at + "区水利局".len()), "区水利局");
    }

    #[test]
    fn commas_inside_numbers_are_no_commas() {
        assert_eq!(Plain::new("发放1,200万元,其中").text, "发放1,200万元，其中");
    }

    proptest! {
        #[test]
        fn every_range_leads_back(text in "\\PC{0,40}") {
            let plain = Plain::new(&text);
            for (at, character) in plain.text.char_indices() {
                prop_assert!(text.contains(plain.raw(at..at + character.len_utf8())));
            }
        }
    }
}
