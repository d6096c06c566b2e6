//! Candidates to ranked hits, for queries and for similar clauses.

use std::collections::HashMap;
use std::sync::Arc;

use fixedbitset::FixedBitSet;

use super::candidates::{Candidates, Keyword, Terms};
use super::expansion::{self, Wordings};
use super::features::{Features, is_peripheral, soften};
use super::fuse::{Sides, Weights};
use super::number;
use super::page;
use super::query::Query;
use super::request::Mode;
use super::response::Hit;
use super::work::{Stage, stage};
use crate::error::Result;
use crate::index::{ClauseCosines, ClauseIndex, Generation, KeywordField, PassageKind, QueryVector};
use crate::model::Span;

/// A candidate with its features.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weighed {
    pub clause: ClauseIndex,
    pub features: Features,
    pub best_sentence: Option<Span>,
}

/// Weighs every candidate for a query. `vector` is the query's, quantised; none where no model takes part.
pub(super) fn weigh_query(
    generation: &Generation,
    query: &Query,
    mode: Mode,
    vector: Option<Vec<i8>>,
    allowed: Option<&FixedBitSet>,
) -> Result<Vec<Weighed>> {
    let (mut keyword, thesaurus, numbers) = stage(Stage::Keyword, || {
        let keyword = Keyword::of_query(generation, query, mode, allowed)?;
        let coverage = keyword.best_coverage();
        let thesaurus = expansion::thesaurus_scores(generation, query, coverage, mode, allowed)?;
        let numbers = match mode {
            Mode::Semantic => Vec::new(),
            Mode::Hybrid | Mode::Keyword => number::scores(generation, &query.numbers)?,
        };
        Ok((keyword, thesaurus, numbers))
    })?;
    let vector = vector.filter(|_| mode != Mode::Keyword);
    let wordings = vector.as_ref().map_or_else(Wordings::default, |vector| Wordings::of(generation, vector));
    let vector = vector.zip(generation.vectors()).map(|(vector, vectors)| vectors.query(vector));
    let mut candidates = Candidates::within(allowed);
    candidates.add_keyword(&keyword);
    candidates.add_exact(&numbers);
    candidates.add_helper(&thesaurus);
    stage(Stage::Vector, || {
        if let Some(vector) = &vector {
            candidates.add_nearest_by_wordings(generation, vector, &wordings.vectors);
        }
        Ok(())
    })?;
    let weigh = |clause: ClauseIndex, keyword: &Keyword<'_>| {
        let cosines = cosines(generation, vector.as_ref(), clause);
        let (words, bigrams) = keyword.of(clause);
        let kind = generation.kind(clause)?;
        let features = Features {
            whole: cosines.whole,
            core: cosines.core,
            sentence: cosines.sentence,
            words: soften(words),
            bigrams: soften(bigrams),
            phrasing: wordings.score(generation, clause),
            thesaurus: thesaurus.get(&clause).copied().unwrap_or(0.0),
            feedback: 0.0,
            mutual: 0.0,
            maxsim: 0.0,
            peripheral: f32::from(u8::from(is_peripheral(kind))),
            number: numbers.get(clause as usize).copied().unwrap_or(0.0),
        };
        Some(Weighed { clause, features, best_sentence: cosines.best })
    };
    stage(Stage::Features, || {
        keyword.look_at(candidates.clauses())?;
        Ok(candidates.clauses().filter_map(|clause| weigh(clause, &keyword)).collect())
    })
}

fn cosines(generation: &Generation, vector: Option<&QueryVector>, clause: ClauseIndex) -> ClauseCosines {
    match (vector, generation.vectors()) {
        (Some(vector), Some(vectors)) => vectors.cosines(vector, clause),
        _ => ClauseCosines::default(),
    }
}

/// A clause or text that similar ones are sought to.
pub(super) struct Sought {
    /// Its words and bigrams.
    pub query: Query,
    /// Vectors of the whole and of the core; none where no model takes part.
    pub vectors: Option<(QueryVector, QueryVector)>,
    /// The document it stands in: its own clauses say nothing of what others have.
    pub document: Option<String>,
    /// Code points of what is compared.
    pub length: usize,
    /// For every clause the place (a region) of which the best take part in any case; none for no such places.
    pub places: Option<Arc<[u32]>>,
}

/// Weighs every candidate for similarity, with feedback from the nearest clauses.
pub(super) fn weigh_similar(
    generation: &Generation,
    sought: &Sought,
    weights: &Weights,
    allowed: Option<&FixedBitSet>,
) -> Result<Vec<Weighed>> {
    let terms = &sought.query.terms;
    let mut keyword = stage(Stage::Keyword, || Keyword::run(generation, terms, Mode::Hybrid, allowed))?;
    let mut candidates = Candidates::within(allowed);
    candidates.add_keyword(&keyword);
    if let Some(places) = &sought.places {
        candidates.add_best_of_places(&keyword, places)?;
    }
    if let Some((whole, core)) = &sought.vectors {
        stage(Stage::Vector, || {
            candidates.add_nearest(generation, [whole, core]);
            Ok(())
        })?;
    }
    stage(Stage::Features, || {
        keyword.look_at(candidates.clauses())?;
        let weigh = |clause| weigh_like(generation, sought, &keyword, clause);
        let mut weighed: Vec<Weighed> = candidates.clauses().map(weigh).collect();
        if weights.feedback != 0.0 {
            add_feedback(generation, sought, weights, &mut weighed)?;
        }
        Ok(weighed)
    })
}

/// The features of `clause`, but for the feedback.
fn weigh_like(
    generation: &Generation,
    sought: &Sought,
    keyword: &Keyword<'_>,
    clause: ClauseIndex,
) -> Weighed {
    let vectors = sought.vectors.as_ref();
    let of_whole = cosines(generation, vectors.map(|(whole, _)| whole), clause);
    let of_core = cosines(generation, vectors.map(|(_, core)| core), clause);
    let (words, bigrams) = keyword.of(clause);
    let features = Features {
        whole: of_whole.centred_whole,
        core: of_core.centred_core,
        words,
        bigrams,
        mutual: bigrams * mutuality(generation, sought.length as f32, clause),
        ..Features::default()
    };
    Weighed { clause, features, best_sentence: of_core.best }
}

/// How much of a clause can be about what is sought, by length: 1 for a clause no longer than that, the root
/// of the share for a longer one. BM25 over the query's ideal says how much of the query a clause holds; times
/// this it comes near to the geometric mean of both directions, as a measure that says more is another one.
fn mutuality(generation: &Generation, sought: f32, clause: ClauseIndex) -> f32 {
    let Some(found) = generation.clause(clause) else { return 0.0 };
    let length = found.clause.text.chars().count().max(1) as f32;
    (sought / length).min(1.0).sqrt()
}

/// Neighbours of one document that speak.
const OF_DOCUMENT: usize = 3;
/// Neighbours that speak in all.
const NEIGHBOURS: usize = 6;

/// Pseudo-relevance feedback: the nearest clauses of other documents say what the measure is called
/// elsewhere, each by how much nearer it is than the first that does not speak.
fn add_feedback(
    generation: &Generation,
    sought: &Sought,
    weights: &Weights,
    weighed: &mut [Weighed],
) -> Result<()> {
    let neighbours = neighbours(generation, sought, weights, weighed);
    let mut words = Terms::new();
    let mut bigrams = Terms::new();
    let mut vectors = Vec::new();
    let mut length = 0.0;
    let mut queries = Vec::new();
    for &(clause, share) in &neighbours {
        let Some(found) = generation.clause(clause) else { continue };
        length += share * found.clause.text.chars().count() as f32;
        queries.push((clause, share, Query::of_text(&crate::index::core(&found.clause.text))));
    }
    generation.keyword().prepare(queries.iter().flat_map(|(.., query)| query.terms.all()))?;
    for (clause, share, query) in queries {
        merge(generation, KeywordField::Word, &query.terms.words, share, &mut words)?;
        merge(generation, KeywordField::Bigram, &query.terms.bigrams, share, &mut bigrams)?;
        if let (Some(index), Some(_)) = (generation.vectors(), &sought.vectors) {
            let stored = |kind| index.vector(clause, kind).map(|row| index.query(row.to_vec()));
            if let (Some(whole), Some(core)) = (stored(PassageKind::Whole), stored(PassageKind::Core)) {
                vectors.push((whole, core, share));
            }
        }
    }
    let clauses: Vec<ClauseIndex> = weighed.iter().map(|candidate| candidate.clause).collect();
    let scores = |field, terms| generation.keyword().scorer(field, terms)?.of(&clauses);
    let words = scores(KeywordField::Word, &words)?;
    let bigrams = scores(KeywordField::Bigram, &bigrams)?;
    for ((candidate, words), bigrams) in weighed.iter_mut().zip(words).zip(bigrams) {
        let mut features = Features {
            words,
            bigrams,
            mutual: bigrams * mutuality(generation, length, candidate.clause),
            ..Features::default()
        };
        for (whole, core, share) in &vectors {
            features.whole += share * cosines(generation, Some(whole), candidate.clause).centred_whole;
            features.core += share * cosines(generation, Some(core), candidate.clause).centred_core;
        }
        candidate.features.feedback = weights.score(&features);
    }
    Ok(())
}

/// The clauses that speak and the share of each; the shares add up to 1.
fn neighbours(
    generation: &Generation,
    sought: &Sought,
    weights: &Weights,
    weighed: &[Weighed],
) -> Vec<(ClauseIndex, f32)> {
    let mut ranked: Vec<(f32, ClauseIndex)> =
        weighed.iter().map(|candidate| (weights.score(&candidate.features), candidate.clause)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut of_document: HashMap<&str, usize> = HashMap::new();
    ranked.retain(|(_, clause)| {
        let Some(found) = generation.clause(*clause) else { return false };
        let count = of_document.entry(found.document.id.as_str()).or_insert(0);
        *count += 1;
        *count <= OF_DOCUMENT && sought.document.as_deref() != Some(found.document.id.as_str())
    });
    ranked.truncate(NEIGHBOURS + 1);
    let Some(&(floor, _)) = ranked.last().filter(|_| ranked.len() > 1) else { return Vec::new() };
    ranked.truncate(NEIGHBOURS);
    let sum: f32 = ranked.iter().map(|(score, _)| score - floor).sum();
    if sum <= 0.0 {
        return Vec::new();
    }
    ranked.into_iter().map(|(score, clause)| (clause, (score - floor) / sum)).collect()
}

/// Adds a neighbour's terms, weighted so that their scores come out over the neighbour's own ideal.
fn merge(
    generation: &Generation,
    field: KeywordField,
    terms: &Terms,
    share: f32,
    into: &mut Terms,
) -> Result<()> {
    let ideal = generation.keyword().scorer(field, terms)?.ideal();
    if ideal > 0.0 {
        for (term, count) in terms {
            *into.entry(term.clone()).or_insert(0.0) += count * share / ideal;
        }
    }
    Ok(())
}

/// Hits of the weighed candidates, best first; ties by clause id.
pub(super) fn hits(
    generation: &Arc<Generation>,
    weighed: Vec<Weighed>,
    weights: &Weights,
    sides: Sides,
    explain: bool,
) -> Vec<Hit> {
    let curve = weights.curve(sides);
    let hit = |candidate: Weighed| {
        let score = weights.score(&candidate.features);
        Hit {
            clause: candidate.clause,
            score,
            relevance: curve.relevance(score),
            highlights: Vec::new(),
            best_sentence: candidate.best_sentence,
            collapsed: Vec::new(),
            explain: explain.then(|| weights.explain(&candidate.features)),
        }
    };
    let mut hits: Vec<Hit> = weighed.into_iter().map(hit).collect();
    page::sort(generation, &mut hits);
    hits
}
