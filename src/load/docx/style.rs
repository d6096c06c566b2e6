//! Paragraph styles: which are headings, which are numbered, which make a table of contents.

use std::collections::HashMap;

use roxmltree::Node;

use super::{attribute, child, value};

/// Styles are based on styles; this many steps end a circle.
const LONGEST_CHAIN: usize = 16;

/// The document's paragraph styles by id.
#[derive(Default)]
pub(super) struct Styles(HashMap<String, Style>);

/// What of a style the text depends on.
#[derive(Clone, Debug, Default)]
pub(super) struct Style {
    parent: Option<String>,
    /// Heading level from 1.
    pub(super) heading: Option<u8>,
    /// List and level.
    pub(super) list: Option<String>,
    pub(super) list_level: Option<usize>,
    pub(super) is_contents: bool,
}

impl Styles {
    /// Reads the styles part.
    pub(super) fn read(root: Option<Node<'_, '_>>) -> Self {
        let styles = root
            .into_iter()
            .flat_map(|root| root.children())
            .filter(|node| node.tag_name().name() == "style");
        Self(
            styles
                .filter_map(|style| Some((attribute(style, "styleId")?.to_owned(), read_style(style))))
                .collect(),
        )
    }

    /// A style with what it inherits.
    pub(super) fn resolve(&self, id: &str) -> Style {
        let mut style = self.0.get(id).cloned().unwrap_or_default();
        for _ in 0..LONGEST_CHAIN {
            let Some(parent) = style.parent.as_ref().and_then(|parent| self.0.get(parent)) else { break };
            style = Style {
                parent: parent.parent.clone(),
                heading: style.heading.or(parent.heading),
                list: style.list.or_else(|| parent.list.clone()),
                list_level: style.list_level.or(parent.list_level),
                is_contents: style.is_contents || parent.is_contents,
            };
        }
        style
    }
}

fn read_style(style: Node<'_, '_>) -> Style {
    let name = value(style, "name").unwrap_or_default().to_lowercase();
    let properties = child(style, "pPr");
    let list = properties.and_then(|properties| child(properties, "numPr"));
    Style {
        parent: value(style, "basedOn").map(str::to_owned),
        heading: properties.and_then(outline_level).or_else(|| heading_by_name(&name)),
        list: list.and_then(|list| value(list, "numId")).map(str::to_owned),
        list_level: list.and_then(|list| value(list, "ilvl")).and_then(|level| level.parse().ok()),
        is_contents: name.starts_with("toc ") || name.starts_with("目录"),
    }
}

/// The heading level that paragraph properties state: outline level 0 is a heading of level 1, 9 is
/// running text.
pub(super) fn outline_level(properties: Node<'_, '_>) -> Option<u8> {
    let level: u8 = value(properties, "outlineLvl")?.parse().ok()?;
    (level < 9).then_some(level + 1)
}

fn heading_by_name(name: &str) -> Option<u8> {
    let level = name.strip_prefix("heading ").or_else(|| name.strip_prefix("标题 "))?;
    level.trim().parse().ok().filter(|level| (1..=9).contains(level))
}
