//! Cuts a document's source into headings, clauses and what stands between them. Every character of
//! the source is shown once, in order.

use super::hit::{anchor, clause_href, name};
use crate::index::{DocumentRecord, OutlineHeading};
use crate::model::{Clause, Span};
use crate::view::Offsets;

/// A stretch of the source.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// A heading outside any clause.
    Heading {
        /// Where links lead.
        anchor: String,
        /// 2 to 4, as in `<h2>`.
        level: u8,
        /// As written.
        text: String,
    },
    /// A clause.
    Clause {
        /// Where links lead.
        anchor: String,
        /// Address of its page.
        href: String,
        /// What it is called.
        name: String,
        /// Its text.
        text: Vec<Stretch>,
    },
    /// Anything else.
    Text(Vec<Stretch>),
}

/// Text that is or is not page furniture.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// As written.
    pub(super) text: String,
    /// Page numbers, navigation and the like.
    pub(super) is_furniture: bool,
}

/// An entry of the outline.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OutlineLink {
    /// Where it leads, without the number sign.
    pub(super) anchor: String,
    /// 1 to 3, for the indent.
    pub(super) level: u8,
    /// The heading.
    pub(super) text: String,
}

/// The outline of a document, each heading with the anchor where it stands.
pub(super) fn outline(record: &DocumentRecord) -> Vec<OutlineLink> {
    let link = |(position, heading): (usize, &OutlineHeading)| {
        let clause = record.clauses.iter().find(|clause| holds(clause.span, heading.span.start));
        OutlineLink {
            anchor: clause.map_or_else(|| heading_anchor(position), |clause| anchor(clause).to_owned()),
            level: heading.level.saturating_add(1).clamp(1, 3),
            text: heading.text.clone(),
        }
    };
    record.outline.iter().enumerate().map(link).collect()
}

/// The source in blocks.
pub(super) fn blocks(record: &DocumentRecord) -> Vec<Block> {
    let offsets = Offsets::of(&record.source);
    let cutter = Cutter { record, offsets };
    let mut clauses: Vec<&Clause> = record.clauses.iter().collect();
    clauses.sort_by_key(|clause| clause.span);
    let mut blocks = Vec::new();
    let mut at = 0;
    for clause in clauses {
        // A clause within another (a row of a table, say) is shown as part of it.
        if clause.span.start < at || clause.span.end <= clause.span.start {
            continue;
        }
        cutter.between(Span { start: at, end: clause.span.start }, &mut blocks);
        blocks.push(Block::Clause {
            anchor: anchor(clause).to_owned(),
            href: clause_href(clause),
            name: name(clause),
            text: cutter.stretches(clause.span),
        });
        at = clause.span.end;
    }
    cutter.between(Span { start: at, end: cutter.offsets.len() }, &mut blocks);
    blocks
}

struct Cutter<'a> {
    record: &'a DocumentRecord,
    offsets: Offsets<'a>,
}

impl Cutter<'_> {
    /// Headings and text of a stretch without clauses.
    fn between(&self, span: Span, blocks: &mut Vec<Block>) {
        let mut at = span.start;
        for (position, heading) in self.record.outline.iter().enumerate() {
            let is_here = at <= heading.span.start
                && heading.span.end <= span.end
                && heading.span.start < heading.span.end;
            if !is_here {
                continue;
            }
            self.text(Span { start: at, end: heading.span.start }, blocks);
            blocks.push(Block::Heading {
                anchor: heading_anchor(position),
                level: heading.level.saturating_add(2).clamp(2, 4),
                text: self.offsets.slice(heading.span).trim().to_owned(),
            });
            at = heading.span.end;
        }
        self.text(Span { start: at, end: span.end }, blocks);
    }

    fn text(&self, span: Span, blocks: &mut Vec<Block>) {
        let stretches = self.stretches(span);
        if stretches.iter().any(|stretch| !stretch.text.trim().is_empty()) {
            blocks.push(Block::Text(stretches));
        }
    }

    /// The text of `span`, cut where furniture begins and ends, without blank lines at its ends.
    fn stretches(&self, span: Span) -> Vec<Stretch> {
        let mut stretches = Vec::new();
        let mut push = |start: u32, end: u32, is_furniture: bool| {
            let text = self.offsets.slice(Span { start, end });
            if !text.is_empty() {
                stretches.push(Stretch { text: text.to_owned(), is_furniture });
            }
        };
        let mut at = span.start;
        for furniture in &self.record.furniture {
            let (start, end) = (furniture.start.max(at), furniture.end.min(span.end));
            if start >= end {
                continue;
            }
            push(at, start, false);
            push(start, end, true);
            at = end;
        }
        push(at, span.end, false);
        trim(&mut stretches);
        stretches
    }
}

fn trim(stretches: &mut [Stretch]) {
    if let Some(first) = stretches.first_mut() {
        first.text = first.text.trim_start_matches(['\n', ' ', '\u{3000}']).to_owned();
    }
    if let Some(last) = stretches.last_mut() {
        last.text = last.text.trim_end().to_owned();
    }
}

fn holds(span: Span, at: u32) -> bool {
    (span.start..span.end).contains(&at)
}

fn heading_anchor(position: usize) -> String {
    format!("heading-{position}")
}
