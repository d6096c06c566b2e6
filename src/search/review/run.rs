//! From a draft to its review.

use std::sync::Arc;

use rayon::prelude::*;

use super::super::compare::{Drafted, Regions};
use super::super::engine::Engine;
use super::super::filter;
use super::super::work::Work;
use super::{
    Caution, ClauseReview, MAX_CLAUSES, Precedent, Review, ReviewRequest, Reviewed, consistency, finding,
    missing, standing,
};
use crate::error::{Error, Kind, Result};
use crate::index::{ClauseRef, DocumentRecord, FixedBitSet, Generation};
use crate::model::{Clause, ClauseKind, Document, Status};

/// A document older by more years than this is an old precedent.
const OLD: i32 = 5;

impl Engine {
    /// Reads `draft` against the index. A document of the index that is the draft itself, by its bytes or by its
    /// title and region, takes no part. `too_many_clauses` beyond [`MAX_CLAUSES`].
    pub fn review(&self, draft: &DocumentRecord, request: &ReviewRequest) -> Result<Reviewed> {
        let generation = self.current()?;
        let reviewed = reviewed(&draft.clauses);
        if reviewed.len() > MAX_CLAUSES {
            let message = format!(
                "the draft has {} measures; at most {MAX_CLAUSES} are compared: send its parts",
                reviewed.len()
            );
            return Err(Error::new(Kind::TooLarge, "too_many_clauses", message));
        }
        let left_out = same_documents(&generation, &draft.document);
        let allowed = allowed(&generation, request, &left_out)?;
        let regions = Regions::of(&generation, allowed.as_ref());
        let places = regions.of_clauses(&generation);
        let regions = (regions, places);
        let newest = newest_year(&generation, &draft.document);
        let expects_deadline = finding::expects_deadline(reviewed.iter().map(|(_, clause)| *clause));
        let work = Work::current();
        let drafted: Vec<(ClauseReview, Drafted)> = reviewed
            .par_iter()
            .map(|&(position, clause)| {
                let compare = || self.compare_draft(&generation, clause, allowed.as_ref(), &regions);
                let drafted = work.run(compare)?;
                let precedents = precedents(&generation, &drafted, newest);
                let standings = standing::standings(&drafted.rows, &drafted.cells);
                let findings =
                    finding::findings(&generation, clause, &precedents, &standings, expects_deadline);
                Ok((ClauseReview { clause: position, precedents, standings, findings }, drafted))
            })
            .collect::<Result<_>>()?;
        let domains = reviewed.iter().filter_map(|(_, clause)| clause.facts.domain.as_deref()).collect();
        let covered = drafted
            .iter()
            .flat_map(|(_, drafted)| &drafted.cells)
            .flat_map(|cell| &cell.candidates)
            .filter(|candidate| candidate.is_counterpart)
            .map(|candidate| candidate.clause)
            .collect();
        let missing = missing::missing(&generation, allowed.as_ref(), &domains, &covered);
        let mut notices: Vec<&'static str> =
            drafted.first().map(|(_, drafted)| drafted.notices.clone()).unwrap_or_default();
        notices.extend(missing.is_none().then_some("atlas_absent"));
        let review = Review {
            regions: drafted.first().map_or(0, |(_, drafted)| drafted.cells.len()),
            clauses: drafted.into_iter().map(|(clause, _)| clause).collect(),
            missing: missing.unwrap_or_default(),
            contradictions: consistency::contradictions(reviewed.into_iter()),
            left_out,
            notices,
        };
        Ok((generation, review))
    }
}

/// What a draft promises, as against its rosters, tables and notices. Articles count in a draft that consists of
/// them, such as a regulation; in a plan they are the work rules of some office.
fn reviewed(clauses: &[Clause]) -> Vec<(usize, &Clause)> {
    let is_promise = |kind| matches!(kind, ClauseKind::Measure | ClauseKind::Goal | ClauseKind::Safeguard);
    let count =
        |wanted: &dyn Fn(ClauseKind) -> bool| clauses.iter().filter(|clause| wanted(clause.kind)).count();
    let of_articles = count(&|kind| kind == ClauseKind::Article) > count(&is_promise);
    let is_reviewed = |kind| is_promise(kind) || (of_articles && kind == ClauseKind::Article);
    clauses.iter().enumerate().filter(|(_, clause)| is_reviewed(clause.kind)).collect()
}

/// Ids of the indexed documents that are `draft` itself.
fn same_documents(generation: &Generation, draft: &Document) -> Vec<String> {
    let is_same = |document: &Document| {
        let code = |document: &Document| document.region.as_ref().map(|region| region.code.clone());
        document.sha256 == draft.sha256 || (document.title == draft.title && code(document) == code(draft))
    };
    let documents = generation.documents().iter().map(|record| &record.document);
    documents.filter(|document| is_same(document)).map(|document| document.id.to_string()).collect()
}

fn allowed(
    generation: &Generation,
    request: &ReviewRequest,
    left_out: &[String],
) -> Result<Option<FixedBitSet>> {
    let by_filter = filter::allowed(generation, &request.filter)?;
    if left_out.is_empty() {
        return Ok(by_filter);
    }
    let mut kept = by_filter.unwrap_or_else(|| (0..generation.len()).collect());
    kept.grow(generation.len());
    for found in generation.clauses() {
        if left_out.iter().any(|id| id == found.document.id.as_str()) {
            kept.set(found.index as usize, false);
        }
    }
    Ok(Some(kept))
}

/// The draft's year; where it has none, that of the newest document indexed.
fn newest_year(generation: &Generation, draft: &Document) -> Option<i32> {
    let indexed = || generation.documents().iter().filter_map(|record| record.document.year).max();
    draft.year.or_else(indexed)
}

/// The best clause of each region that has the measure; where none has it, the nearest of all.
fn precedents(generation: &Arc<Generation>, drafted: &Drafted, newest: Option<i32>) -> Vec<Precedent> {
    let best = drafted.cells.iter().filter_map(|cell| cell.candidates.first());
    let mut precedents: Vec<Precedent> = best
        .filter_map(|candidate| {
            let found = generation.clause(candidate.clause)?;
            Some(Precedent {
                clause: candidate.clause,
                relevance: candidate.relevance,
                is_counterpart: candidate.is_counterpart,
                caution: caution(found, newest),
            })
        })
        .collect();
    precedents.sort_by(|a, b| b.relevance.total_cmp(&a.relevance).then(a.clause.cmp(&b.clause)));
    if precedents.iter().any(|precedent| precedent.is_counterpart) {
        precedents.retain(|precedent| precedent.is_counterpart);
    } else {
        precedents.truncate(1);
    }
    precedents
}

fn caution(found: ClauseRef<'_>, newest: Option<i32>) -> Option<Caution> {
    let is_old = || {
        let year = found.document.year;
        year.zip(newest).is_some_and(|(year, newest)| newest.saturating_sub(year) > OLD)
    };
    match found.document.status {
        Status::Repealed => Some(Caution::Repealed),
        Status::Draft => Some(Caution::Draft),
        _ => is_old().then_some(Caution::Old),
    }
}
