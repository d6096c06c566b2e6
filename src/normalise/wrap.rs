//! Hard wraps: a line broken in the middle of a sentence, a title or a name is joined with the next.

use super::{Draft, LineKind, ends_sentence};
use crate::text::marker::begins_block;

/// A line shorter than this may be a heading, which ends without punctuation: it is not joined for
/// that reason alone.
const RUNNING_TEXT: usize = 28;

/// Joins hard-wrapped lines.
pub(super) fn join_hard_wraps(lines: Vec<Draft>) -> Vec<Draft> {
    let mut out: Vec<Draft> = Vec::with_capacity(lines.len());
    for line in lines {
        match out.last_mut() {
            Some(last) if continues(last, &line) => last.text.push_str(&line.text),
            _ => out.push(line),
        }
    }
    out
}

fn continues(line: &Draft, next: &Draft) -> bool {
    if line.kind != LineKind::Text || next.kind != LineKind::Text || begins_block(&next.text) {
        return false;
    }
    breaks_bracket(&line.text, &next.text)
        || line.text.ends_with(['、', '，', ','])
        || (!next.after_blank && breaks_sentence(&line.text, &next.text))
}

/// A bracket or quotation opened on the line and closed early on the next.
fn breaks_bracket(line: &str, next: &str) -> bool {
    const PAIRS: [(char, char); 5] = [('（', '）'), ('(', ')'), ('《', '》'), ('“', '”'), ('〔', '〕')];
    PAIRS.iter().any(|&(open, close)| {
        let depth = line.chars().fold(0i32, |depth, c| match c {
            _ if c == open => depth + 1,
            _ if c == close => (depth - 1).max(0),
            _ => depth,
        });
        let closes = next.chars().take_while(|c| *c != open).take(80).any(|c| c == close);
        depth > 0 && closes && !ends_sentence(line)
    })
}

/// Running text that stops without punctuation, with a next line that ends as a sentence does.
fn breaks_sentence(line: &str, next: &str) -> bool {
    let is_ideograph = |c: char| ('\u{4E00}'..='\u{9FFF}').contains(&c);
    let running = line.contains('。') || (line.chars().count() >= RUNNING_TEXT && line.contains(['，', ',']));
    running
        && !ends_sentence(line)
        && line.chars().last().is_some_and(is_ideograph)
        && next.chars().next().is_some_and(is_ideograph)
        && next.contains('。')
        && !(begins_block(line) && !line.contains('。'))
}
