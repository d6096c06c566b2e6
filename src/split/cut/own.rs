//! A node's own text: unnumbered paragraphs, label lines and tables.

use super::{Above, Cutter};
use crate::model::ClauseKind;
use crate::split::block::{Block, Role};
use crate::split::{ids, kind};

/// A paragraph of this length below a heading that lists measures is one of them.
const WHOLE_MEASURE: usize = 40;

/// Blocks of a node's own text.
pub(super) struct Own {
    /// Running text and labels, without captions.
    pub text: Vec<usize>,
    /// Each table: its caption and rows.
    pub tables: Vec<Vec<usize>>,
}

impl Cutter<'_> {
    /// Unnumbered text below a heading: one clause, but one a paragraph where a section lists
    /// measures; tables and notes on them apart.
    pub(super) fn cut_own(&mut self, own: &[usize], above: &Above, lead: Option<ClauseKind>) {
        let body = self.separate(own);
        for table in &body.tables {
            self.cut_table(table, above);
        }
        for paragraphs in self.group(&body.text, above.kind) {
            let kind = self.paragraph_kind(&paragraphs, above.kind, lead);
            self.push_paragraphs(&paragraphs, above, kind);
        }
    }

    /// Adds a clause without a number.
    pub(super) fn push_paragraphs(&mut self, indices: &[usize], above: &Above, kind: ClauseKind) {
        let first = indices.first().and_then(|&index| self.text.blocks.get(index));
        let token = format!("para_{}", ids::short_hash(first.map_or("", |block| block.text.as_str())));
        self.emit(indices, above, None, kind, &token);
    }

    fn group(&self, text: &[usize], kind: Option<ClauseKind>) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for &index in text {
            let Some(block) = self.text.blocks.get(index) else { continue };
            let apart = self.stands_apart(groups.last(), index, block, kind);
            match groups.last_mut() {
                Some(group) if !apart => group.push(index),
                _ => groups.push(vec![index]),
            }
        }
        groups
    }

    fn stands_apart(
        &self,
        group: Option<&Vec<usize>>,
        index: usize,
        block: &Block,
        kind: Option<ClauseKind>,
    ) -> bool {
        let Some(&previous) = group.and_then(|group| group.last()) else { return true };
        if previous + 1 != index {
            return true;
        }
        if block.role == Role::Label && !is_leader_line(block) {
            return false;
        }
        let lists_measures = kind == Some(ClauseKind::Measure)
            && block.role == Role::Paragraph
            && block.text.chars().count() >= WHOLE_MEASURE;
        let after_leader = self.text.blocks.get(previous).is_some_and(is_leader_line);
        is_note(&block.text) || lists_measures || after_leader || kind::is_goal_paragraph(&block.text)
    }

    fn paragraph_kind(
        &self,
        paragraphs: &[usize],
        section: Option<ClauseKind>,
        lead: Option<ClauseKind>,
    ) -> ClauseKind {
        let texts = || self.text.lines(paragraphs);
        if texts().any(kind::is_goal_paragraph) {
            return ClauseKind::Goal;
        }
        if kind::is_roster(texts()) {
            return ClauseKind::Roster;
        }
        let only_labels = self.text.blocks(paragraphs).all(|block| block.role == Role::Label);
        let closes = texts().next().is_some_and(kind::is_final_provision);
        if closes || only_labels || texts().next().is_some_and(is_note) {
            return ClauseKind::Other;
        }
        lead.or(section).unwrap_or(ClauseKind::Other)
    }
}

/// （牵头区领导：…；牵头单位：…） below a heading serves the section.
fn is_leader_line(block: &Block) -> bool {
    block.role == Role::Label && block.text.starts_with(['（', '('])
}

/// A remark on a table: *备注：…, 注：….
pub(super) fn is_note(text: &str) -> bool {
    text.starts_with(['*', '＊', '※'])
        || ["注：", "注:", "备注：", "备注:"].iter().any(|note| text.starts_with(note))
}
