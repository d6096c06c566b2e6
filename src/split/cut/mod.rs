//! Cuts the text along the outline: a node is a heading, a clause, or both.

mod emit;
mod inherit;
mod own;
mod table;
mod text;

use std::collections::HashMap;
use std::ops::Range;

use super::block::{Block, Role, is_heading_like};
use super::outline::Node;
use super::{MAX_CLAUSE, Split, kind, rank};
use crate::model::ClauseKind;
use crate::normalise::Source;
use crate::text::marker::MarkerKind;
use own::Own;
use text::Text;

/// Longest heading that names a kind of section within a section, in characters: （二）基本原则.
const LONGEST_NAME: usize = 8;

/// Longest clause that keeps an enumeration within it whole, in characters.
const MAX_ENUMERATION: usize = 600;

/// Cuts `source`.
pub(super) fn cut(source: &Source, blocks: &[Block], root: &Node) -> Split {
    let mut cutter = Cutter { text: Text { source, blocks }, split: Split::default(), taken: HashMap::new() };
    let furniture = blocks.iter().filter(|block| block.role == Role::Furniture);
    cutter.split.furniture = furniture.map(|block| block.range.clone()).collect();
    cutter.cut_root(root);
    cutter.split.clauses.sort_by_key(|clause| clause.range.start);
    cutter.split.headings.sort_by_key(|heading| heading.range.start);
    cutter.split.furniture.sort_by_key(|range| range.start);
    cutter.split
}

/// What a node tells the nodes within it.
#[derive(Clone, Default)]
struct Above {
    /// Headings, outermost first.
    path: Vec<String>,
    /// Tokens of the id.
    id: Vec<String>,
    /// The kind that the headings give to what is below.
    kind: Option<ClauseKind>,
    /// Lines elsewhere that serve what is below.
    inherited: Vec<String>,
}

impl Above {
    /// The same one step further in.
    fn within(&self, node: &Node, heading: String) -> Self {
        let mut inner = self.clone();
        inner.path.push(heading);
        inner.id.push(node.token.clone());
        inner
    }

    fn level(&self) -> u8 {
        u8::try_from(self.path.len() + 1).unwrap_or(u8::MAX)
    }
}

/// What a node's siblings say of it.
#[derive(Clone, Copy)]
struct Among {
    /// It is the last section of a plan.
    closes: bool,
    /// Most of them have nothing within.
    leaves: bool,
}

/// Two in three of a list of （一）, half of a list of 1.: groups are seldom counted that deep.
fn mostly_leaves(siblings: &[Node]) -> bool {
    let leaves = siblings.iter().filter(|sibling| sibling.children.is_empty()).count();
    let counts_measures = siblings.first().is_some_and(|sibling| sibling.rank >= rank::ARABIC);
    let of_three = siblings.len() >= 3 && leaves * 3 >= siblings.len() * 2;
    of_three || (counts_measures && leaves > 0 && leaves * 2 >= siblings.len())
}

struct Cutter<'a> {
    text: Text<'a>,
    split: Split,
    /// How often an id path was asked for.
    taken: HashMap<String, u32>,
}

impl Cutter<'_> {
    fn cut_root(&mut self, root: &Node) {
        self.push_heading(&root.head, 0);
        let carries_plan = root.children.iter().any(|child| child.rank == rank::BODY);
        let is_notice = carries_plan && kind::issues_another(&self.text.joined(&root.head));
        let above = Above { kind: is_notice.then_some(ClauseKind::Notice), ..Above::default() };
        self.cut_own(&root.own, &above, Some(ClauseKind::Notice));
        self.cut_children(root, &above);
    }

    fn cut_children(&mut self, node: &Node, above: &Above) {
        let shared = inherit::shared_labels(&self.text, node);
        for (index, child) in node.children.iter().enumerate() {
            let last = index + 1 == node.children.len();
            let mut above = above.clone();
            if child.rank == rank::BODY && above.kind == Some(ClauseKind::Notice) {
                above.kind = None;
            }
            if !last {
                above.inherited.extend(shared.iter().cloned());
            }
            let closes = last && index > 0 && child.rank == rank::IDEOGRAPHIC;
            self.cut_node(child, &above, Among { closes, leaves: mostly_leaves(&node.children) });
        }
    }

    fn cut_node(&mut self, node: &Node, above: &Above, among: Among) {
        if self.text.kind(node) == Some(MarkerKind::Article) {
            self.push_whole(node, above, ClauseKind::Article);
            return;
        }
        let title = self.text.title(node);
        let section = self.section_kind(node, above, &title, among);
        let body = self.separate(&node.own);
        if self.enumerates(node, &title) {
            self.push_whole(node, above, self.clause_kind(node, section));
        } else if self.heads(node, &body, &title, among) {
            self.cut_headed(node, above, section, &body);
        } else {
            self.cut_numbered(node, above, section, &body);
        }
    }

    fn section_kind(&self, node: &Node, above: &Above, title: &str, among: Among) -> Option<ClauseKind> {
        let is_name = above.kind.is_none() && title.chars().count() <= LONGEST_NAME;
        let titles_section = node.rank <= rank::IDEOGRAPHIC || !node.children.is_empty() || is_name;
        if !titles_section {
            return above.kind;
        }
        let kind = kind::of_section(title, self.text.value(node), above.kind);
        match kind {
            None if among.closes => kind::of_last_section(title),
            _ => kind,
        }
    }

    /// Whether the head is a heading and no clause: it stands above other nodes or above text that
    /// it only names. 一、加大信贷支持 with its text below is one clause; so is （二） with its 1. and
    /// 2. among a dozen measures that have none.
    fn heads(&self, node: &Node, body: &Own, title: &str, among: Among) -> bool {
        if node.rank <= rank::SECTION || self.text.is_unnumbered(node) {
            return true;
        }
        let head = self.text.joined(&node.head);
        if !is_heading_like(&head) || self.is_roster(node) {
            return is_heading_like(&head) && !node.children.is_empty();
        }
        let only_tables = body.text.is_empty() && !body.tables.is_empty();
        let names_text = !node.own.is_empty() && (kind::names_section(title) || !body.tables.is_empty());
        let is_measure = among.leaves && node.rank >= rank::BRACKET;
        (!node.children.is_empty() && !is_measure)
            || only_tables
            || (node.rank <= rank::IDEOGRAPHIC && names_text)
    }

    /// Whether the children are the parts of one sentence: `应当：` and （1）…；（2）…。
    fn enumerates(&self, node: &Node, title: &str) -> bool {
        let leads = self.text.joined(&node.head).ends_with(['：', ':']);
        let parts = node.children.len();
        let is_part =
            |child: &Node| child.children.is_empty() && self.text.joined(&child.head).ends_with(['；', ';']);
        let listed = node.children.iter().filter(|child| is_part(child)).count();
        leads
            && !kind::names_section(title)
            && node.rank >= rank::BRACKET
            && parts > 1
            && listed + 1 >= parts
            && self.text.length(node) <= MAX_ENUMERATION
    }

    /// A node whose head is a heading: the head is no clause, its own text is.
    fn cut_headed(&mut self, node: &Node, above: &Above, section: Option<ClauseKind>, body: &Own) {
        if let Some(table) = self.only_table(node, body) {
            let table = [node.head.as_slice(), table].concat();
            self.push(&table, above, node, ClauseKind::Table);
            return;
        }
        let heading = self.text.heading(node);
        self.push_heading(&node.head, above.level());
        let mut inner = above.within(node, heading);
        inner.kind = section;
        inner.inherited.extend(inherit::from_heading(&self.text.joined(&node.head)));
        let introduces = node.rank <= rank::PLAN && !node.children.is_empty();
        self.cut_own(&node.own, &inner, introduces.then_some(ClauseKind::Notice));
        inner.inherited.extend(inherit::labels(&self.text, node));
        self.cut_children(node, &inner);
    }

    /// The table that is all an attachment holds: a clause with its title.
    fn only_table<'o>(&self, node: &Node, body: &'o Own) -> Option<&'o Vec<usize>> {
        let table = body.tables.first()?;
        let only = node.children.is_empty() && body.text.is_empty() && body.tables.len() == 1;
        (only && node.rank <= rank::PLAN && !self.is_task_list(table)).then_some(table)
    }

    /// A node whose head is the beginning of a clause.
    fn cut_numbered(&mut self, node: &Node, above: &Above, section: Option<ClauseKind>, body: &Own) {
        let kind = self.clause_kind(node, section);
        let mut own_above = above.clone();
        own_above.inherited.extend(inherit::shared_labels(&self.text, node));
        let text = [node.head.as_slice(), &body.text].concat();
        self.push(&text, &own_above, node, kind);
        let inner = Above { kind: Some(kind), ..above.within(node, self.text.heading(node)) };
        for table in &body.tables {
            self.cut_table(table, &inner);
        }
        self.cut_children(node, &inner);
    }

    fn clause_kind(&self, node: &Node, section: Option<ClauseKind>) -> ClauseKind {
        if self.is_roster(node) {
            return ClauseKind::Roster;
        }
        section.unwrap_or(ClauseKind::Measure)
    }

    fn is_roster(&self, node: &Node) -> bool {
        kind::is_roster(self.text.lines(&node.own))
    }
}

/// The byte range of adjoining blocks.
type Piece = Range<usize>;
