//! Where a similarity query starts, and which of its hits are shown.

use std::collections::HashMap;

use super::page;
use super::request::{GroupBy, MAX_TEXT, SimilarRequest};
use super::response::Hit;
use crate::error::{Error, Kind, Result};
use crate::index::{self, ClauseIndex, FixedBitSet, Generation, PassageKind};

/// Relevance of the best similar clause of a document or region from which on the measure is held to exist
/// there: the point of docs/EVALUATION.md's curve with precision .81 at recall .70 on the development part.
pub const COUNTERPART: f32 = 0.58;

/// The clause or text to start from.
pub(super) struct Start {
    clause: Option<ClauseIndex>,
    document: Option<String>,
    text: String,
    core: String,
}

impl Start {
    pub(super) fn read(generation: &Generation, request: &SimilarRequest) -> Result<Self> {
        check(request)?;
        match (&request.clause_id, &request.text) {
            (Some(id), None) => {
                let (index, found) = generation.find_clause(id).ok_or_else(|| unknown(id))?;
                let core = index::core(&found.clause.text);
                Ok(Self {
                    clause: Some(index),
                    document: Some(found.document.id.to_string()),
                    text: found.clause.text.clone(),
                    core,
                })
            }
            (None, Some(text)) => Ok(Self {
                clause: None,
                document: None,
                text: text.trim().to_owned(),
                core: index::core(text.trim()),
            }),
            _ => Err(Error::invalid("clause_or_text", "clause_id", "give exactly one of clause_id and text")),
        }
    }

    /// The clause itself, where one was named.
    pub(super) fn clause(&self) -> Option<ClauseIndex> {
        self.clause
    }

    /// What is compared: the text without number and responsibility notes.
    pub(super) fn core(&self) -> &str {
        &self.core
    }

    /// The text as it stands.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The document that the clause stands in.
    pub(super) fn document(&self) -> Option<&str> {
        self.document.as_deref()
    }

    /// The clause's own vectors, whole and core.
    pub(super) fn stored_vectors(&self, generation: &Generation) -> Option<(Vec<i8>, Vec<i8>)> {
        let stored = |kind| Some(generation.vectors()?.vector(self.clause?, kind)?.to_vec());
        stored(PassageKind::Whole).zip(stored(PassageKind::Core))
    }

    /// Leaves out the clause itself, and on demand its whole document.
    pub(super) fn exclude(
        &self,
        generation: &Generation,
        same_document: bool,
        allowed: &mut Option<FixedBitSet>,
    ) {
        let Some(own) = self.clause else { return };
        let mut kept = allowed.take().unwrap_or_else(|| every(generation));
        kept.set(own as usize, false);
        let own_document = self.document.as_deref().filter(|_| same_document);
        let mut placed = generation.placed_documents();
        if let Some((_, range)) = placed.find(|(record, _)| own_document == Some(record.document.id.as_str()))
        {
            kept.set_range(range, false);
        }
        *allowed = Some(kept);
    }
}

fn every(generation: &Generation) -> FixedBitSet {
    let mut every = FixedBitSet::with_capacity(generation.len());
    every.insert_range(..);
    every
}

fn unknown(id: &str) -> Error {
    let message = format!("clause_id: there is no clause {id:?}");
    Error::new(Kind::NotFound, "unknown_clause", message)
}

fn check(request: &SimilarRequest) -> Result<()> {
    if let Some(text) = &request.text {
        let length = text.chars().count();
        if length > MAX_TEXT {
            let message = format!("text: {length} characters; at most {MAX_TEXT} are allowed");
            return Err(Error::invalid("text_too_long", "text", message));
        }
        if !text.chars().any(char::is_alphanumeric) {
            return Err(Error::invalid("empty_text", "text", "text: there is no word in it"));
        }
    }
    check_bounds(request)
}

/// Whether the bounds on the hits are in range.
pub(super) fn check_bounds(request: &SimilarRequest) -> Result<()> {
    if request.per_region.is_some_and(|count| !(1..=100).contains(&count)) {
        return Err(Error::invalid("invalid_per_region", "per_region", "per_region: give 1 to 100"));
    }
    if request.min_relevance.is_some_and(|least| !(0.0..=1.0).contains(&least)) {
        return Err(Error::invalid("invalid_min_relevance", "min_relevance", "min_relevance: give 0 to 1"));
    }
    Ok(())
}

/// `hits`, best first, with at most so many of a region and none below the least relevance.
pub(super) fn select(generation: &Generation, request: &SimilarRequest, hits: Vec<Hit>) -> Vec<Hit> {
    let mut of_region: HashMap<String, usize> = HashMap::new();
    hits.into_iter()
        .filter(|hit| request.min_relevance.is_none_or(|least| hit.relevance >= least))
        .filter(|hit| {
            let Some(bound) = request.per_region else { return true };
            let Some(clause) = generation.clause(hit.clause) else { return false };
            let count = of_region.entry(page::key(&clause, GroupBy::Region).0).or_insert(0);
            *count += 1;
            *count <= bound
        })
        .collect()
}
