//! What a query means beyond its letters: the correction of a query that finds little, and the account of
//! how a query is understood.

use std::sync::Arc;

use super::correction;
use super::engine::{Engine, Found};
use super::expanded::{Expanded, NearQuestion};
use super::query::{Phrase, Query};
use super::request::{Mode, SearchRequest};
use super::response::Suggestion;
use crate::error::Result;
use crate::index::Generation;
use crate::text::thesaurus;
use crate::text::tokenizer::{self, Token};

/// A hit of less relevance is no good answer.
const GOOD: f32 = 0.015;
/// Where no model takes part relevance says little: then the words must be covered so far, as features
/// count it.
const COVERED: f32 = 0.45;

/// Adds a suggestion to what `request` found; where that holds no good answer, what the suggestion finds
/// takes its place.
pub(super) fn correct(
    engine: &Engine,
    generation: &Arc<Generation>,
    request: &SearchRequest,
    found: Found,
) -> Result<Found> {
    if !request.correct {
        return Ok(found);
    }
    let Some(corrected) = correction::propose(generation, &found.query, &request.query)? else {
        return Ok(found);
    };
    if has_good_answer(&found, request.mode) {
        return Ok(Found { suggestion: Some(Suggestion::of(corrected)), ..found });
    }
    let query = Query::parse(&corrected)?;
    let better = engine.find(generation, request, query)?;
    let best = |found: &Found| found.hits.first().map_or(f32::NEG_INFINITY, |hit| hit.score);
    if best(&better) > best(&found) {
        return Ok(Found { corrected: Some(corrected), ..better });
    }
    Ok(Found { suggestion: Some(Suggestion::of(corrected)), ..found })
}

fn has_good_answer(found: &Found, mode: Mode) -> bool {
    let by_words_alone = mode == Mode::Keyword || found.notices.contains(&"model_absent");
    if by_words_alone {
        return found.coverage >= COVERED;
    }
    found.hits.first().is_some_and(|hit| hit.relevance >= GOOD)
}

/// How `query`, read from `raw`, is understood; `vector` is its own, where a model takes part.
pub(super) fn expanded(
    generation: &Generation,
    query: &Query,
    raw: &str,
    vector: Option<&[i8]>,
) -> Result<Expanded> {
    let typed = |phrases: &[Phrase]| phrases.iter().map(|phrase| phrase.text.clone()).collect();
    let written = |number: &crate::text::document_number::DocumentNumber| {
        format!("{}〔{}〕{}号", number.issuer, number.year, number.serial)
    };
    let (words, bigrams) = tokenizer::words_and_bigrams(&query.text);
    Ok(Expanded {
        query: raw.to_owned(),
        wording: query.wording.clone(),
        words: texts(words),
        bigrams: texts(bigrams),
        phrases: typed(&query.phrases),
        exclusions: typed(&query.exclusions),
        fields: query.fields.clone(),
        numbers: query.numbers.iter().map(written).collect(),
        agencies: query.agencies.clone(),
        thesaurus: thesaurus::expand(&query.text).into_iter().map(Into::into).collect(),
        phrasings: near_questions(generation, vector),
        suggestion: correction::propose(generation, query, raw)?.map(Suggestion::of),
        notices: Vec::new(),
    })
}

/// Each once, in the order of the query.
fn texts(tokens: Vec<Token>) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for token in tokens {
        if !texts.contains(&token.text) {
            texts.push(token.text);
        }
    }
    texts
}

fn near_questions(generation: &Generation, vector: Option<&[i8]>) -> Vec<NearQuestion> {
    let (Some(vector), Some(phrasings)) = (vector, generation.phrasings()) else { return Vec::new() };
    let (near, _) = phrasings.nearest(vector);
    let question = |near: crate::index::NearWording<'_>| NearQuestion {
        question: near.question.to_owned(),
        likeness: near.likeness,
        official: near.wording.to_owned(),
        share: near.share,
    };
    near.into_iter().map(question).collect()
}
