//! Depths of the outline. Smaller is further out; the gaps are for lists that stand within another
//! against custom, such as （一） below 1.

use crate::text::marker::MarkerKind;

/// 附件, or a plan's own title
pub(super) const BODY: u8 = 10;
/// 附件 without a numeral within 附件3
pub(super) const ATTACHED: u8 = 15;
/// 方案1, or a title within an attachment
pub(super) const PLAN: u8 = 20;
/// 第一编
pub(super) const PART: u8 = 30;
/// 第一章
pub(super) const CHAPTER: u8 = 40;
/// 第一节
pub(super) const SECTION: u8 = 50;
/// 一、
pub(super) const IDEOGRAPHIC: u8 = 60;
/// 第一条
pub(super) const ARTICLE: u8 = 70;
/// （一）
pub(super) const BRACKET: u8 = 80;
/// 1.
pub(super) const ARABIC: u8 = 90;
/// 1.1
pub(super) const DECIMAL: u8 = 100;
/// 1.1.1
pub(super) const DEEP_DECIMAL: u8 = 105;
/// （1）
pub(super) const ARABIC_BRACKET: u8 = 110;

/// The depth that a series has by custom.
pub(super) fn natural(kind: MarkerKind) -> u8 {
    match kind {
        MarkerKind::Attachment => BODY,
        MarkerKind::Plan => PLAN,
        MarkerKind::Part => PART,
        MarkerKind::Chapter => CHAPTER,
        MarkerKind::Section => SECTION,
        MarkerKind::Ideographic => IDEOGRAPHIC,
        MarkerKind::Article => ARTICLE,
        MarkerKind::IdeographicBracket => BRACKET,
        MarkerKind::ArabicDot | MarkerKind::ArabicComma => ARABIC,
        MarkerKind::Decimal => DECIMAL,
        MarkerKind::DeepDecimal => DEEP_DECIMAL,
        MarkerKind::ArabicBracket | MarkerKind::Circled | MarkerKind::Ordinal => ARABIC_BRACKET,
    }
}

/// The depth of a heading that is marked up as one but has no numeral.
pub(super) fn of_level(level: u8) -> u8 {
    SECTION.min(BODY + level.saturating_mul(10))
}
