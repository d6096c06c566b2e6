//! The one entry to searching.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;

use super::encoder::Encoder;
use super::expanded::Expanded;
use super::fuse::{FEATURES, Sides, WeightSets};
use super::history::History;
use super::query::Query;
use super::rank::{self, Sought};
use super::request::{MAX_LIMIT, Mode, SearchRequest, SimilarRequest};
use super::rerank::Refinement;
use super::response::{Answer, ClauseIndex, Hit, Suggestion};
use super::work::{Stage, stage};
use super::{collapse, facet, filter, highlight, legs, listing, maxsim, meant, page, similar};
use crate::embed::{Embedder, ModelId, Reranker};
use crate::error::{Error, Kind, Result};
use crate::index::{FixedBitSet, Generation, quantise};

/// Answers queries from the newest generation. Cheap to clone; safe to share.
#[derive(Clone, Default)]
pub struct Engine {
    current: Arc<ArcSwapOption<Generation>>,
    encoder: Encoder,
    refinement: Option<Arc<Refinement>>,
    weights: WeightSets,
    history: Arc<History>,
}

/// A candidate and its features.
pub type FeatureRow = (ClauseIndex, [f32; FEATURES]);
/// All that one query found.
pub(super) struct Found {
    pub query: Query,
    /// Best first.
    pub hits: Vec<Hit>,
    /// How well the best clause holds the query's words, 0 to 1.
    pub coverage: f32,
    pub notices: Vec<&'static str>,
    pub suggestion: Option<Suggestion>,
    /// The query that was answered instead.
    pub corrected: Option<String>,
}

/// Whether semantic queries can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelState {
    /// The model is here and the generation holds its vectors.
    Present(ModelId),
    /// No model, or a generation without its vectors: keyword queries only.
    Absent,
}

/// An index whose vectors were made by another model than the one given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelMismatch {
    /// The model whose vectors the index holds.
    pub indexed: ModelId,
    /// The model given.
    pub given: ModelId,
}

impl std::fmt::Display for ModelMismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { indexed, given } = self;
        write!(
            f,
            "the index holds vectors of {indexed}, you gave {given}: keyword search only; run `tiaokuan index` again with the model to keep"
        )
    }
}

impl Engine {
    /// An engine without a generation; `embedder` is none where there is no model.
    pub fn new(embedder: Option<Arc<dyn Embedder>>) -> Self {
        Self { encoder: Encoder::new(embedder), ..Self::default() }
    }

    /// The same engine with other weights.
    #[must_use]
    pub fn with_weights(self, weights: WeightSets) -> Self {
        Self { weights, ..self }
    }

    /// The same engine with a cross-encoder that reorders the best hits of a search, for at most about
    /// `budget` a query; beyond it the order stays as it was and the answer says `reranker_skipped`.
    #[must_use]
    pub fn with_reranker(self, reranker: Arc<dyn Reranker>, budget: Duration) -> Self {
        Self { refinement: Some(Arc::new(Refinement::new(reranker, budget))), ..self }
    }

    /// The cross-encoder in use.
    pub fn reranker(&self) -> Option<&ModelId> {
        self.refinement.as_ref().map(|refinement| refinement.reranker().id())
    }

    /// The weights in use.
    pub fn weights(&self) -> &WeightSets {
        &self.weights
    }

    /// Swaps in `generation`; queries under way go on with the one they began with.
    pub fn publish(&self, generation: Arc<Generation>) {
        self.current.store(Some(generation));
    }

    /// The generation that queries see; none until one is published.
    pub fn generation(&self) -> Option<Arc<Generation>> {
        self.current.load_full()
    }

    /// Whether semantic queries can be answered now.
    pub fn model(&self) -> ModelState {
        let generation = self.generation();
        let model = generation.as_deref().and_then(|generation| self.encoder.model(generation));
        model.map_or(ModelState::Absent, |model| ModelState::Present(model.clone()))
    }

    /// The model of the index and the one given, where they are not the same: their vectors are not compared.
    pub fn mismatch(&self) -> Option<ModelMismatch> {
        self.encoder.mismatch(self.generation()?.as_ref())
    }

    /// The generation to answer from.
    pub(crate) fn current(&self) -> Result<Arc<Generation>> {
        self.generation().ok_or_else(|| {
            Error::new(
                Kind::Unavailable,
                "no_generation",
                "nothing is indexed yet; try again when /readyz answers 200",
            )
        })
    }

    /// Answers `request`. The generation that answered comes with the answer, whose clause indices
    /// belong to it.
    pub fn search(&self, request: &SearchRequest) -> Result<(Arc<Generation>, Answer)> {
        check_limit(request.limit)?;
        self.paged(request)
    }

    /// The best `most` hits of `request` on one page, whatever its own bounds and groups: for exports.
    pub fn search_up_to(&self, request: &SearchRequest, most: usize) -> Result<(Arc<Generation>, Answer)> {
        self.paged(&SearchRequest { limit: most, cursor: None, group_by: None, ..request.clone() })
    }

    fn paged(&self, request: &SearchRequest) -> Result<(Arc<Generation>, Answer)> {
        let query = stage(Stage::Parse, || Query::parse(&request.query))?;
        let mut generation = self.current()?;
        if let Some(as_of) = &request.as_of {
            generation = self.history.at(&generation, as_of)?;
        }
        let found = self.answer(&generation, request, query)?;
        let hits = stage(Stage::Collapse, || {
            Ok(if request.collapse { collapse::collapse(&generation, found.hits) } else { found.hits })
        })?;
        let mut answer = stage(Stage::Page, || paginate(&generation, request, hits))?;
        answer.notices = found.notices;
        answer.suggestion = found.suggestion;
        answer.corrected_query = found.corrected;
        mark(&generation, &found.query, &mut answer.hits);
        Ok((generation, answer))
    }

    /// All hits of `query` or of what it may have meant, best first.
    pub(super) fn answer(
        &self,
        generation: &Arc<Generation>,
        request: &SearchRequest,
        query: Query,
    ) -> Result<Found> {
        let found = self.find(generation, request, query)?;
        let mut found = meant::correct(self, generation, request, found)?;
        if !self.refine(generation, request.mode, &found.query, &mut found.hits)? {
            found.notices.push("reranker_skipped");
        }
        Ok(found)
    }

    /// Reorders the best of `hits`; says whether that was done or was not asked for.
    fn refine(&self, generation: &Generation, mode: Mode, query: &Query, hits: &mut [Hit]) -> Result<bool> {
        let refinement = self.refinement.as_ref().filter(|_| mode != Mode::Keyword && !query.is_listing());
        let Some(refinement) = refinement else { return Ok(true) };
        stage(Stage::Rerank, || Ok(refinement.apply(generation, &query.wording, hits)))
    }

    /// All hits of `query`, best first.
    pub(super) fn find(
        &self,
        generation: &Arc<Generation>,
        request: &SearchRequest,
        query: Query,
    ) -> Result<Found> {
        if query.is_listing() {
            return listing::list(generation, request, query);
        }
        let (weighed, notices) = self.weigh(generation, request, &query)?;
        let coverage = weighed.iter().map(|candidate| candidate.features.coverage()).fold(0.0, f32::max);
        let sides = sides(request.mode, &notices);
        let hits = stage(Stage::Fuse, || {
            let mut hits = rank::hits(generation, weighed, &self.weights.search, sides, request.explain);
            page::drop_noise(&mut hits);
            Ok(hits)
        })?;
        Ok(Found { query, hits, coverage, notices, suggestion: None, corrected: None })
    }

    /// What `raw` is understood to ask.
    pub fn expand(&self, raw: &str) -> Result<Expanded> {
        let query = Query::parse(raw)?;
        let generation = self.current()?;
        let (encoding, notices) = if query.is_listing() {
            (None, Vec::new())
        } else {
            self.encoder.encode(&generation, &query.wording, Mode::Hybrid)?
        };
        let vector = encoding.map(|encoding| quantise(&encoding.vector));
        Ok(Expanded { notices, ..meant::expanded(&generation, &query, raw, vector.as_deref())? })
    }

    /// The features of every candidate of `request`, in the order of [`super::Weights::names`]: what
    /// weights are fitted on.
    pub fn features(&self, request: &SearchRequest) -> Result<(Arc<Generation>, Vec<FeatureRow>)> {
        let query = Query::parse(&request.query)?;
        let generation = self.current()?;
        let (weighed, _) = self.weigh(&generation, request, &query)?;
        let features = weighed.into_iter().map(|candidate| (candidate.clause, candidate.features.values()));
        Ok((Arc::clone(&generation), features.collect()))
    }

    fn weigh(
        &self,
        generation: &Generation,
        request: &SearchRequest,
        query: &Query,
    ) -> Result<(Vec<rank::Weighed>, Vec<&'static str>)> {
        let allowed = stage(Stage::Filter, || {
            let allowed = filter::allowed_by_both(generation, &request.filter, &query.filter)?;
            restrict(generation, query, allowed)
        })?;
        let (encoding, notices) = self.encoder.encode(generation, &query.wording, request.mode)?;
        let vector = encoding.as_ref().map(|encoding| quantise(&encoding.vector));
        let gathered = stage(Stage::Gather, || {
            legs::of_query(generation, query, request.mode, vector.as_deref(), allowed.as_ref())
        })?;
        let generation = gathered.as_ref().unwrap_or(generation);
        let mut weighed = rank::weigh_query(generation, query, request.mode, vector, allowed.as_ref())?;
        let tokens = generation.tokens().filter(|_| self.weights.search.maxsim != 0.0);
        if let Some((tokens, encoding)) = tokens.zip(encoding) {
            maxsim::add(tokens, &encoding.tokens, &self.weights.search, &mut weighed)?;
        }
        Ok((weighed, notices))
    }

    /// Answers `request`: clauses like a given one, best first.
    pub fn similar(&self, request: &SimilarRequest) -> Result<(Arc<Generation>, Answer)> {
        check_limit(request.limit)?;
        self.similar_up_to(request, request.limit)
    }

    /// The best `most` hits of `request`, whatever its own bound: for exports.
    pub fn similar_up_to(&self, request: &SimilarRequest, most: usize) -> Result<(Arc<Generation>, Answer)> {
        let generation = self.current()?;
        let start = similar::Start::read(&generation, request)?;
        let mut allowed = filter::allowed(&generation, &request.filter)?;
        start.exclude(&generation, request.exclude_same_document, &mut allowed);
        let sought = self.sought(&generation, &start)?;
        let (hits, notices) = self.weigh_like(&generation, &sought, allowed.as_ref(), request.explain)?;
        let mut hits = similar::select(&generation, request, hits);
        let total = hits.len();
        hits.truncate(most);
        mark(&generation, &sought.query, &mut hits);
        Ok((generation, Answer { hits, total, notices, ..Answer::default() }))
    }

    /// Whether the bounds and the filter of `request` can be answered, before any text is known.
    pub fn check_similar(&self, request: &SimilarRequest) -> Result<()> {
        check_limit(request.limit)?;
        similar::check_bounds(request)?;
        filter::allowed(self.current()?.as_ref(), &request.filter).map(drop)
    }

    /// All that is like `start`, best first. Whatever place `places` names for a clause, the best of each place
    /// take part, however many better ones other places have.
    pub(super) fn like(
        &self,
        generation: &Arc<Generation>,
        start: &similar::Start,
        allowed: Option<&FixedBitSet>,
        places: Option<Arc<[u32]>>,
    ) -> Result<(Vec<Hit>, Vec<&'static str>)> {
        let sought = Sought { places, ..self.sought(generation, start)? };
        self.weigh_like(generation, &sought, allowed, false)
    }

    fn weigh_like(
        &self,
        generation: &Arc<Generation>,
        sought: &Sought,
        allowed: Option<&FixedBitSet>,
        explain: bool,
    ) -> Result<(Vec<Hit>, Vec<&'static str>)> {
        let notices =
            if sought.vectors.is_none() { vec![self.encoder.lacking(generation)] } else { Vec::new() };
        let gathered = stage(Stage::Gather, || legs::of_sought(generation, sought, allowed))?;
        let known = gathered.as_ref().unwrap_or(generation);
        let weighed = rank::weigh_similar(known, sought, &self.weights.similar, allowed)?;
        let sides = sides(Mode::Hybrid, &notices);
        let hits = stage(Stage::Fuse, || {
            Ok(rank::hits(generation, weighed, &self.weights.similar, sides, explain))
        })?;
        Ok((hits, notices))
    }

    fn sought(&self, generation: &Generation, start: &similar::Start) -> Result<Sought> {
        let gathered = legs::of_clause(generation, start.clause())?;
        let generation = gathered.as_ref().unwrap_or(generation);
        let usable = generation.vectors().filter(|_| self.model() != ModelState::Absent);
        let vectors = match (usable, start.stored_vectors(generation)) {
            (None, _) => None,
            (Some(vectors), Some((whole, core))) => Some((vectors.query(whole), vectors.query(core))),
            (Some(vectors), None) => {
                let embed = |text: &str| {
                    let vector = self.encoder.vector(generation, text)?;
                    Ok(vector.map(|vector| vectors.query(quantise(&vector))))
                };
                Result::Ok(embed(start.text())?.zip(embed(start.core())?))?
            }
        };
        let document = start.document().map(str::to_owned);
        let length = start.text().chars().count();
        Ok(Sought { query: Query::of_text(start.core()), vectors, document, length, places: None })
    }
}

/// What a query of `mode` is compared by; a notice says that there is no model for it.
pub(super) fn sides(mode: Mode, notices: &[&str]) -> Sides {
    match mode {
        Mode::Semantic => Sides::Meaning,
        Mode::Hybrid if notices.is_empty() => Sides::Both,
        Mode::Hybrid | Mode::Keyword => Sides::Words,
    }
}

pub(super) fn check_limit(limit: usize) -> Result<()> {
    if (1..=MAX_LIMIT).contains(&limit) {
        return Ok(());
    }
    Err(Error::invalid(
        "invalid_limit",
        "limit",
        format!("limit: {limit} is out of range; give 1 to {MAX_LIMIT}"),
    ))
}

/// Clauses within the filter that hold every quoted phrase and no excluded one.
pub(super) fn restrict(
    generation: &Generation,
    query: &Query,
    allowed: Option<FixedBitSet>,
) -> Result<Option<FixedBitSet>> {
    if query.phrases.is_empty() && query.exclusions.is_empty() {
        return Ok(allowed);
    }
    let mut kept = allowed.unwrap_or_else(|| (0..generation.len()).collect());
    kept.grow(generation.len());
    for phrase in &query.phrases {
        kept.intersect_with(&generation.keyword().phrase(&phrase.tokens)?);
    }
    for exclusion in &query.exclusions {
        kept.difference_with(&generation.keyword().phrase(&exclusion.tokens)?);
    }
    Ok(Some(kept))
}

/// One page of `hits`, with counts over all of them.
fn paginate(generation: &Generation, request: &SearchRequest, hits: Vec<Hit>) -> Result<Answer> {
    let fingerprint = fingerprint(request);
    let start = page::start(request.cursor.as_deref(), generation.id(), fingerprint)?;
    let matches = hits.iter().filter_map(|hit| generation.clause(hit.clause));
    let facets = facet::count(&request.facets, &matches);
    let mut answer = Answer { total: hits.len(), facets, ..Answer::default() };
    let units = if let Some(by) = request.group_by {
        let groups = page::group(generation, &hits, by);
        let count = groups.len();
        for (mut group, members) in groups.into_iter().skip(start).take(request.limit) {
            let first = answer.hits.len();
            answer.hits.extend(members);
            group.hits = first..answer.hits.len();
            answer.groups.push(group);
        }
        count
    } else {
        answer.hits = hits.into_iter().skip(start).take(request.limit).collect();
        answer.total
    };
    let end = start.saturating_add(request.limit);
    answer.next_cursor = (end < units).then(|| page::cursor(generation.id(), fingerprint, end));
    Ok(answer)
}

/// Tells requests apart that give different lists.
fn fingerprint(request: &SearchRequest) -> u64 {
    let mut hasher = DefaultHasher::new();
    let same_list =
        (&request.query, request.mode, request.group_by, request.collapse, request.correct, &request.as_of);
    same_list.hash(&mut hasher);
    serde_json::to_string(&request.filter).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}

fn mark(generation: &Generation, query: &Query, hits: &mut [Hit]) {
    for hit in hits {
        if let Some(clause) = generation.clause(hit.clause) {
            hit.highlights = highlight::spans(&clause.clause.text, query);
        }
    }
}
