//! The numbering that Word generates, which stands nowhere in the document's text.

use std::collections::{HashMap, HashSet};

use roxmltree::Node;

use super::{attribute, is_on, numeral, value};

/// Word's lists have nine levels.
const LEVELS: usize = 9;

/// The document's lists and how far each has been counted.
#[derive(Default)]
pub(super) struct Numbering {
    /// The levels of each abstract list.
    lists: HashMap<String, [Level; LEVELS]>,
    /// Which abstract list an instance uses.
    instances: HashMap<String, Instance>,
    counters: HashMap<String, [Option<u32>; LEVELS]>,
    /// Instances whose own start has been applied.
    begun: HashSet<(String, usize)>,
}

#[derive(Clone, Default)]
struct Level {
    start: Option<u32>,
    format: String,
    /// Such as `第%1条`.
    text: String,
    /// Numerals of outer levels are written as digits.
    is_legal: bool,
    /// The paragraph style that implies this level.
    style: Option<String>,
}

struct Instance {
    list: String,
    starts: HashMap<usize, u32>,
}

impl Numbering {
    /// Reads the numbering part.
    pub(super) fn read(root: Option<Node<'_, '_>>) -> Self {
        let mut numbering = Self::default();
        let Some(root) = root else { return numbering };
        let named = |name: &'static str| root.children().filter(move |node| node.tag_name().name() == name);
        let mut linked: HashMap<&str, &str> = HashMap::new();
        for list in named("abstractNum") {
            let Some(id) = attribute(list, "abstractNumId") else { continue };
            numbering.lists.insert(id.to_owned(), read_levels(list));
            if let Some(style) = value(list, "styleLink") {
                linked.insert(style, id);
            }
        }
        let redirected: HashMap<&str, &str> = named("abstractNum")
            .filter_map(|list| {
                Some((attribute(list, "abstractNumId")?, *linked.get(value(list, "numStyleLink")?)?))
            })
            .collect();
        for instance in named("num") {
            let (Some(id), Some(list)) = (attribute(instance, "numId"), value(instance, "abstractNumId"))
            else {
                continue;
            };
            let list = redirected.get(list).copied().unwrap_or(list);
            let list = numbering.override_levels(instance, id, list);
            numbering.instances.insert(id.to_owned(), Instance { list, starts: read_starts(instance) });
        }
        numbering
    }

    /// An instance may bring levels of its own: then it is a list of its own.
    fn override_levels(&mut self, instance: Node<'_, '_>, id: &str, list: &str) -> String {
        let mut levels = self.lists.get(list).cloned().unwrap_or_default();
        let mut is_changed = false;
        for level in instance.descendants().filter(|node| node.tag_name().name() == "lvl") {
            if let Some(slot) = level_index(level).and_then(|index| levels.get_mut(index)) {
                *slot = read_level(level);
                is_changed = true;
            }
        }
        if !is_changed {
            return list.to_owned();
        }
        let own = format!("num {id}");
        self.lists.insert(own.clone(), levels);
        own
    }

    /// The level that a paragraph style implies in a list.
    pub(super) fn level_of_style(&self, instance: &str, style: &str) -> Option<usize> {
        let levels = self.lists.get(&self.instances.get(instance)?.list)?;
        levels.iter().position(|level| level.style.as_deref() == Some(style))
    }

    /// Counts one paragraph on and gives its number as printed; none for bullets.
    pub(super) fn next(&mut self, instance_id: &str, level: usize) -> Option<String> {
        let instance = self.instances.get(instance_id)?;
        let levels = self.lists.get(&instance.list)?;
        let own = levels.get(level)?;
        let counters = self.counters.entry(instance.list.clone()).or_default();
        let begins_anew =
            instance.starts.get(&level).filter(|_| self.begun.insert((instance_id.to_owned(), level)));
        let counter = counters.get_mut(level)?;
        *counter = match (begins_anew, *counter) {
            (Some(start), _) => Some(*start),
            (None, Some(value)) => Some(value.saturating_add(1)),
            (None, None) => Some(own.start.unwrap_or(1)),
        };
        for deeper in counters.iter_mut().skip(level + 1) {
            *deeper = None;
        }
        print(levels, counters, level)
    }
}

/// Fills `%1` … `%9` of the level's text.
fn print(levels: &[Level; LEVELS], counters: &[Option<u32>; LEVELS], level: usize) -> Option<String> {
    let own = levels.get(level)?;
    if own.format == "bullet" {
        return None;
    }
    let mut out = String::new();
    let mut text = own.text.chars().peekable();
    while let Some(c) = text.next() {
        let index = text.peek().and_then(|digit| digit.to_digit(10)).filter(|digit| c == '%' && *digit > 0);
        let Some(index) = index else {
            out.push(c);
            continue;
        };
        text.next();
        let index = index as usize - 1;
        let outer = levels.get(index)?;
        let value = counters.get(index).copied().flatten().or(outer.start).unwrap_or(1);
        let format = if own.is_legal { "decimal" } else { outer.format.as_str() };
        out.push_str(&numeral::write(format, value).unwrap_or_default());
    }
    Some(out).filter(|number| !number.trim().is_empty())
}

fn read_levels(list: Node<'_, '_>) -> [Level; LEVELS] {
    let mut levels: [Level; LEVELS] = Default::default();
    for level in list.children().filter(|node| node.tag_name().name() == "lvl") {
        if let Some(slot) = level_index(level).and_then(|index| levels.get_mut(index)) {
            *slot = read_level(level);
        }
    }
    levels
}

fn level_index(level: Node<'_, '_>) -> Option<usize> {
    attribute(level, "ilvl")?.parse().ok()
}

fn read_level(level: Node<'_, '_>) -> Level {
    // Newer formats stand in an alternative whose fallback older readers take.
    let format = level
        .descendants()
        .find(|node| node.tag_name().name() == "numFmt")
        .and_then(|node| attribute(node, "val"));
    Level {
        start: value(level, "start").and_then(|start| start.parse().ok()),
        format: format.unwrap_or("decimal").to_owned(),
        text: value(level, "lvlText").unwrap_or_default().to_owned(),
        is_legal: is_on(level, "isLgl"),
        style: value(level, "pStyle").map(str::to_owned),
    }
}

fn read_starts(instance: Node<'_, '_>) -> HashMap<usize, u32> {
    let overrides = instance.children().filter(|node| node.tag_name().name() == "lvlOverride");
    overrides
        .filter_map(|level| Some((level_index(level)?, value(level, "startOverride")?.parse().ok()?)))
        .collect()
}
