//! Cuts a document's source into headings, clauses and what stands between them. Every character of
//! the source is shown once, in order.

use super::hit::{anchor, clause_href};
use super::naming::name;
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
        /// 2 to 6, as in `<h2>`.
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
    /// 1 to 4, for the indent.
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
            level: heading.level.saturating_add(1).clamp(1, 4),
            text: heading.text.clone(),
        }
    };
    record.outline.iter().enumerate().map(link).collect()
}

/// The anchor of the last heading with this text that stands before `clause`.
pub(super) fn heading_before(record: &DocumentRecord, text: &str, clause: &Clause) -> Option<String> {
    let headings = record.outline.iter().zip(outline(record)).rev();
    let mut before = headings.filter(|(heading, _)| heading.span.start <= clause.span.start);
    let dense = |text: &str| text.split_whitespace().collect::<String>();
    let wanted = dense(text);
    before.find(|(heading, _)| dense(&heading.text) == wanted).map(|(_, link)| link.anchor)
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
                level: self.level(heading, blocks),
                text: self.offsets.slice(heading.span).trim().to_owned(),
            });
            at = heading.span.end;
        }
        self.text(Span { start: at, end: span.end }, blocks);
    }

    /// The heading's rank among the document's depths, never more than one below the heading before:
    /// readers of headings must not meet a gap.
    fn level(&self, heading: &OutlineHeading, blocks: &[Block]) -> u8 {
        let mut depths: Vec<u8> = self.record.outline.iter().map(|heading| heading.level).collect();
        depths.sort_unstable();
        depths.dedup();
        let rank = depths.iter().position(|depth| *depth == heading.level).unwrap_or(0) as u8;
        let before = blocks.iter().rev().find_map(|block| match block {
            Block::Heading { level, .. } => Some(*level),
            _ => None,
        });
        rank.saturating_add(2).min(before.unwrap_or(1) + 1).min(6)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{ClauseId, ClauseKind, Document, DocumentId, Facts, Status};

    fn span() -> impl Strategy<Value = Span> {
        (0_u32..50, 0_u32..12).prop_map(|(start, length)| Span { start, end: start + length })
    }

    fn record(
        source: String,
        clauses: &[Span],
        headings: &[(u8, Span)],
        furniture: Vec<Span>,
    ) -> DocumentRecord {
        let id = DocumentId::from_stem("a");
        let clause = |(position, span): (usize, &Span)| Clause {
            id: ClauseId::new(&id, &format!("item_{position}")),
            path: Vec::new(),
            number: None,
            kind: ClauseKind::Measure,
            text: String::new(),
            span: *span,
            line: 1,
            table: Vec::new(),
            facts: Facts::default(),
            inherited: Facts::default(),
        };
        let clauses = clauses.iter().enumerate().map(clause).collect();
        let heading =
            |(level, span): &(u8, Span)| OutlineHeading { level: *level, text: String::new(), span: *span };
        let document = Document {
            title: String::new(),
            file: String::new(),
            region: None,
            issuer: None,
            number: None,
            date: None,
            year: None,
            status: Status::Effective,
            sha256: String::new(),
            id,
        };
        let outline = headings.iter().map(heading).collect();
        let (warnings, origins) = (Vec::new(), Vec::new());
        DocumentRecord {
            document,
            clauses,
            source,
            outline,
            furniture,
            warnings,
            origins,
            front_matter: None,
            pipeline: 1,
        }
    }

    proptest! {
        #[test]
        fn every_character_is_shown_once_in_order(
            source in "[一-十a-z\n 　]{0,60}",
            clauses in prop::collection::vec(span(), 0..5),
            headings in prop::collection::vec((0_u8..6, span()), 0..5),
            mut furniture in prop::collection::vec(span(), 0..4),
        ) {
            furniture.sort_unstable();
            let record = record(source.clone(), &clauses, &headings, furniture);
            let blocks = blocks(&record);
            let mut shown = String::new();
            let mut before = 1;
            for block in &blocks {
                match block {
                    Block::Heading { text, level, .. } => {
                        prop_assert!(*level >= 2 && *level <= before + 1, "a heading of {level} follows one of {before}");
                        before = *level;
                        shown.push_str(text);
                    }
                    Block::Clause { text, .. } | Block::Text(text) => {
                        shown.extend(text.iter().map(|stretch| stretch.text.as_str()));
                    }
                }
            }
            let dense = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(dense(&shown), dense(&source));
        }
    }
}
