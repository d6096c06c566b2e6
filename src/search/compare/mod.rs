//! The same measure, region by region: its counterpart in each, their numbers row by row, their wording, and who
//! had it first.
//!
//! [`counterpart`] fills a cell a region from one ranked list; [`alignment`] puts the promises of different clauses
//! into rows by what they count; [`wording`] cuts two texts into what they share and what each has alone.

mod alignment;
mod asked;
mod chronology;
mod counterpart;
mod likeness;
mod promise;
mod request;
mod row;
mod run;
mod table;
mod wording;

use std::sync::Arc;

pub use alignment::{Column, Offer, align};
pub use chronology::Since;
pub(super) use counterpart::Regions;
pub use counterpart::{Candidate, Cell};
pub use promise::{Change, Promise, promises};
pub use request::CompareRequest;
pub(in crate::search) use row::are_far_apart;
pub use row::{Mark, QuantityRow, RowValue};
pub(super) use run::Drafted;
pub use wording::{Part, Segment, Side, diff};

use super::response::ClauseIndex;

/// Relevance of the best hit of a query in a region from which on the region is held to have the measure. One half
/// would be too much: a short query is less like a clause than another clause is, and the curve is fitted on
/// incomplete judgements, so that a clause on the very measure often stays below it.
pub const ANSWERS: f32 = 0.3;

/// One measure over regions.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The clause that is compared with, where one was named.
    pub subject: Option<ClauseIndex>,
    /// The query, where one was asked.
    pub query: Option<String>,
    /// The text that is compared with: the named clause's, the text given, or the best clause that a query found;
    /// empty where it found none.
    pub text: Arc<str>,
    /// A cell a region: the subject's own first, then by how sure its counterpart is.
    pub cells: Vec<Cell>,
    /// How many regions were looked at.
    pub total: usize,
    /// How many of them have a counterpart.
    pub found: usize,
    /// What the clauses promise, a row a quantity; [`cell_of`](Self::cell_of) says which cell a value belongs to.
    pub rows: Vec<QuantityRow>,
    /// The column of the first cell: 1 where a text's own promises are column 0, else 0.
    first_column: usize,
    /// For each cell, how the wording of its best clause differs from [`text`](Self::text); none where it is the
    /// same clause, where the cell is empty or where the texts are too long.
    pub wordings: Vec<Option<Vec<Segment>>>,
    /// The cells with a counterpart by the date of its document, the oldest first.
    pub chronology: Vec<Since>,
    /// The query that was answered instead of [`query`](Self::query), which had no good answer.
    pub corrected: Option<String>,
    /// What the answer lacks, such as `model_absent`; stable codes.
    pub notices: Vec<&'static str>,
}

impl Comparison {
    /// The position in [`cells`](Self::cells) that a value belongs to; none for what the given text promises itself.
    pub fn cell_of(&self, value: &RowValue) -> Option<usize> {
        value.column.checked_sub(self.first_column)
    }
}
