//! The embedding step of a build: each distinct text once, from the cache where it has it.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{BuildReport, Progress, Silent, tokens};
use crate::embed::cache::BATCH;
use crate::embed::{BlobCache, Embedder, ModelId, TextHash, VectorCache};
use crate::error::{Error, Kind, Result};
use crate::index::{
    self, DocumentRecord, Generation, Manifest, ModelOutput, PassageVector, PhrasingIndex, PhrasingTable,
    Segment, Store, TokenTable, VectorTable,
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
    rows: HashMap<TextHash, u32>,
    texts: Vec<String>,
}

impl Texts {
    /// The row that the vector of `text` will have.
    fn row(&mut self, text: String) -> u32 {
        let next = self.texts.len() as u32;
        *self.rows.entry(TextHash::of(&text)).or_insert_with(|| {
            self.texts.push(text);
            next
        })
    }
}

/// Vectors of every passage of `documents`; where `has_tokens`, those of their tokens too.
pub(super) fn embed(
    store: &Store,
    documents: &[Arc<DocumentRecord>],
    embedder: &dyn Embedder,
    has_tokens: bool,
    report: &mut BuildReport,
    progress: &dyn Progress,
) -> Result<ModelOutput> {
    let mut texts = Texts::default();
    let passages = passages(documents, &mut texts);
    let mut cache = open_cache(store, embedder, "", VectorCache::open)?;
    let before = cache.len();
    let tokens = has_tokens.then(|| encode(store, documents, embedder, &mut cache, progress)).transpose()?;
    let vectors = vectors(&mut cache, &texts.texts, embedder, progress)?;
    report.embedded += cache.len() - before;
    Ok(ModelOutput {
        model: embedder.model_id().as_str().to_owned(),
        table: VectorTable::new(embedder.dimensions(), &vectors, passages),
        tokens,
    })
}

/// The tokens of every clause. One run of the model gives a text's tokens and its vector: where tokens have to be
/// made, the vector goes into `cache` as well.
fn encode(
    store: &Store,
    documents: &[Arc<DocumentRecord>],
    embedder: &dyn Embedder,
    cache: &mut VectorCache,
    progress: &dyn Progress,
) -> Result<TokenTable> {
    let mut kept = open_cache(store, embedder, "-tokens", BlobCache::open)?;
    let mut seen = HashSet::new();
    let clauses = documents.iter().flat_map(|record| &record.clauses).map(|clause| clause.text.as_str());
    let missing: Vec<&str> = clauses
        .filter(|text| {
            let hash = TextHash::of(text);
            !kept.contains(hash) && seen.insert(hash)
        })
        .collect();
    progress.stage("tokens", missing.len());
    for (number, batch) in missing.chunks(BATCH).enumerate() {
        let (mut vectors, mut signs) = (Vec::new(), Vec::new());
        let mut hashes = batch.iter().map(|text| TextHash::of(text));
        embedder.encode_all(batch, &mut |encoding| {
            let hash = hashes.next().ok_or_else(|| Error::internal("more encodings than texts"))?;
            signs.push((hash, TokenTable::signs(embedder.dimensions(), &encoding.tokens)));
            vectors.push((hash, encoding.vector));
            Ok(())
        })?;
        vectors.retain(|(hash, _)| !cache.contains(*hash));
        // The vectors first: a text whose tokens are kept is not encoded again.
        cache.append(&vectors)?;
        kept.append(&signs)?;
        progress.at(number * BATCH + batch.len());
    }
    tokens::table(documents, embedder, &mut kept)
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
    let pairs = phrasings::phrasings().iter().map(|pair| {
        (pair.lay.to_owned(), wordings.rows.get(&TextHash::of(pair.official)).copied().unwrap_or_default())
    });
    let mut cache = open_cache(store, embedder, "", VectorCache::open)?;
    let before = cache.len();
    let vectors = vectors(&mut cache, &texts, embedder, &Silent)?;
    report.embedded += cache.len() - before;
    let table = PhrasingTable {
        fingerprint,
        dimensions: embedder.dimensions(),
        questions: pairs.collect(),
        vectors,
        wordings: wordings.texts,
    };
    PhrasingIndex::new(table).map(Arc::new)
}

/// Vectors of `texts`, quantised, `[texts × dimensions]`; each is computed once and kept in the cache.
fn vectors(
    cache: &mut VectorCache,
    texts: &[String],
    embedder: &dyn Embedder,
    progress: &dyn Progress,
) -> Result<Vec<i8>> {
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    progress.stage("embed", texts.len());
    let mut rows = Vec::with_capacity(texts.len() * embedder.dimensions());
    cache.embed_all(embedder, &texts, &|done, _| progress.at(done), &mut |vector| {
        rows.extend(index::quantise(vector));
    })?;
    Ok(rows)
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

/// A cache of what the embedder makes, by what its name ends in; a damaged one is begun anew, for it can be made
/// again.
fn open_cache<C>(
    store: &Store,
    embedder: &dyn Embedder,
    suffix: &str,
    open: impl Fn(&Path, &ModelId, usize) -> Result<C>,
) -> Result<C> {
    let path = cache_path(store, embedder, suffix)?;
    match open(&path, embedder.model_id(), embedder.dimensions()) {
        Err(error) if error.kind() == Kind::Corrupt => {
            std::fs::remove_file(&path).map_err(|error| Error::io(path.display(), error))?;
            open(&path, embedder.model_id(), embedder.dimensions())
        }
        opened => opened,
    }
}

fn cache_path(store: &Store, embedder: &dyn Embedder, suffix: &str) -> Result<PathBuf> {
    let folder = store.root().join("cache");
    std::fs::create_dir_all(&folder).map_err(|error| Error::io(folder.display(), error))?;
    let id = embedder.model_id().as_str();
    let name: String = id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    Ok(folder.join(name + suffix))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::embed::{Encoding, FakeEmbedder};
    use crate::pipeline::{BuildOptions, Input, index_with};

    /// Counts the texts that it embeds and fails after so many, as if the build had been killed.
    struct Dying {
        inner: FakeEmbedder,
        embedded: AtomicUsize,
        most: usize,
    }

    impl Dying {
        fn after(most: usize) -> Self {
            Self { inner: FakeEmbedder::new(), embedded: AtomicUsize::new(0), most }
        }

        fn count(&self, texts: usize) -> Result<()> {
            let count = |before| Some(before + texts).filter(|sum| *sum <= self.most);
            let counted = self.embedded.fetch_update(Ordering::Relaxed, Ordering::Relaxed, count);
            counted.map(drop).map_err(|_| Error::internal("killed"))
        }
    }

    impl Embedder for Dying {
        fn model_id(&self) -> &ModelId {
            self.inner.model_id()
        }

        fn dimensions(&self) -> usize {
            self.inner.dimensions()
        }

        fn embed(&self, text: &str) -> Result<Vec<f32>> {
            self.count(1)?;
            self.inner.embed(text)
        }

        fn embed_all(&self, texts: &[&str], progress: &(dyn Fn(usize) + Sync)) -> Result<Vec<Vec<f32>>> {
            self.count(texts.len())?;
            self.inner.embed_all(texts, progress)
        }

        fn encode(&self, text: &str) -> Result<Encoding> {
            self.count(1)?;
            self.inner.encode(text)
        }

        fn encode_all(&self, texts: &[&str], take: &mut dyn FnMut(Encoding) -> Result<()>) -> Result<()> {
            self.count(texts.len())?;
            self.inner.encode_all(texts, take)
        }
    }

    fn build(store: &Store, embedder: &dyn Embedder) -> Result<BuildReport> {
        let articles = |law: usize| -> String {
            let article = |n: usize| format!("第{n}条　甲{law}之{n}应当报告。乙{law}之{n}应当备案审查。");
            (1..=40).map(article).collect::<Vec<_>>().join("\n\n")
        };
        let input =
            |law| Input::of_bytes(&format!("{law}.md"), format!("# 办法\n\n{}", articles(law)).into());
        let inputs = (0..6).map(|law| Ok(input(law)));
        index_with(store, inputs, Some(embedder), BuildOptions::default(), &Silent)
    }

    #[test]
    fn a_killed_build_goes_on_where_it_was() {
        let directory = tempfile::tempdir().unwrap();
        let all = Dying::after(usize::MAX);
        build(&Store::new(directory.path().join("whole")), &all).unwrap();
        let all = all.embedded.into_inner();
        let store = Store::new(directory.path().join("killed"));
        let mut sum = 0;
        for most in [all / 5, all / 3, usize::MAX] {
            let embedder = Dying::after(most);
            assert_eq!(build(&store, &embedder).is_ok(), most == usize::MAX);
            sum += embedder.embedded.into_inner();
        }
        assert_eq!(sum, all);
        let again = Dying::after(0);
        build(&store, &again).unwrap();
    }
}
