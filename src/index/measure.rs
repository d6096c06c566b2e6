//! Measures found across documents, as a build hands them over: what they are and how they were found is
//! not known here.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::generation::ClauseIndex;
use super::manifest::corrupt;
use crate::error::{Error, Result};
use crate::model::Measure;

pub(super) const MEASURES: &str = "measures";
const NEIGHBOURS: &str = "neighbours";

/// What is written.
#[derive(Clone, Debug, Default)]
pub struct MeasureTable {
    /// Version of the rules that found them.
    pub version: u32,
    /// In order of their first clause.
    pub measures: Vec<Measure>,
    /// What the next build takes over; read only by who wrote it.
    pub neighbours: Vec<u8>,
}

impl MeasureTable {
    /// Writes the table into `directory`.
    pub(super) fn write(&self, directory: &Path) -> Result<()> {
        let write = |name: &str, bytes: &[u8]| {
            let path = directory.join(name);
            std::fs::write(&path, bytes).map_err(|error| Error::io(path.display(), error))
        };
        let measures = postcard::to_stdvec(&self.measures)
            .map_err(|error| Error::internal(format!("measures: {error}")))?;
        write(MEASURES, &measures)?;
        write(NEIGHBOURS, &self.neighbours)
    }
}

/// The measures of one generation, open for reading.
#[derive(Debug)]
pub struct MeasureIndex {
    measures: Vec<Measure>,
    by_id: HashMap<String, usize>,
    by_clause: HashMap<ClauseIndex, usize>,
    /// Where the build left them; none where only readers are served.
    neighbours: Option<PathBuf>,
}

impl MeasureIndex {
    /// Opens what [`MeasureTable::write`] wrote for a generation of `clauses` clauses.
    pub(super) fn open(directory: &Path, clauses: usize) -> Result<Self> {
        let path = directory.join(MEASURES);
        let bytes = std::fs::read(&path).map_err(|error| Error::io(path.display(), error))?;
        let measures: Vec<Measure> = postcard::from_bytes(&bytes).map_err(|error| corrupt(&path, &error))?;
        let index = Self::new(measures, clauses, &path)?;
        Ok(Self { neighbours: Some(directory.join(NEIGHBOURS)), ..index })
    }

    /// The index of `measures` for a generation of `clauses` clauses; `path` is what errors name.
    pub(super) fn new(measures: Vec<Measure>, clauses: usize, path: &Path) -> Result<Self> {
        let is_sound = |measure: &Measure| {
            !measure.clauses.is_empty() && measure.clauses.iter().all(|clause| (*clause as usize) < clauses)
        };
        if !measures.iter().all(is_sound) {
            return Err(corrupt(path, &"measures and clauses do not fit together"));
        }
        let numbered = || measures.iter().enumerate();
        let by_id = numbered().map(|(at, measure)| (measure.id.to_string(), at)).collect();
        let by_clause =
            numbered().flat_map(|(at, measure)| measure.clauses.iter().map(move |clause| (*clause, at)));
        let by_clause = by_clause.collect();
        Ok(Self { by_id, by_clause, measures, neighbours: None })
    }

    /// Every measure, in order of their first clause.
    pub fn all(&self) -> &[Measure] {
        &self.measures
    }

    /// The measure named `id`.
    pub fn find(&self, id: &str) -> Option<&Measure> {
        self.measures.get(*self.by_id.get(id)?)
    }

    /// The measure that `clause` belongs to.
    pub fn of_clause(&self, clause: ClauseIndex) -> Option<&Measure> {
        self.measures.get(*self.by_clause.get(&clause)?)
    }

    /// What it was opened from, for a generation of the same clauses.
    pub(super) fn table(&self, version: u32) -> Result<MeasureTable> {
        Ok(MeasureTable { version, measures: self.measures.clone(), neighbours: self.neighbours()? })
    }

    /// What the build left for the next one.
    pub fn neighbours(&self) -> Result<Vec<u8>> {
        let path =
            self.neighbours.as_deref().ok_or_else(|| Error::internal("measures without their neighbours"))?;
        std::fs::read(path).map_err(|error| Error::io(path.display(), error))
    }
}
