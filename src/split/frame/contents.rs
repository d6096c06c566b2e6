//! Tables of contents.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::split::block::{Block, Role, is_heading_like, matches};
use crate::text::fold::fold_width;
use crate::text::marker::MarkerKind;

static CONTENTS_HEAD: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[（(【]?\s*目\s*[录次]\s*[】)）]?$").ok());

/// The dots and the page number that end an entry.
static PAGE_NUMBER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:[.．·…]{2,}|\s{2,}|\t)\s*[-—]?\s*\d{1,4}\s*[-—]?$").ok());

/// Marks tables of contents: what stands below 目录 and comes again, and three or more short
/// numbered lines in a row that come again.
pub(super) fn mark(blocks: &mut [Block]) {
    let names: Vec<String> = blocks.iter().map(name).collect();
    let headings =
        blocks.iter().zip(&names).enumerate().filter(|(_, (block, _))| is_heading_like(&block.text));
    let last: HashMap<&str, usize> = headings.map(|(index, (_, name))| (name.as_str(), index)).collect();
    let mut index = 0;
    while index < blocks.len() {
        let headed = blocks.get(index).is_some_and(|block| matches(&CONTENTS_HEAD, &block.text));
        let start = index + usize::from(headed);
        let run = run_length(blocks, &names, start, headed);
        let is_contents = run > 0 && (headed || run >= 3) && repeats_later(&names, &last, start..start + run);
        if is_contents {
            for block in blocks.iter_mut().skip(index).take(start + run - index) {
                block.role = Role::Furniture;
            }
        }
        index = start + run.max(usize::from(!headed));
    }
}

/// How many entries follow each other from `start` on.
fn run_length(blocks: &[Block], names: &[String], start: usize, headed: bool) -> usize {
    let mut seen: HashSet<&str> = HashSet::new();
    let entries = blocks.get(start..).unwrap_or_default().iter().zip(names.get(start..).unwrap_or_default());
    entries.take_while(|(block, name)| is_entry(block, headed) && seen.insert(name)).count()
}

/// A short line; below 目录 one without a numeral will do.
fn is_entry(block: &Block, headed: bool) -> bool {
    let numbered = block.role == Role::Numbered;
    let content = matches!(block.kind(), Some(MarkerKind::Plan | MarkerKind::Article));
    let counted = numbered && !content && (headed || !block.is_attachment());
    let plain = headed && matches!(block.role, Role::Paragraph | Role::Marked(2..));
    (counted || plain) && !block.text.ends_with('。') && is_heading_like(without_page(&block.text))
}

/// Whether two entries in three come again below.
fn repeats_later(names: &[String], last: &HashMap<&str, usize>, run: Range<usize>) -> bool {
    let comes_again = |name: &&String| last.get(name.as_str()).is_some_and(|index| *index >= run.end);
    let length = run.len();
    names.iter().skip(run.start).take(length).filter(comes_again).count() * 3 >= length * 2
}

fn without_page(text: &str) -> &str {
    let page = PAGE_NUMBER.as_ref().and_then(|pattern| pattern.find(text));
    text.get(..page.map_or(text.len(), |found| found.start())).unwrap_or(text)
}

/// What an entry and the heading that it names have in common.
fn name(block: &Block) -> String {
    let body = without_page(block.body());
    let body = if body.trim().is_empty() { &block.text } else { body };
    body.chars().map(fold_width).filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_lose_their_page() {
        assert_eq!(without_page("一、总体要求……………3"), "一、总体要求");
        assert_eq!(without_page("完成12"), "完成12");
        assert!(matches(&CONTENTS_HEAD, "目　录"));
    }
}
