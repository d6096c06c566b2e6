//! The atlas of a build: which clauses of different documents are the same measure.

use super::Progress;
use crate::atlas::{self, Atlas, Centre, Item, Neighbours};
use crate::error::{Error, Result};
use crate::index::{self, Generation, MeasureTable, PassageKind};
use crate::model::{Clause, Measure};

/// The measures of `draft`; pairs of documents that `current` has compared are taken over from it.
pub(super) fn find(
    draft: &Generation,
    current: Option<&Generation>,
    progress: &dyn Progress,
) -> Result<MeasureTable> {
    progress.stage("atlas", 0);
    let known = current.map(known).transpose()?.unwrap_or_default();
    let like = if draft.vectors().is_some() { atlas::LIKE } else { atlas::LIKE_BY_WORDS };
    let Atlas { measures, neighbours } = build(draft, &known, like, &|done| progress.at(done));
    let neighbours =
        postcard::to_stdvec(&neighbours).map_err(|error| Error::internal(format!("neighbours: {error}")))?;
    Ok(MeasureTable { version: atlas::VERSION, measures, neighbours })
}

/// What `current` has compared; nothing where it was made by other rules.
fn known(current: &Generation) -> Result<Neighbours> {
    let same = current.measures().filter(|_| current.manifest().atlas == Some(atlas::VERSION));
    let Some(measures) = same else { return Ok(Neighbours::default()) };
    // What cannot be read is only computed again.
    Ok(postcard::from_bytes(&measures.neighbours()?).unwrap_or_default())
}

/// The measures of `generation` if clauses were one measure from an average likeness of `like` on: what
/// the threshold is judged by.
pub fn measures_at(generation: &Generation, like: f32) -> Vec<Measure> {
    build(generation, &Neighbours::default(), like, &|_| {}).measures
}

fn build(generation: &Generation, known: &Neighbours, like: f32, progress: &(dyn Fn(usize) + Sync)) -> Atlas {
    let row = |clause: u32| {
        let vector = |kind| generation.vectors()?.vector(clause, kind);
        Some([vector(PassageKind::Whole)?, vector(PassageKind::Core)?])
    };
    let wordings = generation.phrasings().map(|phrasings| Centre::of(phrasings.wording_vectors()));
    let centre = &wordings.unwrap_or_default();
    let documents = generation.documents();
    let mut positions = 0u32..;
    let mut numbered: Vec<Vec<(u32, &Clause, String)>> = Vec::with_capacity(documents.len());
    for record in documents {
        let clauses = record.clauses.iter().zip(positions.by_ref());
        let eligible = clauses.filter(|(clause, _)| atlas::is_eligible(clause.kind));
        numbered.push(eligible.map(|(clause, at)| (at, clause, index::core(&clause.text))).collect());
    }
    let items: Vec<Vec<Item<'_>>> = numbered
        .iter()
        .map(|clauses| {
            let vectors = |at: u32| row(at).unwrap_or_default();
            clauses.iter().map(|(at, clause, core)| item(*at, clause, core, vectors(*at))).collect()
        })
        .collect();
    atlas::build(&items, centre, known, like, progress)
}

fn item<'a>(clause: u32, of: &'a Clause, core: &'a str, vectors: [&'a [i8]; 2]) -> Item<'a> {
    Item {
        clause,
        id: &of.id,
        kind: of.kind,
        domain: of.facts.domain.as_deref().or(of.inherited.domain.as_deref()),
        core,
        vectors,
    }
}
