//! What the nodes of the outline say.

use std::ops::Range;

use crate::normalise::Source;
use crate::split::block::Block;
use crate::split::outline::Node;
use crate::split::rank;
use crate::text::marker::MarkerKind;

/// Longest heading in a path, in characters.
const MAX_HEADING: usize = 40;
/// The same for the title of an attachment or a plan.
const MAX_TITLE: usize = 80;

/// The source and its blocks.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    pub source: &'a Source,
    pub blocks: &'a [Block],
}

impl<'a> Text<'a> {
    /// The blocks of `indices`.
    pub(super) fn blocks(self, indices: &'a [usize]) -> impl Iterator<Item = &'a Block> {
        indices.iter().filter_map(move |&index| self.blocks.get(index))
    }

    /// The texts of `indices`.
    pub(super) fn lines(self, indices: &'a [usize]) -> impl Iterator<Item = &'a str> {
        self.blocks(indices).map(|block| block.text.as_str())
    }

    /// The texts of `indices` without what separates them.
    pub(super) fn joined(&self, indices: &[usize]) -> String {
        Text::lines(*self, indices).collect()
    }
}

impl Text<'_> {
    /// The byte range of one block.
    pub(super) fn range(&self, index: usize) -> Range<usize> {
        self.blocks.get(index).map_or(0..0, |block| block.range.clone())
    }

    /// What a heading says in a path: the marker and its title, cut before the first sentence ends.
    pub(super) fn heading(&self, node: &Node) -> String {
        let mut parts = self.blocks(&node.head).map(|block| block.text.trim());
        let first = parts.next().unwrap_or_default();
        let rest: String = parts.collect();
        let text = if rest.is_empty() { first.to_owned() } else { format!("{first} {rest}") };
        let title = text.split('。').next().unwrap_or_default().trim_end_matches(['：', ':']);
        title.chars().take(if node.rank <= rank::PLAN { MAX_TITLE } else { MAX_HEADING }).collect()
    }

    /// The title alone: without the marker, up to the first sentence end.
    pub(super) fn title(&self, node: &Node) -> String {
        let head = self.joined(&node.head);
        let marker = self.first(node).and_then(|block| block.marker.as_ref());
        let body = head.get(marker.map_or(0, |marker| marker.length)..).unwrap_or_default();
        body.split('。').next().unwrap_or_default().to_owned()
    }

    fn first(&self, node: &Node) -> Option<&Block> {
        self.blocks.get(*node.head.first()?)
    }

    /// The series of the node's number.
    pub(super) fn kind(&self, node: &Node) -> Option<MarkerKind> {
        self.first(node)?.kind()
    }

    /// Whether the node is a heading or a title without a number.
    pub(super) fn is_unnumbered(&self, node: &Node) -> bool {
        self.kind(node).is_none()
    }

    /// The value of the node's number.
    pub(super) fn value(&self, node: &Node) -> u32 {
        self.first(node).map_or(0, |block| block.value)
    }

    /// The node's number as written.
    pub(super) fn number(&self, node: &Node) -> Option<String> {
        let block = self.first(node)?;
        let number = block.text.get(..block.marker.as_ref()?.length)?.trim().trim_end_matches([':', '：']);
        (!number.is_empty()).then(|| number.to_owned())
    }

    /// Characters of the node and of those within it.
    pub(super) fn length(&self, node: &Node) -> usize {
        all(node)
            .iter()
            .filter_map(|&index| self.blocks.get(index))
            .map(|block| block.text.chars().count())
            .sum()
    }
}

/// All blocks of a node and of those within it, in order.
pub(super) fn all(node: &Node) -> Vec<usize> {
    let mut blocks = [node.head.as_slice(), &node.own].concat();
    for child in &node.children {
        blocks.extend(all(child));
    }
    blocks
}

/// Splits `indices` where another line stands between them.
pub(super) fn adjoining(indices: &[usize]) -> Vec<Vec<usize>> {
    let mut runs: Vec<Vec<usize>> = Vec::new();
    for &index in indices {
        let follows = runs.last().and_then(|run| run.last()).is_some_and(|&last| last + 1 == index);
        match runs.last_mut() {
            Some(run) if follows => run.push(index),
            _ => runs.push(vec![index]),
        }
    }
    runs
}
