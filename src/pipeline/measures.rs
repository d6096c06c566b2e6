//! The atlas of a build: which clauses of different documents are the same measure.

use std::sync::Arc;

use super::Progress;
use crate::atlas::{self, Atlas, Centre, Item, Neighbours};
use crate::error::{Error, Result};
use crate::index::{self, DocumentRecord, Generation, MeasureTable, ModelOutput, PassageKind};
use crate::model::{Clause, Measure};

/// The measures of `documents`; pairs of documents that `current` has compared are taken over from it.
pub(super) fn find(
    documents: &[Arc<DocumentRecord>],
    vectors: Option<&ModelOutput>,
    current: Option<&Generation>,
    progress: &dyn Progress,
) -> Result<MeasureTable> {
    progress.stage("atlas", 0);
    let known = current.map(known).transpose()?.unwrap_or_default();
    let rows = vectors.map(Rows::of);
    let row = |clause: u32| rows.as_ref().and_then(|rows| rows.of_clause(clause));
    let like = if vectors.is_some() { atlas::LIKE } else { atlas::LIKE_BY_WORDS };
    let centre = vectors.map(|output| Centre::of(output.phrasings.wording_vectors())).unwrap_or_default();
    let atlas = build(documents, row, &centre, &known, like, &|done| progress.at(done));
    let Atlas { measures, neighbours } = atlas;
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
    let row = |clause: u32| {
        let vector = |kind| generation.vectors()?.vector(clause, kind);
        Some([vector(PassageKind::Whole)?, vector(PassageKind::Core)?])
    };
    let wordings = generation.phrasings().map(|phrasings| Centre::of(phrasings.wording_vectors()));
    let centre = wordings.unwrap_or_default();
    build(generation.documents(), row, &centre, &Neighbours::default(), like, &|_| {}).measures
}

fn build<'a>(
    documents: &'a [Arc<DocumentRecord>],
    row: impl Fn(u32) -> Option<[&'a [i8]; 2]>,
    centre: &Centre,
    known: &Neighbours,
    like: f32,
    progress: &(dyn Fn(usize) + Sync),
) -> Atlas {
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

/// Where each clause's vectors stand in a table.
struct Rows<'a> {
    output: &'a ModelOutput,
    /// Rows of whole and core by clause.
    rows: Vec<[Option<u32>; 2]>,
}

impl<'a> Rows<'a> {
    fn of(output: &'a ModelOutput) -> Self {
        let clauses = output.table.passages.last().map_or(0, |passage| passage.clause as usize + 1);
        let mut rows = vec![[None; 2]; clauses];
        for passage in &output.table.passages {
            let Some([whole, core]) = rows.get_mut(passage.clause as usize) else { continue };
            match passage.kind {
                PassageKind::Whole => *whole = Some(passage.vector),
                PassageKind::Core => *core = Some(passage.vector),
                PassageKind::Sentence => {}
            }
        }
        Self { output, rows }
    }

    fn of_clause(&self, clause: u32) -> Option<[&'a [i8]; 2]> {
        let [whole, core] = *self.rows.get(clause as usize)?;
        Some([self.output.table.row(whole? as usize), self.output.table.row(core? as usize)])
    }
}
