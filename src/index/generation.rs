//! One immutable state of the index, open for reading.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::catalogue::{self, CatalogueEntry};
use super::keyword::KeywordIndex;
use super::manifest::{self, Manifest, SegmentEntry, corrupt};
use super::measure::{MeasureIndex, MeasureTable};
use super::phrasing::PhrasingIndex;
use super::placement::Placement;
use super::record::DocumentRecord;
use super::segment::Segment;
use super::suggestion::SuggestionIndex;
use super::token::TokenIndex;
use super::vector::VectorIndex;
use super::vocabulary::Vocabulary;
use crate::error::{Error, Kind, Result};
use crate::model::{Clause, Document};
use crate::text::tokenizer;

/// Position of a clause in its generation.
pub type ClauseIndex = u32;

/// One state of the index. Never changes; share it by `Arc`.
pub struct Generation {
    manifest: Manifest,
    catalogue: Arc<[CatalogueEntry]>,
    segments: Vec<Arc<Segment>>,
    documents: Vec<Arc<DocumentRecord>>,
    /// Per document, the index of its first clause; one more than there are documents.
    starts: Vec<ClauseIndex>,
    by_document: HashMap<String, usize>,
    keyword: KeywordIndex,
    vectors: Option<VectorIndex>,
    phrasings: Option<Arc<PhrasingIndex>>,
    tokens: Option<TokenIndex>,
    measures: Option<MeasureIndex>,
    /// Made when first asked for.
    vocabulary: OnceLock<Vocabulary>,
    /// Made when first asked for.
    suggestions: OnceLock<SuggestionIndex>,
}

/// What a generation is composed from.
#[derive(Debug)]
pub struct Parts {
    /// Number of the generation.
    pub generation: u64,
    /// The segments that `catalogue` names by their place.
    pub segments: Vec<Arc<Segment>>,
    /// Every version of every document, in order of ids and versions.
    pub catalogue: Arc<[CatalogueEntry]>,
    /// Phrasings of the model whose vectors the segments hold.
    pub phrasings: Option<Arc<PhrasingIndex>>,
    /// Whether the segments' vectors of tokens are used.
    pub tokens: bool,
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
    /// Opens the generation in `directory`, whose segments are below `segments`, after checking every file's
    /// hash. Segments that `before` has open are shared and not read again.
    pub(super) fn open(directory: &Path, segments: &Path, before: Option<&Self>) -> Result<Self> {
        let manifest: Manifest = manifest::read(directory)?;
        manifest::verify(&manifest, directory)?;
        let known = |entry: &SegmentEntry| {
            before?.segments.iter().find(|segment| segment.entry() == entry).map(Arc::clone)
        };
        let opened = manifest.segments.iter().map(|entry| match known(entry) {
            Some(segment) => Ok(segment),
            None => Segment::open(&segments.join(&entry.name), entry.clone()).map(Arc::new),
        });
        let phrasings = manifest.phrasings.as_ref().map(|_| PhrasingIndex::open(directory)).transpose()?;
        let parts = Parts {
            generation: manifest.generation,
            segments: opened.collect::<Result<_>>()?,
            catalogue: catalogue::read(directory)?.into(),
            phrasings: phrasings.map(Arc::new),
            tokens: manifest.tokens,
        };
        let mut generation = Self::compose(parts)?;
        if generation.manifest.clauses != manifest.clauses {
            let what = "the documents do not hold as many clauses as the manifest says";
            return Err(corrupt(directory, &what));
        }
        let measures = manifest.atlas.map(|_| MeasureIndex::open(directory, manifest.clauses));
        generation.measures = measures.transpose()?;
        generation.manifest = manifest;
        Ok(generation)
    }

    /// The generation of `parts`, not on disk, with the newest version of each document and without measures.
    pub fn compose(parts: Parts) -> Result<Self> {
        let catalogue = Arc::clone(&parts.catalogue);
        Self::select(parts, &catalogue::newest(&catalogue))
    }

    /// This generation as it would be had nothing been received after `time`, RFC 3339 in UTC with
    /// milliseconds: documents in the versions of then, without measures. What was deleted since is missing.
    pub fn as_of(&self, time: &str) -> Result<Self> {
        Self::select(self.parts(), &catalogue::as_of(&self.catalogue, time))
    }

    /// What it is composed from.
    pub fn parts(&self) -> Parts {
        Parts {
            generation: self.manifest.generation,
            segments: self.segments.clone(),
            catalogue: Arc::clone(&self.catalogue),
            phrasings: self.phrasings.clone(),
            tokens: self.manifest.tokens,
        }
    }

    fn select(parts: Parts, selected: &[&CatalogueEntry]) -> Result<Self> {
        let Parts { generation, segments, catalogue, phrasings, tokens } = parts;
        let mut documents = Vec::with_capacity(selected.len());
        let mut homes = Vec::new();
        let mut starts = vec![0];
        for entry in selected {
            let segment = segments.get(entry.segment);
            let found = segment.and_then(|segment| {
                Some((segment.records().get(entry.position)?, segment.start(entry.position)?))
            });
            let (record, start) = found.ok_or_else(|| missing(entry))?;
            homes.extend((start..).take(record.clauses.len()).map(|place| (entry.segment as u32, place)));
            starts.push(homes.len() as ClauseIndex);
            documents.push(Arc::clone(record));
        }
        let lengths: Vec<usize> = segments.iter().map(|segment| segment.clauses()).collect();
        let clauses = homes.len();
        let placement = Arc::new(Placement::new(homes, &lengths));
        let model = segments.first().and_then(|segment| segment.model().map(str::to_owned));
        let dimensions = segments.first().map_or(0, |segment| segment.dimensions());
        let of_all = |vectors: Option<Vec<_>>| vectors.filter(|_| model.is_some());
        let keyword = segments.iter().map(|segment| Arc::clone(segment.keyword())).collect();
        let keyword = KeywordIndex::new(keyword, Arc::clone(&placement));
        let vectors = of_all(segments.iter().map(|segment| segment.vectors().cloned()).collect());
        let vectors = vectors.map(|vectors| VectorIndex::new(vectors, Arc::clone(&placement), dimensions));
        let tokens = tokens.then(|| segments.iter().map(|segment| segment.tokens().cloned()).collect());
        let tokens = tokens.flatten().map(|tokens| TokenIndex::new(tokens, placement, dimensions));
        let by_document =
            documents.iter().enumerate().map(|(i, record)| (record.document.id.to_string(), i)).collect();
        let manifest = Manifest {
            tokenizer: tokenizer::VERSION,
            generation,
            model,
            phrasings: phrasings.as_ref().map(|phrasings| phrasings.fingerprint().to_owned()),
            dimensions,
            tokens: tokens.is_some(),
            atlas: None,
            documents: documents.len(),
            clauses,
            segments: segments.iter().map(|segment| segment.entry().clone()).collect(),
            files: BTreeMap::new(),
        };
        Ok(Self {
            manifest,
            catalogue,
            segments,
            documents,
            starts,
            by_document,
            keyword,
            vectors,
            phrasings,
            tokens,
            measures: None,
            vocabulary: OnceLock::new(),
            suggestions: OnceLock::new(),
        })
    }

    /// The same generation as it was published: with its measures and the hashes of its files.
    pub(super) fn published(mut self, manifest: Manifest, measures: Option<MeasureIndex>) -> Self {
        self.manifest = manifest;
        self.measures = measures;
        self
    }

    /// Every version of every document, in order of ids and versions.
    pub fn catalogue(&self) -> &[CatalogueEntry] {
        &self.catalogue
    }

    /// The versions of the document named `id`, oldest first; none where there is no such document.
    pub fn versions(&self, id: &str) -> &[CatalogueEntry] {
        let start = self.catalogue.partition_point(|entry| entry.id.as_str() < id);
        let rest = self.catalogue.get(start..).unwrap_or_default();
        let length = rest.partition_point(|entry| entry.id.as_str() == id);
        rest.get(..length).unwrap_or_default()
    }

    /// The document in the version that `entry` of the catalogue names.
    pub fn record(&self, entry: &CatalogueEntry) -> Option<&Arc<DocumentRecord>> {
        self.segments.get(entry.segment)?.records().get(entry.position)
    }

    /// Its segments.
    pub fn segments(&self) -> &[Arc<Segment>] {
        &self.segments
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

    /// Its documents, sorted by id, each with the positions of its clauses.
    pub fn placed_documents(&self) -> impl Iterator<Item = (&Arc<DocumentRecord>, Range<usize>)> {
        let ends = self.starts.iter().skip(1);
        let ranges = self.starts.iter().zip(ends).map(|(start, end)| *start as usize..*end as usize);
        self.documents.iter().zip(ranges)
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
        let (document, _) = id.split_once(':')?;
        let document = *self.by_document.get(document)?;
        let record = self.documents.get(document)?;
        let place = record.clauses.iter().position(|clause| clause.id.as_str() == id)?;
        let index = self.starts.get(document)? + place as ClauseIndex;
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
        self.phrasings.as_deref()
    }

    /// The phrasings, to be shared with the next generation.
    pub fn shared_phrasings(&self) -> Option<Arc<PhrasingIndex>> {
        self.phrasings.clone()
    }

    /// The vectors of tokens; none without a model or where they would take too much room.
    pub fn tokens(&self) -> Option<&TokenIndex> {
        self.tokens.as_ref()
    }

    /// The measures found across its documents; none where an earlier version of the program made it.
    pub fn measures(&self) -> Option<&MeasureIndex> {
        self.measures.as_ref()
    }

    /// Its measures as they are written, for a generation of the same clauses.
    pub fn measure_table(&self) -> Result<Option<MeasureTable>> {
        let measures = self.measures.as_ref().zip(self.manifest.atlas);
        measures.map(|(measures, version)| measures.table(version)).transpose()
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

fn missing(entry: &CatalogueEntry) -> Error {
    let CatalogueEntry { id, version, .. } = entry;
    let message = format!(
        "the catalogue names version {version} of {id} where there is none; rebuild the index with `tiaokuan index --rebuild`"
    );
    Error::new(Kind::Corrupt, "index_corrupt", message)
}
