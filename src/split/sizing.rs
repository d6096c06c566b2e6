//! Cuts a text that is too long for one clause at its own inner numbering, else between sentences.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// Where a long text may be cut, best first: line breaks before inner numbering, inner numbering in
/// the line, line breaks, sentence ends.
static CUTS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"\n(?:[一二三四五六七八九十]{1,3}是|[①-⑳]|[（(]\s*[0-9一二三四五六七八九十]{1,3}\s*[)）])",
        r"(?:[一二三四五六七八九十]{1,3}是|[①-⑳]|[（(]\s*[0-9]{1,2}\s*[)）])",
        r"\n",
        r"[。；;!！?？]",
        r"[，,、\t]",
    ]
    .iter()
    .filter_map(|pattern| Regex::new(pattern).ok())
    .collect()
});

/// Byte ranges that partition `text`, each of at most `limit` characters where a cut allows it.
pub(super) fn pieces(text: &str, limit: usize) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    cut(text, 0, limit, 0, &mut out);
    out
}

fn cut(text: &str, offset: usize, limit: usize, level: usize, out: &mut Vec<Range<usize>>) {
    if text.chars().count() <= limit {
        out.push(offset..offset + text.len());
        return;
    }
    let Some(pattern) = CUTS.get(level) else {
        out.extend(hard_cut(text, limit).into_iter().map(|piece| offset + piece.start..offset + piece.end));
        return;
    };
    let bounds = boundaries(text, pattern, level);
    let mut start = 0;
    let mut end = 0;
    for &bound in bounds.iter().chain(std::iter::once(&text.len())) {
        let fits = text[start..bound].chars().count() <= limit;
        if !fits && end > start {
            cut(&text[start..end], offset + start, limit, level + 1, out);
            start = end;
        }
        end = bound;
    }
    if end > start {
        cut(&text[start..end], offset + start, limit, level + 1, out);
    }
}

/// Numbering begins a piece; punctuation and line breaks end one.
fn boundaries(text: &str, pattern: &Regex, level: usize) -> Vec<usize> {
    let after = level >= 2;
    pattern
        .find_iter(text)
        .map(
            |found| {
                if after {
                    found.end()
                } else {
                    found.start() + usize::from(found.as_str().starts_with('\n'))
                }
            },
        )
        .filter(|&at| at > 0 && at < text.len())
        .collect()
}

fn hard_cut(text: &str, limit: usize) -> Vec<Range<usize>> {
    let starts: Vec<usize> = text.char_indices().step_by(limit.max(1)).map(|(at, _)| at).collect();
    starts.iter().enumerate().map(|(i, &at)| at..starts.get(i + 1).copied().unwrap_or(text.len())).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn inner_numbering_first() {
        let text = format!("{}一是{}。二是{}。", "头".repeat(30), "甲".repeat(60), "乙".repeat(60));
        let pieces: Vec<&str> = pieces(&text, 100).into_iter().map(|piece| &text[piece]).collect();
        assert_eq!(pieces.len(), 2);
        assert!(pieces[1].starts_with("二是"));
    }

    proptest! {
        #[test]
        fn pieces_partition_the_text(text in "[一二三是甲乙丙。，；\n①②（1）]{0,400}", limit in 1usize..80) {
            let mut at = 0;
            for piece in pieces(&text, limit) {
                prop_assert_eq!(piece.start, at);
                prop_assert!(text[piece.clone()].chars().count() <= limit);
                at = piece.end;
            }
            prop_assert_eq!(at, text.len());
        }
    }
}
