//! Which clauses are weighed: the best of every leg, each within the filter.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use fixedbitset::FixedBitSet;

use super::query::Query;
use super::request::Mode;
use crate::error::Result;
use crate::index::{ClauseIndex, Generation, KeywordField, QueryVector, Scorer, admits, highest};

/// Candidates that each leg gives. The union of the legs holds about 96% of what people judged
/// relevant at 150 a leg; more costs time and adds little.
pub(super) const PER_LEG: usize = 200;
/// Candidates of a leg that only helps.
pub(super) const PER_HELPER: usize = 60;

/// Candidates of a place by each of words and bigrams.
pub(super) const PER_PLACE: usize = 5;

/// Terms and how often each is asked for.
pub(super) type Terms = BTreeMap<String, f32>;

/// The keyword leg: BM25 of words and of bigrams over the query's ideal, by the best of its variants.
pub(super) struct Keyword<'a> {
    /// One a variant, words and bigrams; none without the leg.
    scorers: Vec<[Scorer<'a>; 2]>,
    within: Option<&'a FixedBitSet>,
    /// Words and bigrams of the clauses that were looked at, in the order of clauses.
    scores: Vec<(ClauseIndex, [f32; 2])>,
}

impl<'a> Keyword<'a> {
    /// The best of the clauses `within` for the terms, unless `mode` leaves words out.
    pub(super) fn run(
        generation: &'a Generation,
        terms: &super::query::Terms,
        mode: Mode,
        within: Option<&'a FixedBitSet>,
    ) -> Result<Self> {
        Self::of_variants(generation, [terms], mode, within)
    }

    /// The best of the clauses `within` for `query` and its variants.
    pub(super) fn of_query(
        generation: &'a Generation,
        query: &Query,
        mode: Mode,
        within: Option<&'a FixedBitSet>,
    ) -> Result<Self> {
        Self::of_variants(generation, std::iter::once(&query.terms).chain(&query.variants), mode, within)
    }

    fn of_variants<'b>(
        generation: &'a Generation,
        variants: impl IntoIterator<Item = &'b super::query::Terms>,
        mode: Mode,
        within: Option<&'a FixedBitSet>,
    ) -> Result<Self> {
        let mut keyword = Self { scorers: Vec::new(), within, scores: Vec::new() };
        if mode == Mode::Semantic {
            return Ok(keyword);
        }
        let index = generation.keyword();
        for terms in variants {
            let words = index.scorer(KeywordField::Word, &terms.words)?;
            keyword.scorers.push([words, index.scorer(KeywordField::Bigram, &terms.bigrams)?]);
        }
        let scorers = keyword.scorers.iter().flatten();
        let best: Vec<_> = scorers.map(|scorer| scorer.best(within, PER_LEG)).collect::<Result<_>>()?;
        let clauses: BTreeSet<ClauseIndex> = best.iter().flatten().map(|(clause, _)| *clause).collect();
        keyword.score(&clauses.into_iter().collect::<Vec<_>>(), &best)?;
        Ok(keyword)
    }

    /// Scores those of `clauses`, which ascend, that were not looked at yet.
    pub(super) fn look_at(&mut self, clauses: impl Iterator<Item = ClauseIndex>) -> Result<()> {
        let new: Vec<ClauseIndex> = clauses.filter(|clause| self.known(*clause).is_none()).collect();
        self.score(&new, &[])
    }

    /// Scores `clauses`, of which `known` holds what each scorer is known to give some, in the order of clauses.
    fn score(&mut self, clauses: &[ClauseIndex], known: &[Vec<(ClauseIndex, f32)>]) -> Result<()> {
        let mut best = vec![[0.0f32; 2]; clauses.len()];
        for (at, scorer) in self.scorers.iter().flatten().enumerate() {
            // Words and bigrams by turns.
            let field = at % 2;
            let known = known.get(at).map_or(&[][..], Vec::as_slice);
            let known = |clause| {
                known.binary_search_by_key(&clause, |known| known.0).ok().and_then(|at| known.get(at))
            };
            let unknown = clauses.iter().copied().filter(|clause| known(*clause).is_none());
            let mut scored = scorer.of(&unknown.collect::<Vec<_>>())?.into_iter();
            for (best, clause) in best.iter_mut().zip(clauses) {
                let score = known(*clause).map(|known| known.1).or_else(|| scored.next());
                if let Some((best, score)) = best.get_mut(field).zip(score) {
                    *best = best.max(score * scorer.factor());
                }
            }
        }
        self.scores.extend(clauses.iter().copied().zip(best));
        self.scores.sort_unstable_by_key(|(clause, _)| *clause);
        Ok(())
    }

    fn known(&self, clause: ClauseIndex) -> Option<[f32; 2]> {
        let at = self.scores.binary_search_by_key(&clause, |(known, _)| *known).ok()?;
        self.scores.get(at).map(|(_, scores)| *scores)
    }

    /// Scores of one clause that was looked at: words, bigrams.
    pub(super) fn of(&self, clause: ClauseIndex) -> (f32, f32) {
        self.known(clause).map_or((0.0, 0.0), |[words, bigrams]| (words, bigrams))
    }

    /// How well the best clause holds the query's words, 0 to 1.
    pub(super) fn best_coverage(&self) -> f32 {
        let coverage = |[words, bigrams]: &[f32; 2]| f32::midpoint(words.min(1.0), bigrams.min(1.0));
        self.scores.iter().map(|(_, scores)| coverage(scores)).fold(0.0, f32::max)
    }

    /// Words, then bigrams, of the clauses that were looked at.
    fn looked_at(&self) -> [Vec<(ClauseIndex, f32)>; 2] {
        let of_field = |field: usize| {
            let score = |scores: &[f32; 2]| scores.get(field).copied().unwrap_or(0.0);
            self.scores.iter().map(|(clause, scores)| (*clause, score(scores))).collect()
        };
        [of_field(0), of_field(1)]
    }
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
    pub(super) fn add_keyword(&mut self, keyword: &Keyword<'_>) {
        for scores in keyword.looked_at() {
            self.add_best(scores.into_iter(), PER_LEG);
        }
    }

    /// Adds the best of each place, however many better ones other places have: where many regions are compared,
    /// the legs' own bounds would leave most of them empty. `places` names the place of every clause.
    pub(super) fn add_best_of_places(&mut self, keyword: &Keyword<'_>, places: &[u32]) -> Result<()> {
        for scorer in keyword.scorers.iter().flatten() {
            let all = scorer.all(keyword.within)?;
            let mut scored: Vec<(ClauseIndex, f32)> = all.iter().collect();
            scored.sort_unstable_by_key(|(clause, _)| *clause);
            let mut of_place: BTreeMap<u32, Vec<(f32, ClauseIndex)>> = BTreeMap::new();
            for (clause, score) in scored {
                let Some(&place) = places.get(clause as usize) else { continue };
                let best = of_place.entry(place).or_default();
                let at = best.partition_point(|(better, _)| *better >= score);
                if at < PER_PLACE {
                    best.insert(at, (score, clause));
                    best.truncate(PER_PLACE);
                }
            }
            self.clauses.extend(of_place.into_values().flatten().map(|(_, clause)| clause));
        }
        Ok(())
    }

    /// Adds the best of a leg that says for sure.
    pub(super) fn add_exact(&mut self, scores: &[f32]) {
        self.add_best((0u32..).zip(scores.iter().copied()), PER_LEG);
    }

    /// Adds the best of a helping leg's scores.
    pub(super) fn add_helper(&mut self, scores: &HashMap<ClauseIndex, f32>) {
        self.add_best(scores.iter().map(|(clause, score)| (*clause, *score)), PER_HELPER);
    }

    /// Adds the clauses nearest to each of `vectors`: to one query's, or to those of the parts of one text.
    pub(super) fn add_nearest<'b>(
        &mut self,
        generation: &Generation,
        vectors: impl IntoIterator<Item = &'b QueryVector>,
    ) {
        let sought: Vec<_> = vectors.into_iter().map(|vector| (vector, PER_LEG)).collect();
        self.add_each(generation, &sought);
    }

    /// Adds the clauses nearest to a query's `vector` and to those of `wordings`, official ones, of which there are a
    /// few hundred.
    pub(super) fn add_nearest_by_wordings(
        &mut self,
        generation: &Generation,
        vector: &QueryVector,
        wordings: &[(QueryVector, f32)],
    ) {
        let Some(vectors) = generation.vectors() else { return };
        let mut sought = vec![(vector, PER_LEG)];
        for (wording, _) in wordings {
            match vectors.nearest_kept(wording, PER_HELPER, self.allowed) {
                Some(nearest) => self.clauses.extend(nearest),
                None => sought.push((wording, PER_HELPER)),
            }
        }
        self.add_each(generation, &sought);
    }

    fn add_each(&mut self, generation: &Generation, sought: &[(&QueryVector, usize)]) {
        if let Some(vectors) = generation.vectors() {
            let nearest = vectors.nearest_of_each(sought, self.allowed);
            self.clauses.extend(nearest.into_iter().flatten().map(|(clause, _)| clause));
        }
    }

    /// The clauses with the highest scores above 0, ties by position.
    fn add_best(&mut self, scores: impl Iterator<Item = (ClauseIndex, f32)>, limit: usize) {
        let matching = scores.filter(|(clause, score)| *score > 0.0 && admits(self.allowed, *clause));
        let best = highest(matching.collect(), limit);
        self.clauses.extend(best.into_iter().map(|(clause, _)| clause));
    }

    /// The candidates in the order of the generation.
    pub(super) fn clauses(&self) -> impl Iterator<Item = ClauseIndex> {
        self.clauses.iter().copied()
    }
}
