//! Lines that lost their numeral or a part of it.

use super::open::Open;
use crate::split::block::{Block, Role, is_heading_like};
use crate::split::{kind, rank};
use crate::text::fold::fold_width;
use crate::text::marker::{Marker, MarkerKind};

/// Blocks to look ahead.
const HORIZON: usize = 400;

/// Rank, value and marker of a paragraph that is numbered all the same: `、纳税服务…`, `10 依托…`,
/// `1.2完善…`, 工作目标 between 一、 and 三、.
pub(super) fn recover(blocks: &[Block], index: usize, open: &Open) -> Option<((u8, u32), Marker)> {
    let text = blocks.get(index)?.text.as_str();
    lost_numeral(text, open)
        .or_else(|| decimal(text, open))
        .or_else(|| lost_dot(text, open))
        .or_else(|| bare_section(blocks, index, open))
}

fn marker(kind: MarkerKind, value: u32, length: usize) -> Marker {
    Marker { kind, value, branch: 0, length }
}

/// `、纳税服务指标领域` for 五、纳税服务指标领域.
fn lost_numeral(text: &str, open: &Open) -> Option<((u8, u32), Marker)> {
    let rest = text.strip_prefix('、')?;
    let value = open.last(rank::IDEOGRAPHIC)? + 1;
    is_heading_like(rest)
        .then(|| ((rank::IDEOGRAPHIC, value), marker(MarkerKind::Ideographic, value, '、'.len_utf8())))
}

/// `10 依托全省统一平台` for 10.依托全省统一平台.
fn lost_dot(text: &str, open: &Open) -> Option<((u8, u32), Marker)> {
    let (digits, rest) = leading_digits(text);
    let value: u32 = digits.parse().ok()?;
    let body = rest.trim_start();
    let spaced = body.len() < rest.len() && starts_with_ideograph(body);
    let list = open.kind(rank::ARABIC)?;
    let expected = open.last(rank::ARABIC)? + 1 == value;
    let found = marker(list, value, text.len() - body.len());
    (spaced && expected).then_some(((rank::ARABIC, value), found))
}

/// `1.2完善机制` after 1. or 1.1: a number of its own would not be the one that comes next.
fn decimal(text: &str, open: &Open) -> Option<((u8, u32), Marker)> {
    let (whole, rest) = leading_digits(text);
    let rest = rest.strip_prefix(['.', '．'])?;
    let (part, body) = leading_digits(rest);
    let (whole, value): (u32, u32) = (whole.parse().ok()?, part.parse().ok()?);
    let length = text.len() - body.len();
    let continues = match open.last(rank::DECIMAL) {
        Some(last) => last + 1 == value,
        None => value == 1,
    };
    let within = open.last(rank::ARABIC).is_some_and(|outer| outer == whole);
    let expected = part.len() <= 2 && continues && within && starts_with_ideograph(body);
    expected.then(|| ((rank::DECIMAL, value), marker(MarkerKind::Decimal, value, length)))
}

/// 工作目标 alone on its line where 二、 is missing between 一、 and 三、.
fn bare_section(blocks: &[Block], index: usize, open: &Open) -> Option<((u8, u32), Marker)> {
    let block = blocks.get(index)?;
    if !kind::is_section_name(&block.text) {
        return None;
    }
    let last = open.last(rank::IDEOGRAPHIC)?;
    let following = blocks.iter().skip(index + 1).take(HORIZON).take_while(|block| block.role != Role::Title);
    let next = following
        .filter_map(|block| block.marker.as_ref())
        .find(|marker| marker.kind == MarkerKind::Ideographic)?;
    (next.value == last + 2)
        .then(|| ((rank::IDEOGRAPHIC, last + 1), marker(MarkerKind::Ideographic, last + 1, 0)))
}

/// The digits at the head of `text`, folded, and what follows them.
fn leading_digits(text: &str) -> (String, &str) {
    let digits: String = text.chars().map(fold_width).take_while(char::is_ascii_digit).collect();
    let rest = text.char_indices().nth(digits.len()).map_or("", |(at, _)| text.get(at..).unwrap_or_default());
    (digits, rest)
}

fn starts_with_ideograph(text: &str) -> bool {
    text.chars().next().is_some_and(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c))
}
