//! Web pages: the main content found, what surrounds it marked as furniture, tables as rows.

mod element;
mod page;
mod table;

use std::sync::LazyLock;

use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use encoding_rs::Encoding;
use regex::bytes::Regex;
use scraper::node::Element;
use scraper::{Html, Node};

use super::{RawKind, RawLine};
use crate::text::particulars;
use page::Page;

/// The encoding that a page declares in its head or its XML declaration.
pub(super) fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    static DECLARED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"(?i-u)<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([a-z0-9_:-]+)"#)
            .ok()
    });
    let head = bytes.get(..bytes.len().min(8_192))?;
    let name = DECLARED.as_ref()?.captures(head)?.get(1)?;
    Encoding::for_label(name.as_bytes())
}

/// Reads a page's text; hidden elements, scripts and styles are dropped.
pub(super) fn read(text: &str) -> Vec<RawLine> {
    let html = Html::parse_document(text);
    let page = Page::survey(&html);
    let outermost = Context { is_main: page.is_whole(), ..Context::default() };
    let mut reader =
        Reader { page, lines: Vec::new(), line: Line::default(), open: vec![outermost], is_past_main: false };
    let mut skipping = None;
    for edge in html.tree.root().traverse() {
        match edge {
            Edge::Open(node) if skipping.is_none() => {
                if reader.open(node) == Inside::Skip {
                    skipping = Some(node.id());
                }
            }
            Edge::Close(node) if skipping == Some(node.id()) => skipping = None,
            Edge::Close(node) if skipping.is_none() => reader.close(node),
            Edge::Open(_) | Edge::Close(_) => {}
        }
    }
    reader.flush();
    reader.lines
}

#[derive(PartialEq, Eq)]
enum Inside {
    Read,
    /// The element has been dealt with, or has no text for readers.
    Skip,
}

/// What the elements around a text say of it.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each read on its own")]
struct Context {
    is_furniture: bool,
    is_main: bool,
    is_link: bool,
    is_preformatted: bool,
    is_title: bool,
    heading: Option<u8>,
}

/// The line being read.
#[derive(Default)]
struct Line {
    text: String,
    linked: usize,
    links: usize,
    /// Whether the page's document has been read before it.
    is_after_main: bool,
    context: Context,
}

struct Reader<'a> {
    page: Page<'a>,
    lines: Vec<RawLine>,
    line: Line,
    open: Vec<Context>,
    /// Whether the page's document has been read.
    is_past_main: bool,
}

impl<'a> Reader<'a> {
    fn open(&mut self, node: NodeRef<'a, Node>) -> Inside {
        match node.value() {
            Node::Text(text) => self.text(text),
            Node::Element(element) => return self.open_element(node, element),
            _ => {}
        }
        Inside::Read
    }

    fn open_element(&mut self, node: NodeRef<'a, Node>, element: &'a Element) -> Inside {
        let name = element.name();
        if element::is_invisible(element) {
            return Inside::Skip;
        }
        if name == "br" || element::is_block(name) {
            self.break_line(name);
        }
        let context = self.context_within(node, element);
        if name == "table" && table::holds_data(node) {
            self.table(node, context);
            return Inside::Skip;
        }
        if context.is_link && name == "a" {
            self.line.links += 1;
        }
        self.separate_key();
        self.open.push(context);
        Inside::Read
    }

    fn close(&mut self, node: NodeRef<'a, Node>) {
        let Some(element) = node.value().as_element() else { return };
        if element::is_block(element.name()) {
            self.flush();
        }
        self.is_past_main |= self.page.is_main(node.id());
        self.open.pop();
    }

    fn context_within(&self, node: NodeRef<'a, Node>, element: &'a Element) -> Context {
        let outer = self.open.last().copied().unwrap_or_default();
        let name = element.name();
        let heading = match name.as_bytes() {
            [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
            _ => outer.heading,
        };
        Context {
            is_furniture: outer.is_furniture
                || element::is_furniture(element) && !self.page.holds_main(node.id()),
            is_main: outer.is_main || self.page.is_main(node.id()),
            is_link: outer.is_link || name == "a",
            is_preformatted: outer.is_preformatted || name == "pre",
            is_title: outer.is_title || element::is_title(element),
            heading,
        }
    }

    fn text(&mut self, text: &str) {
        let context = self.open.last().copied().unwrap_or_default();
        if context.is_preformatted {
            for (index, part) in text.split('\n').enumerate() {
                if index > 0 {
                    self.break_line("br");
                }
                self.line.push(part.trim_end_matches('\r'), context);
            }
            return;
        }
        let mut rest = text;
        while !rest.is_empty() {
            let word = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
            let (head, tail) = rest.split_at(word);
            self.line.push(head, context);
            let next = tail.trim_start_matches(|c: char| c.is_ascii_whitespace());
            if next.len() < tail.len() {
                let breaks = tail.get(..tail.len() - next.len()).is_some_and(|space| space.contains('\n'));
                self.line.space(breaks, next.chars().next());
            }
            rest = next;
        }
    }

    /// `<em>索引号</em><span>…</span>`: a colon where the elements alone part key and value.
    fn separate_key(&mut self) {
        let text = self.line.text.trim();
        if !text.contains([':', '：']) && text.chars().count() <= 12 && particulars::begins(text) {
            self.line.text.push('：');
        }
    }

    /// Ends the line; a second `<br>` in a row leaves vertical space.
    fn break_line(&mut self, name: &str) {
        let was_empty = self.line.text.trim().is_empty();
        self.flush();
        if name == "br" && was_empty {
            self.push(String::new(), RawKind::Text);
        }
    }

    fn flush(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = Line { is_after_main: self.is_past_main, ..line };
        let text = line.text.trim_matches([' ', '\n', '\r']);
        if text.trim().is_empty() {
            if !text.is_empty() {
                self.push(String::new(), RawKind::Text);
            }
            return;
        }
        let kind = self.page.kind_of(&line, text);
        self.push(text.to_owned(), kind);
    }

    fn table(&mut self, node: NodeRef<'a, Node>, context: Context) {
        self.flush();
        for line in table::read(node) {
            let kind = if context.is_furniture { RawKind::Furniture } else { line.kind };
            self.push(line.text, kind);
        }
    }

    fn push(&mut self, text: String, kind: RawKind) {
        let origin = self.lines.len() as u32 + 1;
        self.lines.push(RawLine { text, kind, origin });
    }
}

impl Line {
    fn push(&mut self, text: &str, context: Context) {
        if text.is_empty() {
            return;
        }
        if self.text.trim().is_empty() {
            self.context = context;
        }
        if context.is_link {
            self.linked += text.chars().count();
        }
        self.text.push_str(text);
    }

    /// White space in the source: none at all where a line of Chinese was broken in the source.
    fn space(&mut self, breaks: bool, next: Option<char>) {
        let is_wide = |c: Option<char>| c.is_some_and(|c| c >= '\u{2E80}');
        let last = self.text.chars().last();
        if breaks && is_wide(last) && (next.is_none() || is_wide(next)) || last.is_none() || last == Some(' ')
        {
            return;
        }
        self.text.push(' ');
    }
}
