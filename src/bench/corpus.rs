//! Which documents are measured: all, or about so many articles of them, the same ones each time.

use std::collections::HashSet;
use std::path::PathBuf;

use crate::error::Result;
use crate::model::DocumentId;
use crate::pipeline::{self, Input};

/// Bytes of a document without articles that count as one.
const BYTES_AN_ARTICLE: usize = 500;

/// The inputs below `paths`, or as many of them as hold about `most` articles. They are drawn by the hash of
/// their ids, so that a part is of the kind of the whole.
pub(super) fn inputs(
    paths: &[PathBuf],
    most: Option<usize>,
) -> Result<Box<dyn Iterator<Item = Result<Input>> + '_>> {
    let all = pipeline::inputs(paths);
    let Some(most) = most else { return Ok(Box::new(all)) };
    let mut counted = Vec::new();
    for input in pipeline::inputs(paths) {
        let input = input?;
        counted.push((
            *blake3::hash(input.id.as_str().as_bytes()).as_bytes(),
            articles(&input.bytes),
            input.id,
        ));
    }
    counted.sort_unstable();
    let mut sum = 0;
    let within = counted.into_iter().take_while(|(_, articles, _)| {
        let is_within = sum < most;
        sum += articles;
        is_within
    });
    let chosen: HashSet<DocumentId> = within.map(|(_, _, id)| id).collect();
    let is_chosen =
        move |input: &Result<Input>| input.as_ref().map_or(true, |input| chosen.contains(&input.id));
    Ok(Box::new(all.filter(is_chosen)))
}

/// About how many articles a document holds: lines that begin with 第…条.
fn articles(bytes: &[u8]) -> usize {
    let text = String::from_utf8_lossy(bytes);
    let begins = |line: &&str| {
        let line = line.trim_start();
        line.starts_with('第') && line.chars().take(10).any(|character| character == '条')
    };
    let found = text.lines().filter(begins).count();
    if found == 0 { bytes.len().div_ceil(BYTES_AN_ARTICLE) } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_are_counted_by_their_beginnings() {
        assert_eq!(articles("# 法\n\n第一条 甲。\n\n第一百二十三条　乙，见第三条。\n".as_bytes()), 2);
        assert_eq!(articles(&[b'a'; 600]), 2);
    }
}
