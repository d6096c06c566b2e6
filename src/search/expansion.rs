//! What a lay query means in official words: terms of the thesaurus, wordings of like questions.

use std::collections::HashMap;

use super::candidates::Terms;
use super::query::Query;
use super::request::Mode;
use crate::error::Result;
use crate::index::{ClauseIndex, FixedBitSet, Generation, KeywordField, QueryVector};
use crate::text::thesaurus;
use crate::text::tokenizer;

/// The thesaurus speaks only where the best clause holds less than this share of the query's words.
const COVERED: f32 = 0.5;

/// The thesaurus leg: scores of the clauses `within`; none where it has nothing to say.
pub(super) fn thesaurus_scores(
    generation: &Generation,
    query: &Query,
    coverage: f32,
    mode: Mode,
    within: Option<&FixedBitSet>,
) -> Result<HashMap<ClauseIndex, f32>> {
    let room = ((COVERED - coverage) / COVERED).clamp(0.0, 1.0);
    let expansions =
        if mode == Mode::Semantic || room == 0.0 { Vec::new() } else { thesaurus::expand(&query.text) };
    let mut sum: HashMap<ClauseIndex, f32> = HashMap::new();
    for expansion in &expansions {
        let mut best: HashMap<ClauseIndex, f32> = HashMap::new();
        for term in &expansion.terms {
            let scorer = generation.keyword().scorer(KeywordField::Bigram, &terms(&term.text))?;
            for (clause, score) in scorer.all(within)?.iter() {
                let known = best.entry(clause).or_insert(0.0);
                *known = known.max((score * scorer.factor()).min(1.0) * term.weight);
            }
        }
        for (clause, best) in best {
            *sum.entry(clause).or_insert(0.0) += best;
        }
    }
    // An entry that the lexicon is less sure of, as one for 多久, says less of what is asked than one for the subject.
    let sure: f32 =
        expansions.iter().filter_map(|expansion| expansion.terms.first()).map(|term| term.weight).sum();
    let share = room / sure.max(1.0);
    for score in sum.values_mut() {
        *score *= share;
    }
    Ok(sum)
}

/// What [`thesaurus_scores`] seeks for a query's `text`: the terms of each official wording.
pub(super) fn terms_of(text: &str) -> Vec<Terms> {
    thesaurus::expand(text)
        .iter()
        .flat_map(|expansion| &expansion.terms)
        .map(|term| terms(&term.text))
        .collect()
}

fn terms(text: &str) -> Terms {
    tokenizer::bigrams(text).into_iter().map(|token| (token.text, 1.0)).collect()
}

/// The phrasing leg: official wordings of the questions most like the query.
#[derive(Debug, Default)]
pub(super) struct Wordings {
    /// Vector and share of each.
    pub vectors: Vec<(QueryVector, f32)>,
    strength: f32,
}

impl Wordings {
    /// The wordings for the query's quantised vector.
    pub(super) fn of(generation: &Generation, query: &[i8]) -> Self {
        let (Some(phrasings), Some(vectors)) = (generation.phrasings(), generation.vectors()) else {
            return Self::default();
        };
        let (near, strength) = phrasings.nearest(query);
        let vectors =
            near.iter().map(|wording| (vectors.query(wording.vector.to_vec()), wording.share)).collect();
        Self { vectors, strength }
    }

    /// How near `clause` is to the wordings, times how like the questions are to the query.
    pub(super) fn score(&self, generation: &Generation, clause: ClauseIndex) -> f32 {
        let Some(vectors) = generation.vectors() else { return 0.0 };
        let near = self.vectors.iter().map(|(vector, share)| {
            let cosines = vectors.cosines(vector, clause);
            share * f32::midpoint(cosines.whole, cosines.sentence)
        });
        self.strength * near.sum::<f32>()
    }
}
