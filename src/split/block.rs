//! Lines to blocks: what each line is by itself. What it is by its neighbours is [`super::frame`]'s work.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::normalise::{LineKind, Source};
use crate::text::fold::simplified;
use crate::text::marker::{self, Marker, MarkerKind};

/// One line, or a part of one, with what it is.
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
    /// Level of the heading where it is marked up as one.
    pub level: Option<u8>,
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
    /// A heading marked up as such, without a numeral, with its level.
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

impl Block {
    /// Which series it belongs to, where it is numbered.
    pub(super) fn kind(&self) -> Option<MarkerKind> {
        self.marker.as_ref().map(|marker| marker.kind)
    }

    /// Whether it is 附件 or 附件1, with or without its title.
    pub(super) fn is_attachment(&self) -> bool {
        self.kind() == Some(MarkerKind::Attachment)
    }

    /// The text after the marker.
    pub(super) fn body(&self) -> &str {
        let length = self.marker.as_ref().map_or(0, |marker| marker.length);
        self.text.get(length..).unwrap_or_default()
    }
}

static DOCUMENT_NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^[\p{Han}A-Za-z]{1,16}\s*[\[〔﹝（(【［]\s*[0-9０-９]{4}\s*[\]〕﹞）)】］]\s*(?:第\s*)?[0-9０-９]{1,5}\s*号$").ok()
});

/// Whether `regex` compiled and matches.
pub(super) fn matches(regex: &LazyLock<Option<Regex>>, text: &str) -> bool {
    regex.as_ref().is_some_and(|regex| regex.is_match(text))
}

/// Whether `text` could be a heading or title: short, no sentence in it.
pub(super) fn is_heading_like(text: &str) -> bool {
    let body = text.trim_end_matches(['。', '：', ':']);
    let long = body.chars().count() > 48;
    !long && !body.contains(['。', '；', ';', '！', '？'])
}

/// Reads the blocks of `source`, one a line.
pub(super) fn read(source: &Source) -> Vec<Block> {
    source
        .lines
        .iter()
        .map(|line| {
            let text = source.line(line).to_owned();
            let (role, marker) = classify(&text, line.kind);
            let level = if let LineKind::Heading(level) = line.kind { Some(level) } else { None };
            Block {
                range: line.start..line.end,
                text,
                line: line.origin,
                role,
                level,
                marker,
                rank: 0,
                value: 0,
            }
        })
        .collect()
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
    let is_inner = |marker: &Marker| matches!(marker.kind, MarkerKind::Circled | MarkerKind::Ordinal);
    match (marker::read(text).filter(|marker| !is_inner(marker)), kind) {
        (Some(marker), _) => (Role::Numbered, Some(marker)),
        (None, LineKind::Heading(level)) => (Role::Marked(level), None),
        (None, _) if text.chars().count() <= 40 && matches(&DOCUMENT_NUMBER, &simplified(text)) => {
            (Role::Furniture, None)
        }
        (None, _) => (Role::Paragraph, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pattern_compiles() {
        assert!(matches(&DOCUMENT_NUMBER, "相政办〔2022〕6号"));
    }
}
