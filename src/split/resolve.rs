//! Repairs numbering: which list a numeral continues when its form is damaged or ambiguous.
//!
//! An export often loses Word's automatic numbering: 二、 comes out as `2、`, （二） as `（2）`, a dot
//! or a whole numeral is missing. What a numeral is then follows from the lists that are open.

use super::block::{Block, Role, is_heading_like};
use crate::error::Warning;
use crate::text::fold::fold_width;
use crate::text::marker::{Marker, MarkerKind};

/// Depths of the outline. Smaller is further out.
pub(super) mod rank {
    /// 附件, or a plan's own title
    pub(in super::super) const BODY: u8 = 1;
    /// 方案1
    pub(in super::super) const PLAN: u8 = 2;
    /// 第一编
    pub(in super::super) const PART: u8 = 3;
    /// 第一章
    pub(in super::super) const CHAPTER: u8 = 4;
    /// 第一节
    pub(in super::super) const SECTION: u8 = 5;
    /// 一、
    pub(in super::super) const IDEOGRAPHIC: u8 = 6;
    /// 第一条
    pub(in super::super) const ARTICLE: u8 = 7;
    /// （一）
    pub(in super::super) const BRACKET: u8 = 8;
    /// 1.
    pub(in super::super) const ARABIC: u8 = 9;
    /// （1）, 1.1
    pub(in super::super) const ARABIC_BRACKET: u8 = 10;
}

/// Sets rank and value of every numbered block and of the titles; returns what was repaired.
pub(super) fn ranks(blocks: &mut [Block]) -> Vec<Warning> {
    let mut open = Open::default();
    let mut warnings = Vec::new();
    for index in 0..blocks.len() {
        let (rank, value) = match blocks[index].role {
            Role::Title if continues_head(&blocks[..index]) => continue,
            Role::Title => (rank::BODY, 0),
            Role::Marked(level) => (rank::SECTION.min(rank::BODY + level), 0),
            Role::Numbered => match resolve(blocks, index, &open) {
                Some(resolved) => resolved,
                None => continue,
            },
            Role::Paragraph => match recover(&blocks[index], &open) {
                Some((rank, value, marker)) => {
                    blocks[index].marker = Some(marker);
                    blocks[index].role = Role::Numbered;
                    warnings.push(repaired(&blocks[index], "lost_numeral"));
                    (rank, value)
                }
                None => continue,
            },
            _ => continue,
        };
        if blocks[index].role == Role::Numbered {
            warnings.extend(remark(&blocks[index], rank, value, &open));
        }
        open.enter(rank, value, blocks[index].marker.as_ref().map(|marker| marker.kind));
        (blocks[index].rank, blocks[index].value) = (rank, value);
    }
    warnings
}

/// A title line below 附件1 or below another title line.
fn continues_head(above: &[Block]) -> bool {
    above.iter().rev().find(|block| block.role != Role::Furniture).is_some_and(|block| {
        let heads = block
            .marker
            .as_ref()
            .is_some_and(|m| matches!(m.kind, MarkerKind::Attachment | MarkerKind::Plan));
        block.role == Role::Title || heads
    })
}

fn repaired(block: &Block, code: &str) -> Warning {
    let quote: String = block.text.chars().take(24).collect();
    Warning::new(code, format!("numbering repaired: {quote}")).at_line(block.line)
}

fn remark(block: &Block, rank: u8, value: u32, open: &Open) -> Option<Warning> {
    let marker = block.marker.as_ref()?;
    if natural_rank(marker.kind) != rank {
        return Some(repaired(block, "numeral_form"));
    }
    let skipped = rank > rank::BODY && open.last(rank).is_some_and(|last| value > last + 1);
    skipped.then(|| repaired(block, "numeral_skipped"))
}

fn natural_rank(kind: MarkerKind) -> u8 {
    match kind {
        MarkerKind::Attachment => rank::BODY,
        MarkerKind::Plan => rank::PLAN,
        MarkerKind::Part => rank::PART,
        MarkerKind::Chapter => rank::CHAPTER,
        MarkerKind::Section => rank::SECTION,
        MarkerKind::Ideographic => rank::IDEOGRAPHIC,
        MarkerKind::Article => rank::ARTICLE,
        MarkerKind::IdeographicBracket => rank::BRACKET,
        MarkerKind::ArabicDot | MarkerKind::ArabicComma => rank::ARABIC,
        MarkerKind::Decimal | MarkerKind::ArabicBracket | MarkerKind::Circled | MarkerKind::Ordinal => {
            rank::ARABIC_BRACKET
        }
    }
}

/// The rank and value of a numbered block, given the lists that are open.
fn resolve(blocks: &[Block], index: usize, open: &Open) -> Option<(u8, u32)> {
    let block = &blocks[index];
    let marker = block.marker.as_ref()?;
    let value = marker.value;
    let promoted = match marker.kind {
        MarkerKind::ArabicComma => is_lost_ideographic(blocks, index, open),
        MarkerKind::ArabicBracket => is_lost_bracket(blocks, index, open),
        _ => None,
    };
    Some((promoted.unwrap_or_else(|| natural_rank(marker.kind)), value))
}

/// `2、 工作目标` for 二、工作目标.
fn is_lost_ideographic(blocks: &[Block], index: usize, open: &Open) -> Option<u8> {
    let block = &blocks[index];
    let value = block.marker.as_ref()?.value;
    if !is_heading_like(&block.text) || block.text.chars().count() > 16 {
        return None;
    }
    let continues_own = open.last(rank::ARABIC).is_some_and(|last| last + 1 == value)
        && open.kind(rank::ARABIC) == Some(MarkerKind::ArabicComma);
    if continues_own {
        return None;
    }
    let next = next_of(blocks, index, MarkerKind::Ideographic);
    let promoted = match open.last(rank::IDEOGRAPHIC) {
        Some(last) => last + 1 == value || (last == value && next.is_some_and(|next| next > value)),
        None => next.is_some_and(|next| next > value),
    };
    promoted.then_some(rank::IDEOGRAPHIC)
}

/// `（2） 推行…` for （二）推行….
fn is_lost_bracket(blocks: &[Block], index: usize, open: &Open) -> Option<u8> {
    let value = blocks[index].marker.as_ref()?.value;
    if open.last(rank::ARABIC_BRACKET).is_some_and(|last| last + 1 == value) {
        return None;
    }
    let promoted = match open.last(rank::BRACKET) {
        Some(last) => value > 1 && last + 1 == value,
        None => {
            let next_same = next_of(blocks, index, MarkerKind::ArabicBracket);
            let next = next_of(blocks, index, MarkerKind::IdeographicBracket);
            next == Some(value + 1) && next_same != Some(value + 1) && open.last(rank::ARABIC).is_none()
        }
    };
    promoted.then_some(rank::BRACKET)
}

/// Value of the next block of `kind` before the next attachment or title.
fn next_of(blocks: &[Block], index: usize, kind: MarkerKind) -> Option<u32> {
    blocks[index + 1..]
        .iter()
        .take_while(|block| {
            block.role != Role::Title
                && block.marker.as_ref().is_none_or(|m| m.kind != MarkerKind::Attachment)
        })
        .filter_map(|block| block.marker.as_ref())
        .find(|marker| marker.kind == kind)
        .map(|marker| marker.value)
}

/// Lines whose numeral lost its dot (`10 依托…`) or that lost the numeral itself (`、纳税服务…`).
fn recover(block: &Block, open: &Open) -> Option<(u8, u32, Marker)> {
    if let Some(rest) = block.text.strip_prefix('、') {
        let value = open.last(rank::IDEOGRAPHIC)? + 1;
        let heading = is_heading_like(rest);
        let marker = Marker { kind: MarkerKind::Ideographic, value, length: '、'.len_utf8() };
        return heading.then_some((rank::IDEOGRAPHIC, value, marker));
    }
    let digits: String = block.text.chars().map(fold_width).take_while(char::is_ascii_digit).collect();
    let value: u32 = digits.parse().ok()?;
    let rest = block.text.get(block.text.char_indices().nth(digits.len())?.0..)?;
    let text = rest.trim_start();
    let spaced = text.len() < rest.len()
        && text.chars().next().is_some_and(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
    let expected = open.last(rank::ARABIC)? + 1 == value;
    let marker = Marker { kind: MarkerKind::ArabicDot, value, length: block.text.len() - text.len() };
    (spaced && expected).then_some((rank::ARABIC, value, marker))
}

/// The lists that are open: one a rank, outermost first.
#[derive(Default)]
struct Open {
    lists: Vec<(u8, u32, Option<MarkerKind>)>,
}

impl Open {
    fn enter(&mut self, rank: u8, value: u32, kind: Option<MarkerKind>) {
        self.lists.retain(|list| list.0 < rank);
        self.lists.push((rank, value, kind));
    }

    fn last(&self, rank: u8) -> Option<u32> {
        self.lists.iter().find(|list| list.0 == rank).map(|list| list.1)
    }

    fn kind(&self, rank: u8) -> Option<MarkerKind> {
        self.lists.iter().find(|list| list.0 == rank).and_then(|list| list.2)
    }
}
