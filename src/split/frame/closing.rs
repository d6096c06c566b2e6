//! What closes a document: signatures, dates, the list of attachments.

use std::sync::LazyLock;

use regex::Regex;

use crate::split::block::{Block, Role, is_heading_like, matches};
use crate::split::kind;
use crate::text::marker::MarkerKind;

static DATE_LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^[（(]?(?:[0-9０-９]{4}|二[〇○零Oo0][〇○零一二三四五六七八九Oo0]{2})\s*年\s*[0-9０-９一二三四五六七八九十]{1,3}\s*月\s*[0-9０-９一二三四五六七八九十]{1,3}\s*日[)）]?$").ok()
});

/// Whether `text` is a date and nothing else.
pub(super) fn is_date_line(text: &str) -> bool {
    matches(&DATE_LINE, text)
}

/// A date alone on its line, the agencies that sign above it, and 特此通知.
pub(super) fn mark_signatures(blocks: &mut [Block]) {
    for index in 0..blocks.len() {
        let Some((block, above)) = blocks.get_mut(..=index).and_then(<[Block]>::split_last_mut) else {
            return;
        };
        if !matches!(block.role, Role::Paragraph | Role::Title) {
            continue;
        }
        if is_parting_phrase(&block.text) {
            block.role = Role::Furniture;
        }
        if !is_date_line(&block.text) {
            continue;
        }
        block.role = Role::Furniture;
        for signer in above.iter_mut().rev().take(6) {
            if !is_signer(signer) {
                break;
            }
            signer.role = Role::Furniture;
        }
    }
}

/// 特此通知。
fn is_parting_phrase(text: &str) -> bool {
    text.starts_with("特此") && text.chars().count() <= 7
}

fn is_signer(block: &Block) -> bool {
    block.role == Role::Paragraph
        && block.text.chars().count() <= 40
        && !block.text.contains(['。', '：', ':', '，', '；', '、'])
}

/// `附件：1.甲 2.乙` before the signature lists what follows; it heads nothing. So does a run of
/// `附件1.甲`, `附件2.乙`.
pub(super) fn mark_attachment_lists(blocks: &mut [Block]) {
    let mut index = 0;
    while index < blocks.len() {
        let length = list_length(blocks.get(index..).unwrap_or_default());
        for block in blocks.iter_mut().skip(index).take(length) {
            block.role = Role::Furniture;
        }
        index += length.max(1);
    }
}

/// How many blocks the list of attachments at the head of `blocks` takes; 0 where there is none.
fn list_length(blocks: &[Block]) -> usize {
    let Some((head, following)) = blocks.split_first() else { return 0 };
    if !head.is_attachment() || head.role == Role::Furniture {
        return 0;
    }
    let titled = head.text.contains([':', '：']);
    let run = following.iter().take_while(|block| block.is_attachment() && !block.body().is_empty()).count();
    let closes = following.get(run..).is_some_and(ends_notice);
    if !head.body().is_empty() && (run > 0 || !titled) {
        let again = head.marker.as_ref().is_some_and(|marker| repeats(following.get(run..), marker.value));
        return if closes || (run > 0 && again) { 1 + run } else { 0 };
    }
    if !titled || leads_content(following) {
        return 0;
    }
    1 + following.iter().take_while(|item| is_list_item(item)).count()
}

/// Whether the numeral of an attachment comes again, as that of the attachment itself.
fn repeats(following: Option<&[Block]>, value: u32) -> bool {
    following.unwrap_or_default().iter().any(|block| {
        block.is_attachment() && block.marker.as_ref().is_some_and(|marker| marker.value == value)
    })
}

/// A signature, or nothing but furniture, stands next.
fn ends_notice(following: &[Block]) -> bool {
    following
        .first()
        .is_none_or(|block| block.role == Role::Furniture && !following.iter().take(3).any(leads))
        || following.first().is_some_and(|block| block.role == Role::Furniture && is_signature(following))
}

fn leads(block: &Block) -> bool {
    matches!(block.role, Role::Title | Role::Row | Role::Numbered)
}

fn is_signature(following: &[Block]) -> bool {
    following
        .iter()
        .take(7)
        .take_while(|block| block.role == Role::Furniture)
        .any(|block| is_date_line(&block.text))
}

fn is_list_item(item: &Block) -> bool {
    let counted = matches!(
        item.kind(),
        Some(MarkerKind::ArabicDot | MarkerKind::ArabicComma | MarkerKind::ArabicBracket)
    );
    let brief = is_heading_like(&item.text) || item.text.ends_with(['；', ';']);
    item.role == Role::Numbered && counted && brief
}

/// Whether what follows `附件：题名` is that attachment's content rather than the end of a notice.
fn leads_content(following: &[Block]) -> bool {
    let next = following.iter().find(|block| block.role != Role::Furniture || is_date_line(&block.text));
    next.is_some_and(|block| match block.role {
        Role::Row | Role::Title => true,
        Role::Paragraph => {
            block.text.contains('。') || kind::is_roster(std::iter::repeat_n(block.text.as_str(), 2))
        }
        Role::Numbered => !is_list_item(block) && !block.is_attachment(),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert!(is_date_line("2022年3月25日") && is_date_line("二〇二二年三月二十五日"));
        assert!(!is_date_line("2022年3月25日前完成"));
    }
}
