//! Where answers come from: an index at hand, or a running service (see [`super::Service`]).

use crate::error::{Error, Kind, Result};
use crate::index::{ClauseRef, Generation};
use crate::search::{Answer, Engine, SearchRequest, SimilarRequest};
use crate::text::fold::fold_width;

/// Something that answers queries.
pub trait Source {
    /// What answers `request`, best first.
    fn search(&self, request: &SearchRequest) -> Result<Vec<Found>>;

    /// What is like the clause or text of `request`, best first.
    fn similar(&self, request: &SimilarRequest) -> Result<Vec<Found>>;

    /// Every clause, in the order of the documents.
    fn clauses(&self) -> Result<Vec<Found>>;
}

/// A clause as an answer shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The clause's id.
    pub id: String,
    /// Its document's file name.
    pub file: String,
    /// Its text as written.
    pub text: String,
    /// The fused score; 0 outside an answer.
    pub score: f32,
    /// The calibrated relevance, 0 to 1; 0 outside an answer.
    pub relevance: f32,
}

impl From<ClauseRef<'_>> for Found {
    fn from(found: ClauseRef<'_>) -> Self {
        Self {
            id: found.clause.id.to_string(),
            file: found.document.file.clone(),
            text: found.clause.text.clone(),
            ..Self::default()
        }
    }
}

impl Source for Engine {
    fn search(&self, request: &SearchRequest) -> Result<Vec<Found>> {
        let (generation, answer) = Engine::search(self, request)?;
        Ok(found(&generation, &answer))
    }

    fn similar(&self, request: &SimilarRequest) -> Result<Vec<Found>> {
        let (generation, answer) = Engine::similar(self, request)?;
        Ok(found(&generation, &answer))
    }

    fn clauses(&self) -> Result<Vec<Found>> {
        let missing = || Error::new(Kind::Unavailable, "no_generation", "nothing is indexed yet");
        let generation = self.generation().ok_or_else(missing)?;
        Ok(generation.clauses().map(Found::from).collect())
    }
}

fn found(generation: &Generation, answer: &Answer) -> Vec<Found> {
    let hits = answer.hits.iter();
    hits.filter_map(|hit| {
        let clause = Found::from(generation.clause(hit.clause)?);
        Some(Found { score: hit.score, relevance: hit.relevance, ..clause })
    })
    .collect()
}

/// Texts and anchors are compared without white space and with width folded.
pub(super) fn squeeze(text: &str) -> String {
    text.chars().map(fold_width).filter(|c| !c.is_whitespace()).collect()
}
