//! Blocks to a tree along the ranks that [`super::resolve`] gave them.

use super::block::{Block, Role};
use super::resolve::rank;
use crate::text::marker::MarkerKind;

/// A node of the outline. The root stands for the document itself.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Depth; 0 for the root.
    pub rank: u8,
    /// What the node is called in ids, such as `item_3`.
    pub token: String,
    /// Blocks of its head: the numbered line, and title lines that follow 附件 or 方案.
    pub head: Vec<usize>,
    /// Its own blocks after the head and before its first child, furniture left out.
    pub own: Vec<usize>,
    /// Nodes within it.
    pub children: Vec<Node>,
}

/// Builds the tree of `blocks`.
pub(super) fn build(blocks: &[Block]) -> Node {
    let mut stack = vec![Node::default()];
    let mut title_open = true;
    for (index, block) in blocks.iter().enumerate() {
        match block.role {
            Role::Furniture => {}
            Role::Title => {
                place_title(&mut stack, index, title_open);
                title_open = true;
            }
            Role::Numbered | Role::Marked(_) => {
                open_node(&mut stack, block, index);
                title_open = block.rank <= rank::PLAN;
            }
            Role::Paragraph | Role::Label | Role::Row => {
                if let Some(node) = stack.last_mut() {
                    node.own.push(index);
                }
                title_open = false;
            }
        }
    }
    close_to(&mut stack, 1);
    stack.pop().unwrap_or_default()
}

/// A title line goes on with the head above it, or begins a body of its own.
fn place_title(stack: &mut Vec<Node>, index: usize, title_open: bool) {
    if !title_open {
        close_to(stack, 1);
        stack.push(Node { rank: rank::BODY, token: "body".to_owned(), ..Node::default() });
    }
    if let Some(node) = stack.last_mut() {
        node.head.push(index);
    }
}

fn open_node(stack: &mut Vec<Node>, block: &Block, index: usize) {
    while stack.len() > 1 && stack.last().is_some_and(|node| node.rank >= block.rank) {
        close_to(stack, stack.len() - 1);
    }
    stack.push(Node { rank: block.rank, token: token(block), head: vec![index], ..Node::default() });
}

/// Moves nodes into their parents until `depth` nodes are open.
fn close_to(stack: &mut Vec<Node>, depth: usize) {
    while stack.len() > depth.max(1) {
        let Some(node) = stack.pop() else { return };
        if let Some(parent) = stack.last_mut() {
            parent.children.push(node);
        }
    }
}

fn token(block: &Block) -> String {
    let name = match block.marker.as_ref().map(|marker| marker.kind) {
        Some(MarkerKind::Attachment) => "att",
        Some(MarkerKind::Plan) => "plan",
        Some(MarkerKind::Part) => "part",
        Some(MarkerKind::Chapter) => "chp",
        Some(MarkerKind::Section) => "div",
        Some(MarkerKind::Article) => "art",
        _ if block.rank == rank::IDEOGRAPHIC => "sec",
        _ if block.rank == rank::BRACKET => "sub",
        _ if block.rank == rank::ARABIC => "item",
        _ if block.rank == rank::ARABIC_BRACKET => "point",
        _ => "head",
    };
    if block.value == 0 { name.to_owned() } else { format!("{name}_{}", block.value) }
}
