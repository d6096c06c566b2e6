//! The counterpart of a measure in each region: one ranked list, split.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use super::super::collapse::Shingles;
use super::super::fuse::{Curve, Sides, Weights};
use super::super::page;
use super::super::response::{ClauseIndex, Hit};
use super::asked::Asked;
use super::run::of_clause;
use crate::index::{FixedBitSet, Generation};
use crate::model::{Clause, ClauseKind, Document, Region, Status};

/// What a candidate loses when its domain is another than the subject's: 获得用水用气 against 办理建筑许可.
const OTHER_DOMAIN: f32 = 0.5;
/// What it loses when only one of the two belongs to a domain.
const UNSURE_DOMAIN: f32 = 0.25;
/// What it loses when it is of another sort of text: a goal or a roster where a measure is asked for.
const OTHER_SORT: f32 = 0.1;
/// The curve of [`Weights`] is of scores before such losses: over the pairs of docs/EVALUATION.md half are
/// counterparts at a score lower by this …
const EARLIER: f32 = 0.19;
/// … and the curve rises more slowly by this.
const FLATTER: f32 = 0.9;
/// Candidates of one region that share this part of their bigrams would be one offer made twice.
const SAME_OFFER: f32 = 0.6;
/// Further counterparts of a region that promise what a query asks for.
const PROMISING: usize = 2;
/// What promises what a query asks for answers it from this part of the least relevance on: how the question is put
/// says more of relevance than of what is sought.
const PROMISED: f32 = 0.5;
/// Of counterparts that are so nearly as likely, the newest document's comes first.
const AS_LIKELY: f32 = 0.2;

/// A region and what was found there.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The region; none for a document whose region is not known, which has a cell of its own.
    pub region: Option<Region>,
    /// How many documents of the region took part.
    pub documents: usize,
    /// Whether the subject stands here.
    pub is_subject: bool,
    /// Whether the region is held to have the measure.
    pub is_found: bool,
    /// Best first; where nothing was found, what comes nearest.
    pub candidates: Vec<Candidate>,
}

/// A clause offered as the counterpart.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Which clause.
    pub clause: ClauseIndex,
    /// How likely it is the same measure (for a query: that it answers), 0 to 1; 1 for the subject itself.
    pub relevance: f32,
    /// Whether that is enough.
    pub is_counterpart: bool,
}

impl Cell {
    /// The relevance of the best candidate; 0 without one.
    pub fn relevance(&self) -> f32 {
        self.candidates.iter().map(|candidate| candidate.relevance).fold(0.0, f32::max)
    }
}

/// What documents share a cell by: the region's code; a document whose region is not known stands for itself, as
/// two of them need not be of one region.
pub(super) fn key(document: &Document) -> String {
    document.region.as_ref().map_or_else(|| document.id.to_string(), |region| region.code.clone())
}

/// The regions that take part, and which of them each clause belongs to.
#[derive(Clone, Debug, Default)]
pub(in crate::search) struct Regions {
    /// Cells without candidates, in the order of the index.
    pub cells: Vec<Cell>,
    places: HashMap<String, usize>,
}

impl Regions {
    /// The regions of the documents that have a clause in `allowed`.
    pub(in crate::search) fn of(generation: &Generation, allowed: Option<&FixedBitSet>) -> Self {
        let mut regions = Self::default();
        let mut last = "";
        for clause in generation.clauses() {
            let id = clause.document.id.as_str();
            if id == last || allowed.is_some_and(|allowed| !allowed.contains(clause.index as usize)) {
                continue;
            }
            last = id;
            let place = regions.place(key(clause.document), clause.document.region.as_ref());
            if let Some(cell) = regions.cells.get_mut(place) {
                cell.documents += 1;
            }
        }
        regions
    }

    /// Where the region's cell is; a new one where it has none.
    pub(super) fn place(&mut self, key: String, region: Option<&Region>) -> usize {
        let next = self.cells.len();
        let place = *self.places.entry(key).or_insert(next);
        if place == next {
            let region = region.cloned();
            self.cells.push(Cell {
                region,
                documents: 0,
                is_subject: false,
                is_found: false,
                candidates: Vec::new(),
            });
        }
        place
    }

    /// For every clause of the generation the place of its region's cell; `u32::MAX` where it has none.
    pub(in crate::search) fn of_clauses(&self, generation: &Generation) -> Arc<[u32]> {
        let mut last: Option<(&str, u32)> = None;
        let place = |clause: crate::index::ClauseRef<'_>| {
            self.places.get(&key(clause.document)).map_or(u32::MAX, |place| *place as u32)
        };
        let mut places = Vec::with_capacity(generation.len());
        for clause in generation.clauses() {
            let id = clause.document.id.as_str();
            let known = last.filter(|(known, _)| *known == id).map(|(_, place)| place);
            let of_document = known.unwrap_or_else(|| place(clause));
            last = Some((id, of_document));
            places.push(of_document);
        }
        places.into()
    }
}

/// Lowers the score of hits whose facts speak against them and puts them in order again.
pub(super) fn weigh_facts(
    generation: &Generation,
    subject: &Clause,
    weights: &Weights,
    sides: Sides,
    hits: &mut [Hit],
) {
    let before = weights.curve(sides);
    let curve = Curve { midpoint: before.midpoint - EARLIER, slope: before.slope * FLATTER };
    for hit in hits.iter_mut() {
        let Some(found) = generation.clause(hit.clause) else { continue };
        hit.score -= discord(subject, found.clause);
        hit.relevance = curve.relevance(hit.score);
    }
    page::sort(generation, hits);
}

/// How far the facts of two clauses speak against their being the same measure.
fn discord(a: &Clause, b: &Clause) -> f32 {
    let domain = match (&a.facts.domain, &b.facts.domain) {
        (Some(a), Some(b)) if a != b => OTHER_DOMAIN,
        (Some(_), None) | (None, Some(_)) => UNSURE_DOMAIN,
        _ => 0.0,
    };
    let sort = if sort(a.kind) == sort(b.kind) { 0.0 } else { OTHER_SORT };
    domain + sort
}

/// Sorts of text that do not stand in for each other.
fn sort(kind: ClauseKind) -> u8 {
    match kind {
        ClauseKind::Measure | ClauseKind::Article => 0,
        ClauseKind::Goal => 1,
        ClauseKind::Safeguard => 2,
        ClauseKind::Table => 3,
        ClauseKind::Roster | ClauseKind::Notice | ClauseKind::Other => 4,
    }
}

/// What a cell takes of the hits.
pub(super) struct Offers<'a> {
    /// Candidates of a region.
    pub most: usize,
    /// Relevance from which on a hit is a counterpart.
    pub least: f32,
    /// What a query asks for.
    pub asked: Option<&'a Asked>,
}

/// Fills the cells from `hits`, best first, with at most `most` candidates each, no two of them alike. A hit of at
/// least `least` relevance is a counterpart. Of what a query asks for, counterparts that promise it come in too,
/// however many others are more like the query.
pub(super) fn fill(generation: &Generation, regions: &mut Regions, hits: &[Hit], offers: &Offers<'_>) {
    let mut of_cell: HashMap<usize, Vec<&Hit>> = HashMap::new();
    for hit in hits {
        let Some(clause) = generation.clause(hit.clause) else { continue };
        let Some(&place) = regions.places.get(&key(clause.document)) else { continue };
        of_cell.entry(place).or_default().push(hit);
    }
    for (place, hits) in of_cell {
        let Some(cell) = regions.cells.get_mut(place).filter(|cell| !cell.is_subject) else { continue };
        let ordered = newest_first(generation, hits.clone(), offers.least);
        let mut kept = distinct(generation, ordered, offers.most);
        kept.extend(promising(generation, &hits, &kept, offers));
        cell.candidates = kept
            .into_iter()
            .map(|hit| Candidate {
                clause: hit.clause,
                relevance: hit.relevance,
                is_counterpart: hit.relevance >= offers.least || answers(generation, hit, offers),
            })
            .collect();
        cell.is_found = cell.candidates.iter().any(|candidate| candidate.is_counterpart);
    }
}

/// Hits beyond those `kept` that answer what is asked for, best first.
fn promising<'a>(
    generation: &Generation,
    hits: &[&'a Hit],
    kept: &[&Hit],
    offers: &Offers<'_>,
) -> Vec<&'a Hit> {
    let is_new = |hit: &&&Hit| !kept.iter().any(|known| known.clause == hit.clause);
    hits.iter()
        .filter(is_new)
        .filter(|hit| answers(generation, hit, offers))
        .take(PROMISING)
        .copied()
        .collect()
}

/// Whether `hit` comes near and promises what is asked for.
fn answers(generation: &Generation, hit: &Hit, offers: &Offers<'_>) -> bool {
    let is_near = hit.relevance >= offers.least * PROMISED;
    is_near
        && offers.asked.is_some_and(|asked| {
            of_clause(generation, hit.clause, Some(asked)).iter().any(|promise| promise.is_asked)
        })
}

/// Where several documents have a counterpart that is about as likely as the best, the newest that is in force
/// comes first, then drafts, then what was repealed; the order is by relevance otherwise.
fn newest_first<'a>(generation: &Generation, hits: Vec<&'a Hit>, least: f32) -> Vec<&'a Hit> {
    let best = hits.first().map_or(0.0, |hit| hit.relevance);
    let as_likely = hits.iter().take_while(|hit| hit.relevance >= least.max(best - AS_LIKELY)).count();
    let mut hits = hits;
    let (sure, _) = hits.split_at_mut(as_likely);
    let document = |hit: &Hit| generation.clause(hit.clause).map(|found| found.document);
    let mut is_first_of: HashMap<ClauseIndex, bool> = HashMap::new();
    let mut seen: Vec<&str> = Vec::new();
    for hit in sure.iter() {
        let id = document(hit).map_or("", |document| document.id.as_str());
        is_first_of.insert(hit.clause, !seen.contains(&id));
        seen.push(id);
    }
    // Only the best of each document moves up; what else a document has keeps its place behind.
    sure.sort_by_key(|hit| {
        let is_first = is_first_of.get(&hit.clause).copied().unwrap_or_default();
        let age = document(hit).filter(|_| is_first).map(age);
        (!is_first, age)
    });
    hits
}

/// Less for what comes first: in force before drafts before what was repealed, then the newest.
fn age(document: &Document) -> (u8, Reverse<String>) {
    let standing = match document.status {
        Status::Effective | Status::Trial => 0,
        Status::Draft => 1,
        Status::Repealed => 2,
    };
    (standing, Reverse(document.date.clone().unwrap_or_default()))
}

/// The first `most` of `hits` that differ: three wordings of one passage would be one offer.
fn distinct<'a>(generation: &Generation, hits: Vec<&'a Hit>, most: usize) -> Vec<&'a Hit> {
    let mut kept: Vec<(&Hit, Shingles)> = Vec::new();
    for hit in hits {
        if kept.len() == most {
            break;
        }
        let Some(found) = generation.clause(hit.clause) else { continue };
        let shingles = Shingles::of(&found.clause.text);
        if !kept.iter().any(|(_, other)| shingles.are_like(other, SAME_OFFER)) {
            kept.push((hit, shingles));
        }
    }
    kept.into_iter().map(|(hit, _)| hit).collect()
}
