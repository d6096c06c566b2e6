//! Lines to blocks: what each line is by itself and by its neighbours.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::normalise::{LineKind, Source};
use crate::text::fold::fold_text;
use crate::text::marker::{self, Marker, MarkerKind};

/// One or more lines that belong together.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// Byte range in the source.
    pub range: Range<usize>,
    /// The text of the range.
    pub text: String,
    /// 1-based line of the file as received.
    pub line: u32,
    /// What it is.
    pub role: Role,
    /// Its numbering, for [`Role::Numbered`].
    pub marker: Option<Marker>,
    /// Depth of the numbering after repair; see [`super::resolve`].
    pub rank: u8,
    /// Value of the numbering after repair.
    pub value: u32,
}

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Begins with a marker.
    Numbered,
    /// A heading marked up as such, without a numeral.
    Marked(u8),
    /// A title: of the document, of a plan inside it, of an attachment.
    Title,
    /// Running text.
    Paragraph,
    /// A responsibility, deadline or progress line.
    Label,
    /// A row of a table.
    Row,
    /// Furniture: page furniture, document number, addressee, signature, list of attachments.
    Furniture,
}

static DATE_LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^[（(]?(?:[0-9０-９]{4}|二[〇○零Oo0][〇○零一二三四五六七八九Oo0]{2})\s*年\s*[0-9０-９一二三四五六七八九十]{1,3}\s*月\s*[0-9０-９一二三四五六七八九十]{1,3}\s*日[)）]?$").ok()
});

static DOCUMENT_NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^[\p{Han}]{1,16}\s*[\[〔﹝（(【［]\s*[0-9０-９]{4}\s*[\]〕﹞）)】］]\s*(?:第\s*)?[0-9０-９]{1,5}\s*号$").ok()
});

static TITLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:方案|办法|意见|措施|规定|细则|规则|通知|计划|条例|清单|名单|制度|规程|要点|规划|标准|指南|指引|工作安排|任务分工|分工安排|目录|公告|通告|决定|法|解释|一览表|统计表|分工表|汇总表)\s*(?:[（(〔\[].{1,20}[)）〕\]])?$").ok()
});

fn matches(regex: &LazyLock<Option<Regex>>, text: &str) -> bool {
    regex.as_ref().is_some_and(|regex| regex.is_match(text))
}

/// Whether `text` could be a heading or title: short, no sentence in it.
pub(super) fn is_heading_like(text: &str) -> bool {
    let body = text.trim_end_matches(['。', '：', ':']);
    let long = body.chars().count() > 48;
    !long && !body.contains(['。', '；', ';', '！', '？'])
}

/// Whether `text` reads as the title of a document.
pub(super) fn is_title(text: &str) -> bool {
    !text.contains(['。', '；', '：', ':']) && text.chars().count() <= 80 && matches(&TITLE, text.trim_end())
}

/// Reads the blocks of `source`.
pub(super) fn read(source: &Source) -> Vec<Block> {
    let mut blocks: Vec<Block> = source
        .lines
        .iter()
        .map(|line| {
            let text = source.line(line).to_owned();
            let (role, marker) = classify(&text, line.kind);
            Block { range: line.start..line.end, text, line: line.origin, role, marker, rank: 0, value: 0 }
        })
        .collect();
    mark_titles(&mut blocks);
    mark_signatures(&mut blocks);
    mark_attachment_lists(&mut blocks);
    mark_contents(&mut blocks);
    split_glued_goals(blocks)
}

fn classify(text: &str, kind: LineKind) -> (Role, Option<Marker>) {
    match kind {
        LineKind::Furniture => return (Role::Furniture, None),
        LineKind::Row => return (Role::Row, None),
        LineKind::Text | LineKind::Heading(_) => {}
    }
    if marker::is_label(text) {
        return (Role::Label, None);
    }
    let marker =
        marker::read(text).filter(|marker| !matches!(marker.kind, MarkerKind::Circled | MarkerKind::Ordinal));
    match (marker, kind) {
        (Some(marker), _) => (Role::Numbered, Some(marker)),
        (None, LineKind::Heading(level)) => (Role::Marked(level), None),
        (None, _) if matches(&DOCUMENT_NUMBER, text) => (Role::Furniture, None),
        (None, _) => (Role::Paragraph, None),
    }
}

/// Titles: the lines at the head up to the first text, those that follow 附件 or 方案, and a plan's
/// own title after the notice that carries it.
fn mark_titles(blocks: &mut [Block]) {
    let mut expecting = true;
    let mut lines_left = 5u8;
    for index in 0..blocks.len() {
        let (role, text) = (blocks[index].role, blocks[index].text.clone());
        match role {
            Role::Furniture => {}
            Role::Numbered => {
                let kind = blocks[index].marker.as_ref().map(|marker| marker.kind);
                expecting = matches!(kind, Some(MarkerKind::Attachment | MarkerKind::Plan));
                lines_left = 3;
            }
            Role::Paragraph if expecting && is_addressee(&text) => {
                blocks[index].role = Role::Furniture;
                expecting = false;
            }
            Role::Paragraph if expecting && lines_left > 0 && is_title_line(&text) => {
                blocks[index].role = Role::Title;
                lines_left -= 1;
            }
            Role::Paragraph => {
                expecting = is_plan_title(blocks, index);
                lines_left = 2;
                if expecting {
                    blocks[index].role = Role::Title;
                }
            }
            Role::Marked(1) => blocks[index].role = Role::Title,
            _ => expecting = false,
        }
    }
}

/// A line of a title: no sentence, no clause of a sentence.
fn is_title_line(text: &str) -> bool {
    let introduces = text.starts_with(['为', '按', '根']) && text.contains(['，', ',']);
    is_heading_like(text) && !text.ends_with(['：', ':', '，', ',']) && !introduces
}

/// 各镇街、开发区，区政府各部门：
fn is_addressee(text: &str) -> bool {
    text.ends_with(['：', ':']) && !text.contains('。') && text.chars().count() <= 120
}

/// A title inside the text: reads as one, stands before an introduction or a first heading.
fn is_plan_title(blocks: &[Block], index: usize) -> bool {
    let text = &blocks[index].text;
    let previous_ends =
        blocks[..index].iter().rev().find(|block| block.role != Role::Title).is_none_or(|block| {
            block.role == Role::Furniture
                || matches(&DATE_LINE, &block.text)
                || block.text.ends_with(['。', '）', ')'])
        });
    let next_begins =
        blocks[index + 1..].iter().find(|block| block.role != Role::Furniture).is_some_and(|block| {
            block.role == Role::Numbered || block.text.contains('。') || block.text.starts_with(['（', '('])
        });
    previous_ends && next_begins && is_title(text)
}

/// A date alone on its line, and the agencies that sign above it.
fn mark_signatures(blocks: &mut [Block]) {
    for index in 0..blocks.len() {
        if blocks[index].role != Role::Paragraph && blocks[index].role != Role::Title {
            continue;
        }
        if !matches(&DATE_LINE, &blocks[index].text) {
            continue;
        }
        blocks[index].role = Role::Furniture;
        for signer in blocks[..index].iter_mut().rev().take(4) {
            let is_signer = signer.role == Role::Paragraph
                && signer.text.chars().count() <= 40
                && !signer.text.contains(['。', '：', ':', '，', '；']);
            if !is_signer {
                break;
            }
            signer.role = Role::Furniture;
        }
    }
}

/// 附件：1.甲 2.乙 before the signature lists what follows; it heads nothing.
fn mark_attachment_lists(blocks: &mut [Block]) {
    let is_attachment =
        |block: &Block| block.marker.as_ref().is_some_and(|m| m.kind == MarkerKind::Attachment);
    for index in 0..blocks.len() {
        let titled = is_attachment(&blocks[index]) && blocks[index].text.contains([':', '：']);
        if !titled || leads_content(&blocks[index + 1..]) {
            continue;
        }
        blocks[index].role = Role::Furniture;
        for item in &mut blocks[index + 1..] {
            let listed = item.role == Role::Numbered && !is_attachment(item) && is_heading_like(&item.text);
            let short_item = listed
                || (item.role == Role::Numbered && !is_attachment(item) && item.text.ends_with(['；', ';']));
            if !short_item {
                break;
            }
            item.role = Role::Furniture;
        }
    }
}

/// Whether what follows `附件：题名` is that attachment's content rather than the end of a notice.
fn leads_content(following: &[Block]) -> bool {
    let next =
        following.iter().find(|block| !(block.role == Role::Furniture && !matches(&DATE_LINE, &block.text)));
    next.is_some_and(|block| match block.role {
        Role::Row | Role::Title => true,
        Role::Paragraph => block.text.contains('。'),
        _ => false,
    })
}

/// A table of contents: three or more numbered short lines in a row whose titles come again later.
fn mark_contents(blocks: &mut [Block]) {
    let mut run: Vec<usize> = Vec::new();
    for index in 0..=blocks.len() {
        let is_entry = blocks.get(index).is_some_and(|block| {
            block.role == Role::Numbered
                && is_heading_like(&block.text)
                && block
                    .marker
                    .as_ref()
                    .is_some_and(|m| m.kind != MarkerKind::Attachment && m.kind != MarkerKind::Plan)
        });
        if is_entry {
            run.push(index);
            continue;
        }
        if run.len() >= 3 && repeats_later(blocks, &run) {
            for &entry in &run {
                blocks[entry].role = Role::Furniture;
            }
        }
        run.clear();
    }
}

fn repeats_later(blocks: &[Block], run: &[usize]) -> bool {
    let Some(&last) = run.last() else { return false };
    let name = |block: &Block| {
        let length = block.marker.as_ref().map_or(0, |marker| marker.length);
        fold_text(block.text.get(length..).unwrap_or_default()).split_whitespace().collect::<String>()
    };
    let later: HashSet<String> =
        blocks[last + 1..].iter().filter(|block| is_heading_like(&block.text)).map(name).collect();
    run.iter().filter(|&&index| later.contains(&name(&blocks[index]))).count() * 3 >= run.len() * 2
}

/// `（三）提升法治服务保障水平主要目标：2022年底前…` is a heading and a paragraph on one line.
fn split_glued_goals(blocks: Vec<Block>) -> Vec<Block> {
    let mut out = Vec::with_capacity(blocks.len());
    for block in blocks {
        match glued_goal(&block) {
            Some(at) => {
                let middle = block.range.start + at;
                let (head, rest) = (block.text[..at].to_owned(), block.text[at..].to_owned());
                let goal = Block {
                    range: middle..block.range.end,
                    text: rest,
                    role: Role::Paragraph,
                    marker: None,
                    ..block.clone()
                };
                out.push(Block { range: block.range.start..middle, text: head, ..block });
                out.push(goal);
            }
            None => out.push(block),
        }
    }
    out
}

fn glued_goal(block: &Block) -> Option<usize> {
    if block.role != Role::Numbered {
        return None;
    }
    let length = block.marker.as_ref()?.length;
    let at = ["主要目标：", "主要目标:", "工作目标：", "工作目标:"]
        .iter()
        .find_map(|goal| block.text.find(goal))?;
    let head = block.text.get(..at)?;
    let is_head =
        at > length && is_heading_like(head) && head.chars().count() >= 4 && !head.ends_with(['，', '、']);
    is_head.then_some(at)
}
