//! Repairs numbering: which list a numeral continues when its form is damaged or ambiguous.
//!
//! An export often loses Word's automatic numbering: 二、 comes out as `2、`, （二） as `（2）`, a dot
//! or a whole numeral is missing. What a numeral is then follows from the lists that are open.

mod open;
mod promote;
mod recover;

use super::block::{Block, Role};
use super::rank;
use crate::error::Warning;
use crate::text::marker::{Marker, MarkerKind};
use open::Open;

/// Sets rank and value of every numbered block and of the titles; returns what was repaired.
pub(super) fn ranks(blocks: &mut [Block]) -> Vec<Warning> {
    let mut open = Open::default();
    let mut warnings = Vec::new();
    for index in 0..blocks.len() {
        let Some(place) = place(blocks, index, &open) else { continue };
        let Some(block) = blocks.get_mut(index) else { break };
        if let Some(marker) = place.recovered {
            block.marker = Some(marker);
            block.role = Role::Numbered;
            warnings.push(repaired(block, "lost_numeral"));
        }
        if block.role == Role::Numbered {
            warnings.extend(remark(block, place.at, &open));
        }
        open.enter(place.at.0, place.at.1, block.kind(), block.level);
        (block.rank, block.value) = place.at;
    }
    warnings
}

/// Where a block stands in the outline.
struct Place {
    /// Rank and value.
    at: (u8, u32),
    /// The marker of a line that lost its own.
    recovered: Option<Marker>,
}

fn place(blocks: &[Block], index: usize, open: &Open) -> Option<Place> {
    let block = blocks.get(index)?;
    let plain = |at| Some(Place { at, recovered: None });
    match block.role {
        Role::Title if continues_head(blocks.get(..index)?) => None,
        Role::Title if open.last(rank::BODY).is_some_and(|attachment| attachment > 0) => {
            plain((rank::PLAN, 0))
        }
        Role::Title => plain((rank::BODY, 0)),
        Role::Marked(level) => plain((open.rank_of_level(level).unwrap_or_else(|| rank::of_level(level)), 0)),
        Role::Numbered => plain(promote::resolve(blocks, index, open)?),
        Role::Paragraph => {
            let (at, marker) = recover::recover(blocks, index, open)?;
            Some(Place { at, recovered: Some(marker) })
        }
        Role::Label | Role::Row | Role::Furniture => None,
    }
}

/// A title line below 附件1 or below another title line.
fn continues_head(above: &[Block]) -> bool {
    above.iter().rev().find(|block| block.role != Role::Furniture).is_some_and(|block| {
        let heads = matches!(
            block.kind(),
            Some(
                MarkerKind::Attachment
                    | MarkerKind::Plan
                    | MarkerKind::Part
                    | MarkerKind::Chapter
                    | MarkerKind::Section
            )
        );
        block.role == Role::Title || heads
    })
}

fn repaired(block: &Block, code: &str) -> Warning {
    let quote: String = block.text.chars().take(24).collect();
    Warning::new(code, format!("numbering repaired: {quote}")).at_line(block.line)
}

fn remark(block: &Block, (rank, value): (u8, u32), open: &Open) -> Option<Warning> {
    // further out than custom has it: the form of the numeral was lost
    if rank < rank::natural(block.kind()?) {
        return Some(repaired(block, "numeral_form"));
    }
    let skipped = rank > rank::BODY && open.last(rank).is_some_and(|last| value > last + 1);
    skipped.then(|| repaired(block, "numeral_skipped"))
}
