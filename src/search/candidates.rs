//! Which clauses are weighed: the best of every leg, each within the filter.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use fixedbitset::FixedBitSet;

use super::query::Query;
use super::request::Mode;
use crate::error::Result;
use crate::index::{ClauseIndex, Generation, KeywordField, QueryVector, Scores};

/// Candidates that each leg gives. The union of the legs holds about 96% of what people judged
/// relevant at 150 a leg; more costs time and adds little.
pub(super) const PER_LEG: usize = 200;
/// Candidates of a leg that only helps.
pub(super) const PER_HELPER: usize = 60;

/// Candidates of a place by each of words and bigrams.
pub(super) const PER_PLACE: usize = 5;

/// Terms and how often each is asked for.
pub(super) type Terms = BTreeMap<String, f32>;

/// The keyword leg: scores of the clauses within the filter, over the query's ideal.
#[derive(Debug, Default)]
pub(super) struct Keyword {
    /// BM25 of words; none without the leg.
    pub words: Scores,
    /// BM25 of bigrams; none without the leg.
    pub bigrams: Scores,
}

impl Keyword {
    /// Scores the clauses `within` for the terms, unless `mode` leaves words out.
    pub(super) fn run(
        generation: &Generation,
        terms: &super::query::Terms,
        mode: Mode,
        within: Option<&FixedBitSet>,
    ) -> Result<Self> {
        if mode == Mode::Semantic {
            return Ok(Self::default());
        }
        let words = normalised(generation, KeywordField::Word, &terms.words, within)?;
        let bigrams = normalised(generation, KeywordField::Bigram, &terms.bigrams, within)?;
        Ok(Self { words, bigrams })
    }

    /// Scores the clauses `within` for `query`: by the best of its variants, each over its own ideal.
    pub(super) fn of_query(
        generation: &Generation,
        query: &Query,
        mode: Mode,
        within: Option<&FixedBitSet>,
    ) -> Result<Self> {
        let mut best = Self::run(generation, &query.terms, mode, within)?;
        for variant in &query.variants {
            let other = Self::run(generation, variant, mode, within)?;
            best.words.raise(&other.words);
            best.bigrams.raise(&other.bigrams);
        }
        Ok(best)
    }

    /// Scores of one clause: words, bigrams.
    pub(super) fn of(&self, clause: ClauseIndex) -> (f32, f32) {
        (self.words.of(clause), self.bigrams.of(clause))
    }

    /// How well the best clause holds the query's words, 0 to 1.
    pub(super) fn best_coverage(&self) -> f32 {
        let scored = self.words.iter().chain(self.bigrams.iter()).map(|(clause, _)| self.of(clause));
        scored.map(|(words, bigrams)| f32::midpoint(words.min(1.0), bigrams.min(1.0))).fold(0.0, f32::max)
    }
}

fn admits(allowed: Option<&FixedBitSet>, clause: ClauseIndex) -> bool {
    allowed.is_none_or(|allowed| allowed.contains(clause as usize))
}

/// BM25 of the clauses `within` for `terms`, over what a clause that holds them all would score.
pub(super) fn normalised(
    generation: &Generation,
    field: KeywordField,
    terms: &Terms,
    within: Option<&FixedBitSet>,
) -> Result<Scores> {
    Ok(generation.keyword().scores(field, terms, within)?.over_ideal())
}

/// The clauses to weigh, gathered leg by leg within a filter.
#[derive(Debug)]
pub(super) struct Candidates<'a> {
    allowed: Option<&'a FixedBitSet>,
    clauses: BTreeSet<ClauseIndex>,
}

impl<'a> Candidates<'a> {
    /// No candidates yet.
    pub(super) fn within(allowed: Option<&'a FixedBitSet>) -> Self {
        Self { allowed, clauses: BTreeSet::new() }
    }

    /// Adds the best of the keyword leg.
    pub(super) fn add_keyword(&mut self, keyword: &Keyword) {
        self.add_best(keyword.words.iter(), PER_LEG);
        self.add_best(keyword.bigrams.iter(), PER_LEG);
    }

    /// Adds the best of each place, however many better ones other places have: where many regions are compared,
    /// the legs' own bounds would leave most of them empty. `places` names the place of every clause.
    pub(super) fn add_best_of_places(&mut self, keyword: &Keyword, places: &[u32]) {
        for scores in [&keyword.words, &keyword.bigrams] {
            let mut of_place: BTreeMap<u32, Vec<(f32, ClauseIndex)>> = BTreeMap::new();
            let mut scored: Vec<(ClauseIndex, f32)> = scores.iter().collect();
            scored.sort_unstable_by_key(|(clause, _)| *clause);
            for (clause, score) in scored {
                let Some(&place) = places.get(clause as usize) else { continue };
                if admits(self.allowed, clause) {
                    let best = of_place.entry(place).or_default();
                    let at = best.partition_point(|(better, _)| *better >= score);
                    if at < PER_PLACE {
                        best.insert(at, (score, clause));
                        best.truncate(PER_PLACE);
                    }
                }
            }
            self.clauses.extend(of_place.into_values().flatten().map(|(_, clause)| clause));
        }
    }

    /// Adds the best of a leg that says for sure.
    pub(super) fn add_exact(&mut self, scores: &[f32]) {
        self.add_best((0u32..).zip(scores.iter().copied()), PER_LEG);
    }

    /// Adds the best of a helping leg's scores.
    pub(super) fn add_helper(&mut self, scores: &HashMap<ClauseIndex, f32>) {
        self.add_best(scores.iter().map(|(clause, score)| (*clause, *score)), PER_HELPER);
    }

    /// Adds the clauses nearest to a query's vector.
    pub(super) fn add_nearest(&mut self, generation: &Generation, vector: &QueryVector) {
        self.add_vector(generation, vector, PER_LEG);
    }

    /// Adds the clauses nearest to a helping vector.
    pub(super) fn add_helper_vector(&mut self, generation: &Generation, vector: &QueryVector) {
        self.add_vector(generation, vector, PER_HELPER);
    }

    fn add_vector(&mut self, generation: &Generation, vector: &QueryVector, limit: usize) {
        if let Some(vectors) = generation.vectors() {
            let nearest = vectors.nearest(vector, limit, self.allowed);
            self.clauses.extend(nearest.into_iter().map(|(clause, _)| clause));
        }
    }

    /// The clauses with the highest scores above 0, ties by position.
    fn add_best(&mut self, scores: impl Iterator<Item = (ClauseIndex, f32)>, limit: usize) {
        let matching = scores.filter(|(clause, score)| *score > 0.0 && admits(self.allowed, *clause));
        let mut ranked: Vec<(f32, ClauseIndex)> = matching.map(|(clause, score)| (score, clause)).collect();
        let order = |a: &(f32, ClauseIndex), b: &(f32, ClauseIndex)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        if ranked.len() > limit {
            ranked.select_nth_unstable_by(limit - 1, order);
            ranked.truncate(limit);
        }
        self.clauses.extend(ranked.into_iter().map(|(_, clause)| clause));
    }

    /// The candidates in the order of the generation.
    pub(super) fn into_clauses(self) -> Vec<ClauseIndex> {
        self.clauses.into_iter().collect()
    }
}
