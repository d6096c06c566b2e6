//! The write path on one screen: bytes to a record, records to a segment, segments to a generation.

mod build;
mod measures;
mod read;
mod report;
mod tokens;
mod vectors;

use std::sync::Arc;

use crate::atlas;
use crate::embed::Embedder;
use crate::error::{Error, Kind, Result};
use crate::index::{self, Generation, Merged, Parts, Segment, SegmentInput, Store, Writer, build_span};
use crate::model::DocumentId;

use build::Build;
pub use measures::measures_at;
pub use read::{Input, Received, inputs, kept_inputs, read_document};
pub use report::{BuildReport, Failure, Outcome, Progress, Receipt, Silent};

/// Changes whenever the same bytes would give another record: records of another version are made
/// again from their kept sources.
pub const VERSION: u32 = 2;

/// What is to happen to the index.
#[derive(Clone, Debug)]
pub enum Change {
    /// Takes a document in; one of the same id becomes an earlier version.
    Put(Box<Input>),
    /// Takes a document out, in every version.
    Remove(DocumentId),
}

impl Change {
    /// The document that it is about.
    pub fn document(&self) -> &DocumentId {
        match self {
            Self::Put(input) => &input.id,
            Self::Remove(id) => id,
        }
    }
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

/// Brings `inputs` into the index of `store` and publishes a generation; documents of the same id become
/// earlier versions, all others stay. Without an embedder the generation has no vectors.
pub fn index(
    store: &Store,
    inputs: impl Iterator<Item = Result<Input>>,
    embedder: Option<&dyn Embedder>,
    rebuild: bool,
    progress: &dyn Progress,
) -> Result<BuildReport> {
    index_with(store, inputs, embedder, BuildOptions { rebuild, ..BuildOptions::default() }, progress)
}

/// As [`index`], with all that can be told. An index that another version of the program wrote is first made
/// again from its kept sources.
pub fn index_with(
    store: &Store,
    inputs: impl Iterator<Item = Result<Input>>,
    embedder: Option<&dyn Embedder>,
    options: BuildOptions,
    progress: &dyn Progress,
) -> Result<BuildReport> {
    let writer = store.writer()?;
    let open = || open_or_read_again(&writer, embedder, options, progress);
    let mut current = if options.rebuild { None } else { build_span("open").in_scope(open)? };
    let changes = inputs.map(|input| Ok(Change::Put(Box::new(input?))));
    let applied = apply(&writer, current.as_ref(), changes, embedder, options, progress)?;
    current = applied.generation.or(current);
    if let Some(generation) = current {
        merge_all(&writer, generation)?;
    }
    Ok(applied.report)
}

/// Brings `changes` into the index of `store` and publishes a generation: what became of each. An index with
/// vectors is changed with their model only, else it would lose them.
pub fn change(
    store: &Store,
    changes: impl Iterator<Item = Result<Change>>,
    embedder: Option<&dyn Embedder>,
    options: BuildOptions,
    progress: &dyn Progress,
) -> Result<Vec<Result<Receipt>>> {
    let writer = store.writer()?;
    let current = open_or_read_again(&writer, embedder, options, progress)?;
    check_model(current.as_deref(), embedder)?;
    let applied = apply(&writer, current.as_ref(), changes, embedder, options, progress)?;
    if let Some(generation) = applied.generation {
        merge_all(&writer, generation)?;
    }
    Ok(applied.outcomes)
}

/// An error where `current` has vectors of another model than `embedder`: what is made without it would lose
/// them.
pub fn check_model(current: Option<&Generation>, embedder: Option<&dyn Embedder>) -> Result<()> {
    let indexed = current.and_then(|current| current.manifest().model.as_deref());
    let given = embedder.map(|embedder| embedder.model_id().as_str());
    let Some(indexed) = indexed.filter(|indexed| Some(*indexed) != given) else { return Ok(()) };
    let message = format!(
        "the index has vectors of {indexed}, which is not at hand here; run `tiaokuan model fetch`, or `tiaokuan index --rebuild` with the model of your choice"
    );
    Err(Error::new(Kind::Unavailable, "model_absent", message))
}

fn open_or_read_again(
    writer: &Writer,
    embedder: Option<&dyn Embedder>,
    options: BuildOptions,
    progress: &dyn Progress,
) -> Result<Option<Arc<Generation>>> {
    match writer.open_after(None) {
        Err(error) if error.code() == "index_outdated" => {
            tracing::warn!(%error, "reading the index again from its kept sources");
            let kept = kept_inputs(writer.store())?;
            let changes = kept.map(|input| Ok(Change::Put(Box::new(input?))));
            let applied = apply(writer, None, changes, embedder, options, progress)?;
            match (applied.generation, applied.report.failures.first()) {
                (Some(generation), None) => Ok(Some(generation)),
                (_, Some(Failure { reason, .. })) => {
                    Err(Error::new(Kind::Corrupt, "index_outdated", format!("{error}: {reason}")))
                }
                (None, None) => Err(error),
            }
        }
        opened => opened,
    }
}

/// What a change of the index came to.
#[derive(Debug)]
pub struct Applied {
    /// The published generation; none when nothing had changed.
    pub generation: Option<Arc<Generation>>,
    /// What became of each change, in their order.
    pub outcomes: Vec<Result<Receipt>>,
    /// What was done in all.
    pub report: BuildReport,
}

/// Brings `changes` into `current` and publishes a generation. What fails for one document is its outcome; an
/// error means that nothing was published.
pub fn apply(
    writer: &Writer,
    current: Option<&Arc<Generation>>,
    changes: impl Iterator<Item = Result<Change>>,
    embedder: Option<&dyn Embedder>,
    options: BuildOptions,
    progress: &dyn Progress,
) -> Result<Applied> {
    let mut build = Build::new(writer, current);
    build.read(changes, progress)?;
    build.summarise();
    if current.is_none() && build.is_empty() {
        // An empty index would look like one that is done.
        return Ok(build.finish(None));
    }
    let token_bytes = embedder.map_or(0, |embedder| tokens::bytes(&build.newest(), embedder.dimensions()));
    let has_tokens = embedder.is_some() && token_bytes <= options.max_token_bytes;
    build.report.token_bytes = token_bytes;
    build.report.tokens_skipped = embedder.is_some() && !has_tokens;
    let is_current = current.is_some_and(|current| {
        vectors::are_current(current.manifest(), embedder, has_tokens)
            && current.manifest().atlas == Some(atlas::VERSION)
    });
    if !build.is_changed() && is_current {
        return Ok(build.finish(None));
    }
    let kept = current.filter(|current| vectors::can_be_kept(current, embedder, has_tokens));
    let records = build.records_to_write(kept.is_none());
    let (mut segments, mut written) = (kept.map_or_else(Vec::new, |kept| kept.segments().to_vec()), None);
    if !records.is_empty() {
        let store = writer.store();
        let embedding = build_span("embed").entered();
        let report = &mut build.report;
        let embed = |embedder| vectors::embed(store, &records, embedder, has_tokens, report, progress);
        let vectors = embedder.map(embed).transpose()?;
        drop(embedding);
        progress.stage("write", 1);
        let input = SegmentInput { records, vectors, graph_from: index::GRAPH_FROM };
        written = Some(segments.len());
        segments.push(writer.add_segment(input)?);
    }
    let phrasings = embedder
        .map(|embedder| {
            vectors::phrasings(writer.store(), embedder, current.map(Arc::as_ref), &mut build.report)
        })
        .transpose()?;
    let parts = Parts {
        generation: writer.next_number()?,
        segments,
        catalogue: build.catalogue(written).into(),
        phrasings,
        tokens: has_tokens,
    };
    let draft = build_span("compose").in_scope(|| Generation::compose(parts.compact()))?;
    let measures =
        build_span("atlas").in_scope(|| measures::find(&draft, current.map(Arc::as_ref), progress))?;
    build.report.measures = measures.measures.len();
    let generation = build_span("publish").in_scope(|| writer.publish(draft, Some(&measures)))?;
    progress.at(1);
    Ok(build.finish(Some(generation)))
}

/// Merges segments of `generation` until none is worth merging; the generation that came of it.
pub fn merge_all(writer: &Writer, mut generation: Arc<Generation>) -> Result<Arc<Generation>> {
    while let Some(places) = index::is_due(&generation) {
        let (input, merged) = index::merged(&generation, &places)?;
        let segment = writer.add_segment(input)?;
        generation = put_merged(writer, &generation, &merged, segment)?;
    }
    Ok(generation)
}

/// Publishes `generation` with `segment` in the place of those that it was merged from. No clause changes its
/// position by that, so that the measures stay.
pub fn put_merged(
    writer: &Writer,
    generation: &Generation,
    merged: &Merged,
    segment: Arc<Segment>,
) -> Result<Arc<Generation>> {
    let number = writer.next_number()?;
    let parts = Parts { generation: number, ..merged.put_into(generation.parts(), segment) };
    let measures = generation.measure_table()?;
    writer.publish(Generation::compose(parts)?, measures.as_ref())
}
