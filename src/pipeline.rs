//! The write path on one screen: bytes to a record, records to a generation.

mod vectors;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use serde::Serialize;

use crate::embed::Embedder;
use crate::error::{Error, Kind, Result, Warning};
use crate::extract;
use crate::index::{self, BuildInput, DocumentRecord, Manifest, OutlineHeading, Store};
use crate::load::{self, Loaded, manifest::Entry};
use crate::model::{Clause, ClauseId, Document, DocumentId, Span};
use crate::normalise::{self, front_matter};
use crate::split::{self, ClauseDraft};

/// Changes whenever the same bytes would give another record: records of another version are made
/// again from their kept sources.
pub const VERSION: u32 = 1;

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
    /// Documents read anew.
    pub read: usize,
    /// Documents whose bytes had not changed.
    pub unchanged: usize,
    /// Texts that were embedded rather than taken from the cache.
    pub embedded: usize,
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
    let loaded = load::load(&input.file, &input.bytes)?;
    let source = normalise::normalise(&loaded.text, loaded.markup);
    let split = split::split(&source);
    if split.clauses.is_empty() {
        let message = format!("{}: no clause was found in it", input.file);
        return Err(Error::new(Kind::Malformed, "empty_document", message));
    }
    let (document, mut warnings) = document(input, &loaded, &source.text);
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
        source: source.text,
        warnings,
        pipeline: VERSION,
    })
}

fn document(input: &Input, loaded: &Loaded, source: &str) -> (Document, Vec<Warning>) {
    let front = front_matter::front_matter(source);
    let mut warnings = front.warnings;
    let entry = input.entry.clone().unwrap_or_default();
    warnings.extend(entry.check(&input.file, &loaded.sha256));
    let date = front.date.or(entry.date);
    let document = Document {
        id: input.id.clone(),
        title: front.title.or(entry.title).unwrap_or_else(|| stem(&input.file)),
        file: input.file.clone(),
        region: front.region.or(entry.region),
        issuer: front.issuer.or(entry.issuer),
        number: front.number.or(entry.number),
        year: front.year.or_else(|| date.as_ref()?.get(..4)?.parse().ok()),
        date,
        status: front.status,
        sha256: loaded.sha256.clone(),
    };
    (document, warnings)
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

/// Brings `inputs` into the index of `store` and publishes a generation; documents of the same id are
/// replaced, all others stay. Without an embedder the generation has no vectors.
pub fn index(
    store: &Store,
    inputs: impl Iterator<Item = Result<Input>>,
    embedder: Option<&dyn Embedder>,
    rebuild: bool,
    progress: &dyn Progress,
) -> Result<BuildReport> {
    let writer = store.writer()?;
    let current = if rebuild { None } else { store.open()? };
    let mut records: BTreeMap<DocumentId, Arc<DocumentRecord>> = BTreeMap::new();
    if let Some(current) = &current {
        let documents = current.documents().iter().cloned();
        records.extend(documents.map(|record| (record.document.id.clone(), record)));
    }
    let mut report = BuildReport::default();
    let inputs = accept(inputs, &mut report);
    progress.stage("read", inputs.len());
    let done = AtomicUsize::new(0);
    let read: Vec<(Input, Option<Result<DocumentRecord>>)> = inputs
        .into_par_iter()
        .map(|input| {
            let record = (!is_unchanged(&records, &input)).then(|| read_document(&input));
            progress.at(1 + done.fetch_add(1, Ordering::Relaxed));
            (input, record)
        })
        .collect();
    for (input, record) in read {
        match record {
            None => report.unchanged += 1,
            Some(Err(error)) => report.failures.push(Failure {
                file: input.file,
                code: error.code(),
                reason: error.to_string(),
            }),
            Some(Ok(record)) => {
                writer.keep_source(&record.document.sha256, &input.bytes)?;
                report.read += 1;
                records.insert(input.id, Arc::new(record));
            }
        }
    }
    if current.is_none() && records.is_empty() {
        // An empty index would look like one that is done.
        return Ok(report);
    }
    let documents: Vec<_> = records.into_values().collect();
    summarise(&documents, &mut report);
    let is_current =
        current.as_ref().is_some_and(|current| vectors::are_current(current.manifest(), embedder));
    if report.read == 0 && is_current {
        return Ok(report);
    }
    let vectors = embedder
        .map(|embedder| vectors::embed(store, &documents, embedder, &mut report, progress))
        .transpose()?;
    progress.stage("write", 1);
    let (number, folder) = writer.begin()?;
    let input = BuildInput { generation: number, documents, vectors, graph_from: index::GRAPH_FROM };
    let Manifest { generation, .. } = index::write_generation(&folder, &input)?;
    writer.publish(number, &folder)?;
    progress.at(1);
    report.generation = Some(generation);
    Ok(report)
}

/// Inputs that can be read, one an id; the others become failures.
fn accept(inputs: impl Iterator<Item = Result<Input>>, report: &mut BuildReport) -> Vec<Input> {
    let mut accepted: Vec<Input> = Vec::new();
    let mut ids: HashMap<DocumentId, String> = HashMap::new();
    for input in inputs {
        match input {
            Err(error) => report.failures.push(Failure {
                file: String::new(),
                code: error.code(),
                reason: error.to_string(),
            }),
            Ok(input) => {
                if let Some(first) = ids.get(&input.id) {
                    let reason =
                        format!("{}: has the id {} of {first}; rename one of the two", input.file, input.id);
                    report.failures.push(Failure { file: input.file, code: "duplicate_document_id", reason });
                } else {
                    ids.insert(input.id.clone(), input.file.clone());
                    accepted.push(input);
                }
            }
        }
    }
    accepted
}

fn is_unchanged(records: &BTreeMap<DocumentId, Arc<DocumentRecord>>, input: &Input) -> bool {
    use sha2::{Digest, Sha256};
    let Some(record) = records.get(&input.id) else { return false };
    let digits = |byte: &u8| [byte >> 4, byte & 15].map(u32::from);
    let digest = Sha256::digest(&input.bytes);
    let hash: String =
        digest.iter().flat_map(digits).filter_map(|digit| char::from_digit(digit, 16)).collect();
    record.pipeline == VERSION && record.document.file == input.file && record.document.sha256 == hash
}

fn summarise(documents: &[Arc<DocumentRecord>], report: &mut BuildReport) {
    report.documents = documents.len();
    report.clauses = documents.iter().map(|record| record.clauses.len()).sum();
    for warning in documents.iter().flat_map(|record| &record.warnings) {
        *report.warnings.entry(warning.code.clone()).or_insert(0) += 1;
    }
}

/// The files at `paths` as inputs: ids from their path below the folder that was named, so that a
/// new file changes no other id.
pub fn inputs(paths: &[PathBuf]) -> impl Iterator<Item = Result<Input>> + '_ {
    paths.iter().flat_map(|path| {
        match (load::walk(path), load::manifest::Manifest::beside(folder_of(path))) {
            (Ok(files), Ok(manifest)) => {
                files.into_iter().map(|(file, name)| input(&file, &name, manifest.as_ref())).collect()
            }
            (Err(error), _) | (_, Err(error)) => vec![Err(error)],
        }
    })
}

fn folder_of(path: &Path) -> &Path {
    if path.is_dir() { path } else { path.parent().unwrap_or(Path::new(".")) }
}

fn input(path: &Path, name: &Path, manifest: Option<&load::manifest::Manifest>) -> Result<Input> {
    let bytes = std::fs::read(path).map_err(|error| Error::io(path.display(), error))?;
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let parts: Vec<String> =
        name.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let entry = manifest.and_then(|manifest| manifest.entry(&file)).cloned();
    Ok(Input { id: DocumentId::from_stem(&parts.join("-")), file, bytes, entry })
}
