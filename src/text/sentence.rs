//! Sentences of a clause: what is embedded beside the whole clause, and what a result shows first.

use crate::model::Span;

/// Sentences shorter than this, in code points, join the next one.
const SHORTEST: usize = 8;

/// Spans that partition `text` at sentence ends and line breaks, in code points.
pub fn sentences(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let (mut start, mut length) = (0u32, 0u32);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        length += 1;
        let ends = matches!(character, '。' | '；' | ';' | '！' | '？' | '!' | '?' | '\n');
        let closes = characters.peek().is_some_and(|next| matches!(next, '”' | '）' | ')' | '’' | '」'));
        if ends && !closes && (length as usize - start as usize) >= SHORTEST {
            spans.push(Span { start, end: length });
            start = length;
        }
    }
    if length > start {
        spans.push(Span { start, end: length });
    }
    spans
}

/// The part of `text` within `span`.
pub fn slice(text: &str, span: Span) -> String {
    text.chars().skip(span.start as usize).take((span.end - span.start) as usize).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sentences_and_lines() {
        let text = "1.优化流程。压缩至3个工作日；当日办结。\n责任单位：区税务局";
        let parts: Vec<String> = sentences(text).into_iter().map(|span| slice(text, span)).collect();
        assert_eq!(parts, ["1.优化流程。压缩至3个工作日；", "当日办结。\n责任单位：区税务局"]);
    }

    proptest! {
        #[test]
        fn sentences_partition_the_text(text in "[甲乙丙。；\n”）]{0,80}") {
            let joined: String = sentences(&text).into_iter().map(|span| slice(&text, span)).collect();
            prop_assert_eq!(joined, text);
        }
    }
}
