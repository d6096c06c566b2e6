//! The document part: paragraphs and tables in reading order.

use roxmltree::Node;

use super::numbering::Numbering;
use super::style::{Styles, outline_level};
use super::{attribute, child, is_on, value};
use crate::load::{RawKind, RawLine};

/// A paragraph longer than this is no heading, whatever its style.
const LONGEST_HEADING: usize = 100;

/// What the other parts contribute.
pub(super) struct Parts<'a, 'i> {
    pub(super) styles: Styles,
    pub(super) numbering: Numbering,
    pub(super) footnotes: Option<Node<'a, 'i>>,
    pub(super) endnotes: Option<Node<'a, 'i>>,
}

/// Reads the document part.
pub(super) fn read<'a, 'i>(root: Node<'a, 'i>, parts: Parts<'a, 'i>) -> Vec<RawLine> {
    let has_tables = root.descendants().any(|node| node.tag_name().name() == "tbl");
    let mut reader = Reader { parts, lines: Vec::new(), paragraphs: 0, notes: 0, keeps_tabs: !has_tables };
    if let Some(body) = child(root, "body") {
        reader.blocks(body);
    }
    reader.lines
}

struct Reader<'a, 'i> {
    parts: Parts<'a, 'i>,
    lines: Vec<RawLine>,
    paragraphs: u32,
    notes: u32,
    /// A leading tab tells a linearised table's cell, but indents where tables are real.
    keeps_tabs: bool,
}

/// A paragraph being read.
#[derive(Default)]
struct Paragraph<'a, 'i> {
    text: String,
    /// How deep in the codes of fields: text there is no text.
    fields: Vec<InField>,
    boxes: Vec<Node<'a, 'i>>,
    notes: Vec<Node<'a, 'i>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum InField {
    Code,
    Result,
}

impl<'a, 'i> Reader<'a, 'i> {
    fn blocks(&mut self, parent: Node<'a, 'i>) {
        for node in parent.children() {
            match node.tag_name().name() {
                "p" => self.paragraph(node),
                "tbl" => self.table(node),
                "AlternateContent" => {
                    if let Some(chosen) = alternative(node) {
                        self.blocks(chosen);
                    }
                }
                "sdt" | "sdtContent" | "ins" | "moveTo" | "customXml" | "smartTag" => self.blocks(node),
                _ => {}
            }
        }
    }

    fn paragraph(&mut self, node: Node<'a, 'i>) {
        self.paragraphs += 1;
        let origin = self.paragraphs;
        let mut paragraph = Paragraph::default();
        let kind = self.begin(node, &mut paragraph);
        for part in paragraph.text.split('\n') {
            let text = if self.keeps_tabs { part } else { part.trim_start_matches('\t') };
            self.lines.push(RawLine { text: text.to_owned(), kind, origin });
        }
        for note in paragraph.notes {
            self.note(note, origin);
        }
        for text_box in paragraph.boxes {
            self.blocks(text_box);
        }
    }

    /// Reads the paragraph's runs behind its generated number; says what kind it is.
    fn begin(&mut self, node: Node<'a, 'i>, paragraph: &mut Paragraph<'a, 'i>) -> RawKind {
        let properties = child(node, "pPr");
        let style_id = properties.and_then(|properties| value(properties, "pStyle")).unwrap_or_default();
        let style = self.parts.styles.resolve(style_id);
        self.runs(node, paragraph);
        let own_list = properties.and_then(|properties| child(properties, "numPr"));
        let list = own_list.and_then(|list| value(list, "numId")).map(str::to_owned).or(style.list);
        let has_text = !paragraph.text.trim().is_empty();
        if let Some(list) = list.filter(|list| list != "0" && has_text) {
            let level = own_list.and_then(|list| value(list, "ilvl")).and_then(|level| level.parse().ok());
            let level =
                level.or(style.list_level).or_else(|| self.parts.numbering.level_of_style(&list, style_id));
            if let Some(number) = self.parts.numbering.next(&list, level.unwrap_or(0)) {
                paragraph.text = put_number(&number, paragraph.text.trim_start());
            }
        }
        let heading = properties.and_then(outline_level).or(style.heading);
        match heading {
            _ if style.is_contents => RawKind::Furniture,
            Some(level) if has_text && paragraph.text.chars().count() <= LONGEST_HEADING => {
                RawKind::Heading(level)
            }
            _ => RawKind::Text,
        }
    }

    fn runs(&self, parent: Node<'a, 'i>, paragraph: &mut Paragraph<'a, 'i>) {
        for node in parent.children() {
            let in_code = paragraph.fields.contains(&InField::Code);
            match node.tag_name().name() {
                "fldChar" => field(node, &mut paragraph.fields),
                "t" if !in_code => paragraph.text.push_str(node.text().unwrap_or_default()),
                "tab" | "ptab" if !in_code && parent.tag_name().name() == "r" => {
                    paragraph.text.push(if paragraph.text.trim().is_empty() { '\t' } else { ' ' });
                }
                "br" | "cr" if !in_code => paragraph.text.push('\n'),
                "noBreakHyphen" if !in_code => paragraph.text.push('-'),
                "sym" if !in_code => paragraph.text.extend(symbol(node)),
                "footnoteReference" => paragraph.notes.extend(note_of(self.parts.footnotes, node)),
                "endnoteReference" => paragraph.notes.extend(note_of(self.parts.endnotes, node)),
                "txbxContent" => paragraph.boxes.push(node),
                "AlternateContent" => {
                    if let Some(chosen) = alternative(node) {
                        self.runs(chosen, paragraph);
                    }
                }
                "del" | "moveFrom" | "delText" | "instrText" | "pPr" | "rPr" | "rt" | "sdtPr" => {}
                "r" if is_hidden(node) => {}
                _ => self.runs(node, paragraph),
            }
        }
    }

    /// A note is a line of its own behind its paragraph, so that it belongs to the clause it explains.
    fn note(&mut self, note: Node<'a, 'i>, origin: u32) {
        self.notes += 1;
        let text = self.plain(note);
        if !text.is_empty() {
            let text = format!("注{}：{text}", self.notes);
            self.lines.push(RawLine { text, kind: RawKind::Text, origin });
        }
    }

    /// The paragraphs under `node` on one line.
    fn plain(&mut self, node: Node<'a, 'i>) -> String {
        let mut parts = Vec::new();
        for node in node.descendants().filter(|node| node.tag_name().name() == "p") {
            let mut paragraph = Paragraph::default();
            self.begin(node, &mut paragraph);
            let text = paragraph.text.split_whitespace().collect::<Vec<_>>().join(" ");
            parts.extend(Some(text).filter(|text| !text.is_empty()));
        }
        parts.join(" ")
    }

    fn table(&mut self, table: Node<'a, 'i>) {
        let rows: Vec<Node<'a, 'i>> =
            within(table, "tr").into_iter().filter(|row| !is_deleted(*row)).collect();
        let is_frame = rows.iter().all(|row| within(*row, "tc").len() <= 1);
        if is_frame {
            for cell in rows.into_iter().flat_map(|row| within(row, "tc")) {
                self.blocks(cell);
            }
            return;
        }
        for row in rows {
            self.paragraphs += 1;
            let text = self.row(row);
            if !text.trim().is_empty() {
                self.lines.push(RawLine { text, kind: RawKind::Row, origin: self.paragraphs });
            }
        }
    }

    /// The cells of a row; what a merged cell covers stays empty.
    fn row(&mut self, row: Node<'a, 'i>) -> String {
        let before = child(row, "trPr").and_then(|properties| count(properties, "gridBefore")).unwrap_or(0);
        let mut cells = vec![String::new(); before];
        for cell in within(row, "tc") {
            let properties = child(cell, "tcPr");
            let merge = properties.and_then(|properties| child(properties, "vMerge"));
            let is_covered = merge.is_some_and(|merge| attribute(merge, "val") != Some("restart"));
            cells.push(if is_covered { String::new() } else { self.plain(cell) });
            let spanned = properties.and_then(|properties| count(properties, "gridSpan")).unwrap_or(1);
            cells.resize(cells.len() + spanned.saturating_sub(1), String::new());
        }
        cells.join("\t")
    }
}

/// Follows Word's complex fields: their codes are no text, their results are.
fn field(node: Node<'_, '_>, fields: &mut Vec<InField>) {
    match attribute(node, "fldCharType") {
        Some("begin") => fields.push(InField::Code),
        Some("separate") => {
            if let Some(field) = fields.last_mut() {
                *field = InField::Result;
            }
        }
        _ => {
            fields.pop();
        }
    }
}

/// One of two renderings of the same thing: the newer.
fn alternative<'a, 'i>(node: Node<'a, 'i>) -> Option<Node<'a, 'i>> {
    child(node, "Choice").or_else(|| child(node, "Fallback"))
}

/// Rows of a table or cells of a row, within content controls too.
fn within<'a, 'i>(parent: Node<'a, 'i>, name: &str) -> Vec<Node<'a, 'i>> {
    let mut found = Vec::new();
    for node in parent.children() {
        match node.tag_name().name() {
            found_name if found_name == name => found.push(node),
            "sdt" | "sdtContent" | "customXml" => found.extend(within(node, name)),
            _ => {}
        }
    }
    found
}

fn note_of<'a, 'i>(notes: Option<Node<'a, 'i>>, reference: Node<'_, '_>) -> Option<Node<'a, 'i>> {
    let id = attribute(reference, "id")?;
    notes?.children().find(|note| attribute(*note, "id") == Some(id))
}

fn is_hidden(run: Node<'_, '_>) -> bool {
    child(run, "rPr").is_some_and(|properties| is_on(properties, "vanish"))
}

fn is_deleted(row: Node<'_, '_>) -> bool {
    child(row, "trPr").is_some_and(|properties| child(properties, "del").is_some())
}

fn count(properties: Node<'_, '_>, name: &str) -> Option<usize> {
    value(properties, name)?.parse().ok().map(|count: usize| count.min(100))
}

/// A character by code; the private ones of symbol fonts have no text.
fn symbol(node: Node<'_, '_>) -> Option<char> {
    let code = u32::from_str_radix(attribute(node, "char")?, 16).ok()?;
    char::from_u32(code).filter(|c| !matches!(c, '\u{E000}'..='\u{F8FF}'))
}

/// The number before the text: apart where they would run together ("1.1" and "2个").
fn put_number(number: &str, text: &str) -> String {
    let number = number.trim();
    let ends_open = number.chars().last().is_some_and(char::is_alphanumeric)
        && !number.ends_with(|c| ('①'..='⓿').contains(&c));
    let gap = if ends_open || text.starts_with(|c: char| c.is_ascii_digit()) { " " } else { "" };
    format!("{number}{gap}{text}")
}
