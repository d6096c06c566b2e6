//! Some documents with everything that is searched in them: the unit that is written, merged and dropped.

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::keyword::KeywordSegment;
use super::manifest::{self, SegmentEntry, SegmentManifest, corrupt};
use super::mapped::map;
use super::record::DocumentRecord;
use super::token::TokenSegment;
use super::vector::VectorSegment;
use crate::error::Result;

pub(super) const DOCUMENTS: &str = "documents.jsonl";
pub(super) const KEYWORD: &str = "keyword";

/// An immutable part of the index, open for reading; generations share it by `Arc`.
pub struct Segment {
    entry: SegmentEntry,
    manifest: SegmentManifest,
    records: Vec<Arc<DocumentRecord>>,
    /// Per document, the place of its first clause; one more than there are documents.
    starts: Vec<u32>,
    /// None where the clauses are searched in a cluster; then there are no vectors here either.
    keyword: Option<Arc<KeywordSegment>>,
    vectors: Option<Arc<VectorSegment>>,
    tokens: Option<Arc<TokenSegment>>,
}

impl Segment {
    /// Opens the segment in `directory` after checking every file's hash.
    pub(super) fn open(directory: &Path, entry: SegmentEntry) -> Result<Self> {
        if manifest::fingerprint(directory)? != entry.blake3 {
            let path = directory.join(manifest::FILE);
            return Err(corrupt(&path, &"its hash is not the one that the generation names"));
        }
        let manifest: SegmentManifest = manifest::read(directory)?;
        // Documents are read while files are still being checked: JSON bears damage, other readers do not.
        let (verified, records) = rayon::join(
            || manifest::verify(&manifest, directory),
            || read_documents(&directory.join(DOCUMENTS)),
        );
        verified?;
        Self::with_records(directory, entry, manifest, records?)
    }

    /// The segment that was just written into `directory` from `records`.
    pub(super) fn with_records(
        directory: &Path,
        entry: SegmentEntry,
        manifest: SegmentManifest,
        records: Vec<Arc<DocumentRecord>>,
    ) -> Result<Self> {
        let SegmentManifest { clauses, dimensions, .. } = manifest;
        let has_model = manifest.model.is_some();
        let (keyword, vectors) = rayon::join(
            || KeywordSegment::open(&directory.join(KEYWORD), clauses),
            || has_model.then(|| VectorSegment::open(directory, dimensions, clauses)).transpose(),
        );
        let (keyword, vectors) = (keyword?, vectors?);
        let tokens = manifest.tokens.then(|| TokenSegment::open(directory, dimensions, clauses));
        let tokens = tokens.transpose()?;
        let starts = starts(directory, &manifest, &records)?;
        Ok(Self {
            entry,
            manifest,
            records,
            starts,
            keyword: Some(Arc::new(keyword)),
            vectors: vectors.map(Arc::new),
            tokens: tokens.map(Arc::new),
        })
    }

    /// The records of a segment whose clauses are searched in a cluster: `documents` is the file of that name, `path`
    /// what errors name.
    pub(super) fn of_records(
        path: &Path,
        entry: SegmentEntry,
        manifest: SegmentManifest,
        documents: &[u8],
    ) -> Result<Self> {
        let records = parse_documents(path, documents)?;
        let starts = starts(path, &manifest, &records)?;
        Ok(Self { entry, manifest, records, starts, keyword: None, vectors: None, tokens: None })
    }

    /// Its name and hash.
    pub(super) fn entry(&self) -> &SegmentEntry {
        &self.entry
    }

    /// What it consists of.
    pub(super) fn manifest(&self) -> &SegmentManifest {
        &self.manifest
    }

    /// The model whose vectors it holds.
    pub fn model(&self) -> Option<&str> {
        self.manifest.model.as_deref()
    }

    /// Components a vector; 0 without a model.
    pub fn dimensions(&self) -> usize {
        self.manifest.dimensions
    }

    /// How many clauses it has, those that no generation needs any more included.
    pub fn clauses(&self) -> usize {
        self.manifest.clauses
    }

    /// Its documents, in the order in which they were written.
    pub fn records(&self) -> &[Arc<DocumentRecord>] {
        &self.records
    }

    /// The place of the first clause of the document at `position`.
    pub(super) fn start(&self, position: usize) -> Option<u32> {
        self.records.get(position)?;
        self.starts.get(position).copied()
    }

    /// Whether it holds vectors of tokens.
    pub fn has_tokens(&self) -> bool {
        self.tokens.is_some()
    }

    /// Its inverted index; none where a cluster has it.
    pub(super) fn keyword(&self) -> Option<&Arc<KeywordSegment>> {
        self.keyword.as_ref()
    }

    /// How many words and bigrams each clause has; none where a cluster has the inverted index.
    pub(super) fn lengths(&self) -> Option<&[[u32; 2]]> {
        self.keyword.as_ref().map(|keyword| keyword.lengths())
    }

    /// Its vectors; none when it was written without a model.
    pub(super) fn vectors(&self) -> Option<&Arc<VectorSegment>> {
        self.vectors.as_ref()
    }

    /// Its vectors of tokens; none without a model or where they would take too much room.
    pub(super) fn tokens(&self) -> Option<&Arc<TokenSegment>> {
        self.tokens.as_ref()
    }
}

impl std::fmt::Debug for Segment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Segment").field("entry", &self.entry).finish_non_exhaustive()
    }
}

/// Records of documents that one core reads at a time.
const CHUNK: usize = 16;

fn read_documents(path: &Path) -> Result<Vec<Arc<DocumentRecord>>> {
    parse_documents(path, map(path)?.as_slice())
}

/// Per document of `records`, the place of its first clause; one more than there are documents.
fn starts(path: &Path, manifest: &SegmentManifest, records: &[Arc<DocumentRecord>]) -> Result<Vec<u32>> {
    let mut starts = vec![0];
    for record in records {
        starts.push(starts.last().copied().unwrap_or(0) + record.clauses.len() as u32);
    }
    if starts.last().copied().unwrap_or(0) as usize == manifest.clauses {
        return Ok(starts);
    }
    Err(corrupt(path, &"the documents do not hold as many clauses as the manifest says"))
}

fn parse_documents(path: &Path, bytes: &[u8]) -> Result<Vec<Arc<DocumentRecord>>> {
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    let read =
        |line: &&[u8]| serde_json::from_slice(line).map(Arc::new).map_err(|error| corrupt(path, &error));
    lines.par_iter().with_min_len(CHUNK).map(read).collect()
}
