//! What of a page is its document: the element that holds most of the text, against navigation,
//! breadcrumbs, tools and footers.

use std::collections::{HashMap, HashSet};

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use scraper::{Html, Node};

use super::super::RawKind;
use super::element::{is_block, is_frame, is_invisible, names};
use super::{Line, table};
use crate::text::{marker, particulars};

/// Share of a page's unlinked text that its main element holds.
const MAIN_SHARE: f32 = 0.75;

/// Share that suffices where the element is named as the document.
const NAMED_SHARE: f32 = 0.4;

/// Parts of the words in the classes and ids of elements that hold the document, in the systems that
/// governments publish with.
const CONTENT_NAMES: &[&str] = &[
    "zoom", "article", "content", "trs", "ucap", "detail", "zhengwen", "wenzhang", "artic", "neirong", "vsb",
];

/// A line outside the main content with fewer characters and no full stop is furniture.
const SENTENCE: usize = 40;

/// Shortest title of a document, in characters; the headings of menus and lists are shorter.
const SHORTEST_TITLE: usize = 8;

/// Where the document of a page is.
pub(super) struct Page<'a> {
    main: Option<NodeRef<'a, Node>>,
    /// Elements that the main one lies in, itself included.
    around: HashSet<NodeId>,
    /// The page's `<title>`.
    title: String,
}

impl<'a> Page<'a> {
    /// Finds the main element: the innermost one that still holds most of the unlinked text.
    pub(super) fn survey(html: &'a Html) -> Self {
        let weights = weigh(html);
        let whole = weights.get(&html.tree.root().id()).copied().unwrap_or_default();
        let mut main = descend(html.tree.root(), whole, &weights);
        let weight = |node: NodeRef<'a, Node>| weights.get(&node.id()).copied().unwrap_or_default();
        let mut least = NAMED_SHARE * whole as f32;
        while let Some(named) = named_content(main, least, &weights) {
            main = descend(named, weight(named), &weights);
            least = MAIN_SHARE * weight(main) as f32;
        }
        let around = main.ancestors().map(|node| node.id()).chain([main.id()]).collect();
        let title = html
            .tree
            .root()
            .descendants()
            .find(|node| node.value().as_element().is_some_and(|e| e.name() == "title"));
        let title = title.map(|node| text_of(&node)).unwrap_or_default();
        let main = main.value().is_element().then_some(main);
        Self { main, around, title }
    }

    /// Whether the page is nothing but its document.
    pub(super) fn is_whole(&self) -> bool {
        self.main.is_none()
    }

    pub(super) fn is_main(&self, id: NodeId) -> bool {
        self.main.is_some_and(|main| main.id() == id)
    }

    /// Whether the main element is `id` or lies in it: then no class name makes it furniture.
    pub(super) fn holds_main(&self, id: NodeId) -> bool {
        self.around.contains(&id)
    }

    /// What kind of line it is.
    pub(super) fn kind_of(&self, line: &Line, text: &str) -> RawKind {
        let context = line.context;
        let length = text.chars().filter(|c| !c.is_whitespace()).count();
        let is_link = line.links >= 1 && line.linked * 5 >= length * 3;
        let is_page_title = self.is_page_title(text);
        let names_other = is_link && !text.contains('。') && !is_page_title && marker::read(text).is_none();
        if context.is_furniture || (line.links >= 2 && is_link) || names_other {
            return RawKind::Furniture;
        }
        let is_sentence = length >= SENTENCE || text.contains('。');
        if let Some(level) = context.heading {
            let heads = context.is_main || is_sentence || is_page_title || is_above_main(line);
            return if heads { RawKind::Heading(level) } else { RawKind::Furniture };
        }
        let belongs =
            context.is_main || context.is_title || is_sentence || particulars::begins(text) || is_page_title;
        if belongs { RawKind::Text } else { RawKind::Furniture }
    }

    fn is_page_title(&self, text: &str) -> bool {
        text.chars().count() >= 6 && self.title.contains(text)
    }
}

/// Whether the line is a heading of the page above its document, long enough for a title.
fn is_above_main(line: &Line) -> bool {
    !line.is_after_main && line.text.trim().chars().count() >= SHORTEST_TITLE
}

/// From `from` inwards as long as one child holds most of `whole`.
fn descend<'a>(from: NodeRef<'a, Node>, whole: usize, weights: &HashMap<NodeId, usize>) -> NodeRef<'a, Node> {
    let mut main = from;
    let holds_most = |child: &NodeRef<'a, Node>| {
        let weight = weights.get(&child.id()).copied().unwrap_or_default();
        weight as f32 >= MAIN_SHARE * whole as f32 && whole > 0
    };
    while let Some(child) = main.children().find(holds_most) {
        let is_frame = child.value().as_element().is_some_and(|element| is_frame(element.name()))
            && !table::holds_data(child);
        // Paragraphs beside it belong to the document as well.
        let has_paragraphs = main.children().any(|child| is_paragraph(&child));
        if !is_frame || has_paragraphs {
            break;
        }
        main = child;
    }
    main
}

/// The element within `main` that content systems name as the document, if it holds `least` characters.
fn named_content<'a>(
    main: NodeRef<'a, Node>,
    least: f32,
    weights: &HashMap<NodeId, usize>,
) -> Option<NodeRef<'a, Node>> {
    let is_named = |node: &NodeRef<'a, Node>| {
        let Some(element) = node.value().as_element() else { return false };
        matches!(element.name(), "article" | "main" | "ucapcontent")
            || names(element).any(|name| CONTENT_NAMES.iter().any(|part| name.contains(part)))
    };
    let weight = |node: &NodeRef<'a, Node>| weights.get(&node.id()).copied().unwrap_or_default();
    let named = main.descendants().skip(1).filter(is_named).max_by_key(weight)?;
    (weight(&named) as f32 >= least && weight(&named) > 0).then_some(named)
}

/// Characters of unlinked, visible text under every element.
fn weigh(html: &Html) -> HashMap<NodeId, usize> {
    let mut weights = HashMap::new();
    let mut open = vec![0_usize];
    let mut hidden = 0_usize;
    for edge in html.tree.root().traverse() {
        match edge {
            Edge::Open(node) => {
                hidden += usize::from(has_no_weight(node));
                let own = match node.value() {
                    Node::Text(text) if hidden == 0 => text.chars().filter(|c| !c.is_whitespace()).count(),
                    _ => 0,
                };
                open.push(own);
            }
            Edge::Close(node) => {
                hidden -= usize::from(has_no_weight(node));
                let weight = open.pop().unwrap_or_default();
                if let Some(outer) = open.last_mut() {
                    *outer += weight;
                }
                weights.insert(node.id(), weight);
            }
        }
    }
    weights
}

fn has_no_weight(node: NodeRef<'_, Node>) -> bool {
    node.value().as_element().is_some_and(|element| {
        element.name() == "a" || is_invisible(element) || matches!(element.name(), "nav" | "footer" | "aside")
    })
}

/// The text under `node`, white space collapsed.
pub(super) fn text_of(node: &NodeRef<'_, Node>) -> String {
    let mut text = String::new();
    for node in node.descendants() {
        match node.value() {
            Node::Text(part) => text.push_str(part),
            Node::Element(element) if element.name() == "br" || is_block(element.name()) => text.push(' '),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A paragraph with text of its own.
fn is_paragraph(node: &NodeRef<'_, Node>) -> bool {
    node.value().as_element().is_some_and(|element| element.name() == "p") && !text_of(node).is_empty()
}
