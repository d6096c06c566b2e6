//! The parts of a query as typed: words, quoted phrases, exclusions, fields.

use std::ops::Range;

use super::field::FieldName;

/// One part and where its words stand in the query, in code points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub kind: PartKind,
    pub text: String,
    pub span: Range<usize>,
}

/// What a part asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartKind {
    /// Words to be found.
    Text,
    /// Words that must stand so.
    Phrase,
    /// Words that must not stand so.
    Exclusion,
    /// A value that a field must have; the flag says whether it was quoted.
    Field(FieldName, bool),
}

/// Splits at white space and straight quotation marks of either width.
pub(super) fn parts(raw: &str) -> Vec<Part> {
    let reader = Reader { characters: raw.chars().collect() };
    let mut parts = Vec::new();
    let mut at = 0;
    while at < reader.characters.len() {
        if reader.is_space(at) {
            at += 1;
            continue;
        }
        let (part, end) = reader.part(at);
        parts.push(part);
        at = end.max(at + 1);
    }
    parts
}

struct Reader {
    characters: Vec<char>,
}

impl Reader {
    /// The part that begins at `at`, and where reading goes on.
    fn part(&self, at: usize) -> (Part, usize) {
        let is_exclusion =
            self.is(at, &['-', '－']) && at + 1 < self.characters.len() && !self.is_space(at + 1);
        if is_exclusion {
            let (span, _, end) = self.value(at + 1, false);
            return (self.made(PartKind::Exclusion, span), end);
        }
        if let Some((name, start)) = self.field(at) {
            let (span, quoted, end) = self.value(start, true);
            if !span.is_empty() {
                return (self.made(PartKind::Field(name, quoted), span), end);
            }
        }
        let (span, quoted, end) = self.value(at, false);
        (self.made(if quoted { PartKind::Phrase } else { PartKind::Text }, span), end)
    }

    fn made(&self, kind: PartKind, span: Range<usize>) -> Part {
        Part { kind, text: self.text(span.clone()), span }
    }

    /// What is quoted at `start`, else what stands before the next white space: where, whether it was
    /// quoted, and where reading goes on. Titles hold curly quotation marks, which quote a field's value only.
    fn value(&self, start: usize, is_field: bool) -> (Range<usize>, bool, usize) {
        let closing: &[char] = match self.characters.get(start) {
            Some('"' | '＂') => &['"', '＂'],
            Some('“') if is_field => &['”'],
            _ => &[],
        };
        let close = (start + 1..self.characters.len()).find(|&at| self.is(at, closing));
        if let Some(close) = close {
            return (start + 1..close, true, close + 1);
        }
        let end =
            (start..self.characters.len()).find(|&at| self.is_space(at)).unwrap_or(self.characters.len());
        let quote = |at: usize| self.is(at, &['"', '＂']);
        let first = (start..end).find(|&at| !quote(at)).unwrap_or(end);
        let last = (first..end).rev().find(|&at| !quote(at)).map_or(first, |at| at + 1);
        (first..last, false, end)
    }

    /// A field's name and colon at `at`: which field, and where its value begins.
    fn field(&self, at: usize) -> Option<(FieldName, usize)> {
        let rest = self.characters.get(at..)?;
        let colon = rest.iter().take(FieldName::LONGEST + 1).position(|c| matches!(c, ':' | '：'))?;
        Some((FieldName::read(&self.text(at..at + colon))?, at + colon + 1))
    }

    fn text(&self, span: Range<usize>) -> String {
        self.characters.get(span).unwrap_or_default().iter().collect()
    }

    fn is(&self, at: usize, any: &[char]) -> bool {
        self.characters.get(at).is_some_and(|character| any.contains(character))
    }

    fn is_space(&self, at: usize) -> bool {
        self.characters.get(at).is_some_and(|character| character.is_whitespace())
    }
}
