//! From the normalised source to clauses: reads the numbering, repairs its damage, builds the
//! outline and cuts the text along it.
//!
//! [`split`] never fails. Every line of the source ends in exactly one clause, heading or piece of
//! furniture.

mod block;
mod cut;
mod frame;
mod ids;
mod kind;
mod outline;
mod rank;
mod resolve;
mod sizing;

use std::ops::Range;

use crate::error::Warning;
use crate::model::ClauseKind;
use crate::normalise::Source;

/// Longest clause, in characters; longer ones are cut at their own inner numbering.
pub const MAX_CLAUSE: usize = 1_200;

/// What [`split`] makes of a source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Split {
    /// Clauses in the order of the text.
    pub clauses: Vec<ClauseDraft>,
    /// Headings in the order of the text.
    pub headings: Vec<Heading>,
    /// Byte ranges of page furniture, signatures and lists of attachments.
    pub furniture: Vec<Range<usize>>,
    /// Damage that was repaired, and what could not be.
    pub warnings: Vec<Warning>,
}

/// A clause before extraction.
#[derive(Clone, Debug, PartialEq)]
pub struct ClauseDraft {
    /// Outline path for the id, such as `att_1__plan_3__item_2`; unique in the document.
    pub id_path: String,
    /// Headings above it, outermost first; for the later parts of a clause that was cut to size the
    /// clause's own heading as well.
    pub path: Vec<String>,
    /// Its number as written.
    pub number: Option<String>,
    /// What kind of text it is.
    pub kind: ClauseKind,
    /// Byte range in the source.
    pub range: Range<usize>,
    /// 1-based line of the file as received.
    pub line: u32,
    /// Rows of a table, first the header; for a measure that is a row of a list of tasks the header
    /// and that row; empty for other kinds.
    pub table: Vec<Vec<String>>,
    /// Responsibility and deadline lines that stand elsewhere and serve this clause too.
    pub inherited: Vec<String>,
}

/// A heading of the outline.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Heading {
    /// Depth from 0 (the document's title).
    pub level: u8,
    /// As written, hard wraps joined.
    pub text: String,
    /// Byte range in the source.
    pub range: Range<usize>,
}

/// Splits `source` into clauses.
pub fn split(source: &Source) -> Split {
    let mut blocks = frame::mark(block::read(source));
    let mut warnings = resolve::ranks(&mut blocks);
    let (root, repeated) = outline::build(&blocks);
    warnings.extend(repeated);
    let mut split = cut::cut(source, &blocks, &root);
    split.warnings.splice(0..0, warnings);
    split
}
