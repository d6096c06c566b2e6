//! Markdown by `CommonMark`, line by line as written: a numeral that begins an item stays text, since
//! in these documents it is the clause's number.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::{RawKind, RawLine};

/// Reads Markdown; headings, rows of tables and comments are marked as such.
pub(super) fn read(text: &str) -> Vec<RawLine> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut reader = Reader::new(text);
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        reader.take(event, &range);
    }
    reader.flush();
    reader.lines
}

struct Reader<'a> {
    source: &'a str,
    lines: Vec<RawLine>,
    line: String,
    /// The numeral of an item whose text has not begun.
    numeral: String,
    kind: RawKind,
    /// Where the line begins in the source.
    start: Option<usize>,
    /// Counts lines up to an offset, which only grows.
    counted: (usize, u32),
}

impl<'a> Reader<'a> {
    fn new(source: &'a str) -> Self {
        Self {
            source,
            lines: Vec::new(),
            line: String::new(),
            numeral: String::new(),
            kind: RawKind::Text,
            start: None,
            counted: (0, 1),
        }
    }

    fn take(&mut self, event: Event<'_>, range: &Range<usize>) {
        match event {
            Event::Start(tag) => self.open(&tag, range),
            Event::End(tag) => self.close(tag),
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.text(&text, range.start);
            }
            Event::SoftBreak | Event::HardBreak => self.flush(),
            Event::Html(html) | Event::InlineHtml(html) => self.html(&html, range.start),
            Event::Rule => self.blank(range.start),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn open(&mut self, tag: &Tag<'_>, range: &Range<usize>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.blank(range.start);
                self.kind = RawKind::Heading(level_number(*level));
            }
            Tag::Paragraph | Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::Table(_) => self.blank(range.start),
            Tag::TableHead | Tag::TableRow => {
                self.flush();
                self.kind = RawKind::Row;
                self.start = Some(range.start);
            }
            Tag::Item => self.item_marker(range),
            Tag::MetadataBlock(_) => self.kind = RawKind::Furniture,
            _ => {}
        }
    }

    fn close(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::TableCell => self.line.push('\t'),
            TagEnd::TableHead | TagEnd::TableRow => {
                self.line.pop();
                self.flush();
                self.kind = RawKind::Text;
            }
            TagEnd::Heading(_) | TagEnd::MetadataBlock(_) => {
                self.flush();
                self.kind = RawKind::Text;
            }
            TagEnd::Item if !self.numeral.is_empty() => {
                self.line = std::mem::take(&mut self.numeral);
                self.flush();
            }
            TagEnd::Paragraph | TagEnd::Item | TagEnd::CodeBlock | TagEnd::HtmlBlock => self.flush(),
            _ => {}
        }
    }

    /// A numeral is kept as written; a bullet is only a mark.
    fn item_marker(&mut self, range: &Range<usize>) {
        self.flush();
        let item = self.source.get(range.clone()).unwrap_or_default().trim_start();
        let numeral = item.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
        if numeral > 0 && item.get(numeral..).is_some_and(|rest| rest.starts_with(['.', ')'])) {
            self.numeral = format!("{} ", item.get(..=numeral).unwrap_or_default());
        }
    }

    fn text(&mut self, text: &str, start: usize) {
        if self.kind == RawKind::Row {
            self.line.push_str(&text.replace(['\t', '\n'], " "));
            return;
        }
        for (index, part) in text.split('\n').enumerate() {
            if index > 0 {
                self.flush();
            }
            self.start.get_or_insert(start);
            if self.line.is_empty() {
                self.line = std::mem::take(&mut self.numeral);
            }
            self.line.push_str(part);
        }
    }

    /// `<br>` ends a line; comments are furniture; other tags go.
    fn html(&mut self, html: &str, start: usize) {
        let tag = html.trim();
        if tag.starts_with("<!--") {
            let kind = std::mem::replace(&mut self.kind, RawKind::Furniture);
            self.flush();
            self.text(tag, start);
            self.flush();
            self.kind = kind;
        } else if tag.to_ascii_lowercase().starts_with("<br") {
            if self.kind == RawKind::Row { self.line.push(' ') } else { self.flush() }
        } else if !tag.starts_with('<') || tag.matches('<').count() > 1 {
            self.flush();
            for line in super::html::read(html) {
                self.start = Some(start);
                self.line = line.text;
                self.flush();
            }
        }
    }

    fn blank(&mut self, offset: usize) {
        self.flush();
        let origin = self.line_number(offset);
        self.lines.push(RawLine { text: String::new(), kind: RawKind::Text, origin });
    }

    fn flush(&mut self) {
        let start = self.start.take();
        let text = std::mem::take(&mut self.line);
        if text.trim().is_empty() {
            return;
        }
        let origin = self.line_number(start.unwrap_or_default());
        self.lines.push(RawLine { text, kind: self.kind, origin });
    }

    fn line_number(&mut self, offset: usize) -> u32 {
        let (from, line) = self.counted;
        if let Some(between) = self.source.as_bytes().get(from..offset) {
            let line = line + between.split(|byte| *byte == b'\n').count() as u32 - 1;
            self.counted = (offset, line);
        }
        self.counted.1
    }
}

fn level_number(level: HeadingLevel) -> u8 {
    level as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Vec<(RawKind, String, u32)> {
        read(text)
            .into_iter()
            .filter(|line| !line.text.is_empty())
            .map(|line| (line.kind, line.text, line.origin))
            .collect()
    }

    #[test]
    fn headings_rows_comments_and_numerals() {
        let text = "# 题名\n\n<!-- INFO END -->\n\n## 第一章 总则\n\n第一条　为了**规范**\n管理。\n\n3. 压减时限\n5. 减少材料\n\n- 牵头单位：甲局\n\n| 事项 | 时限 |\n| --- | --- |\n| 开办 | 1日 |\n";
        let expected = [
            (RawKind::Heading(1), "题名", 1),
            (RawKind::Furniture, "<!-- INFO END -->", 3),
            (RawKind::Heading(2), "第一章 总则", 5),
            (RawKind::Text, "第一条　为了规范", 7),
            (RawKind::Text, "管理。", 8),
            (RawKind::Text, "3. 压减时限", 10),
            (RawKind::Text, "5. 减少材料", 11),
            (RawKind::Text, "牵头单位：甲局", 13),
            (RawKind::Row, "事项\t时限", 15),
            (RawKind::Row, "开办\t1日", 17),
        ];
        let expected: Vec<_> =
            expected.into_iter().map(|(kind, text, origin)| (kind, text.to_owned(), origin)).collect();
        assert_eq!(shape(text), expected);
    }

    #[test]
    fn a_loose_item_keeps_its_numeral_on_its_line() {
        assert_eq!(
            shape("1. 甲\n\n2. 乙\n"),
            [(RawKind::Text, "1. 甲".to_owned(), 1), (RawKind::Text, "2. 乙".to_owned(), 3)]
        );
    }
}
