//! Reads documents: load, normalise, split, extract.

use std::path::{Path, PathBuf};

use super::VERSION;
use crate::error::{Error, Kind, Result, Warning};
use crate::extract;
use crate::index::{CatalogueEntry, DocumentRecord, OutlineHeading, Store, build_span};
use crate::load::manifest::{Entry, Manifest as SourceManifest};
use crate::load::{self, Limits, Loaded};
use crate::model::{Clause, ClauseId, Document, DocumentId, Span};
use crate::normalise::front_matter::{self, FrontMatter};
use crate::normalise::{self, Source};
use crate::split::{self, ClauseDraft};

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
    /// The version that it was before, where it is read again from its kept source; else it is a new one.
    pub again: Option<Received>,
}

/// A version of a document, and when it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// 1 for the first.
    pub version: u32,
    /// RFC 3339 in UTC.
    pub received: String,
}

impl Input {
    /// The bytes of one file that lies in no folder, such as an upload; its id comes from the file's name.
    pub fn of_bytes(file: &str, bytes: Vec<u8>) -> Self {
        Self {
            file: file.to_owned(),
            id: DocumentId::from_stem(&stem(file)),
            bytes,
            entry: None,
            again: None,
        }
    }
}

/// Makes the record of one document: load, normalise, split, extract.
pub fn read_document(input: &Input) -> Result<DocumentRecord> {
    let loaded = build_span("load").in_scope(|| load::load(&input.file, &input.bytes, &Limits::default()))?;
    let source = build_span("normalise").in_scope(|| normalise::normalise(&loaded));
    let split = build_span("split").in_scope(|| split::split(&source));
    if split.clauses.is_empty() {
        let message = format!("{}: no clause was found in it", input.file);
        return Err(Error::new(Kind::Malformed, "empty_document", message));
    }
    let extracting = build_span("extract").entered();
    let (document, front, mut warnings) = document(input, &loaded, &source);
    let offsets = CodePoints::new(&source.text);
    let mut clauses = Vec::with_capacity(split.clauses.len());
    for draft in &split.clauses {
        let (clause, found) = clause(&document, draft, &source.text, &offsets);
        warnings.extend(found);
        clauses.push(clause);
    }
    drop(extracting);
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

/// The documents of the current generation of `store`, whatever version of the program wrote it, to be read
/// again from their kept sources.
pub fn kept_inputs(store: &Store) -> Result<impl Iterator<Item = Result<Input>> + use<>> {
    let store = store.clone();
    let entries = store.catalogue()?;
    Ok(entries.into_iter().map(move |entry| {
        let CatalogueEntry { id, version, file, sha256, received, stated, .. } = entry;
        let bytes = store.source(&sha256)?;
        Ok(Input { file, id, bytes, entry: stated, again: Some(Received { version, received }) })
    }))
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
    Input { id: DocumentId::from_stem(&stem), file, bytes: found.bytes, entry, again: None }
}
