//! What a cluster is asked for before ranking: the legs of `candidates`, as one request. What they find is ranked by
//! the same code as an index at hand, which cuts every leg to its own bound once more.

use super::candidates::{self, PER_HELPER, PER_LEG, PER_PLACE, Terms};
use super::expansion::{self, Wordings};
use super::number;
use super::query::Query;
use super::rank::Sought;
use super::request::Mode;
use crate::error::Result;
use crate::index::{ClauseIndex, FixedBitSet, Generation, KeywordField, Leg, QueryVector};

/// Candidates beyond a leg's own bound: scores here and in the cluster differ in their last digits, and by what an
/// index still holds that the generation does not.
const MARGIN: usize = 40;

/// `generation` with all that ranking needs for `query`; none where it has that itself. `vector` is the query's,
/// quantised.
pub(super) fn of_query(
    generation: &Generation,
    query: &Query,
    mode: Mode,
    vector: Option<&[i8]>,
    allowed: Option<&FixedBitSet>,
) -> Result<Option<Generation>> {
    if !generation.is_remote() {
        return Ok(None);
    }
    let mut legs = Vec::new();
    let thesaurus: Vec<Terms>;
    if mode != Mode::Semantic {
        for terms in std::iter::once(&query.terms).chain(&query.variants) {
            legs.extend(by_terms(terms));
        }
        thesaurus = expansion::terms_of(&query.text);
        let each = thesaurus.iter();
        legs.extend(each.map(|terms| Leg::Terms {
            field: KeywordField::Bigram,
            terms,
            limit: PER_HELPER + MARGIN,
        }));
        legs.push(Leg::Clauses(numbered(generation, query, allowed)?));
    }
    let wordings: Wordings;
    if let Some(vector) = vector.filter(|_| mode != Mode::Keyword) {
        legs.push(Leg::Nearest { vector, limit: PER_LEG + MARGIN });
        wordings = Wordings::of(generation, vector);
        let helpers = wordings.vectors.iter().map(|(vector, _)| vector.row());
        legs.extend(helpers.map(|vector| Leg::Nearest { vector, limit: PER_HELPER + MARGIN }));
    }
    generation.gather(&legs, allowed)
}

/// `generation` with all that ranking needs for clauses like `sought`; none where it has that itself.
pub(super) fn of_sought(
    generation: &Generation,
    sought: &Sought,
    allowed: Option<&FixedBitSet>,
) -> Result<Option<Generation>> {
    if !generation.is_remote() {
        return Ok(None);
    }
    let terms = &sought.query.terms;
    let mut legs = by_terms(terms).to_vec();
    if sought.places.is_some() {
        let of_regions = |field, terms| Leg::OfRegions { field, terms, limit: PER_PLACE };
        legs.push(of_regions(KeywordField::Word, &terms.words));
        legs.push(of_regions(KeywordField::Bigram, &terms.bigrams));
    }
    let near = |vector: &'_ QueryVector| vector.row().to_vec();
    let vectors: Vec<Vec<i8>> =
        sought.vectors.iter().flat_map(|(whole, core)| [near(whole), near(core)]).collect();
    legs.extend(vectors.iter().map(|vector| Leg::Nearest { vector, limit: PER_LEG + MARGIN }));
    generation.gather(&legs, allowed)
}

/// `generation` with what is kept of `clause`; none where it has that itself.
pub(super) fn of_clause(generation: &Generation, clause: Option<ClauseIndex>) -> Result<Option<Generation>> {
    match clause {
        Some(clause) if generation.is_remote() => generation.gather(&[Leg::Clauses(vec![clause])], None),
        _ => Ok(None),
    }
}

fn by_terms(terms: &super::query::Terms) -> [Leg<'_>; 2] {
    let leg = |field, terms| Leg::Terms { field, terms, limit: PER_LEG + MARGIN };
    [leg(KeywordField::Word, &terms.words), leg(KeywordField::Bigram, &terms.bigrams)]
}

/// The clauses that hold a number of the query, as candidates take them.
fn numbered(
    generation: &Generation,
    query: &Query,
    allowed: Option<&FixedBitSet>,
) -> Result<Vec<ClauseIndex>> {
    let scores = number::scores(generation, &query.numbers)?;
    let mut candidates = candidates::Candidates::within(allowed);
    candidates.add_exact(&scores);
    Ok(candidates.clauses().collect())
}
