//! Word documents (docx): paragraphs with the numbering that Word generates, tables as rows,
//! footnotes behind their paragraph, headings by style, revisions as accepted.

mod body;
mod numbering;
mod numeral;
mod style;

use std::io::Cursor;

use roxmltree::{Document, Node, ParsingOptions};
use zip::ZipArchive;

use super::archive::{check_ratio, read_at_most};
use super::{Limits, Parsed, malformed};
use crate::error::{Error, Kind, Result};

/// More elements than any document has.
const MOST_NODES: u32 = 8_000_000;

/// Elements within elements; beyond it the parser's own stack would be at risk.
const DEEPEST: usize = 2_000;

/// Reads a docx.
pub(super) fn read(file: &str, bytes: &[u8], limits: &Limits) -> Result<Parsed> {
    let mut package = Package::open(file, bytes, limits)?;
    let main = package.main_part()?;
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let Some(document) = package.part(&main)? else {
        return Err(malformed(file, "the docx has no document part; save it anew with Word or WPS"));
    };
    let mut beside = |name: &str| package.part(&format!("{folder}/{name}")).map(Option::unwrap_or_default);
    let (numbering, styles) = (beside("numbering.xml")?, beside("styles.xml")?);
    let (footnotes, endnotes) = (beside("footnotes.xml")?, beside("endnotes.xml")?);
    let trees =
        [("numbering", &numbering), ("styles", &styles), ("footnotes", &footnotes), ("endnotes", &endnotes)];
    let mut parsed = Vec::new();
    for (name, text) in trees {
        parsed.push(if text.is_empty() { None } else { Some(parse(file, name, text)?) });
    }
    let document = parse(file, "document", &document)?;
    let part = |index: usize| parsed.get(index).and_then(Option::as_ref).map(Document::root_element);
    let styles = style::Styles::read(part(1));
    let numbering = numbering::Numbering::read(part(0));
    let lines = body::read(
        document.root_element(),
        body::Parts { styles, numbering, footnotes: part(2), endnotes: part(3) },
    );
    Ok(Parsed { lines, ..Parsed::default() })
}

/// The zip that a docx is.
struct Package<'a> {
    file: &'a str,
    zip: ZipArchive<Cursor<&'a [u8]>>,
    limits: &'a Limits,
    /// Bytes that may still be unpacked.
    left: u64,
}

impl<'a> Package<'a> {
    fn open(file: &'a str, bytes: &'a [u8], limits: &'a Limits) -> Result<Self> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| {
            malformed(file, format!("the docx is cut off or damaged ({error}); get it again"))
        })?;
        Ok(Self { file, zip, limits, left: limits.unpacked_bytes })
    }

    /// Where the text is: the package's relations say so.
    fn main_part(&mut self) -> Result<String> {
        const USUAL: &str = "word/document.xml";
        let Some(relations) = self.part("_rels/.rels")? else { return Ok(USUAL.to_owned()) };
        let tree = parse(self.file, "relations", &relations)?;
        let target = tree.root_element().children().find_map(|relation| {
            let kind = attribute(relation, "Type")?;
            kind.ends_with("/officeDocument").then(|| attribute(relation, "Target")).flatten()
        });
        Ok(target.map_or(USUAL, |target| target.trim_start_matches('/')).to_owned())
    }

    /// A part's text; none when the package has no such part.
    fn part(&mut self, name: &str) -> Result<Option<String>> {
        let label = format!("{}/{name}", self.file);
        let Some(index) = self.zip.index_for_name(name.trim_start_matches('/')) else { return Ok(None) };
        let damaged = |error: &dyn std::fmt::Display| {
            malformed(self.file, format!("{name} in the docx is damaged ({error}); get it again"))
        };
        let mut part = self.zip.by_index(index).map_err(|error| damaged(&error))?;
        let packed = part.compressed_size();
        check_ratio(&label, part.size(), packed, self.limits)?;
        let bytes = read_at_most(&mut part, self.left).map_err(|error| damaged(&error))?;
        let Some(bytes) = bytes else {
            let context = format!(
                "{label}: it unpacks to more than {} MiB; it is not read",
                self.limits.unpacked_bytes >> 20
            );
            return Err(Error::new(Kind::TooLarge, "zip_bomb", context));
        };
        check_ratio(&label, bytes.len() as u64, packed, self.limits)?;
        self.left -= bytes.len() as u64;
        let encoding =
            encoding_rs::Encoding::for_bom(&bytes).map_or(encoding_rs::UTF_8, |(encoding, _)| encoding);
        Ok(Some(encoding.decode(&bytes).0.into_owned()))
    }
}

/// Parses a part. Document types are refused: they bring entity bombs and external entities.
fn parse<'a>(file: &str, name: &str, text: &'a str) -> Result<Document<'a>> {
    if depth(text) > DEEPEST {
        return Err(malformed(file, format!("the {name} part of the docx nests elements too deep")));
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| {
        malformed(file, format!("the {name} part of the docx is no well-formed XML ({error}); save it anew"))
    })
}

/// How deep elements are nested, roughly: enough to protect recursion.
fn depth(text: &str) -> usize {
    let (mut open, mut deepest) = (0_usize, 0);
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = rest.get(at + 1..).unwrap_or_default();
        let end = rest.find('>').unwrap_or(rest.len());
        let tag = rest.get(..end).unwrap_or_default();
        match tag.as_bytes().first() {
            Some(b'/') => open = open.saturating_sub(1),
            Some(b'?' | b'!') | None => {}
            Some(_) if tag.ends_with('/') => {}
            Some(_) => open += 1,
        }
        deepest = deepest.max(open);
    }
    deepest
}

/// An attribute by its local name, whatever its namespace (Word writes two generations of them).
fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name() == name).map(|attribute| attribute.value())
}

/// The first child of that local name.
fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.tag_name().name() == name)
}

/// The `val` of a child, such as `<w:ilvl w:val="1"/>`.
fn value<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    attribute(child(node, name)?, "val")
}

/// Whether a switch such as `<w:vanish/>` is on.
fn is_on(node: Node<'_, '_>, name: &str) -> bool {
    child(node, name).is_some_and(|switch| !matches!(attribute(switch, "val"), Some("0" | "false" | "off")))
}
