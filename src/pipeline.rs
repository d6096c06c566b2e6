//! The write path on one screen: bytes to a record, records to a generation.

mod measures;
mod tokens;
mod vectors;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use serde::Serialize;

use crate::atlas;
use crate::embed::Embedder;
use crate::error::{Error, Kind, Result, Warning};
use crate::extract;
use crate::index::{self, BuildInput, DocumentRecord, Generation, Manifest, OutlineHeading, Store, Writer};
use crate::load::manifest::{Entry, Manifest as SourceManifest};
use crate::load::{self, Limits, Loaded};
use crate::model::{Clause, ClauseId, Document, DocumentId, Span};
use crate::normalise::front_matter::{self, FrontMatter};
use crate::normalise::{self, Source};
use crate::split::{self, ClauseDraft};

pub use measures::measures_at;

/// Changes whenever the same bytes would give another record: records of another version are made
/// again from their kept sources.
pub const VERSION: u32 = 2;

/// One document on its way in.
#[derive(Clone, Debug)]
pub struct Input {
    /// Name of the file without folders.
    pub file: String,
    /// The id it gets.
    pub id: DocumentId,
    /// The file's bytes.
    pub bytes: Vec<u8>,
    /// What a manifest beside the file says; used only where the text is silent.
    pub entry: Option<Entry>,
}

impl Input {
    /// The bytes of one file that lies in no folder, such as an upload; its id comes from the file's name.
    pub fn of_bytes(file: &str, bytes: Vec<u8>) -> Self {
        Self { file: file.to_owned(), id: DocumentId::from_stem(&stem(file)), bytes, entry: None }
    }
}

/// Told how far a build is.
pub trait Progress: Sync {
    /// A stage begins with so many steps.
    fn stage(&self, _name: &'static str, _steps: usize) {}
    /// So many steps of the stage are done in all; from several threads, not always in order.
    fn at(&self, _steps: usize) {}
}

/// Says nothing.
#[derive(Debug)]
pub struct Silent;

impl Progress for Silent {}

/// What a build did.
#[derive(Debug, Default, Serialize)]
pub struct BuildReport {
    /// Number of the published generation; none when nothing had changed.
    pub generation: Option<u64>,
    /// Documents in the index.
    pub documents: usize,
    /// Clauses in the index.
    pub clauses: usize,
    /// Measures found across the documents, those of a single clause included; 0 when nothing had changed.
    pub measures: usize,
    /// Documents read anew.
    pub read: usize,
    /// Documents whose bytes had not changed.
    pub unchanged: usize,
    /// Texts that were embedded rather than taken from the cache.
    pub embedded: usize,
    /// Bytes that vectors of the clauses' tokens take at most; 0 without a model.
    pub token_bytes: u64,
    /// Whether there are none because they would take more than allowed.
    pub tokens_skipped: bool,
    /// Ids of the documents that were named and could be read, now or before.
    #[serde(skip)]
    pub named: Vec<DocumentId>,
    /// Files that could not be read: name, stable code and reason.
    pub failures: Vec<Failure>,
    /// Warnings by code.
    pub warnings: BTreeMap<String, usize>,
}

/// A file that could not be read.
#[derive(Debug, Serialize)]
pub struct Failure {
    /// Name of the file.
    pub file: String,
    /// Stable code of the error.
    pub code: &'static str,
    /// What happened and what to do.
    pub reason: String,
}

/// Makes the record of one document: load, normalise, split, extract.
pub fn read_document(input: &Input) -> Result<DocumentRecord> {
    let loaded = load::load(&input.file, &input.bytes, &Limits::default())?;
    let source = normalise::normalise(&loaded);
    let split = split::split(&source);
    if split.clauses.is_empty() {
        let message = format!("{}: no clause was found in it", input.file);
        return Err(Error::new(Kind::Malformed, "empty_document", message));
    }
    let (document, front, mut warnings) = document(input, &loaded, &source);
    let offsets = CodePoints::new(&source.text);
    let mut clauses = Vec::with_capacity(split.clauses.len());
    for draft in &split.clauses {
        let (clause, found) = clause(&document, draft, &source.text, &offsets);
        warnings.extend(found);
        clauses.push(clause);
    }
    warnings.splice(0..0, split.warnings);
    let outline = split.headings.into_iter().map(|heading| OutlineHeading {
        level: heading.level,
        span: offsets.span(&heading.range),
        text: heading.text,
    });
    Ok(DocumentRecord {
        document,
        clauses,
        outline: outline.collect(),
        furniture: split.furniture.iter().map(|range| offsets.span(range)).collect(),
        origins: source.lines.iter().map(|line| line.origin).collect(),
        source: source.text,
        warnings,
        front_matter: Some(front),
        pipeline: VERSION,
    })
}

fn document(input: &Input, loaded: &Loaded, source: &Source) -> (Document, FrontMatter, Vec<Warning>) {
    let mut front = front_matter::of_source(source);
    let mut warnings = loaded.warnings.clone();
    let of_front = std::mem::take(&mut front.warnings);
    warnings.extend(of_front.into_iter().map(|warning| as_received(warning, source)));
    let entry = input.entry.clone().unwrap_or_default();
    warnings.extend(entry.check(&input.file, &loaded.sha256));
    let date = front.date.clone().or(entry.date);
    let said = front.clone();
    let document = Document {
        id: input.id.clone(),
        title: said.title.or(entry.title).unwrap_or_else(|| stem(&input.file)),
        file: input.file.clone(),
        region: said.region.or(entry.region),
        issuer: said.issuer.or(entry.issuer),
        number: said.number.or(entry.number),
        year: front.year.or_else(|| date.as_ref()?.get(..4)?.parse().ok()),
        date,
        status: front.status,
        sha256: loaded.sha256.clone(),
    };
    (document, front, warnings)
}

/// The same warning at the line of the file as received.
fn as_received(mut warning: Warning, source: &Source) -> Warning {
    let of_source = |line: u32| source.lines.get((line as usize).checked_sub(1)?).map(|line| line.origin);
    warning.line = warning.line.and_then(of_source);
    warning
}

fn clause(
    document: &Document,
    draft: &ClauseDraft,
    source: &str,
    offsets: &CodePoints,
) -> (Clause, Vec<Warning>) {
    let text = source.get(draft.range.clone()).unwrap_or_default().trim_end().to_owned();
    let context = extract::Context {
        year: document.year,
        title: &document.title,
        path: &draft.path,
        kind: draft.kind,
        table: &draft.table,
    };
    let (facts, mut warnings) = extract::extract(&text, &context);
    for warning in &mut warnings {
        warning.line = warning.line.or(Some(draft.line));
    }
    let clause = Clause {
        id: ClauseId::new(&document.id, &draft.id_path),
        path: draft.path.clone(),
        number: draft.number.clone(),
        kind: draft.kind,
        span: offsets.span(&(draft.range.start..draft.range.start + text.len())),
        line: draft.line,
        table: draft.table.clone(),
        inherited: extract::inherited(&draft.inherited, document.year),
        facts,
        text,
    };
    (clause, warnings)
}

fn stem(file: &str) -> String {
    Path::new(file).file_stem().map_or_else(|| file.to_owned(), |stem| stem.to_string_lossy().into_owned())
}

/// Byte offsets of a text to code point offsets.
struct CodePoints {
    /// Byte offset of every 64th code point.
    marks: Vec<usize>,
    text: String,
}

impl CodePoints {
    fn new(text: &str) -> Self {
        Self { marks: text.char_indices().step_by(64).map(|(at, _)| at).collect(), text: text.to_owned() }
    }

    fn at(&self, byte: usize) -> u32 {
        let mark = self.marks.partition_point(|&at| at <= byte).saturating_sub(1);
        let start = self.marks.get(mark).copied().unwrap_or(0);
        let rest = self.text.get(start..byte).map_or(0, |text| text.chars().count());
        (mark * 64 + rest) as u32
    }

    fn span(&self, range: &std::ops::Range<usize>) -> Span {
        Span { start: self.at(range.start), end: self.at(range.end) }
    }
}

/// Documents read at a time: enough for all cores, few enough to bound memory.
const BATCH: usize = 64;

/// Brings `inputs` into the index of `store` and publishes a generation; documents of the same id are
/// replaced, all others stay. Without an embedder the generation has no vectors.
pub fn index(
    store: &Store,
    inputs: impl Iterator<Item = Result<Input>>,
    embedder: Option<&dyn Embedder>,
    rebuild: bool,
    progress: &dyn Progress,
) -> Result<BuildReport> {
    index_with(store, inputs, embedder, BuildOptions { rebuild, ..BuildOptions::default() }, progress)
}

/// What a build may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuildOptions {
    /// Begin with an empty index.
    pub rebuild: bool,
    /// Room for vectors of tokens; where they would take more there are none, and the report says so.
    pub max_token_bytes: u64,
}

impl Default for BuildOptions {
    /// 256 MiB, which hold some 20,000 to 30,000 clauses of policy documents.
    fn default() -> Self {
        Self { rebuild: false, max_token_bytes: 256 << 20 }
    }
}

/// As [`index`], with all that can be told.
pub fn index_with(
    store: &Store,
    inputs: impl Iterator<Item = Result<Input>>,
    embedder: Option<&dyn Embedder>,
    options: BuildOptions,
    progress: &dyn Progress,
) -> Result<BuildReport> {
    let writer = store.writer()?;
    let current = if options.rebuild { None } else { store.open()? };
    let mut build = Build::new(&writer, current.as_deref());
    build.read(inputs, progress)?;
    let (records, mut report) = (build.records, build.report);
    if current.is_none() && records.is_empty() {
        // An empty index would look like one that is done.
        return Ok(report);
    }
    let documents: Vec<_> = records.into_values().collect();
    summarise(&documents, &mut report);
    report.token_bytes = embedder.map_or(0, |embedder| tokens::bytes(&documents, embedder.dimensions()));
    let has_tokens = embedder.is_some() && report.token_bytes <= options.max_token_bytes;
    report.tokens_skipped = embedder.is_some() && !has_tokens;
    let is_current = current.as_ref().map(|current| current.manifest()).is_some_and(|manifest| {
        vectors::are_current(manifest, embedder, has_tokens) && manifest.atlas == Some(atlas::VERSION)
    });
    if report.read == 0 && is_current {
        return Ok(report);
    }
    let mut vectors = embedder
        .map(|embedder| vectors::embed(store, &documents, embedder, &mut report, progress))
        .transpose()?;
    if let Some((output, embedder)) = vectors.as_mut().zip(embedder).filter(|_| has_tokens) {
        output.tokens = Some(tokens::embed(&documents, embedder, current.as_deref(), progress)?);
    }
    let measures = measures::find(&documents, vectors.as_ref(), current.as_deref(), progress)?;
    report.measures = measures.measures.len();
    progress.stage("write", 1);
    let (number, folder) = writer.begin()?;
    let input = BuildInput {
        generation: number,
        documents,
        vectors,
        measures: Some(measures),
        graph_from: index::GRAPH_FROM,
    };
    let Manifest { generation, .. } = index::write_generation(&folder, &input)?;
    writer.publish(number, &folder)?;
    progress.at(1);
    report.generation = Some(generation);
    Ok(report)
}

/// The documents of the generation to come.
struct Build<'a> {
    writer: &'a Writer,
    records: BTreeMap<DocumentId, Arc<DocumentRecord>>,
    /// Files of this build by the id they took.
    taken: HashMap<DocumentId, String>,
    report: BuildReport,
}

impl<'a> Build<'a> {
    fn new(writer: &'a Writer, current: Option<&Generation>) -> Self {
        let documents = current.into_iter().flat_map(|current| current.documents().iter().cloned());
        let records = documents.map(|record| (record.document.id.clone(), record)).collect();
        Self { writer, records, taken: HashMap::new(), report: BuildReport::default() }
    }

    fn read(
        &mut self,
        mut inputs: impl Iterator<Item = Result<Input>>,
        progress: &dyn Progress,
    ) -> Result<()> {
        progress.stage("read", 0);
        let done = AtomicUsize::new(0);
        loop {
            let batch: Vec<Input> =
                inputs.by_ref().filter_map(|input| self.accept(input)).take(BATCH).collect();
            if batch.is_empty() {
                return Ok(());
            }
            let records = &self.records;
            let read: Vec<_> = batch
                .into_par_iter()
                .map(|input| {
                    let record = (!is_unchanged(records, &input)).then(|| read_document(&input));
                    progress.at(1 + done.fetch_add(1, Ordering::Relaxed));
                    (input, record)
                })
                .collect();
            for (input, record) in read {
                self.take(input, record)?;
            }
        }
    }

    /// An input that can be read and whose id is free; what is not becomes a failure.
    fn accept(&mut self, input: Result<Input>) -> Option<Input> {
        match input {
            Err(error) => self.fail(String::new(), error.code(), error.to_string()),
            Ok(input) => {
                if let Some(first) = self.taken.get(&input.id) {
                    let reason =
                        format!("{}: has the id {} of {first}; rename one of the two", input.file, input.id);
                    self.fail(input.file, "duplicate_document_id", reason);
                } else {
                    self.taken.insert(input.id.clone(), input.file.clone());
                    return Some(input);
                }
            }
        }
        None
    }

    fn take(&mut self, input: Input, record: Option<Result<DocumentRecord>>) -> Result<()> {
        match record {
            None => {
                self.report.unchanged += 1;
                self.report.named.push(input.id);
            }
            Some(Err(error)) => self.fail(input.file, error.code(), error.to_string()),
            Some(Ok(record)) => {
                self.writer.keep_source(&record.document.sha256, &input.bytes)?;
                self.report.read += 1;
                self.report.named.push(input.id.clone());
                self.records.insert(input.id, Arc::new(record));
            }
        }
        Ok(())
    }

    fn fail(&mut self, file: String, code: &'static str, reason: String) {
        self.report.failures.push(Failure { file, code, reason });
    }
}

fn is_unchanged(records: &BTreeMap<DocumentId, Arc<DocumentRecord>>, input: &Input) -> bool {
    let Some(record) = records.get(&input.id) else { return false };
    record.pipeline == VERSION
        && record.document.file == input.file
        && record.document.sha256 == load::sha256_hex(&input.bytes)
}

fn summarise(documents: &[Arc<DocumentRecord>], report: &mut BuildReport) {
    report.documents = documents.len();
    report.clauses = documents.iter().map(|record| record.clauses.len()).sum();
    for warning in documents.iter().flat_map(|record| &record.warnings) {
        *report.warnings.entry(warning.code.clone()).or_insert(0) += 1;
    }
}

/// The files at `paths` as inputs: ids from their path below the folder that was named, so that a
/// new file changes no other id. Files are read as the iterator is asked for them.
pub fn inputs(paths: &[PathBuf]) -> impl Iterator<Item = Result<Input>> + '_ {
    paths.iter().flat_map(|path| {
        let manifest = SourceManifest::beside(folder_of(path));
        let (manifest, failed) = match manifest {
            Ok(manifest) => (manifest, None),
            Err(error) => (None, Some(Err(error))),
        };
        let files = load::walk(path, &Limits::default());
        failed.into_iter().chain(files.map(move |file| Ok(input(file?, manifest.as_ref()))))
    })
}

fn folder_of(path: &Path) -> &Path {
    if path.is_dir() { path } else { path.parent().unwrap_or(Path::new(".")) }
}

fn input(found: load::Input, manifest: Option<&SourceManifest>) -> Input {
    let file = found.name.rsplit('/').next().unwrap_or(&found.name).to_owned();
    let stem = Path::new(&found.name).with_extension("").to_string_lossy().replace('/', "-");
    let entry = manifest.and_then(|manifest| manifest.entry(&file)).cloned();
    Input { id: DocumentId::from_stem(&stem), file, bytes: found.bytes, entry }
}
