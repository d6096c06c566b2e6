//! Which segments are worth merging, and the segment that they make together.

use std::collections::HashMap;
use std::sync::Arc;

use super::build::{ModelOutput, SegmentInput};
use super::catalogue::CatalogueEntry;
use super::generation::{Generation, Parts};
use super::manifest::SegmentEntry;
use super::segment::Segment;
use super::token::TokenTable;
use super::vector::{GRAPH_FROM, PassageVector, VectorTable};
use crate::error::{Error, Result};
use crate::model::DocumentId;

/// Segments of like size that are merged at a time.
const FACTOR: usize = 8;
/// Clauses below which all segments count as being of like size.
const SMALL: usize = 2_000;

/// The segments of a generation that are worth merging, by their places: some of like size when there are
/// many of them, or one of which half is no longer needed. None most of the time.
pub fn is_due(generation: &Generation) -> Option<Vec<usize>> {
    let mut needed = vec![0; generation.segments().len()];
    for entry in generation.catalogue() {
        let clauses = generation.record(entry).map_or(0, |record| record.clauses.len());
        if let Some(needed) = needed.get_mut(entry.segment) {
            *needed += clauses;
        }
    }
    let total = |at: &usize| generation.segments().get(*at).map_or(0, |segment| segment.clauses());
    let wasteful = (0..needed.len()).find(|at| needed.get(*at).is_some_and(|needed| needed * 2 < total(at)));
    if let Some(at) = wasteful {
        return Some(vec![at]);
    }
    let mut by_size: Vec<usize> = (0..needed.len()).collect();
    by_size.sort_by_key(|at| needed.get(*at).copied().unwrap_or(0));
    let (mut sum, mut group) = (0, Vec::new());
    for at in by_size {
        let size = needed.get(at).copied().unwrap_or(0);
        if size > sum.max(SMALL) {
            break;
        }
        sum += size;
        group.push(at);
    }
    (group.len() >= FACTOR).then_some(group)
}

/// How a segment takes the place of those that it was made of.
#[derive(Debug)]
pub struct Merged {
    /// The segments whose place it takes. A name alone may come again, once a segment is gone.
    replaced: Vec<SegmentEntry>,
    /// Position in the new segment, by document and version.
    positions: HashMap<(DocumentId, u32), usize>,
}

/// The documents that `generation` needs of its segments at `places`, as one segment. Nothing is computed
/// again but the inverted index.
pub fn merged(generation: &Generation, places: &[usize]) -> Result<(SegmentInput, Merged)> {
    let entries: Vec<&CatalogueEntry> =
        generation.catalogue().iter().filter(|entry| places.contains(&entry.segment)).collect();
    let records = entries.iter().filter_map(|entry| generation.record(entry).map(Arc::clone)).collect();
    let segments: Vec<&Segment> =
        places.iter().filter_map(|at| generation.segments().get(*at).map(Arc::as_ref)).collect();
    let model = segments.first().and_then(|segment| segment.model());
    let vectors = model.map(|model| model_output(generation, &entries, model)).transpose()?;
    let positions = entries.iter().enumerate().map(|(at, entry)| ((entry.id.clone(), entry.version), at));
    let replaced = segments.iter().map(|segment| segment.entry().clone()).collect();
    let input = SegmentInput { records, vectors, graph_from: GRAPH_FROM };
    Ok((input, Merged { replaced, positions: positions.collect() }))
}

fn model_output(generation: &Generation, entries: &[&CatalogueEntry], model: &str) -> Result<ModelOutput> {
    let gone = || Error::internal("a segment without the vectors of its model");
    let dimensions = generation.manifest().dimensions;
    let (mut rows, mut passages) = (Vec::new(), Vec::new());
    let mut tokens = generation.manifest().tokens.then(|| TokenTable { dimensions, ..TokenTable::default() });
    let mut clause = 0;
    for entry in entries {
        let segment = generation.segments().get(entry.segment).ok_or_else(gone)?;
        let start = segment.start(entry.position).ok_or_else(gone)?;
        let vectors = segment.vectors().ok_or_else(gone)?;
        let length = segment.records().get(entry.position).map_or(0, |record| record.clauses.len());
        for place in (start..).take(length) {
            for passage in vectors.passages(place) {
                let vector = (rows.len() / dimensions.max(1)) as u32;
                rows.extend_from_slice(vectors.row(passage.vector));
                passages.push(PassageVector { clause, vector, ..*passage });
            }
            if let Some(tokens) = &mut tokens {
                tokens.push_signs(&segment.tokens().ok_or_else(gone)?.signs(place)?);
            }
            clause += 1;
        }
    }
    let table = VectorTable::new(dimensions, &rows, passages);
    Ok(ModelOutput { model: model.to_owned(), table, tokens })
}

impl Merged {
    /// `parts`, which may have changed since, with `segment` in the place of those that it was made of.
    pub fn put_into(&self, parts: Parts, segment: Arc<Segment>) -> Parts {
        let Parts { mut segments, catalogue, .. } = parts;
        let new = segments.len();
        let mut entries = catalogue.to_vec();
        for entry in &mut entries {
            let segment = segments.get(entry.segment).map(|segment| segment.entry());
            let is_replaced = segment.is_some_and(|segment| self.replaced.contains(segment));
            let position = self.positions.get(&(entry.id.clone(), entry.version));
            if let Some(position) = position.filter(|_| is_replaced) {
                (entry.segment, entry.position) = (new, *position);
            }
        }
        segments.push(segment);
        Parts { segments, catalogue: entries.into(), ..parts }.compact()
    }
}

impl Parts {
    /// The same without segments that the catalogue does not name.
    #[must_use]
    pub fn compact(self) -> Self {
        let mut places = vec![None; self.segments.len()];
        for entry in self.catalogue.iter() {
            if let Some(place) = places.get_mut(entry.segment) {
                *place = Some(0);
            }
        }
        for (new, place) in places.iter_mut().flatten().enumerate() {
            *place = new;
        }
        let moved = |entry: &CatalogueEntry| {
            let segment = places.get(entry.segment).copied().flatten().unwrap_or_default();
            CatalogueEntry { segment, ..entry.clone() }
        };
        let catalogue = self.catalogue.iter().map(moved).collect();
        let kept = self.segments.into_iter().zip(&places).filter(|(_, place)| place.is_some());
        Self { segments: kept.map(|(segment, _)| segment).collect(), catalogue, ..self }
    }
}
