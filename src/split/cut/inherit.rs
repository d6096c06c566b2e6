//! Responsibility and deadline lines that serve clauses other than the one they stand in.

use super::text::Text;
use crate::split::block::{Block, Role};
use crate::split::outline::Node;

/// Label lines after the last of several children, none of which has its own, serve them all.
pub(super) fn shared_labels(text: &Text<'_>, node: &Node) -> Vec<String> {
    let Some((last, others)) = node.children.split_last() else { return Vec::new() };
    let shared =
        !others.is_empty() && last.children.is_empty() && others.iter().all(|child| is_bare(text, child));
    if shared { labels(text, last) } else { Vec::new() }
}

/// The node's own label lines.
pub(super) fn labels(text: &Text<'_>, node: &Node) -> Vec<String> {
    let is_label = |block: &&Block| block.role == Role::Label;
    text.blocks(&node.own).filter(is_label).map(|block| block.text.clone()).collect()
}

/// A heading that says who is in charge: 一、开办企业（区市监局牵头）.
pub(super) fn from_heading(heading: &str) -> Option<String> {
    let names_agency = heading.contains("牵头")
        || ["责任单位", "责任部门", "配合单位"].iter().any(|label| heading.contains(label))
        || ["负责）", "负责)"].iter().any(|end| heading.trim_end_matches('。').ends_with(end));
    names_agency.then(|| heading.to_owned())
}

/// No label line, no responsibility note and nothing within.
fn is_bare(text: &Text<'_>, node: &Node) -> bool {
    let noted =
        |block: &Block| block.role == Role::Label || block.text.trim_end_matches('。').ends_with(['）', ')']);
    node.children.is_empty() && !text.blocks(&node.head).chain(text.blocks(&node.own)).any(noted)
}
