//! A report as one page that needs nothing beside it: no script, no font, no picture from elsewhere.

use std::io;

use askama::Template;
use serde::Serialize;

use super::{Entry, EntryKind, Field, FieldName, KindCount, Remark, Report, labels};
use crate::error::{Error, Result};

/// What a page says of itself, so that a report is told from other files before it is overwritten.
pub const GENERATOR: &str = "tiaokuan report";

/// A file of which there is no report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// Stable code of the error.
    pub code: &'static str,
    /// What happened and what to do.
    pub reason: String,
}

/// Writes the page of `reports` and of the files that could not be read.
pub fn write(out: &mut dyn io::Write, reports: &[Report], unread: &[Unread]) -> Result<()> {
    let page = Page { reports, unread, generator: GENERATOR, open: reports.len() == 1 };
    page.write_into(out).map_err(|error| Error::io("the report", error))
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    reports: &'a [Report],
    unread: &'a [Unread],
    generator: &'static str,
    /// Whether documents are shown unfolded.
    open: bool,
}

impl Page<'_> {
    fn clauses(&self) -> usize {
        self.reports.iter().map(|report| report.clauses).sum()
    }
}

impl Report {
    /// The title as understood.
    pub(crate) fn title(&self) -> &str {
        self.front_matter.first().and_then(|field| field.value.as_deref()).unwrap_or(&self.file)
    }

    /// Where the characters went, in percent of all: name, class, where its part of the bar begins, share.
    pub(crate) fn shares(&self) -> [(&'static str, &'static str, usize, usize); 3] {
        let characters = &self.characters;
        let percent = |part: usize| (part * 100 + characters.all / 2) / characters.all.max(1);
        let (clauses, headings) = (percent(characters.clauses), percent(characters.headings));
        [
            ("条款", "clauses", 0, clauses),
            ("标题", "headings", clauses, headings),
            ("杂项", "furniture", clauses + headings, percent(characters.furniture)),
        ]
    }
}

impl Field {
    /// What a person reads.
    pub(crate) fn label(&self) -> &'static str {
        labels::field(self.name)
    }

    /// Whether every document should have it: a plan has no addressees of its own.
    pub(crate) fn is_wanted(&self) -> bool {
        !matches!(self.name, FieldName::Addressees | FieldName::Published)
    }

    /// Where it was read.
    pub(crate) fn place(&self) -> Option<&'static str> {
        self.source.map(labels::source)
    }
}

impl Remark {
    /// What a person reads.
    pub(crate) fn label(&self) -> &'static str {
        labels::warning(&self.code)
    }
}

impl KindCount {
    /// What a person reads.
    pub(crate) fn label(&self) -> &'static str {
        self.kind.words()
    }

    /// Name for style sheets.
    pub(crate) fn class(&self) -> String {
        format!("{:?}", self.kind).to_lowercase()
    }
}

impl Entry {
    /// Whether it is no clause.
    pub(crate) fn is_heading(&self) -> bool {
        self.kind == EntryKind::Heading
    }

    /// Depth of the indent, which ends somewhere.
    pub(crate) fn indent(&self) -> usize {
        self.depth.min(6)
    }

    /// The kind of a clause.
    pub(crate) fn kind_count(&self) -> Option<KindCount> {
        match self.kind {
            EntryKind::Heading => None,
            EntryKind::Clause { kind, .. } => Some(KindCount { kind, count: 1 }),
        }
    }

    /// 单位2 时限1: what the clause carries.
    pub(crate) fn facts(&self) -> String {
        let EntryKind::Clause { facts, .. } = &self.kind else { return String::new() };
        let named = ["单位", "时限", "目标值"].into_iter().zip(facts).filter(|(_, count)| **count > 0);
        named.map(|(name, count)| format!("{name}{count}")).collect::<Vec<_>>().join(" ")
    }
}
