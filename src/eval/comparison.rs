//! How well a comparison over regions does: the right clause in each cell, and the right numbers on one row.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::cluster::{Members, locate, squeezed};
use super::gold::read;
use super::source::{Found, Source};
use crate::error::Result;
use crate::index::{ClauseRef, Generation};
use crate::search::compare::{Cell, Column, QuantityRow, RowValue, align, promises};
use crate::search::{CompareRequest, Comparison, Engine};
use crate::text::common_unit::common_unit;

/// One quantity that clauses of several regions put a number to.
#[derive(Clone, Debug, Deserialize)]
pub struct GoldRow {
    /// The cluster whose members they are.
    pub cluster: String,
    /// What is counted.
    pub quantity: String,
    /// The unit of `values`.
    pub unit: String,
    /// Who says what.
    pub cells: Vec<GoldCell>,
}

/// What one region says.
#[derive(Clone, Debug, Deserialize)]
pub struct GoldCell {
    /// Beginning of the file's name.
    pub seed: String,
    /// A piece of each clause that says so.
    pub anchors: Vec<String>,
    /// The number; several where the clause has one for each case.
    pub values: Vec<f64>,
}

/// Reads labelled rows.
pub fn read_rows(path: &Path) -> Result<Vec<GoldRow>> {
    read(path)
}

/// How often a cell has the right clause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct CellScores {
    /// (member, other region that has the measure) pairs.
    pub pairs: usize,
    /// Share of them whose cell has a member first.
    pub first: f64,
    /// Share of them whose cell has a member at all.
    pub among: f64,
    /// (member, other region) pairs, whether it has the measure or not.
    pub decisions: usize,
    /// Share of those told rightly: found or none found.
    pub right: f64,
    /// Share of the regions told to have it that do.
    pub precision: f64,
    /// Share of the regions that have it told so.
    pub recall: f64,
}

/// How often labelled numbers stand on one row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct RowScores {
    /// Labelled cells, each asked for from each labelled clause.
    pub cells: usize,
    /// Share of them on the row of the clause asked from, with the right value.
    pub shown: f64,
    /// Share of the cells of other regions on it.
    pub others: f64,
    /// Share of the cells of other regions that show another number of theirs on it.
    pub wrong: f64,
    /// Share of labelled cells on one row when the labelled clauses themselves are aligned.
    pub given: f64,
    /// Anchors that no clause holds.
    pub lost: usize,
}

/// A labelled quantity whose cells were not all shown, for reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// The quantity as labelled.
    pub quantity: String,
    /// The clause asked from.
    pub subject: String,
    /// Beginnings of the names of the files whose number is not on its row.
    pub seeds: Vec<String>,
}

/// Compares every member of a cluster with every other document of the clusters.
pub fn score_cells(engine: &Engine, members: &Members) -> Result<CellScores> {
    let mut scores = CellScores::default();
    let (mut first, mut among, mut right, mut told, mut rightly_told) = (0, 0, 0, 0, 0);
    for member in &members.members {
        let (generation, comparison) = engine.compare(&CompareRequest::of_clause(&member.clause.id))?;
        for seed in members.seeds.iter().filter(|seed| **seed != member.seed) {
            let cell = comparison.cells.iter().find(|cell| is_of(&generation, cell, seed));
            let counterparts = member.counterparts.get(seed);
            let is_found = cell.is_some_and(|cell| cell.is_found);
            scores.decisions += 1;
            right += usize::from(is_found == counterparts.is_some());
            told += usize::from(is_found);
            let Some(counterparts) = counterparts else { continue };
            scores.pairs += 1;
            rightly_told += usize::from(is_found);
            let ids = cell.map_or_else(Vec::new, |cell| ids(&generation, cell));
            first += usize::from(ids.first().is_some_and(|id| counterparts.contains(*id)));
            among += usize::from(ids.iter().any(|id| counterparts.contains(*id)));
        }
    }
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    Ok(CellScores {
        first: share(first, scores.pairs),
        among: share(among, scores.pairs),
        right: share(right, scores.decisions),
        precision: share(rightly_told, told),
        recall: share(rightly_told, scores.pairs),
        ..scores
    })
}

fn ids<'a>(generation: &'a Generation, cell: &Cell) -> Vec<&'a str> {
    let clauses = cell.candidates.iter().filter_map(|candidate| generation.clause(candidate.clause));
    clauses.map(|found| found.clause.id.as_str()).collect()
}

fn is_of(generation: &Generation, cell: &Cell, seed: &str) -> bool {
    let best = cell.candidates.first().and_then(|candidate| generation.clause(candidate.clause));
    best.is_some_and(|found| found.document.file.starts_with(seed))
}

/// Asks for a comparison from every labelled clause and looks for the row with its number.
pub fn score_rows(engine: &Engine, rows: &[GoldRow]) -> Result<(RowScores, Vec<Missed>)> {
    let clauses = squeezed(engine.clauses()?);
    let mut scores = RowScores::default();
    let (mut shown, mut others, mut wrong, mut of_others, mut given, mut labelled) = (0, 0, 0, 0, 0, 0);
    let mut missed = Vec::new();
    for row in rows {
        labelled += row.cells.len();
        given += aligned(engine, &clauses, row)?;
        for cell in &row.cells {
            for anchor in &cell.anchors {
                let Some(subject) = locate(&clauses, &cell.seed, anchor) else {
                    scores.lost += 1;
                    continue;
                };
                let (generation, comparison) = engine.compare(&CompareRequest::of_clause(&subject.id))?;
                let (seeds, mistaken) = seeds_shown(&generation, &comparison, row, cell);
                wrong += mistaken;
                scores.cells += row.cells.len();
                of_others += row.cells.len() - 1;
                shown += seeds.len();
                others += seeds.len().saturating_sub(1);
                let lacking = row.cells.iter().map(|cell| &cell.seed).filter(|seed| !seeds.contains(*seed));
                let seeds: Vec<String> = lacking.cloned().collect();
                if !seeds.is_empty() {
                    missed.push(Missed {
                        quantity: row.quantity.clone(),
                        subject: subject.id.clone(),
                        seeds,
                    });
                }
            }
        }
    }
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    scores.shown = share(shown, scores.cells);
    scores.others = share(others, of_others);
    scores.wrong = share(wrong, of_others);
    scores.given = share(given, labelled);
    Ok((scores, missed))
}

/// The labelled files whose number stands on the row that has the subject's, and how many others have another
/// number there.
fn seeds_shown(
    generation: &Generation,
    comparison: &Comparison,
    gold: &GoldRow,
    subject: &GoldCell,
) -> (BTreeSet<String>, usize) {
    let file_of = |value: &RowValue| {
        let best = comparison.cells.get(comparison.cell_of(value)?)?.candidates.first()?;
        Some(generation.clause(best.clause)?.document.file.as_str())
    };
    let shown = |row: &QuantityRow, cell: &GoldCell| {
        let of_cell = row
            .values
            .iter()
            .find(|value| file_of(value).is_some_and(|file| file.starts_with(cell.seed.as_str())));
        of_cell.map(|value| is_right(row, value.value, gold, cell))
    };
    let told = |row: &QuantityRow| {
        let with = |right: bool| gold.cells.iter().filter(move |cell| shown(row, cell) == Some(right));
        (with(true).map(|cell| cell.seed.clone()).collect::<BTreeSet<_>>(), with(false).count())
    };
    let with_subject = comparison.rows.iter().filter(|row| shown(row, subject) == Some(true));
    with_subject.map(told).max_by_key(|(seeds, _)| seeds.len()).unwrap_or_default()
}

/// Whether `value` in the row's unit is what the label has in its own.
fn is_right(row: &QuantityRow, value: f64, gold: &GoldRow, cell: &GoldCell) -> bool {
    let (Some(of_row), Some(of_gold)) = (common_unit(&row.unit), common_unit(&gold.unit)) else {
        return false;
    };
    let shown = value * of_row.factor / of_gold.factor;
    of_row.family == of_gold.family && cell.values.iter().any(|value| (value - shown).abs() < 1e-6)
}

/// How many labelled cells share the best row when the labelled clauses themselves are aligned.
fn aligned(engine: &Engine, clauses: &[(String, Found)], gold: &GoldRow) -> Result<usize> {
    let ids = gold.cells.iter().map(|cell| {
        cell.anchors.first().and_then(|anchor| locate(clauses, &cell.seed, anchor)).map(|clause| &clause.id)
    });
    let ids: Vec<Option<&String>> = ids.collect();
    let generation = engine.current()?;
    let column = |id: Option<&String>| {
        let found = id.and_then(|id| generation.find_clause(id));
        let of = |found: ClauseRef<'_>| promises(&found.clause.text, &found.clause.facts.targets);
        found.map_or_else(Column::default, |(_, found)| Column::of(of(found)))
    };
    let columns: Vec<Column> = ids.into_iter().map(column).collect();
    let right = |row: &QuantityRow| {
        let is_right = |(column, cell): (usize, &GoldCell)| {
            row.values.iter().any(|value| value.column == column && is_right(row, value.value, gold, cell))
        };
        gold.cells.iter().enumerate().filter(|&pair| is_right(pair)).count()
    };
    Ok(align(&columns).iter().map(right).max().unwrap_or(0))
}
