//! Blocks to a tree along the ranks that [`super::resolve`] gave them.

use std::collections::HashMap;

use super::block::{Block, Role};
use super::{ids, kind, rank};
use crate::error::Warning;
use crate::text::marker::MarkerKind;

/// A node of the outline. The root stands for the document itself.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Depth; 0 for the root.
    pub rank: u8,
    /// What the node is called in ids, such as `item_3`; no other child of its parent is called so.
    pub token: String,
    /// Blocks of its head: the numbered line, and title lines that follow 附件 or 方案.
    pub head: Vec<usize>,
    /// Its own blocks after the head and before its first child, and what closes it; furniture left out.
    pub own: Vec<usize>,
    /// Nodes within it.
    pub children: Vec<Node>,
}

/// Builds the tree of `blocks`; warns of numbers that come twice.
pub(super) fn build(blocks: &[Block]) -> (Node, Vec<Warning>) {
    let mut stack = vec![Node::default()];
    let mut title_open = true;
    for (index, block) in blocks.iter().enumerate() {
        match block.role {
            Role::Furniture => {}
            Role::Title => {
                place_title(&mut stack, block, index, title_open);
                title_open = true;
            }
            Role::Numbered | Role::Marked(_) => {
                open_node(&mut stack, block, index);
                title_open = block.rank <= rank::SECTION;
            }
            Role::Paragraph | Role::Label | Role::Row => {
                if is_final_provision(&stack, blocks, index) {
                    close_within(&mut stack, rank::PART);
                }
                if let Some(node) = stack.last_mut() {
                    node.own.push(index);
                }
                title_open = false;
            }
        }
    }
    close_to(&mut stack, 1);
    let mut root = stack.pop().unwrap_or_default();
    let mut warnings = Vec::new();
    name_apart(&mut root, blocks, &mut warnings);
    (root, warnings)
}

/// 本办法自印发之日起施行。 as the last paragraph belongs to the document or the attachment, not to
/// the item above it; in an article it belongs to the article.
fn is_final_provision(stack: &[Node], blocks: &[Block], index: usize) -> bool {
    let in_article = stack.iter().any(|node| node.rank == rank::ARTICLE);
    // 三、附则 and the provision alone below it are one section
    let below_heading = stack.len() > 1 && stack.last().is_some_and(|node| is_bare_heading(node, blocks));
    let ends = blocks
        .get(index + 1)
        .is_none_or(|next| matches!(next.role, Role::Furniture | Role::Title) || next.is_attachment());
    let block = blocks.get(index);
    ends && !in_article
        && !below_heading
        && block.is_some_and(|block| block.role == Role::Paragraph && kind::is_final_provision(&block.text))
}

/// 三、附则, 四、其他事项 with nothing below.
fn is_bare_heading(node: &Node, blocks: &[Block]) -> bool {
    let title = node.head.last().and_then(|&index| blocks.get(index)).map_or("", |block| block.body().trim());
    let names = ["附则", "其他", "有关事项"].iter().any(|name| title.starts_with(name));
    let is_empty = node.own.is_empty() && node.children.is_empty();
    names && is_empty && node.rank > rank::PLAN && !title.ends_with('。')
}

/// Gives children of the same name `-2`, `-3`: a numeral that comes twice in a list, a list that
/// begins anew. Within one parent, so that nothing elsewhere in the document changes an id.
fn name_apart(node: &mut Node, blocks: &[Block], warnings: &mut Vec<Warning>) {
    let mut times: HashMap<String, u32> = HashMap::new();
    for child in &mut node.children {
        let count = times.entry(child.token.clone()).or_insert(0);
        *count += 1;
        if *count > 1 {
            child.token = format!("{}-{count}", child.token);
            let block = child.head.first().and_then(|&index| blocks.get(index));
            let quote: String = block.map_or("", |block| block.text.as_str()).chars().take(24).collect();
            let warning = Warning::new("repeated_number", format!("a number comes again: {quote}"));
            warnings.push(block.map_or(warning.clone(), |block| warning.at_line(block.line)));
        }
        name_apart(child, blocks, warnings);
    }
}

/// A title line goes on with the head above it, or begins a body of its own: within the attachment
/// that is open, else within the document.
fn place_title(stack: &mut Vec<Node>, block: &Block, index: usize, title_open: bool) {
    if !title_open {
        let rank = if block.rank == 0 { rank::BODY } else { block.rank };
        close_within(stack, rank);
        stack.push(Node { rank, token: "body".to_owned(), ..Node::default() });
    }
    if let Some(node) = stack.last_mut() {
        node.head.push(index);
    }
}

fn open_node(stack: &mut Vec<Node>, block: &Block, index: usize) {
    close_within(stack, block.rank);
    stack.push(Node { rank: block.rank, token: token(block), head: vec![index], ..Node::default() });
}

/// Closes the nodes that are as deep as `rank` or deeper.
fn close_within(stack: &mut Vec<Node>, rank: u8) {
    while stack.len() > 1 && stack.last().is_some_and(|node| node.rank >= rank) {
        close_to(stack, stack.len() - 1);
    }
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
    let name = match block.kind() {
        Some(MarkerKind::Attachment) => "att",
        Some(MarkerKind::Plan) => "plan",
        Some(MarkerKind::Part) => "part",
        Some(MarkerKind::Chapter) => "chp",
        Some(MarkerKind::Section) => "div",
        Some(MarkerKind::Article) => "art",
        Some(MarkerKind::Decimal | MarkerKind::DeepDecimal) => "num",
        Some(_) => list_token(block.rank),
        None => return format!("head_{}", ids::short_hash(&block.text)),
    };
    match (block.value, block.marker.as_ref().map_or(0, |marker| marker.branch)) {
        (0, _) => name.to_owned(),
        (value, 0) => format!("{name}_{value}"),
        (value, branch) => format!("{name}_{value}_{branch}"),
    }
}

fn list_token(rank: u8) -> &'static str {
    const AFTER_ARTICLE: u8 = rank::ARTICLE + 1;
    const AFTER_BRACKET: u8 = rank::BRACKET + 1;
    match rank {
        ..=rank::ARTICLE => "sec",
        AFTER_ARTICLE..=rank::BRACKET => "sub",
        AFTER_BRACKET..=rank::ARABIC => "item",
        _ => "point",
    }
}
