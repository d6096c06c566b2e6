//! Hard wraps: a line broken in the middle of a sentence, a title or a name is joined with the next.

use super::{Draft, LineKind, ends_sentence};
use crate::text::marker::begins_block;

/// A line shorter than this may be a heading, which ends without punctuation: it is not joined for
/// that reason alone.
const RUNNING_TEXT: usize = 22;

/// Narrowest column, in half widths, that a whole document can be wrapped at.
const NARROWEST_COLUMN: usize = 40;

/// How much shorter than the column a full line may be, in half widths: punctuation and numbers are
/// not broken.
const RAGGED: usize = 5;
/// The indent of a paragraph's first line, which is gone by now, in half widths.
const INDENT: usize = 4;

/// Joins hard-wrapped lines; in a format that knows paragraphs no column breaks them.
pub(super) fn join_hard_wraps(lines: Vec<Draft>, knows_paragraphs: bool) -> Vec<Draft> {
    let column = if knows_paragraphs { None } else { column_width(&lines) };
    let mut out: Vec<Draft> = Vec::with_capacity(lines.len());
    // whether the line as received that was read last reaches the right margin
    let mut full = false;
    for line in lines {
        let fills = column.is_some_and(|column| width(&line.text) + RAGGED + INDENT >= column);
        match out.last_mut() {
            Some(last) if continues(last, &line, full) => append(&mut last.text, &line.text),
            _ => out.push(line),
        }
        full = fills;
    }
    out
}

/// Joins two parts of a line; a space keeps Latin words apart.
fn append(text: &mut String, next: &str) {
    let is_latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    if is_latin(text.chars().last()) && is_latin(next.chars().next()) {
        text.push(' ');
    }
    text.push_str(next);
}

/// Width in half widths.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// The column at which the whole document is wrapped: the width that many long lines reach and
/// hardly any passes. None where lines are paragraphs.
fn column_width(lines: &[Draft]) -> Option<usize> {
    let mut widths: Vec<usize> = lines
        .iter()
        .filter(|line| line.kind == LineKind::Text && !line.cell)
        .map(|line| width(&line.text))
        .filter(|width| *width >= NARROWEST_COLUMN)
        .collect();
    widths.sort_unstable();
    // one line in fifty may hang over
    let column = *widths.get(widths.len().checked_sub(1 + widths.len() / 50)?)?;
    let reach = widths.iter().filter(|width| **width + RAGGED >= column && **width <= column).count();
    (column <= 120 && reach >= 5 && reach * 2 >= widths.len()).then_some(column)
}

fn continues(line: &Draft, next: &Draft, full: bool) -> bool {
    if line.kind != LineKind::Text || next.kind != LineKind::Text || begins_block(&next.text) {
        return false;
    }
    breaks_bracket(&line.text, &next.text)
        || line.text.ends_with(['、', '，', ','])
        || (!next.after_blank && breaks_sentence(&line.text, &next.text))
        || (full && !next.after_blank && !ends_sentence(&line.text))
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
    let is_heading = begins_block(line) && !line.contains('。');
    let breaks_word =
        line.chars().last().is_some_and(is_ideograph) && next.chars().next().is_some_and(is_ideograph);
    running && !is_heading && !ends_sentence(line) && breaks_word && next.contains('。')
}

#[cfg(test)]
mod tests {
    use crate::load::Loaded;
    use crate::normalise::normalise;

    #[test]
    fn a_document_wrapped_at_one_column() {
        let paragraph = "为深入贯彻落实党中央国务院关于优化营商环境的决策部署持续深化改革";
        let mut raw = String::from("某县优化营商环境办法\n");
        for _ in 0..10 {
            raw.extend([paragraph, "\n推动取得新成效。\n"]);
        }
        let source = normalise(&Loaded::from_text("raw.txt", &raw));
        assert_eq!(source.lines.len(), 11);
        assert!(source.lines.iter().skip(1).all(|line| source.line(line).ends_with("改革推动取得新成效。")));
    }
}
