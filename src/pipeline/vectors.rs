//! The embedding step of a build: each distinct text once, from the cache where it has it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::{BuildReport, Progress, Silent};
use crate::embed::{Embedder, VectorCache};
use crate::error::{Error, Kind, Result};
use crate::index::{
    self, DocumentRecord, Generation, Manifest, ModelOutput, PassageVector, PhrasingIndex, PhrasingTable,
    Segment, Store, VectorTable,
};
use crate::text::phrasings;

/// Whether a generation holds what `embedder` would make of unchanged documents, with vectors of tokens
/// where `has_tokens` says so.
pub(super) fn are_current(manifest: &Manifest, embedder: Option<&dyn Embedder>, has_tokens: bool) -> bool {
    let model = embedder.map(|embedder| embedder.model_id().as_str());
    let phrasings = embedder.map(|_| phrasings::fingerprint());
    manifest.model.as_deref() == model && manifest.phrasings == phrasings && manifest.tokens == has_tokens
}

/// Whether the segments of `current` hold what `embedder` would make of their documents.
pub(super) fn can_be_kept(current: &Generation, embedder: Option<&dyn Embedder>, has_tokens: bool) -> bool {
    let model = embedder.map(|embedder| embedder.model_id().as_str());
    let fits = |segment: &Segment| segment.model() == model && (!has_tokens || segment.has_tokens());
    current.segments().iter().all(|segment| fits(segment))
}

/// Texts to embed, each once.
#[derive(Default)]
struct Texts {
    rows: HashMap<String, u32>,
    texts: Vec<String>,
}

impl Texts {
    /// The row that the vector of `text` will have.
    fn row(&mut self, text: String) -> u32 {
        let next = self.texts.len() as u32;
        *self.rows.entry(text).or_insert_with_key(|text| {
            self.texts.push(text.clone());
            next
        })
    }
}

/// Vectors of every passage of `documents`.
pub(super) fn embed(
    store: &Store,
    documents: &[Arc<DocumentRecord>],
    embedder: &dyn Embedder,
    report: &mut BuildReport,
    progress: &dyn Progress,
) -> Result<ModelOutput> {
    let mut texts = Texts::default();
    let passages = passages(documents, &mut texts);
    let vectors = vectors(store, &texts.texts, embedder, report, progress)?;
    Ok(ModelOutput {
        model: embedder.model_id().as_str().to_owned(),
        table: VectorTable { dimensions: embedder.dimensions(), vectors, passages },
        tokens: None,
    })
}

/// The phrasings with their vectors; those of `current` where they are the same.
pub(super) fn phrasings(
    store: &Store,
    embedder: &dyn Embedder,
    current: Option<&Generation>,
    report: &mut BuildReport,
) -> Result<Arc<PhrasingIndex>> {
    let fingerprint = phrasings::fingerprint();
    let model = embedder.model_id().as_str();
    let of_current = current.filter(|current| current.manifest().model.as_deref() == Some(model));
    let known = of_current.and_then(Generation::shared_phrasings);
    if let Some(known) = known.filter(|known| known.fingerprint() == fingerprint) {
        return Ok(known);
    }
    let (mut questions, mut wordings) = (Texts::default(), Texts::default());
    for pair in phrasings::phrasings() {
        questions.row(pair.lay.to_owned());
        wordings.row(pair.official.to_owned());
    }
    let texts: Vec<String> = questions.texts.into_iter().chain(wordings.texts.iter().cloned()).collect();
    let pairs = phrasings::phrasings()
        .iter()
        .map(|pair| (pair.lay.to_owned(), wordings.rows.get(pair.official).copied().unwrap_or_default()));
    let table = PhrasingTable {
        fingerprint,
        dimensions: embedder.dimensions(),
        questions: pairs.collect(),
        vectors: vectors(store, &texts, embedder, report, &Silent)?,
        wordings: wordings.texts,
    };
    PhrasingIndex::new(table).map(Arc::new)
}

/// Vectors of `texts`, quantised, `[texts × dimensions]`; each is computed once and kept in the cache.
fn vectors(
    store: &Store,
    texts: &[String],
    embedder: &dyn Embedder,
    report: &mut BuildReport,
    progress: &dyn Progress,
) -> Result<Vec<i8>> {
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut cache = open_cache(store, embedder)?;
    let before = cache.len();
    progress.stage("embed", texts.len());
    let vectors = cache.embed_all(embedder, &texts, &|done, _| progress.at(done))?;
    report.embedded += cache.len() - before;
    Ok(vectors.iter().flat_map(|vector| index::quantise(vector)).collect())
}

fn passages(documents: &[Arc<DocumentRecord>], texts: &mut Texts) -> Vec<PassageVector> {
    let clauses = documents.iter().flat_map(|record| &record.clauses);
    let mut passages = Vec::new();
    for (clause, ordinal) in clauses.zip(0u32..) {
        for passage in index::passages(clause) {
            let vector = texts.row(passage.text);
            passages.push(PassageVector { clause: ordinal, kind: passage.kind, span: passage.span, vector });
        }
    }
    passages
}

/// The cache of the embedder's vectors; a damaged one is begun anew, for it can be made again.
fn open_cache(store: &Store, embedder: &dyn Embedder) -> Result<VectorCache> {
    let path = cache_path(store, embedder)?;
    match VectorCache::open(&path, embedder.model_id(), embedder.dimensions()) {
        Err(error) if error.kind() == Kind::Corrupt => {
            std::fs::remove_file(&path).map_err(|error| Error::io(path.display(), error))?;
            VectorCache::open(&path, embedder.model_id(), embedder.dimensions())
        }
        opened => opened,
    }
}

fn cache_path(store: &Store, embedder: &dyn Embedder) -> Result<PathBuf> {
    let folder = store.root().join("cache");
    std::fs::create_dir_all(&folder).map_err(|error| Error::io(folder.display(), error))?;
    let id = embedder.model_id().as_str();
    let name: String = id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    Ok(folder.join(name))
}
