//! Running headers, footers and page numbers, told by their place and by what they repeat.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::page::{PageText, PlacedLine};

/// Share of the page's height, above and below, in which running lines stand.
const MARGIN: f32 = 0.12;

/// Marks running lines as furniture.
pub(super) fn mark(pages: &mut [PageText]) {
    let mut pages_with: HashMap<(bool, String), usize> = HashMap::new();
    for page in pages.iter() {
        let mut keys: Vec<_> = page.lines.iter().filter_map(|line| key(page, line)).collect();
        keys.sort();
        keys.dedup();
        for key in keys {
            *pages_with.entry(key).or_default() += 1;
        }
    }
    let least = (pages.len() / 3).max(3);
    for page in pages {
        let edges = edges(page);
        let is_running: Vec<bool> = page
            .lines
            .iter()
            .map(|line| {
                let is_edge =
                    edges.is_some_and(|(top, bottom)| line.y <= top + 1.0 || line.y >= bottom - 1.0);
                let repeats =
                    key(page, line).and_then(|key| pages_with.get(&key)).is_some_and(|count| *count >= least);
                (is_edge && in_margin(page, line).is_some() && is_page_number(&line.text)) || repeats
            })
            .collect();
        for (line, is_running) in page.lines.iter_mut().zip(is_running) {
            line.is_furniture |= is_running;
        }
    }
}

/// The first and the last baseline of the page.
fn edges(page: &PageText) -> Option<(f32, f32)> {
    let ys = || page.lines.iter().map(|line| line.y);
    Some((ys().reduce(f32::min)?, ys().reduce(f32::max)?))
}

/// Above (`true`) or below, when the line stands in a margin.
fn in_margin(page: &PageText, line: &PlacedLine) -> Option<bool> {
    if line.y < MARGIN * page.height {
        return Some(true);
    }
    (line.y > (1.0 - MARGIN) * page.height).then_some(false)
}

/// What a running line repeats: its text with the page's number left open.
fn key(page: &PageText, line: &PlacedLine) -> Option<(bool, String)> {
    let is_above = in_margin(page, line)?;
    let text: String = line
        .text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| if c.is_ascii_digit() { '#' } else { c })
        .collect();
    (text.chars().count() <= 60).then_some((is_above, text))
}

fn is_page_number(text: &str) -> bool {
    static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^[-—–－·~\s]*(?:第\s*)?[0-9０-９ⅰ-ⅻ]{1,4}(?:\s*页)?(?:\s*[/,，共]\s*共?\s*[0-9０-９]{1,4}\s*页?)?[-—–－·~\s]*$").ok()
    });
    NUMBER.as_ref().is_some_and(|number| number.is_match(text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(texts: &[(&str, f32)]) -> PageText {
        let lines = texts
            .iter()
            .map(|&(text, y)| PlacedLine { text: text.to_owned(), y, size: 12.0, ..PlacedLine::default() })
            .collect();
        PageText { lines, height: 842.0, width: 595.0 }
    }

    #[test]
    fn headers_and_numbers_are_furniture_and_text_is_not() {
        let mut pages: Vec<PageText> = (1..=4)
            .map(|number| {
                page(&[
                    ("某区人民政府公报", 40.0),
                    ("一、工作目标", 120.0),
                    ("2022", 700.0),
                    (&format!("— {number} —"), 800.0),
                ])
            })
            .collect();
        mark(&mut pages);
        let kinds: Vec<bool> = pages[1].lines.iter().map(|line| line.is_furniture).collect();
        assert_eq!(kinds, [true, false, false, true]);
    }
}
