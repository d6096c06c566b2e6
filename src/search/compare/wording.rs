//! Two wordings, word by word: what they share and what each has alone.

use serde::Serialize;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::text::fold::fold_text;
use crate::text::tokenizer;

/// Longer texts than this, in characters, are not compared word by word: no one would read it.
const LONGEST: usize = 5_000;

/// Whose words a segment has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Both texts have them.
    Shared,
    /// Only the text of the cell.
    OnlyHere,
    /// Only the text that it is compared with.
    OnlyThere,
}

/// A piece of two texts. The `text` of all segments that are not `only_there`, joined, is the one text; the other is
/// that of all that are not `only_here`, with `there` in place of `text` where it is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Segment {
    /// Whose words these are.
    pub side: Side,
    /// The words as written.
    pub text: String,
    /// Of a shared segment, how the other text writes it where width or script differ: 3 and ３.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub there: Option<String>,
}

/// A part of one text.
pub type Part<'a> = (Side, &'a str);

impl Segment {
    /// The part of the cell's text, where it has one.
    pub fn here(&self) -> &str {
        if self.side == Side::OnlyThere { "" } else { &self.text }
    }

    /// The part of the other text, where it has one.
    pub fn there(&self) -> &str {
        match self.side {
            Side::OnlyHere => "",
            Side::OnlyThere | Side::Shared => self.there.as_deref().unwrap_or(&self.text),
        }
    }

    /// A segment over tokens of both texts.
    fn of(here: &[&str], there: &[&str], side: Side) -> Self {
        let (here, there) = (here.concat(), there.concat());
        match side {
            Side::OnlyHere => Self { side, text: here, there: None },
            Side::OnlyThere => Self { side, text: there, there: None },
            Side::Shared => Self { side, there: (here != there).then_some(there), text: here },
        }
    }
}

/// How `here` differs from `there`; none where either is too long to be read so.
pub fn diff(here: &str, there: &str) -> Option<Vec<Segment>> {
    if [here, there].iter().any(|text| text.chars().count() > LONGEST) {
        return None;
    }
    let (here, there) = (tokenizer::segments(here), tokenizer::segments(there));
    let folded = |tokens: &[&str]| tokens.iter().map(|token| fold_text(token)).collect::<Vec<_>>();
    let operations = capture_diff_slices(Algorithm::Myers, &folded(&there), &folded(&here));
    let mut segments = Vec::new();
    let mut add = |side, here: &[&str], there: &[&str]| {
        if !here.is_empty() || !there.is_empty() {
            segments.push(Segment::of(here, there, side));
        }
    };
    for operation in without_chance(operations, &there) {
        let old = there.get(operation.old_range()).unwrap_or_default();
        let new = here.get(operation.new_range()).unwrap_or_default();
        if matches!(operation, DiffOp::Equal { .. }) {
            add(Side::Shared, new, old);
        } else {
            add(Side::OnlyThere, &[], old);
            add(Side::OnlyHere, new, &[]);
        }
    }
    Some(segments)
}

/// Runs of difference made whole: a 的 or a comma that two passages happen to share in between says nothing.
fn without_chance(operations: Vec<DiffOp>, tokens: &[&str]) -> Vec<DiffOp> {
    let mut kept: Vec<DiffOp> = Vec::new();
    let last = operations.len().saturating_sub(1);
    for (at, operation) in operations.into_iter().enumerate() {
        let shared = tokens.get(operation.old_range()).unwrap_or_default();
        let says_something =
            shared.iter().any(|token| token.chars().filter(|c| c.is_alphanumeric()).count() > 1);
        let is_equal = matches!(operation, DiffOp::Equal { .. }) && (says_something || at == 0 || at == last);
        match (kept.last_mut(), is_equal) {
            (Some(before), false) if !matches!(before, DiffOp::Equal { .. }) => {
                *before = joined(before, &operation);
            }
            (_, true) => kept.push(operation),
            (_, false) => kept.push(as_replacement(&operation)),
        }
    }
    kept
}

fn as_replacement(operation: &DiffOp) -> DiffOp {
    let (old, new) = (operation.old_range(), operation.new_range());
    DiffOp::Replace { old_index: old.start, old_len: old.len(), new_index: new.start, new_len: new.len() }
}

/// One operation over two that follow each other.
fn joined(first: &DiffOp, second: &DiffOp) -> DiffOp {
    let (old, new) = (first.old_range().start, first.new_range().start);
    DiffOp::Replace {
        old_index: old,
        old_len: second.old_range().end - old,
        new_index: new,
        new_len: second.new_range().end - new,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(here: &str, there: &str) -> Vec<(Side, String)> {
        diff(here, there).expect("short").into_iter().map(|segment| (segment.side, segment.text)).collect()
    }

    #[test]
    fn what_differs_is_the_number() {
        let here = "并联办理时间压缩至3个工作日以内";
        let there = "并联办理时间压缩至５个工作日以内";
        let parts = shown(here, there);
        assert_eq!(parts.first().map(|part| part.0), Some(Side::Shared), "{parts:?}");
        assert!(
            parts.contains(&(Side::OnlyThere, "５".into())) && parts.contains(&(Side::OnlyHere, "3".into()))
        );
        assert_eq!(shown("３个", "3个").len(), 1, "width alone is no difference");
    }

    #[test]
    fn a_particle_shared_by_chance_does_not_cut() {
        let parts = shown("便民的窗口", "高效的平台");
        assert_eq!(parts.len(), 2, "{parts:?}");
        assert_eq!(diff(&"长".repeat(LONGEST + 1), "短"), None);
    }

    proptest! {
        #[test]
        fn both_texts_come_back(here in "[的，。1３个工作日内外审批区局 \n]{0,40}", there in "\\PC{0,40}") {
            for (here, there) in [(&here, &there), (&there, &here), (&here, &here)] {
                let segments = diff(here, there).expect("short");
                let joined = |part: fn(&Segment) -> &str| segments.iter().map(part).collect::<String>();
                prop_assert_eq!(&joined(Segment::here), here);
                prop_assert_eq!(&joined(Segment::there), there);
            }
        }
    }
}
