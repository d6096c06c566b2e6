//! What a line is by its neighbours: titles, addressees, signatures, lists of attachments, tables of
//! contents: the frame around the text.

mod closing;
mod contents;
mod glued;
mod titles;

use super::block::Block;

/// Marks the frame in `blocks`; lines that hold a heading and text become two blocks.
pub(super) fn mark(mut blocks: Vec<Block>) -> Vec<Block> {
    contents::mark(&mut blocks);
    titles::mark(&mut blocks);
    closing::mark_signatures(&mut blocks);
    closing::mark_attachment_lists(&mut blocks);
    glued::split(blocks)
}
