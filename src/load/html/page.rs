//! What of a page is its document: the element that holds most of the text, against navigation,
//! breadcrumbs, tools and footers.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use regex::Regex;
use scraper::node::Element;
use scraper::{Html, Node};

use super::super::RawKind;
use super::Line;

/// Share of a page's unlinked text that its main element holds.
const MAIN_SHARE: f32 = 0.75;

/// Share that suffices where the element is named as the document.
const NAMED_SHARE: f32 = 0.4;

/// Words in the classes and ids of elements that hold the document, in the systems that governments
/// publish with.
const CONTENT_NAMES: &[&str] = &[
    "zoom",
    "article",
    "content",
    "trs",
    "ucap",
    "detail",
    "zhengwen",
    "wenzhang",
    "artic",
    "artcontent",
    "newscontent",
];

/// A line outside the main content with fewer characters and no full stop is furniture.
const SENTENCE: usize = 40;

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
        if let Some(named) = named_content(main, whole, &weights) {
            main = descend(named, weights.get(&named.id()).copied().unwrap_or_default(), &weights);
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
        let is_list_of_links = line.links >= 2 && line.linked * 5 >= length * 3;
        if context.is_furniture || is_list_of_links {
            return RawKind::Furniture;
        }
        if let Some(level) = context.heading {
            return RawKind::Heading(level);
        }
        let is_sentence = length >= SENTENCE || text.contains('。');
        let belongs = context.is_main
            || context.is_title
            || is_sentence
            || is_metadata(text)
            || self.is_page_title(text);
        if belongs { RawKind::Text } else { RawKind::Furniture }
    }

    fn is_page_title(&self, text: &str) -> bool {
        text.chars().count() >= 6 && self.title.contains(text)
    }
}

/// From `from` inwards as long as one child holds most of `whole`.
fn descend<'a>(from: NodeRef<'a, Node>, whole: usize, weights: &HashMap<NodeId, usize>) -> NodeRef<'a, Node> {
    let mut main = from;
    let holds_most = |child: &NodeRef<'a, Node>| {
        let weight = weights.get(&child.id()).copied().unwrap_or_default();
        weight as f32 >= MAIN_SHARE * whole as f32 && whole > 0
    };
    while let Some(child) = main.children().find(holds_most) {
        if !child.value().as_element().is_some_and(|element| is_container(element.name())) {
            break;
        }
        main = child;
    }
    main
}

/// The element within `main` that content systems name as the document, if it holds a good part.
fn named_content<'a>(
    main: NodeRef<'a, Node>,
    whole: usize,
    weights: &HashMap<NodeId, usize>,
) -> Option<NodeRef<'a, Node>> {
    let is_named = |node: &NodeRef<'a, Node>| {
        let Some(element) = node.value().as_element() else { return false };
        matches!(element.name(), "article" | "main" | "ucapcontent")
            || names(element).any(|name| CONTENT_NAMES.contains(&name.as_str()))
    };
    let weight = |node: &NodeRef<'a, Node>| weights.get(&node.id()).copied().unwrap_or_default();
    let named = main.descendants().skip(1).filter(is_named).max_by_key(weight)?;
    (weight(&named) as f32 >= NAMED_SHARE * whole as f32).then_some(named)
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

/// Elements whose text no reader sees as text.
pub(super) fn is_invisible(element: &Element) -> bool {
    const NEVER: [&str; 16] = [
        "script", "style", "noscript", "template", "title", "select", "option", "button", "iframe", "object",
        "svg", "video", "audio", "canvas", "datalist", "map",
    ];
    let style = || element.attr("style").unwrap_or_default().to_ascii_lowercase().replace(' ', "");
    NEVER.contains(&element.name())
        || element.attr("hidden").is_some()
        || style().contains("display:none")
        || style().contains("visibility:hidden")
}

/// Elements that begin and end a line.
pub(super) fn is_block(name: &str) -> bool {
    is_container(name)
        || matches!(
            name,
            "p" | "h1"
                | "h2"
                | "h3"
                | "h4"
                | "h5"
                | "h6"
                | "li"
                | "dt"
                | "dd"
                | "pre"
                | "hr"
                | "tr"
                | "caption"
                | "figcaption"
                | "legend"
                | "address"
        )
}

fn is_container(name: &str) -> bool {
    matches!(
        name,
        "html"
            | "body"
            | "div"
            | "section"
            | "article"
            | "main"
            | "table"
            | "tbody"
            | "thead"
            | "tfoot"
            | "tr"
            | "td"
            | "th"
            | "ul"
            | "ol"
            | "dl"
            | "form"
            | "center"
            | "blockquote"
            | "fieldset"
            | "header"
            | "footer"
            | "nav"
            | "aside"
            | "figure"
            | "ucapcontent"
            | "details"
    )
}

/// Elements that by their name, role or class surround a document.
pub(super) fn is_furniture(element: &Element) -> bool {
    const ROLES: [&str; 5] = ["navigation", "banner", "contentinfo", "search", "complementary"];
    const WORDS: &[&str] = &[
        "nav",
        "navbar",
        "menu",
        "breadcrumb",
        "breadcrumbs",
        "crumb",
        "crumbs",
        "footer",
        "foot",
        "bottom",
        "sidebar",
        "share",
        "sharebox",
        "bdshare",
        "print",
        "printer",
        "toolbar",
        "tools",
        "related",
        "recommend",
        "copyright",
        "position",
        "location",
        "dqwz",
        "curpos",
        "currentpos",
        "search",
        "login",
        "pagination",
        "pager",
        "friendlink",
        "yqlj",
        "qrcode",
        "ewm",
        "erweima",
        "fontsize",
        "zihao",
        "prevnext",
        "sitemap",
        "banner",
        "topbar",
        "comment",
    ];
    matches!(element.name(), "nav" | "footer" | "aside")
        || element.attr("role").is_some_and(|role| ROLES.contains(&role))
        // LibreOffice marks the header and footer of pages so.
        || element.attr("title").is_some_and(|title| matches!(title, "header" | "footer"))
        || names(element).any(|name| WORDS.contains(&name.as_str()))
}

/// Elements that by their class hold the document's title.
pub(super) fn is_title(element: &Element) -> bool {
    names(element).any(|name| matches!(name.as_str(), "title" | "biaoti" | "headline" | "bt" | "subtitle"))
}

/// The words of an element's classes and id, lower-case: `page-footer` is `page` and `footer`.
fn names(element: &Element) -> impl Iterator<Item = String> {
    let attributes = [element.attr("class"), element.attr("id")].into_iter().flatten();
    attributes
        .flat_map(|value| value.split([' ', '-', '_', '\t', '\n']).filter(|word| !word.is_empty()))
        .map(str::to_ascii_lowercase)
}

/// Lines that front matter is read from: 索引号, 发文字号, 发布机构, 成文日期.
pub(super) fn is_metadata(text: &str) -> bool {
    static METADATA: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^[\[【]?\s*(索\s*引\s*号|信息索引|发\s*文\s*字\s*号|文\s*号|发\s*布\s*机\s*构|发文机关|发文单位|制发机关|公开主体|成文日期|发文日期|发布日期|生成日期|生效日期|有\s*效\s*性|效力状态|废止日期|主题分类|组配分类|公文种类|信息名称|名\s*称|标\s*题|统一编号|关键词|主题词)\s*[\]】]?\s*[:：]?").ok()
    });
    METADATA.as_ref().is_some_and(|metadata| metadata.is_match(text))
}
