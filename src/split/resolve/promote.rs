//! The rank of a numbered block, given the lists that are open.

use super::open::Open;
use crate::split::block::{Block, Role, is_heading_like};
use crate::split::rank;
use crate::text::marker::MarkerKind;

/// Blocks to look ahead.
const HORIZON: usize = 2_000;

/// Rank and value of the block at `index`.
pub(super) fn resolve(blocks: &[Block], index: usize, open: &Open) -> Option<(u8, u32)> {
    let block = blocks.get(index)?;
    let marker = block.marker.as_ref()?;
    let here = Here { blocks, index, value: marker.value, open };
    let special = match marker.kind {
        MarkerKind::Attachment => here.inner_attachment(),
        MarkerKind::ArabicComma => here.lost_ideographic().or_else(|| here.same_arabic()),
        MarkerKind::ArabicDot => here.same_arabic(),
        MarkerKind::ArabicBracket => here.lost_bracket().or_else(|| here.open_list(marker.kind)),
        MarkerKind::IdeographicBracket => {
            here.within(marker.kind, &[MarkerKind::ArabicDot, MarkerKind::ArabicComma])
        }
        MarkerKind::Ideographic => here.within(marker.kind, &[MarkerKind::Article]),
        _ => None,
    };
    Some((special.unwrap_or_else(|| rank::natural(marker.kind)), marker.value))
}

/// A numbered block among the others.
struct Here<'a> {
    blocks: &'a [Block],
    index: usize,
    value: u32,
    open: &'a Open,
}

impl Here<'_> {
    /// 附件 without a numeral within 附件3, unless it is 附件4 that lost its own.
    fn inner_attachment(&self) -> Option<u8> {
        let outer = self.open.last(rank::BODY).filter(|outer| *outer > 0 && self.value == 0)?;
        let next =
            self.following().filter(|block| block.is_attachment()).find_map(|block| block.marker.as_ref());
        (next.is_none_or(|next| next.value != outer + 2)).then_some(rank::ATTACHED)
    }

    /// `2、 工作目标` for 二、工作目标.
    fn lost_ideographic(&self) -> Option<u8> {
        let text = &self.blocks.get(self.index)?.text;
        if !is_heading_like(text) || text.chars().count() > 16 || self.continues(MarkerKind::ArabicComma) {
            return None;
        }
        let next = self.next_of(MarkerKind::Ideographic);
        let promoted = match self.open.last(rank::IDEOGRAPHIC) {
            Some(last) => {
                last + 1 == self.value || (last == self.value && next.is_some_and(|next| next > self.value))
            }
            None => next.is_some_and(|next| next > self.value),
        };
        promoted.then_some(rank::IDEOGRAPHIC)
    }

    /// `（2） 推行…` for （二）推行….
    fn lost_bracket(&self) -> Option<u8> {
        if self.open.last(rank::ARABIC_BRACKET).is_some_and(|last| last + 1 == self.value) {
            return None;
        }
        let promoted = if let Some(last) = self.open.last(rank::BRACKET) {
            self.value > 1 && last + 1 == self.value
        } else {
            let next = self.next_of(MarkerKind::IdeographicBracket);
            let follows_itself = self.next_of(MarkerKind::ArabicBracket) == Some(self.value + 1);
            next == Some(self.value + 1) && !follows_itself && self.open.last(rank::ARABIC).is_none()
        };
        promoted.then_some(rank::BRACKET)
    }

    /// `1.` below `1、` or the other way round: the list of the other form stays open, and this one
    /// is within it, when its own numbers begin anew while the outer ones go on.
    fn same_arabic(&self) -> Option<u8> {
        let kind = self.blocks.get(self.index)?.kind()?;
        if let Some(rank) = self.open.rank_of(kind) {
            return Some(rank);
        }
        let (outer, last) = (self.open.kind(rank::ARABIC)?, self.open.last(rank::ARABIC)?);
        let inner =
            self.value == 1 && last > 0 && self.next_of(outer) == Some(last + 1) && self.counts_on(kind);
        inner.then_some(rank::ARABIC + 5)
    }

    fn open_list(&self, kind: MarkerKind) -> Option<u8> {
        self.open.rank_of(kind)
    }

    /// A list of `kind` that stands within a list that custom puts inside it: （一） below 1., 一、
    /// below 第一条. It does when the outer list goes on after it, and when it has done so before.
    fn within(&self, kind: MarkerKind, outer_kinds: &[MarkerKind]) -> Option<u8> {
        if let Some(rank) = self.open.rank_of(kind) {
            return Some(rank);
        }
        let (rank, last, outer) = self.open.innermost()?;
        let outer = outer.filter(|outer| outer_kinds.contains(outer))?;
        let goes_on = self.next_of(outer) == Some(last + 1) || self.open.has_nested(outer, kind);
        (self.value == 1 && goes_on).then_some(rank + 5)
    }

    /// Whether the block continues the open arabic list in its own form.
    fn continues(&self, kind: MarkerKind) -> bool {
        self.open.kind(rank::ARABIC) == Some(kind)
            && self.open.last(rank::ARABIC).is_some_and(|last| last + 1 == self.value)
    }

    /// Whether 2 of the same form follows before anything else of the same form.
    fn counts_on(&self, kind: MarkerKind) -> bool {
        self.next_of(kind) == Some(self.value + 1)
    }

    /// The blocks after this one up to the next attachment or title.
    fn until_title(&self) -> impl Iterator<Item = &Block> {
        self.following().take_while(|block| block.role != Role::Title && !block.is_attachment())
    }

    fn following(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().skip(self.index + 1).take(HORIZON).filter(|block| block.role != Role::Furniture)
    }

    /// Value of the next block of `kind` before the next attachment or title.
    fn next_of(&self, kind: MarkerKind) -> Option<u32> {
        self.until_title()
            .filter_map(|block| block.marker.as_ref())
            .find(|marker| marker.kind == kind)
            .map(|marker| marker.value)
    }
}
