//! One immutable state of the index, open for reading.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::keyword::KeywordIndex;
use super::manifest::Manifest;
use super::measure::MeasureIndex;
use super::phrasing::PhrasingIndex;
use super::record::DocumentRecord;
use super::suggestion::SuggestionIndex;
use super::token::TokenIndex;
use super::vector::VectorIndex;
use super::vocabulary::Vocabulary;
use crate::error::{Error, Kind, Result};
use crate::model::{Clause, Document};

/// Position of a clause in its generation.
pub type ClauseIndex = u32;

/// One state of the index. Never changes; share it by `Arc`.
pub struct Generation {
    manifest: Manifest,
    documents: Vec<Arc<DocumentRecord>>,
    /// Per document, the index of its first clause; one more than there are documents.
    starts: Vec<ClauseIndex>,
    by_document: HashMap<String, usize>,
    by_clause: HashMap<String, ClauseIndex>,
    keyword: KeywordIndex,
    vectors: Option<VectorIndex>,
    phrasings: Option<PhrasingIndex>,
    tokens: Option<TokenIndex>,
    measures: Option<MeasureIndex>,
    /// Made when first asked for.
    vocabulary: OnceLock<Vocabulary>,
    /// Made when first asked for.
    suggestions: OnceLock<SuggestionIndex>,
}

/// A clause with the document it stands in.
#[derive(Clone, Copy, Debug)]
pub struct ClauseRef<'a> {
    /// Its position in the generation.
    pub index: ClauseIndex,
    /// The clause.
    pub clause: &'a Clause,
    /// Its document.
    pub document: &'a Document,
}

impl Generation {
    /// Opens the generation in `directory` after checking every file's hash.
    pub fn open(directory: &Path) -> Result<Self> {
        let manifest = Manifest::read(directory)?;
        manifest.verify(directory)?;
        let documents = read_documents(&directory.join("documents.jsonl"))?;
        let keyword = KeywordIndex::open(&directory.join("keyword"), manifest.clauses)?;
        let vectors = match &manifest.model {
            Some(_) => Some(VectorIndex::open(directory, manifest.dimensions, manifest.clauses)?),
            None => None,
        };
        let phrasings = manifest.model.as_ref().map(|_| PhrasingIndex::open(directory)).transpose()?;
        let tokens =
            manifest.tokens.then(|| TokenIndex::open(directory, manifest.dimensions, manifest.clauses));
        let tokens = tokens.transpose()?;
        let measures = manifest.atlas.map(|_| MeasureIndex::open(directory, manifest.clauses)).transpose()?;
        let mut starts = vec![0];
        let mut by_clause = HashMap::with_capacity(manifest.clauses);
        for record in &documents {
            let first = starts.last().copied().unwrap_or(0);
            by_clause.extend(
                record.clauses.iter().zip(first..).map(|(clause, index)| (clause.id.to_string(), index)),
            );
            starts.push(first + record.clauses.len() as ClauseIndex);
        }
        if starts.last().copied().unwrap_or(0) as usize != manifest.clauses {
            return Err(corrupt(
                directory,
                &"the documents do not hold as many clauses as the manifest says",
            ));
        }
        let by_document =
            documents.iter().enumerate().map(|(i, record)| (record.document.id.to_string(), i)).collect();
        Ok(Self {
            manifest,
            documents,
            starts,
            by_document,
            by_clause,
            keyword,
            vectors,
            phrasings,
            tokens,
            measures,
            vocabulary: OnceLock::new(),
            suggestions: OnceLock::new(),
        })
    }

    /// Its number.
    pub fn id(&self) -> u64 {
        self.manifest.generation
    }

    /// What it consists of.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Its documents, sorted by id.
    pub fn documents(&self) -> &[Arc<DocumentRecord>] {
        &self.documents
    }

    /// The document named `id`.
    pub fn document(&self, id: &str) -> Option<&Arc<DocumentRecord>> {
        self.by_document.get(id).and_then(|&index| self.documents.get(index))
    }

    /// How many clauses it has.
    pub fn len(&self) -> usize {
        self.manifest.clauses
    }

    /// Whether it has no clause.
    pub fn is_empty(&self) -> bool {
        self.manifest.clauses == 0
    }

    /// The clause at `index`.
    pub fn clause(&self, index: ClauseIndex) -> Option<ClauseRef<'_>> {
        let document = self.starts.partition_point(|&start| start <= index).checked_sub(1)?;
        let record = self.documents.get(document)?;
        let clause = record.clauses.get((index - self.starts.get(document)?) as usize)?;
        Some(ClauseRef { index, clause, document: &record.document })
    }

    /// The clause named `id`.
    pub fn find_clause(&self, id: &str) -> Option<(ClauseIndex, ClauseRef<'_>)> {
        let index = *self.by_clause.get(id)?;
        Some((index, self.clause(index)?))
    }

    /// Every clause in order.
    pub fn clauses(&self) -> impl Iterator<Item = ClauseRef<'_>> {
        let clauses = self
            .documents
            .iter()
            .flat_map(|record| record.clauses.iter().map(|clause| (clause, &record.document)));
        clauses.zip(0..).map(|((clause, document), index)| ClauseRef { index, clause, document })
    }

    /// The inverted index.
    pub fn keyword(&self) -> &KeywordIndex {
        &self.keyword
    }

    /// The words of its clauses. Made when first asked for, which takes a moment.
    pub fn vocabulary(&self) -> Result<&Vocabulary> {
        if let Some(vocabulary) = self.vocabulary.get() {
            return Ok(vocabulary);
        }
        let made = Vocabulary::new(self.keyword.words()?);
        Ok(self.vocabulary.get_or_init(|| made))
    }

    /// The names that a search box completes. Made when first asked for, which takes a moment.
    pub fn suggestions(&self) -> &SuggestionIndex {
        self.suggestions
            .get_or_init(|| SuggestionIndex::new(self.documents.iter().map(std::convert::AsRef::as_ref)))
    }

    /// The phrasings; none when it was built without a model.
    pub fn phrasings(&self) -> Option<&PhrasingIndex> {
        self.phrasings.as_ref()
    }

    /// The vectors of tokens; none without a model or where they would take too much room.
    pub fn tokens(&self) -> Option<&TokenIndex> {
        self.tokens.as_ref()
    }

    /// The measures found across its documents; none where an earlier version of the program made it.
    pub fn measures(&self) -> Option<&MeasureIndex> {
        self.measures.as_ref()
    }

    /// The vectors; none when it was built without a model.
    pub fn vectors(&self) -> Option<&VectorIndex> {
        self.vectors.as_ref()
    }
}

impl std::fmt::Debug for Generation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Generation").field("manifest", &self.manifest).finish_non_exhaustive()
    }
}

fn read_documents(path: &Path) -> Result<Vec<Arc<DocumentRecord>>> {
    let file = std::fs::File::open(path).map_err(|error| Error::io(path.display(), error))?;
    let mut documents = Vec::new();
    for line in BufReader::with_capacity(1 << 20, file).lines() {
        let line = line.map_err(|error| corrupt(path, &error))?;
        documents.push(Arc::new(serde_json::from_str(&line).map_err(|error| corrupt(path, &error))?));
    }
    Ok(documents)
}

fn corrupt(path: &Path, what: &dyn std::fmt::Display) -> Error {
    let message = format!("{}: {what}; rebuild the index with `tiaokuan index --rebuild`", path.display());
    Error::new(Kind::Corrupt, "index_corrupt", message)
}
