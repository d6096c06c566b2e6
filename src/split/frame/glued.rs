//! A heading and a paragraph on one line.

use crate::split::block::{Block, Role, is_heading_like};

/// What begins a paragraph of aims.
const AIMS: [&str; 6] = ["主要目标：", "主要目标:", "工作目标：", "工作目标:", "总体目标：", "总体目标:"];

/// `（三）提升法治服务保障水平主要目标：2022年底前…` becomes a heading and a paragraph.
pub(super) fn split(blocks: Vec<Block>) -> Vec<Block> {
    let mut out = Vec::with_capacity(blocks.len());
    for block in blocks {
        let halves = glued_aim(&block)
            .and_then(|at| Some((at, block.text.get(..at)?.to_owned(), block.text.get(at..)?.to_owned())));
        let Some((at, head, rest)) = halves else {
            out.push(block);
            continue;
        };
        let middle = block.range.start + at;
        let end = block.range.end;
        let aim = Block {
            range: middle..end,
            text: rest,
            role: Role::Paragraph,
            marker: None,
            level: None,
            ..block.clone()
        };
        out.push(Block { range: block.range.start..middle, text: head, ..block });
        out.push(aim);
    }
    out
}

fn glued_aim(block: &Block) -> Option<usize> {
    if block.role != Role::Numbered {
        return None;
    }
    let length = block.marker.as_ref()?.length;
    let at = AIMS.iter().find_map(|aim| block.text.find(aim))?;
    let head = block.text.get(..at)?;
    let is_head =
        at > length && is_heading_like(head) && head.chars().count() >= 4 && !head.ends_with(['，', '、']);
    is_head.then_some(at)
}
