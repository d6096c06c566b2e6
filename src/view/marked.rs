//! Document text cut into pieces for a template, which escapes each: nothing of a document ever
//! becomes markup.

use crate::model::Span;

/// A stretch of text and how it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text as written.
    pub text: String,
    /// Matches the query.
    pub is_match: bool,
    /// Belongs to the sentence that answers best.
    pub is_best: bool,
}

/// The code points of `text` within `window`, cut wherever a highlight or the best sentence begins or
/// ends. Spans that reach beyond the text are cut to it.
pub fn pieces(text: &str, window: Span, highlights: &[Span], best: Option<Span>) -> Vec<Piece> {
    let offsets = Offsets::of(text);
    let window = Span { start: window.start, end: window.end.min(offsets.len()) };
    let edges = highlights.iter().chain(&best).flat_map(|span| [span.start, span.end]);
    let mut cuts: Vec<u32> = edges.filter(|cut| (window.start..window.end).contains(cut)).collect();
    cuts.extend([window.start, window.end]);
    cuts.sort_unstable();
    cuts.dedup();
    let stretches = cuts.windows(2).filter_map(|pair| match pair {
        [start, end] => Some(Span { start: *start, end: *end }),
        _ => None,
    });
    stretches
        .map(|span| Piece {
            text: offsets.slice(span).to_owned(),
            is_match: highlights.iter().any(|highlight| contains(*highlight, span)),
            is_best: best.is_some_and(|best| contains(best, span)),
        })
        .filter(|piece| !piece.text.is_empty())
        .collect()
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// Byte offsets of a text's code points.
#[derive(Debug)]
pub(crate) struct Offsets<'a> {
    text: &'a str,
    bytes: Vec<usize>,
}

impl<'a> Offsets<'a> {
    /// The offsets of `text`.
    pub(crate) fn of(text: &'a str) -> Self {
        let mut bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        bytes.push(text.len());
        Self { text, bytes }
    }

    /// How many code points there are.
    pub(crate) fn len(&self) -> u32 {
        (self.bytes.len() - 1) as u32
    }

    /// The text of `span`, cut to the text; empty for a span that ends before it starts.
    pub(crate) fn slice(&self, span: Span) -> &'a str {
        let byte = |at: u32| self.bytes.get(at as usize).copied().unwrap_or(self.text.len());
        self.text.get(byte(span.start)..byte(span.end)).unwrap_or_default()
    }
}

/// Longest excerpt that is shown of a clause among others, in code points.
const EXCERPT: u32 = 220;
/// What is kept in front of the best sentence, when the excerpt does not begin with the clause.
const LEAD: u32 = 40;

/// The part of a clause that a list of hits shows, from code point `from` (the end of its title) on:
/// all of a short one, else what stands around the best sentence or the first highlight.
pub fn excerpt(text: &str, from: u32, highlights: &[Span], best: Option<Span>) -> Span {
    let length = text.chars().count() as u32;
    let from = from.min(length);
    if length - from <= EXCERPT + LEAD {
        return Span { start: from, end: length };
    }
    let focus = best.or_else(|| highlights.iter().find(|span| span.start >= from).copied());
    let focus = focus.filter(|focus| focus.start >= from).unwrap_or(Span { start: from, end: from });
    if focus.end.min(length) <= from + EXCERPT {
        return Span { start: from, end: from + EXCERPT };
    }
    let start = focus.start.min(length).saturating_sub(LEAD).max(from);
    let end = start.saturating_add(EXCERPT).max(focus.end.min(start + 2 * EXCERPT)).min(length);
    Span { start, end }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span() -> impl Strategy<Value = Span> {
        (0_u32..60, 0_u32..60).prop_map(|(start, end)| Span { start, end })
    }

    proptest! {
        #[test]
        fn pieces_add_up_to_the_text(text in any::<String>(), highlights in prop::collection::vec(span(), 0..6), best in prop::option::of(span())) {
            let whole = Span { start: 0, end: u32::MAX };
            let shown: String = pieces(&text, whole, &highlights, best).into_iter().map(|piece| piece.text).collect();
            prop_assert_eq!(shown, text);
        }

        #[test]
        fn excerpts_lie_within(text in "[一-九。]{0,900}", from in 0_u32..60, best in prop::option::of((0_u32..1000, 0_u32..1000))) {
            let best = best.map(|(start, end)| Span { start, end });
            let found = excerpt(&text, from, &[], best);
            prop_assert!(found.start <= found.end && found.end <= text.chars().count() as u32);
            prop_assert!(found.end - found.start <= 2 * EXCERPT);
        }
    }

    #[test]
    fn marks_code_points() {
        let found = pieces(
            "压缩至5个工作日",
            Span { start: 0, end: 8 },
            &[Span { start: 3, end: 8 }],
            Some(Span { start: 2, end: 8 }),
        );
        let shown: Vec<_> =
            found.iter().map(|piece| (piece.text.as_str(), piece.is_match, piece.is_best)).collect();
        assert_eq!(shown, [("压缩", false, false), ("至", false, true), ("5个工作日", true, true)]);
    }
}
