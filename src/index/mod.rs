//! STUB: discarded when the real index is merged.

use std::sync::Arc;

use crate::error::Warning;
use crate::model::{Clause, Document, Span};
use crate::search::ClauseIndex;

/// STUB.
#[derive(Debug)]
pub struct Generation {
    id: u64,
    documents: Vec<Arc<DocumentRecord>>,
}

/// STUB.
#[derive(Debug)]
pub struct DocumentRecord {
    /// STUB.
    pub document: Document,
    /// STUB.
    pub clauses: Vec<Clause>,
    /// STUB.
    pub source: String,
    /// STUB.
    pub outline: Vec<Heading>,
    /// STUB.
    pub furniture: Vec<Span>,
    /// STUB.
    pub warnings: Vec<Warning>,
}

/// STUB.
#[derive(Clone, Debug)]
pub struct Heading {
    /// STUB.
    pub level: u8,
    /// STUB.
    pub text: String,
    /// STUB.
    pub span: Span,
}

/// STUB.
#[derive(Clone, Copy, Debug)]
pub struct ClauseRef<'a> {
    /// STUB.
    pub index: ClauseIndex,
    /// STUB.
    pub clause: &'a Clause,
    /// STUB.
    pub document: &'a Document,
}

impl Generation {
    /// STUB.
    pub fn stub(id: u64, mut documents: Vec<DocumentRecord>) -> Self {
        documents.sort_by(|a, b| a.document.id.cmp(&b.document.id));
        Self { id, documents: documents.into_iter().map(Arc::new).collect() }
    }

    /// STUB.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// STUB.
    pub fn documents(&self) -> &[Arc<DocumentRecord>] {
        &self.documents
    }

    /// STUB.
    pub fn document(&self, id: &str) -> Option<&Arc<DocumentRecord>> {
        self.documents.iter().find(|record| record.document.id.as_str() == id)
    }

    /// STUB.
    pub fn clause(&self, index: ClauseIndex) -> Option<ClauseRef<'_>> {
        self.clauses().nth(index as usize)
    }

    /// STUB.
    pub fn find_clause(&self, id: &str) -> Option<(ClauseIndex, ClauseRef<'_>)> {
        self.clauses().find(|found| found.clause.id.as_str() == id).map(|found| (found.index, found))
    }

    /// STUB.
    pub fn clauses(&self) -> impl Iterator<Item = ClauseRef<'_>> {
        let all = self.documents.iter().flat_map(|record| record.clauses.iter().map(move |clause| (record, clause)));
        all.enumerate().map(|(index, (record, clause))| ClauseRef { index: index as u32, clause, document: &record.document })
    }
}
