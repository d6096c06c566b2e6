//! What a clause is called: its title, or where it stands, or how it begins.

use crate::model::{Clause, Span};
use crate::view::{Offsets, ordinal};

/// Longest first line that is taken for a title, in code points.
const LONGEST_TITLE: usize = 40;

/// Where a clause's title stands in its text: a short first line, or a short first sentence without
/// a comma (推行并联审批。).
pub(super) fn title_span(clause: &Clause) -> Option<Span> {
    let text = &clause.text;
    let start = text.chars().take_while(|c| c.is_whitespace()).count();
    let title: Vec<char> =
        text.chars().skip(start).take_while(|c| !matches!(c, '\n' | '。')).take(LONGEST_TITLE + 1).collect();
    let is_short = (1..=LONGEST_TITLE).contains(&title.len());
    let ends_sentence = text.chars().nth(start + title.len()) == Some('。');
    let has_comma = title.iter().any(|c| matches!(c, '，' | ',' | '；'));
    let end = start + title.len();
    (is_short && !(ends_sentence && has_comma)).then_some(Span { start: start as u32, end: end as u32 })
}

/// Where the text below `title` begins: after the full stop, if it has one.
pub(super) fn body_start(clause: &Clause, title: Span) -> u32 {
    let has_stop = clause.text.chars().nth(title.end as usize) == Some('。');
    title.end + u32::from(has_stop)
}

/// A clause's title; where it stands, when it has none.
pub(super) fn heading(clause: &Clause) -> String {
    match title_span(clause) {
        Some(title) => Offsets::of(&clause.text).slice(title).trim_end().to_owned(),
        None => place(clause),
    }
}

/// Headings above that [`heading`] does not say already.
pub(super) fn path_above(clause: &Clause) -> &[String] {
    let said = if title_span(clause).is_some() { 0 } else { nearest(clause).len() };
    clause.path.get(..clause.path.len() - said).unwrap_or_default()
}

/// The nearest headings and the clause's number.
pub(super) fn place(clause: &Clause) -> String {
    let nearest = nearest(clause);
    let headings = if nearest.is_empty() { clause.kind.words().to_owned() } else { nearest.join(" › ") };
    ordinal(clause).map_or(headings.clone(), |number| format!("{headings} {number}"))
}

/// The innermost heading, with the one above it when both are short: 主要任务 alone says little.
fn nearest(clause: &Clause) -> &[String] {
    let two = clause.path.get(clause.path.len().saturating_sub(2)..).unwrap_or_default();
    let length: usize = two.iter().map(|heading| heading.chars().count()).sum();
    if length <= LONGEST_TITLE { two } else { two.get(two.len().saturating_sub(1)..).unwrap_or_default() }
}

/// How a clause's text begins: tells it from its neighbours.
pub(super) fn name(clause: &Clause) -> String {
    let text = clause.text.trim();
    let end = text
        .char_indices()
        .find(|(_, c)| matches!(c, '\n' | '。' | '；' | '：'))
        .map_or(text.len(), |(at, _)| at);
    let first = text.get(..end).unwrap_or(text);
    if first.chars().count() <= LONGEST_TITLE {
        return first.to_owned();
    }
    let cut: String = first.chars().take(LONGEST_TITLE).collect();
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClauseId, ClauseKind, DocumentId, Facts};

    fn clause(path: &[&str], text: &str) -> Clause {
        Clause {
            id: ClauseId::new(&DocumentId::from_stem("a"), "item_3"),
            path: path.iter().map(|&heading| heading.to_owned()).collect(),
            number: Some("3.".into()),
            kind: ClauseKind::Measure,
            text: text.to_owned(),
            span: Span { start: 0, end: 0 },
            line: 1,
            table: Vec::new(),
            facts: Facts::default(),
            inherited: Facts::default(),
        }
    }

    #[test]
    fn a_title_or_the_place() {
        let long = "3.将外线工程涉及的规划许可、绿化许可、占掘路许可并联办理，时间压缩至5个工作日以内。";
        let rows = [
            (clause(&["二、主要任务"], "3.推行并联审批。各单位要压缩时间。"), "3.推行并联审批"),
            (clause(&["二、主要任务"], "3.推行并联审批\n各单位要压缩时间。"), "3.推行并联审批"),
            (clause(&["二、主要任务"], "3.压缩时间，减少材料。"), "二、主要任务 第3项"),
            (clause(&["方案1", "二、主要任务"], long), "方案1 › 二、主要任务 第3项"),
            (clause(&[], long), "举措 第3项"),
        ];
        for (clause, expected) in rows {
            assert_eq!(heading(&clause), expected, "{}", clause.text);
        }
    }

    #[test]
    fn headings_are_said_once() {
        let untitled = clause(&["附件1", "方案1", "二、主要任务"], "3.压缩时间，减少材料。");
        assert_eq!(path_above(&untitled), ["附件1"]);
        let titled = clause(&["附件1", "二、主要任务"], "3.推行并联审批。");
        assert_eq!(path_above(&titled), ["附件1", "二、主要任务"]);
    }
}
