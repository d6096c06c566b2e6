//! From a request to a comparison.

use std::cmp::Ordering;
use std::sync::Arc;

use super::super::engine::{Engine, sides};
use super::super::filter;
use super::super::query::Query;
use super::super::request::{MAX_TEXT, Mode, SearchRequest, SimilarRequest};
use super::super::response::{ClauseIndex, Hit};
use super::super::similar::{COUNTERPART, Start};
use super::alignment::{Column, Offer, align};
use super::asked::Asked;
use super::counterpart::{Candidate, Cell, Offers, Regions, fill, key, weigh_facts};
use super::promise::promises;
use super::request::{self, CompareRequest, MAX_CANDIDATES};
use super::{ANSWERS, Comparison, chronology, table, wording};
use crate::error::Result;
use crate::index::{FixedBitSet, Generation, admits};
use crate::model::{Clause, ClauseKind, Target};
use crate::text::region::RegionTable;

/// What the regions are asked for, and what they answered.
struct Answered {
    subject: Option<ClauseIndex>,
    /// Empty for a query: its best clause stands for it.
    text: String,
    hits: Vec<Hit>,
    /// Relevance from which on a hit is a counterpart.
    least: f32,
    /// What a query asks for.
    asked: Option<Asked>,
    /// The query that was answered instead.
    corrected: Option<String>,
    notices: Vec<&'static str>,
}

impl Engine {
    /// Compares one measure over regions. The generation that answered comes with the comparison, whose clause
    /// indices belong to it.
    pub fn compare(&self, request: &CompareRequest) -> Result<(Arc<Generation>, Comparison)> {
        let asked = request.asked()?;
        let generation = self.current()?;
        let mut allowed = allowed(&generation, request)?;
        let mut regions = Regions::of(&generation, allowed.as_ref());
        add_named(&mut regions, request);
        let answered = match asked {
            request::Asked::Clause(id) => {
                let similar = SimilarRequest::to_clause(id);
                self.answer_like(&generation, &similar, &mut allowed, &mut regions)?
            }
            request::Asked::Text(text) => {
                let similar = SimilarRequest::to_text(text);
                self.answer_like(&generation, &similar, &mut allowed, &mut regions)?
            }
            request::Asked::Query(query) => {
                self.answer_query(&generation, query, request, allowed.as_ref())?
            }
        };
        let asked = answered.asked.as_ref();
        let offers = Offers { most: request.candidates, least: answered.least, asked };
        fill(&generation, &mut regions, &answered.hits, &offers);
        let comparison = comparison(&generation, regions.cells, answered, request);
        Ok((generation, comparison))
    }

    /// What is like a clause or a text, with the subject's own cell filled.
    fn answer_like(
        &self,
        generation: &Arc<Generation>,
        request: &SimilarRequest,
        allowed: &mut Option<FixedBitSet>,
        regions: &mut Regions,
    ) -> Result<Answered> {
        let start = Start::read(generation, request)?;
        let subject = start.clause().and_then(|index| generation.clause(index));
        if let Some(subject) = &subject {
            let place = regions.place(key(subject.document), subject.document.region.as_ref());
            if let Some(cell) = regions.cells.get_mut(place) {
                *cell = own(cell, subject.index);
            }
        }
        let places = regions.of_clauses(generation);
        start.exclude(generation, true, allowed);
        let (mut hits, notices) = self.like(generation, &start, allowed.as_ref(), Some(places))?;
        if let Some(subject) = &subject {
            let sides = sides(Mode::Hybrid, &notices);
            weigh_facts(generation, subject.clause, &self.weights().similar, sides, &mut hits);
        }
        let subject = subject.map(|subject| subject.index);
        Ok(Answered {
            subject,
            text: start.text().to_owned(),
            hits,
            least: COUNTERPART,
            asked: None,
            corrected: None,
            notices,
        })
    }

    /// What answers a query, within the request's regions and filter.
    fn answer_query(
        &self,
        generation: &Arc<Generation>,
        query: &str,
        request: &CompareRequest,
        allowed: Option<&FixedBitSet>,
    ) -> Result<Answered> {
        let search = SearchRequest { filter: request.filter.clone(), ..SearchRequest::new(query) };
        let found = self.answer(generation, &search, Query::parse(query)?)?;
        let hits = found.hits.into_iter().filter(|hit| admits(allowed, hit.clause)).collect();
        let asked = Some(Asked::of(&found.query.text));
        Ok(Answered {
            subject: None,
            text: String::new(),
            hits,
            least: ANSWERS,
            asked,
            corrected: found.corrected,
            notices: found.notices,
        })
    }
}

/// What the regions have of a clause that stands in no index.
#[derive(Debug)]
pub(in crate::search) struct Drafted {
    /// A cell a region.
    pub cells: Vec<Cell>,
    /// What is promised: column 0 is the clause's own, column n the cell n − 1.
    pub rows: Vec<super::QuantityRow>,
    /// What the answer lacks.
    pub notices: Vec<&'static str>,
}

impl Engine {
    /// Compares `clause`, of a draft, with the `allowed` clauses of every region; `regions` are those of `allowed`
    /// and `places` which of them each clause belongs to, the same for all clauses of a draft. Of a text longer than
    /// [`MAX_TEXT`] the beginning counts.
    pub(in crate::search) fn compare_draft(
        &self,
        generation: &Arc<Generation>,
        clause: &Clause,
        allowed: Option<&FixedBitSet>,
        (regions, places): &(Regions, Arc<[u32]>),
    ) -> Result<Drafted> {
        let mut regions = regions.clone();
        let text: String = clause.text.chars().take(MAX_TEXT).collect();
        if !text.chars().any(char::is_alphanumeric) {
            return Ok(Drafted { cells: regions.cells, rows: Vec::new(), notices: Vec::new() });
        }
        let start = Start::read(generation, &SimilarRequest::to_text(text))?;
        let (mut hits, notices) = self.like(generation, &start, allowed, Some(Arc::clone(places)))?;
        let sides = sides(Mode::Hybrid, &notices);
        weigh_facts(generation, clause, &self.weights().similar, sides, &mut hits);
        let offers = Offers { most: MAX_CANDIDATES, least: COUNTERPART, asked: None };
        fill(generation, &mut regions, &hits, &offers);
        let own = Column::of(promises(&clause.text, &clause.facts.targets));
        let rows = columns_of(generation, &regions.cells, None, Some(own));
        Ok(Drafted { rows, cells: regions.cells, notices })
    }
}

/// The subject's own cell: it holds the subject and nothing else.
fn own(cell: &Cell, subject: ClauseIndex) -> Cell {
    let itself = Candidate { clause: subject, relevance: 1.0, is_counterpart: true };
    Cell {
        is_subject: true,
        is_found: true,
        documents: cell.documents.max(1),
        candidates: vec![itself],
        region: cell.region.clone(),
    }
}

/// Clauses within the request's filter and regions.
fn allowed(generation: &Generation, request: &CompareRequest) -> Result<Option<FixedBitSet>> {
    let by_filter = filter::allowed(generation, &request.filter)?;
    let by_region = filter::within(generation, "regions", &request.regions)?;
    Ok(match (by_filter, by_region) {
        (Some(mut both), Some(other)) => {
            both.intersect_with(&other);
            Some(both)
        }
        (one, other) => one.or(other),
    })
}

/// A cell for each region that the request names and the index has nothing of: that none is found there is an
/// answer too. A name that several regions share names none of them for sure.
fn add_named(regions: &mut Regions, request: &CompareRequest) {
    for name in &request.regions {
        let named = RegionTable::builtin().resolve(name.trim());
        if let [region] = named.as_slice() {
            let is_there = regions
                .cells
                .iter()
                .any(|cell| cell.region.as_ref().is_some_and(|known| RegionTable::contains(region, known)));
            if !is_there {
                regions.place(region.code.clone(), Some(region));
            }
        }
    }
}

/// Puts the cells in order and everything else beside them.
fn comparison(
    generation: &Generation,
    mut cells: Vec<Cell>,
    answered: Answered,
    request: &CompareRequest,
) -> Comparison {
    cells.sort_by(by_certainty);
    let total = cells.len();
    let found = cells.iter().filter(|cell| cell.is_found).count();
    cells.truncate(request.limit);
    let text = if request.query.is_some() { first_text(generation, &cells) } else { answered.text };
    let wordings = cells.iter().map(|cell| worded(generation, cell, answered.subject, &text)).collect();
    Comparison {
        query: request.query.clone(),
        subject: answered.subject,
        rows: rows(generation, &cells, answered.asked.as_ref(), (&text, &request.targets)),
        first_column: usize::from(!request.targets.is_empty()),
        wordings,
        chronology: chronology::chronology(generation, &cells),
        text: text.into(),
        cells,
        total,
        found,
        corrected: answered.corrected,
        notices: answered.notices,
    }
}

/// The subject's cell, then the surest; ties by region code.
fn by_certainty(a: &Cell, b: &Cell) -> Ordering {
    let code = |cell: &Cell| cell.region.as_ref().map(|region| region.code.clone());
    let order = (b.is_subject, b.is_found).cmp(&(a.is_subject, a.is_found));
    order.then_with(|| b.relevance().total_cmp(&a.relevance())).then_with(|| code(a).cmp(&code(b)))
}

fn first_text(generation: &Generation, cells: &[Cell]) -> String {
    let best = cells.first().and_then(|cell| cell.candidates.first());
    let clause = best.and_then(|candidate| generation.clause(candidate.clause));
    clause.map_or_else(String::new, |found| found.clause.text.clone())
}

fn worded(
    generation: &Generation,
    cell: &Cell,
    subject: Option<ClauseIndex>,
    text: &str,
) -> Option<Vec<wording::Segment>> {
    let best = cell.candidates.first().filter(|best| Some(best.clause) != subject)?;
    wording::diff(&generation.clause(best.clause)?.clause.text, text)
}

/// What the cells promise, row by row. A text's own promises come as a column before the cells'.
fn rows(
    generation: &Generation,
    cells: &[Cell],
    asked: Option<&Asked>,
    (text, targets): (&str, &[Target]),
) -> Vec<super::QuantityRow> {
    let own = (!targets.is_empty()).then(|| Column::of(promises(text, targets)));
    columns_of(generation, cells, asked, own)
}

/// What `cells` promise in rows, `own` as a column before them.
fn columns_of(
    generation: &Generation,
    cells: &[Cell],
    asked: Option<&Asked>,
    own: Option<Column>,
) -> Vec<super::QuantityRow> {
    let offer = |candidate: &Candidate| Offer {
        promises: of_clause(generation, candidate.clause, asked),
        is_counterpart: candidate.is_counterpart,
    };
    let of_cell = |cell: &Cell| Column { offers: cell.candidates.iter().map(offer).collect() };
    let columns: Vec<Column> = own.into_iter().chain(cells.iter().map(of_cell)).collect();
    align(&columns)
}

/// What a clause promises; what is `asked` for is marked.
pub(super) fn of_clause(
    generation: &Generation,
    clause: ClauseIndex,
    asked: Option<&Asked>,
) -> Vec<super::Promise> {
    let Some(found) = generation.clause(clause) else { return Vec::new() };
    let of_table =
        if found.clause.kind == ClauseKind::Table { table::promises(&found.clause.text) } else { Vec::new() };
    let mut promised = if of_table.is_empty() {
        promises(&found.clause.text, &found.clause.facts.targets)
    } else {
        of_table
    };
    if let Some(asked) = asked {
        asked.mark(&mut promised);
    }
    promised
}
