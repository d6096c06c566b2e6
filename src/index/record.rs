use serde::{Deserialize, Serialize};

use crate::error::Warning;
use crate::model::{Clause, Document, Span};
use crate::normalise::front_matter::FrontMatter;

/// A document with all that was made of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DocumentRecord {
    /// Identity and front matter.
    pub document: Document,
    /// Clauses in the order of the text.
    pub clauses: Vec<Clause>,
    /// The normalised source, which every span points into.
    pub source: String,
    /// Headings in the order of the text.
    pub outline: Vec<OutlineHeading>,
    /// Page furniture, signatures, lists of attachments.
    pub furniture: Vec<Span>,
    /// What was understood only in part; lines are those of the file as received.
    pub warnings: Vec<Warning>,
    /// 1-based line of the file as received for each line of `source`; empty in records of before.
    #[serde(default)]
    pub origins: Vec<u32>,
    /// What the document's own text says of it, and where; none in records of before.
    #[serde(default)]
    pub front_matter: Option<FrontMatter>,
    /// Version of the write path that made it; another version reads the source again.
    pub pipeline: u32,
}

/// A heading and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutlineHeading {
    /// Depth from 0 (the title).
    pub level: u8,
    /// As written.
    pub text: String,
    /// Where in the source.
    pub span: Span,
}
