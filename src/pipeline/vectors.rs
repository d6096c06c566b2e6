//! The embedding step of a build: each distinct text once, from the cache where it has it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::{BuildReport, Progress};
use crate::embed::{Embedder, VectorCache};
use crate::error::{Error, Kind, Result};
use crate::index::{
    self, DocumentRecord, Manifest, ModelOutput, PassageVector, PhrasingTable, Store, VectorTable,
};
use crate::text::phrasings;

/// Whether a generation holds what `embedder` would make of unchanged documents, with vectors of tokens
/// where `has_tokens` says so.
pub(super) fn are_current(manifest: &Manifest, embedder: Option<&dyn Embedder>, has_tokens: bool) -> bool {
    let model = embedder.map(|embedder| embedder.model_id().as_str());
    let phrasings = embedder.map(|_| phrasings::fingerprint());
    manifest.model.as_deref() == model && manifest.phrasings == phrasings && manifest.tokens == has_tokens
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

/// Vectors of every passage and of the phrasings.
pub(super) fn embed(
    store: &Store,
    documents: &[Arc<DocumentRecord>],
    embedder: &dyn Embedder,
    report: &mut BuildReport,
    progress: &dyn Progress,
) -> Result<ModelOutput> {
    let mut texts = Texts::default();
    let passages = passages(documents, &mut texts);
    let of_clauses = texts.texts.len();
    let (mut questions, mut wordings) = (Texts::default(), Texts::default());
    for pair in phrasings::phrasings() {
        questions.row(pair.lay.to_owned());
        wordings.row(pair.official.to_owned());
    }
    let all: Vec<&str> =
        texts.texts.iter().chain(&questions.texts).chain(&wordings.texts).map(String::as_str).collect();
    let mut cache = open_cache(store, embedder)?;
    let before = cache.len();
    progress.stage("embed", all.len());
    let vectors = cache.embed_all(embedder, &all, &|done, _| progress.at(done))?;
    report.embedded = cache.len() - before;
    let quantised =
        |vectors: &[Vec<f32>]| vectors.iter().flat_map(|vector| index::quantise(vector)).collect();
    let (clause_vectors, phrasing_vectors) = vectors.split_at(of_clauses.min(vectors.len()));
    let dimensions = embedder.dimensions();
    let pairs = phrasings::phrasings()
        .iter()
        .map(|pair| (pair.lay.to_owned(), wordings.rows.get(pair.official).copied().unwrap_or_default()));
    Ok(ModelOutput {
        model: embedder.model_id().as_str().to_owned(),
        table: VectorTable { dimensions, vectors: quantised(clause_vectors), passages },
        phrasings: PhrasingTable {
            fingerprint: phrasings::fingerprint(),
            dimensions,
            questions: pairs.collect(),
            wordings: wordings.texts,
            vectors: quantised(phrasing_vectors),
        },
        tokens: None,
    })
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
