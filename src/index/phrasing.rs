//! Vectors of the phrasings: the questions that a query is compared with, and the wordings that answer.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::manifest::corrupt;
use super::vector::cosine;
use crate::error::{Error, Result};

pub(super) const FILE: &str = "phrasings";
/// A question less like the query than this says nothing of it.
const LEAST: f32 = 0.6;
/// A question this much more like it says all there is to say.
const SPREAD: f32 = 0.2;
/// Wordings that take part in one query.
const WORDINGS: usize = 3;

/// What is written: questions and wordings with their vectors.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct PhrasingTable {
    /// Tells lexicons apart.
    pub fingerprint: String,
    /// Components a vector.
    pub dimensions: usize,
    /// Questions, each with the place of its wording.
    pub questions: Vec<(String, u32)>,
    /// Wordings.
    pub wordings: Vec<String>,
    /// `[questions, dimensions]`, then `[wordings, dimensions]`.
    pub vectors: Vec<i8>,
}

impl PhrasingTable {
    /// Vectors of the wordings, in order.
    pub fn wording_vectors(&self) -> impl Iterator<Item = &[i8]> {
        let rest = self.vectors.get(self.questions.len() * self.dimensions..).unwrap_or(&[]);
        rest.chunks_exact(self.dimensions.max(1))
    }
}

/// The phrasings of one generation, open for reading.
#[derive(Debug)]
pub struct PhrasingIndex {
    table: PhrasingTable,
}

/// A wording that takes part in a query.
#[derive(Clone, Debug, PartialEq)]
pub struct NearWording<'a> {
    /// The question that the query is like.
    pub question: &'a str,
    /// How like, a cosine.
    pub likeness: f32,
    /// The wording of a measure that answers it.
    pub wording: &'a str,
    /// Its vector, quantised.
    pub vector: &'a [i8],
    /// Its share among the wordings of this query; the shares add up to 1.
    pub share: f32,
}

impl PhrasingIndex {
    /// Opens what [`Self::write`] wrote.
    pub(super) fn open(directory: &Path) -> Result<Self> {
        let path = directory.join(FILE);
        let bytes = std::fs::read(&path).map_err(|error| Error::io(path.display(), error))?;
        Self::new(postcard::from_bytes(&bytes).map_err(|error| corrupt(&path, &error))?)
    }

    /// The index of `table`.
    pub fn new(table: PhrasingTable) -> Result<Self> {
        let rows = table.questions.len() + table.wordings.len();
        let fits = table.vectors.len() == rows * table.dimensions
            && table.questions.iter().all(|(_, wording)| (*wording as usize) < table.wordings.len());
        if !fits {
            return Err(corrupt(Path::new(FILE), &"questions, wordings and vectors do not fit together"));
        }
        Ok(Self { table })
    }

    /// Tells lexicons apart.
    pub fn fingerprint(&self) -> &str {
        &self.table.fingerprint
    }

    /// Writes it into `directory`.
    pub(super) fn write(&self, directory: &Path) -> Result<()> {
        let bytes = postcard::to_stdvec(&self.table)
            .map_err(|error| Error::internal(format!("phrasings: {error}")))?;
        let path = directory.join(FILE);
        std::fs::write(&path, bytes).map_err(|error| Error::io(path.display(), error))
    }

    /// Vectors of the wordings, in order.
    pub fn wording_vectors(&self) -> impl Iterator<Item = &[i8]> {
        self.table.wording_vectors()
    }

    fn row(&self, index: usize) -> &[i8] {
        let dimensions = self.table.dimensions;
        self.table.vectors.get(index * dimensions..(index + 1) * dimensions).unwrap_or(&[])
    }

    /// The wordings of the questions most like `query`, best first, and how much they count together,
    /// 0 to 1: nothing when no question is like it.
    pub fn nearest(&self, query: &[i8]) -> (Vec<NearWording<'_>>, f32) {
        let mut best: Vec<Option<(f32, usize)>> = vec![None; self.table.wordings.len()];
        for (index, (_, wording)) in self.table.questions.iter().enumerate() {
            let likeness = cosine(query, self.row(index));
            if let Some(slot) =
                best.get_mut(*wording as usize).filter(|slot| slot.is_none_or(|(known, _)| likeness > known))
            {
                *slot = Some((likeness, index));
            }
        }
        let mut ranked: Vec<(usize, f32, usize)> = best
            .into_iter()
            .enumerate()
            .filter_map(|(wording, found)| found.map(|(likeness, question)| (wording, likeness, question)))
            .filter(|(_, likeness, _)| *likeness > LEAST)
            .collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked.truncate(WORDINGS);
        let sum: f32 = ranked.iter().map(|(_, likeness, _)| likeness - LEAST).sum();
        let strength = ranked.first().map_or(0.0, |(_, likeness, _)| ((likeness - LEAST) / SPREAD).min(1.0));
        let wordings = ranked.into_iter().filter_map(|(wording, likeness, question)| {
            Some(NearWording {
                question: &self.table.questions.get(question)?.0,
                likeness,
                wording: self.table.wordings.get(wording)?,
                vector: self.row(self.table.questions.len() + wording),
                share: (likeness - LEAST) / sum,
            })
        });
        (wordings.collect(), strength)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::quantise;

    #[test]
    fn near_questions_bring_their_wording() {
        let unit =
            |axis: usize| quantise(&(0..4).map(|i| if i == axis { 0.3 } else { 0.0 }).collect::<Vec<_>>());
        let directory = tempfile::tempdir().expect("a temporary folder");
        let table = PhrasingTable {
            fingerprint: String::new(),
            dimensions: 4,
            questions: vec![("甲".into(), 0), ("乙".into(), 1)],
            wordings: vec!["子".into(), "丑".into()],
            vectors: [unit(0), unit(1), unit(2), unit(3)].concat(),
        };
        PhrasingIndex::new(table).and_then(|index| index.write(directory.path())).expect("written");
        let index = PhrasingIndex::open(directory.path()).expect("opened");
        // Components beyond a byte's range are cut off, so this stands for a unit vector.
        let query: Vec<i8> = quantise(&[0.35, 0.0, 0.0, 0.0]).iter().map(|x| x.saturating_mul(7)).collect();
        let (wordings, strength) = index.nearest(&query);
        assert!(wordings.is_empty() && strength == 0.0, "cosines of short vectors stay below the least");
    }
}
