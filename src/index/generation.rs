//! One immutable state of the index, open for reading.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use fixedbitset::FixedBitSet;

use super::catalogue::{self, CatalogueEntry};
use super::cluster::{Evidence, Leg, Remote, RemoteParts};
use super::keyword::KeywordIndex;
use super::manifest::{self, Manifest, SegmentEntry, corrupt};
use super::measure::{MeasureIndex, MeasureTable};
use super::phrasing::PhrasingIndex;
use super::placement::Placement;
use super::record::DocumentRecord;
use super::segment::Segment;
use super::suggestion::SuggestionIndex;
use super::token::TokenIndex;
use super::vector::{Mean, PassageVector, VectorIndex, VectorSegment, VectorTable};
use super::vocabulary::Vocabulary;
use crate::error::{Error, Kind, Result};
use crate::model::{Clause, ClauseKind, Document};
use crate::text::tokenizer;

/// Position of a clause in its generation.
pub type ClauseIndex = u32;

/// Whether `clause` is one of those that are `allowed`; without a filter every one is.
pub fn admits(allowed: Option<&FixedBitSet>, clause: ClauseIndex) -> bool {
    allowed.is_none_or(|allowed| allowed.contains(clause as usize))
}

/// One state of the index. Never changes; share it by `Arc`.
pub struct Generation {
    manifest: Manifest,
    catalogue: Arc<[CatalogueEntry]>,
    segments: Vec<Arc<Segment>>,
    documents: Arc<[Arc<DocumentRecord>]>,
    /// Per document, the index of its first clause; one more than there are documents.
    starts: Arc<[ClauseIndex]>,
    /// The kind of each clause: ranking asks for those of hundreds, and records are far apart.
    kinds: Arc<[ClauseKind]>,
    by_document: Arc<HashMap<String, usize>>,
    keyword: KeywordIndex,
    vectors: Option<VectorIndex>,
    phrasings: Option<Arc<PhrasingIndex>>,
    tokens: Option<Arc<TokenIndex>>,
    measures: Option<Arc<MeasureIndex>>,
    /// Made when first asked for.
    vocabulary: Arc<OnceLock<Vocabulary>>,
    /// Made when first asked for.
    suggestions: Arc<OnceLock<SuggestionIndex>>,
    /// Where its clauses are searched; none where they are searched here.
    remote: Option<Arc<Remote>>,
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
        generation.measures = measures.transpose()?.map(Arc::new);
        generation.manifest = manifest;
        Ok(generation)
    }

    /// The generation of `parts`, not on disk, with the newest version of each document and without measures.
    pub fn compose(parts: Parts) -> Result<Self> {
        let catalogue = Arc::clone(&parts.catalogue);
        Self::select(parts, &catalogue::newest(&catalogue), None)
    }

    /// The generation of `parts`, whose segments hold records only, with its clauses in a cluster.
    pub(super) fn in_cluster(parts: Parts, remote: Arc<RemoteParts>) -> Result<Self> {
        let catalogue = Arc::clone(&parts.catalogue);
        Self::select(parts, &catalogue::newest(&catalogue), Some(remote))
    }

    /// This generation as it would be had nothing been received after `time`, RFC 3339 in UTC with
    /// milliseconds: documents in the versions of then, without measures. What was deleted since is missing.
    pub fn as_of(&self, time: &str) -> Result<Self> {
        let remote = self.remote.as_ref().map(|remote| Arc::clone(remote.parts()));
        Self::select(self.parts(), &catalogue::as_of(&self.catalogue, time), remote)
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

    fn select(parts: Parts, selected: &[&CatalogueEntry], remote: Option<Arc<RemoteParts>>) -> Result<Self> {
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
        let remote = remote.map(|parts| Arc::new(Remote::new(parts, Arc::clone(&placement))));
        let (keyword, vectors, tokens) = match &remote {
            Some(remote) => {
                let (keyword, vectors) = gathered(remote, Vec::new(), (clauses, dimensions), None);
                let tokens = tokens.then(|| TokenIndex::in_cluster(Arc::clone(remote), dimensions));
                (keyword, vectors.filter(|_| model.is_some()), tokens)
            }
            None => at_hand(&segments, &placement, model.is_some(), tokens, dimensions),
        };
        let by_document =
            documents.iter().enumerate().map(|(i, record)| (record.document.id.to_string(), i)).collect();
        let kinds = documents.iter().flat_map(|record| record.clauses.iter().map(|clause| clause.kind));
        let kinds = kinds.collect();
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
            documents: documents.into(),
            starts: starts.into(),
            kinds,
            by_document: Arc::new(by_document),
            keyword,
            vectors,
            phrasings,
            tokens: tokens.map(Arc::new),
            measures: None,
            vocabulary: Arc::default(),
            suggestions: Arc::default(),
            remote,
        })
    }

    /// Whether its clauses are searched elsewhere, so that ranking needs what [`gather`](Self::gather) brings.
    pub fn is_remote(&self) -> bool {
        self.remote.is_some()
    }

    /// The same generation with all that ranking needs to know of the clauses that any of `legs` finds `within` the
    /// filter: positions, documents and statistics are those of the whole, but scores and cosines are known of these
    /// clauses alone. None where everything is at hand already.
    pub fn gather(&self, legs: &[Leg<'_>], within: Option<&FixedBitSet>) -> Result<Option<Self>> {
        let Some(remote) = &self.remote else { return Ok(None) };
        let found = remote.gather(legs, within)?;
        let size = (self.len(), self.manifest.dimensions);
        let (keyword, vectors) = gathered(remote, found, size, Some(&self.keyword));
        Ok(Some(Self {
            manifest: self.manifest.clone(),
            catalogue: Arc::clone(&self.catalogue),
            segments: self.segments.clone(),
            documents: Arc::clone(&self.documents),
            starts: Arc::clone(&self.starts),
            kinds: Arc::clone(&self.kinds),
            by_document: Arc::clone(&self.by_document),
            keyword,
            vectors: vectors.filter(|_| self.vectors.is_some()),
            phrasings: self.phrasings.clone(),
            tokens: self.tokens.clone(),
            measures: self.measures.clone(),
            vocabulary: Arc::clone(&self.vocabulary),
            suggestions: Arc::clone(&self.suggestions),
            remote: self.remote.clone(),
        }))
    }

    /// The same generation as it was published: with its measures and the hashes of its files.
    pub(super) fn published(mut self, manifest: Manifest, measures: Option<MeasureIndex>) -> Self {
        self.manifest = manifest;
        self.measures = measures.map(Arc::new);
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

    /// The kind of the clause at `index`.
    pub fn kind(&self, index: ClauseIndex) -> Option<ClauseKind> {
        self.kinds.get(index as usize).copied()
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
        self.tokens.as_deref()
    }

    /// The measures found across its documents; none where an earlier version of the program made it.
    pub fn measures(&self) -> Option<&MeasureIndex> {
        self.measures.as_deref()
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

/// Inverted index, vectors and vectors of tokens.
type Indices = (KeywordIndex, Option<VectorIndex>, Option<TokenIndex>);

/// What is searched in the files of `segments`.
fn at_hand(
    segments: &[Arc<Segment>],
    placement: &Arc<Placement>,
    has_model: bool,
    tokens: bool,
    dimensions: usize,
) -> Indices {
    let keyword = segments.iter().filter_map(|segment| segment.keyword().cloned()).collect();
    let keyword = KeywordIndex::new(keyword, Arc::clone(placement));
    let vectors: Option<Vec<_>> = segments.iter().map(|segment| segment.vectors().cloned()).collect();
    let vectors = vectors.filter(|_| has_model);
    let vectors = vectors.map(|vectors| VectorIndex::new(vectors, Arc::clone(placement), dimensions));
    let tokens = tokens.then(|| segments.iter().map(|segment| segment.tokens().cloned()).collect()).flatten();
    let tokens = tokens.map(|tokens| TokenIndex::new(tokens, Arc::clone(placement), dimensions));
    (keyword, vectors, tokens)
}

/// What is searched in the clauses that a cluster `found`; `size` is the clauses of the whole generation and the
/// components of a vector, `before` an inverted index of the same generation.
fn gathered(
    remote: &Arc<Remote>,
    found: Vec<(ClauseIndex, Arc<Evidence>)>,
    (clauses, dimensions): (usize, usize),
    before: Option<&KeywordIndex>,
) -> (KeywordIndex, Option<VectorIndex>) {
    let positions = found.iter().map(|(clause, _)| *clause).collect();
    let placement = Arc::new(Placement::of_some(positions, clauses));
    let mut table = VectorTable { dimensions, ..VectorTable::default() };
    for ((_, evidence), clause) in found.iter().zip(0u32..) {
        for passage in &evidence.passages {
            let vector = table.passages.len() as u32;
            table.vectors.extend_from_slice(&passage.vector);
            table.passages.push(PassageVector { clause, kind: passage.kind, span: passage.span, vector });
        }
    }
    let mean = Mean::from_vector(remote.parts().mean.clone());
    let vectors = VectorSegment::of_table(table, found.len());
    let vectors = VectorIndex::of_some(vectors, Arc::clone(&placement), mean);
    let keyword = KeywordIndex::of_gathered(Arc::clone(remote), found, placement, before);
    (keyword, Some(vectors))
}

fn missing(entry: &CatalogueEntry) -> Error {
    let CatalogueEntry { id, version, .. } = entry;
    let message = format!(
        "the catalogue names version {version} of {id} where there is none; rebuild the index with `tiaokuan index --rebuild`"
    );
    Error::new(Kind::Corrupt, "index_corrupt", message)
}
