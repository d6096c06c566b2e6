//! Cuts the text along the outline.

use std::collections::HashMap;
use std::ops::Range;

use super::block::{Block, Role, is_heading_like};
use super::outline::Node;
use super::resolve::rank;
use super::{ClauseDraft, Heading, MAX_CLAUSE, Split, kind, sizing};
use crate::error::Warning;
use crate::model::ClauseKind;
use crate::normalise::Source;
use crate::text::marker::MarkerKind;

/// Longest heading in a path, in characters.
const MAX_HEADING: usize = 40;

/// Cuts `source`.
pub(super) fn cut(source: &Source, blocks: &[Block], root: &Node) -> Split {
    let mut cutter = Cutter { source, blocks, split: Split::default(), taken: HashMap::new() };
    let furniture = blocks.iter().filter(|block| block.role == Role::Furniture);
    cutter.split.furniture = furniture.map(|block| block.range.clone()).collect();
    cutter.cut_root(root);
    cutter.split.clauses.sort_by_key(|clause| clause.range.start);
    cutter.split.headings.sort_by_key(|heading| heading.range.start);
    cutter.split
}

/// What a node tells the nodes within it.
#[derive(Clone, Default)]
struct Above {
    path: Vec<String>,
    id: Vec<String>,
    kind: Option<ClauseKind>,
    inherited: Vec<String>,
}

impl Above {
    /// The same one step further in.
    fn within(&self, node: &Node, heading: Option<String>) -> Self {
        let mut inner = self.clone();
        inner.path.extend(heading);
        if !node.token.is_empty() {
            inner.id.push(node.token.clone());
        }
        inner
    }
}

struct Cutter<'a> {
    source: &'a Source,
    blocks: &'a [Block],
    split: Split,
    taken: HashMap<String, u32>,
}

/// Blocks of a node's own text.
struct Own {
    /// Running text and labels, without captions.
    text: Vec<usize>,
    /// Each table: its caption and rows.
    tables: Vec<Vec<usize>>,
}

impl Cutter<'_> {
    fn cut_root(&mut self, root: &Node) {
        let title = self.joined(&root.head);
        if let Some(range) = self.span(&root.head) {
            self.split.headings.push(Heading { level: 0, text: title.clone(), range });
        }
        let carries_plan = root.children.iter().any(|child| child.rank == rank::BODY);
        let is_notice = carries_plan && kind::is_notice_title(&title);
        let kind = is_notice.then_some(ClauseKind::Notice);
        let above = Above { kind, ..Above::default() };
        self.cut_own(&root.own, &above, Some(ClauseKind::Notice));
        self.cut_children(root, &above);
    }

    fn cut_children(&mut self, node: &Node, above: &Above) {
        let shared = self.shared_labels(node);
        for (index, child) in node.children.iter().enumerate() {
            let last = index + 1 == node.children.len();
            let in_body = child.rank == rank::BODY && above.kind == Some(ClauseKind::Notice);
            let mut above = above.clone();
            if in_body {
                above.kind = None;
            }
            if !last {
                above.inherited.extend(shared.iter().cloned());
            }
            self.cut_node(child, &above);
        }
    }

    /// Label lines after the last of several children, none of which has its own, serve them all.
    fn shared_labels(&self, node: &Node) -> Vec<String> {
        let Some((last, others)) = node.children.split_last() else { return Vec::new() };
        let labels = |child: &Node| -> Vec<String> {
            let own = child.own.iter().map(|&index| &self.blocks[index]);
            own.filter(|block| block.role == Role::Label).map(|block| block.text.clone()).collect()
        };
        let shared =
            !others.is_empty() && last.children.is_empty() && others.iter().all(|child| self.is_bare(child));
        if shared { labels(last) } else { Vec::new() }
    }

    /// No label line, no responsibility note and nothing within.
    fn is_bare(&self, node: &Node) -> bool {
        let noted = |index: &usize| {
            let block = &self.blocks[*index];
            block.role == Role::Label || block.text.trim_end_matches('。').ends_with(['）', ')'])
        };
        node.children.is_empty() && !node.head.iter().chain(&node.own).any(noted)
    }

    fn cut_node(&mut self, node: &Node, above: &Above) {
        let head_text = self.joined(&node.head);
        let body = self.body(node);
        let title = self.heading_body(node, &head_text);
        let titles_section =
            node.rank <= rank::IDEOGRAPHIC || !node.children.is_empty() || above.kind.is_none();
        let section =
            if titles_section { kind::of_section(title, self.value(node), above.kind) } else { above.kind };
        let is_article = self.marker_kind(node) == Some(MarkerKind::Article);
        if is_article && self.length(node) <= MAX_CLAUSE {
            let all = self.all_blocks(node);
            self.push(&all, above, node, ClauseKind::Article);
            return;
        }
        let heading_only = is_heading_like(&head_text) && !is_article;
        let contains = !node.children.is_empty();
        if node.rank <= rank::PLAN || (heading_only && (contains || self.heads_body(node, &body, section))) {
            self.cut_headed(node, above, section, &body);
            return;
        }
        self.cut_numbered(node, above, section, body);
    }

    /// Whether a heading without children stands apart from what is below it.
    fn heads_body(&self, node: &Node, body: &Own, section: Option<ClauseKind>) -> bool {
        let outer = node.rank <= rank::IDEOGRAPHIC && !node.own.is_empty();
        let only_table = body.text.is_empty() && !body.tables.is_empty();
        outer
            && (only_table
                || section.is_some_and(|kind| kind != ClauseKind::Notice)
                || node.rank < rank::IDEOGRAPHIC
                || !self.is_roster(node))
            && !self.is_roster(node)
    }

    fn is_roster(&self, node: &Node) -> bool {
        kind::is_roster(node.own.iter().map(|&index| self.blocks[index].text.as_str()))
    }

    /// A node whose head is a heading: the head is no clause, its own text is.
    fn cut_headed(&mut self, node: &Node, above: &Above, section: Option<ClauseKind>, body: &Own) {
        let text = self.heading(node);
        let only_table = node.rank <= rank::PLAN
            && node.children.is_empty()
            && body.text.is_empty()
            && body.tables.len() == 1;
        if let Some(range) = self.span(&node.head) {
            if only_table {
                let table = [node.head.as_slice(), &body.tables[0]].concat();
                self.push(&table, above, node, ClauseKind::Table);
                return;
            }
            self.split.headings.push(Heading { level: node.rank, text: text.clone(), range });
        }
        let mut inner = above.within(node, Some(text.clone()));
        inner.kind = section;
        if text.contains("牵头") {
            inner.inherited.push(text);
        }
        let introduces = node.rank <= rank::PLAN && !node.children.is_empty();
        self.cut_own(&node.own, &inner, introduces.then_some(ClauseKind::Notice));
        let labels =
            node.own.iter().map(|&index| &self.blocks[index]).filter(|block| block.role == Role::Label);
        inner.inherited.extend(labels.map(|block| block.text.clone()));
        self.cut_children(node, &inner);
    }

    /// A node whose head is the beginning of a clause.
    fn cut_numbered(&mut self, node: &Node, above: &Above, section: Option<ClauseKind>, body: Own) {
        let kind = self.clause_kind(node, section);
        let mut own_above = above.clone();
        let shared = self.shared_labels(node);
        own_above.inherited.extend(shared);
        let text = [node.head.as_slice(), &body.text].concat();
        self.push(&text, &own_above, node, kind);
        let inner = Above { kind: Some(kind), ..above.within(node, Some(self.heading(node))) };
        for table in body.tables {
            self.push_unnumbered(&table, &inner, ClauseKind::Table, "tbl");
        }
        let inner = Above { path: above.within(node, Some(self.heading(node))).path, ..inner };
        self.cut_children(node, &inner);
    }

    fn clause_kind(&self, node: &Node, section: Option<ClauseKind>) -> ClauseKind {
        if self.marker_kind(node) == Some(MarkerKind::Article) {
            return ClauseKind::Article;
        }
        if self.is_roster(node) {
            return ClauseKind::Roster;
        }
        section.unwrap_or(ClauseKind::Measure)
    }

    /// Unnumbered text below a heading: one clause, but one a paragraph where a section lists
    /// measures; tables and notes on them apart.
    fn cut_own(&mut self, own: &[usize], above: &Above, lead: Option<ClauseKind>) {
        let body = self.separate(own);
        for table in &body.tables {
            self.push_unnumbered(table, above, ClauseKind::Table, "tbl");
        }
        for paragraphs in self.group(&body.text, above.kind) {
            let kind = self.paragraph_kind(&paragraphs, above.kind, lead);
            self.push_unnumbered(&paragraphs, above, kind, "para");
        }
    }

    fn group(&self, text: &[usize], kind: Option<ClauseKind>) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for &index in text {
            let block = &self.blocks[index];
            let apart = self.stands_apart(groups.last(), index, kind);
            match groups.last_mut() {
                Some(group) if block.role == Role::Label && !Self::is_leader_line(block) => group.push(index),
                Some(group) if !apart => group.push(index),
                _ => groups.push(vec![index]),
            }
        }
        groups
    }

    /// （牵头区领导：…；牵头单位：…） below a heading serves the section.
    fn is_leader_line(block: &Block) -> bool {
        block.text.starts_with(['（', '('])
    }

    fn stands_apart(&self, group: Option<&Vec<usize>>, index: usize, kind: Option<ClauseKind>) -> bool {
        let Some(&previous) = group.and_then(|group| group.last()) else { return true };
        let block = &self.blocks[index];
        let (end, start) = (self.blocks[previous].range.end, block.range.start);
        let gap = start > end + 1;
        let note = block.text.starts_with(['*', '＊', '※']) || block.text.starts_with("注：");
        let lists_measures = kind == Some(ClauseKind::Measure)
            && block.role == Role::Paragraph
            && block.text.chars().count() >= 40;
        let after_leader =
            Self::is_leader_line(&self.blocks[previous]) && self.blocks[previous].role == Role::Label;
        gap || note || lists_measures || after_leader || kind::is_goal_paragraph(&block.text)
    }

    fn paragraph_kind(
        &self,
        paragraphs: &[usize],
        section: Option<ClauseKind>,
        lead: Option<ClauseKind>,
    ) -> ClauseKind {
        let texts = || paragraphs.iter().map(|&index| self.blocks[index].text.as_str());
        if texts().any(kind::is_goal_paragraph) {
            return ClauseKind::Goal;
        }
        if kind::is_roster(texts()) {
            return ClauseKind::Roster;
        }
        let only_labels = paragraphs.iter().all(|&index| self.blocks[index].role == Role::Label);
        let note = texts().next().is_some_and(|text| text.starts_with(['*', '＊', '※']));
        if only_labels || note {
            return ClauseKind::Other;
        }
        lead.or(section).unwrap_or(ClauseKind::Other)
    }

    /// Tables with their captions apart from text.
    fn separate(&self, own: &[usize]) -> Own {
        let mut body = Own { text: Vec::new(), tables: Vec::new() };
        let mut in_table = false;
        for &index in own {
            let block = &self.blocks[index];
            if block.role != Role::Row {
                in_table = false;
                body.text.push(index);
                continue;
            }
            if !in_table {
                let caption = self.take_caption(&mut body.text, index);
                body.tables.push(caption);
                in_table = true;
            }
            if let Some(table) = body.tables.last_mut() {
                table.push(index);
            }
        }
        body
    }

    /// Short lines right above a table are its caption.
    fn take_caption(&self, text: &mut Vec<usize>, row: usize) -> Vec<usize> {
        let mut caption = Vec::new();
        let mut below = self.blocks[row].range.start;
        while let Some(&index) = text.last() {
            let block = &self.blocks[index];
            let is_caption = block.role == Role::Paragraph
                && block.range.end + 1 == below
                && block.text.chars().count() <= 40
                && !block.text.contains(['。', '；'])
                && caption.len() < 3;
            if !is_caption {
                break;
            }
            below = block.range.start;
            caption.insert(0, index);
            text.pop();
        }
        caption
    }

    fn body(&self, node: &Node) -> Own {
        self.separate(&node.own)
    }

    fn push_unnumbered(&mut self, indices: &[usize], above: &Above, kind: ClauseKind, token: &str) {
        let ordinal = self
            .split
            .clauses
            .iter()
            .filter(|clause| clause.id_path.starts_with(&id(&above.id, token)))
            .count();
        let id = id(&above.id, &format!("{token}_{}", ordinal + 1));
        self.emit(indices, above, None, kind, id);
    }

    fn push(&mut self, indices: &[usize], above: &Above, node: &Node, kind: ClauseKind) {
        let id = id(&above.id, &node.token);
        self.emit(indices, above, self.number(node), kind, id);
    }

    /// Adds the clause of `indices`, which follow each other, cut to size.
    fn emit(
        &mut self,
        indices: &[usize],
        above: &Above,
        number: Option<String>,
        kind: ClauseKind,
        id_path: String,
    ) {
        let Some(range) = self.span(indices) else { return };
        let Some(&first) = indices.first() else { return };
        let id_path = self.unique(id_path);
        let text = self.source.text.get(range.clone()).unwrap_or_default();
        let pieces = sizing::pieces(text, MAX_CLAUSE);
        let cut = pieces.len() > 1;
        for (part, piece) in pieces.into_iter().enumerate() {
            let piece = range.start + piece.start..range.start + piece.end;
            self.split.clauses.push(ClauseDraft {
                id_path: if cut && part > 0 {
                    format!("{id_path}__part_{}", part + 1)
                } else {
                    id_path.clone()
                },
                path: above.path.clone(),
                number: number.clone(),
                kind,
                table: if kind == ClauseKind::Table { self.rows(indices, &piece) } else { Vec::new() },
                line: self.blocks[first].line,
                range: piece,
                inherited: above.inherited.clone(),
            });
        }
    }

    fn rows(&self, indices: &[usize], piece: &Range<usize>) -> Vec<Vec<String>> {
        let rows = indices.iter().map(|&index| &self.blocks[index]);
        rows.filter(|block| {
            block.role == Role::Row && block.range.start >= piece.start && block.range.end <= piece.end
        })
        .map(|block| block.text.split('\t').map(|cell| cell.trim().to_owned()).collect())
        .collect()
    }

    /// An id path that no other clause has: a numeral that comes twice gets `-2`.
    fn unique(&mut self, id_path: String) -> String {
        let id_path = if id_path.is_empty() { "text".to_owned() } else { id_path };
        let times = self.taken.entry(id_path.clone()).or_insert(0);
        *times += 1;
        if *times == 1 {
            return id_path;
        }
        let renamed = format!("{id_path}-{times}");
        self.split
            .warnings
            .push(Warning::new("repeated_number", format!("the number of {id_path} comes again: {renamed}")));
        renamed
    }

    /// The byte range from the first to the last block.
    fn span(&self, indices: &[usize]) -> Option<Range<usize>> {
        let (first, last) = (indices.first()?, indices.last()?);
        Some(self.blocks[*first].range.start..self.blocks[*last].range.end)
    }

    fn joined(&self, indices: &[usize]) -> String {
        indices.iter().map(|&index| self.blocks[index].text.as_str()).collect()
    }

    /// What a heading says in a path: the marker and its title, cut before the first sentence ends.
    fn heading(&self, node: &Node) -> String {
        let mut parts = node.head.iter().map(|&index| self.blocks[index].text.trim());
        let first = parts.next().unwrap_or_default();
        let rest: String = parts.collect();
        let text = if rest.is_empty() { first.to_owned() } else { format!("{first} {rest}") };
        let title = text.split('。').next().unwrap_or_default().trim_end_matches(['：', ':']);
        title.chars().take(MAX_HEADING.max(if node.rank <= rank::PLAN { 80 } else { 0 })).collect()
    }

    /// The title alone: without the marker, up to the first sentence end.
    fn heading_body<'t>(&self, node: &Node, text: &'t str) -> &'t str {
        let marker = node.head.first().and_then(|&index| self.blocks[index].marker.as_ref());
        let body = text.get(marker.map_or(0, |marker| marker.length)..).unwrap_or_default();
        body.split('。').next().unwrap_or_default()
    }

    fn marker_kind(&self, node: &Node) -> Option<MarkerKind> {
        self.blocks.get(*node.head.first()?)?.marker.as_ref().map(|marker| marker.kind)
    }

    fn value(&self, node: &Node) -> u32 {
        node.head.first().and_then(|&index| self.blocks.get(index)).map_or(0, |block| block.value)
    }

    fn number(&self, node: &Node) -> Option<String> {
        let block = self.blocks.get(*node.head.first()?)?;
        let marker = block.marker.as_ref()?;
        let number = block.text.get(..marker.length)?.trim().trim_end_matches([':', '：']);
        (!number.is_empty()).then(|| number.to_owned())
    }

    fn all_blocks(&self, node: &Node) -> Vec<usize> {
        let mut all = [node.head.as_slice(), &node.own].concat();
        for child in &node.children {
            all.extend(self.all_blocks(child));
        }
        all
    }

    fn length(&self, node: &Node) -> usize {
        self.all_blocks(node).iter().map(|&index| self.blocks[index].text.chars().count()).sum()
    }
}

fn id(above: &[String], token: &str) -> String {
    above
        .iter()
        .map(String::as_str)
        .chain((!token.is_empty()).then_some(token))
        .collect::<Vec<_>>()
        .join("__")
}
