//! A clause's text cut into stretches: words that differ from the text compared with, and its numbers.

use crate::model::{Clause, Span};
use crate::search::compare::{Segment, Side};
use crate::view::Offsets;

/// A smaller share of common words than this, and marking what differs would mark everything.
const ALIKE: f32 = 0.3;

/// A stretch of text and how it is shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// As written.
    pub(super) text: String,
    /// Whether the text compared with says it otherwise.
    pub(super) is_different: bool,
    /// Whether it is a number that is promised.
    pub(super) is_number: bool,
}

/// The stretches of `text` within `window`; nothing of the text is lost.
pub(super) fn words(text: &str, window: Span, different: &[Span], numbers: &[Span]) -> Vec<Word> {
    let offsets = Offsets::of(text);
    let window = Span { start: window.start, end: window.end.min(offsets.len()) };
    let edges = different.iter().chain(numbers).flat_map(|span| [span.start, span.end]);
    let mut cuts: Vec<u32> = edges.filter(|cut| (window.start..window.end).contains(cut)).collect();
    cuts.extend([window.start, window.end]);
    cuts.sort_unstable();
    cuts.dedup();
    let within = |spans: &[Span], start: u32, end: u32| {
        spans.iter().any(|span| span.start <= start && end <= span.end)
    };
    let word = |pair: &[u32]| match pair {
        [start, end] => Some(Word {
            text: offsets.slice(Span { start: *start, end: *end }).to_owned(),
            is_different: within(different, *start, *end),
            is_number: within(numbers, *start, *end),
        }),
        _ => None,
    };
    cuts.windows(2).filter_map(word).filter(|word| !word.text.is_empty()).collect()
}

/// Where a text has words of its own by its `wording`; none where the two share so little that marks would help
/// nobody.
pub(super) fn differing(wording: &[Segment]) -> Option<Vec<Span>> {
    let mut at = 0_u32;
    let mut shared = 0_u32;
    let mut spans = Vec::new();
    for segment in wording {
        let length = segment.here().chars().count() as u32;
        match segment.side {
            Side::Shared => shared += length,
            Side::OnlyHere => spans.push(Span { start: at, end: at + length }),
            Side::OnlyThere => {}
        }
        at += length;
    }
    (at > 0 && shared as f32 / at as f32 >= ALIKE).then_some(spans)
}

/// Where the numbers that `clause` promises stand in its text, in order.
pub(super) fn numbers(clause: &Clause) -> Vec<Span> {
    let text = &clause.text;
    let mut from = 0;
    let mut spans = Vec::new();
    for target in &clause.facts.targets {
        let after = text.get(from..).and_then(|rest| rest.find(&target.raw)).map(|at| from + at);
        let Some(at) = after.or_else(|| text.find(&target.raw)) else { continue };
        from = at;
        let start = text.get(..at).map_or(0, |before| before.chars().count()) as u32;
        spans.push(Span { start, end: start + target.raw.chars().count() as u32 });
    }
    spans
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::search::compare::diff;

    #[test]
    fn what_differs_is_marked() {
        let here = "并联办理时间压缩至3个工作日以内";
        let wording = diff(here, "并联办理时间压缩至5个工作日以内").unwrap();
        let different = differing(&wording).unwrap();
        let marked = words(here, Span { start: 0, end: 99 }, &different, &[]);
        let said: Vec<&str> =
            marked.iter().filter(|word| word.is_different).map(|word| word.text.as_str()).collect();
        assert_eq!(said, ["3"]);
        let other = diff(here, "建立冷链物流专用通道，推进农产品上行").unwrap();
        assert_eq!(differing(&other), None);
    }

    proptest! {
        #[test]
        fn no_text_is_lost(text in "\\PC{0,40}", spans in prop::collection::vec((0_u32..50, 0_u32..50), 0..5)) {
            let spans: Vec<Span> = spans.into_iter().map(|(start, end)| Span { start, end }).collect();
            let (different, numbers) = spans.split_at(spans.len() / 2);
            let shown: String = words(&text, Span { start: 0, end: u32::MAX }, different, numbers)
                .into_iter()
                .map(|word| word.text)
                .collect();
            prop_assert_eq!(shown, text);
        }
    }
}
