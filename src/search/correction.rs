//! Typing errors: what a word that occurs nowhere may have meant.
//!
//! A correction is proposed only where the query as typed finds nothing: some of its bigrams occur in no
//! clause, no words of the index cover it, and people do not use it (the general dictionary, lay words of
//! the thesaurus). A query made of words of the index is never touched.

mod proposal;

use std::ops::Range;

use super::query::Query;
use crate::error::Result;
use crate::index::{Generation, KeywordField, Vocabulary};
use crate::text::{thesaurus, tokenizer};
use proposal::{Proposal, proposals};

/// Errors that are corrected in one query; with more it is no query in need of a hint.
const MOST: usize = 3;

/// `raw`, of which `query` was read, with its typing errors corrected; none where nothing is wrong, or
/// nothing better is known.
pub(super) fn propose(generation: &Generation, query: &Query, raw: &str) -> Result<Option<String>> {
    let characters: Vec<char> = raw.chars().collect();
    let mut found: Vec<(Range<usize>, String)> = Vec::new();
    for span in &query.typed {
        let text: String = characters.get(span.clone()).unwrap_or_default().iter().collect();
        for (within, word) in corrections(generation, &text)? {
            found.push((within.start + span.start..within.end + span.start, word));
        }
    }
    if found.is_empty() || found.len() > MOST {
        return Ok(None);
    }
    let mut corrected = String::new();
    let mut at = 0;
    for (span, word) in found {
        corrected.extend(characters.get(at..span.start).unwrap_or_default());
        corrected.push_str(&word);
        at = span.end;
    }
    corrected.extend(characters.get(at..).unwrap_or_default());
    Ok(Some(corrected))
}

/// Code points of `text` that are in error, ascending and disjoint, with the words for them.
fn corrections(generation: &Generation, text: &str) -> Result<Vec<(Range<usize>, String)>> {
    let (characters, origins) = tokenizer::canonical_with_origins(text);
    let mut all = Vec::new();
    let mut start = 0;
    for run in characters.chunk_by(|a, b| tokenizer::is_ideograph(*a) == tokenizer::is_ideograph(*b)) {
        if run.first().copied().is_some_and(tokenizer::is_ideograph)
            && let Some(run) = Run::read(generation, run)?
        {
            all.extend(best(proposals(&run)).into_iter().map(|proposal| {
                let origin = |at: usize| origins.get(start + at).map_or(0, |origin| *origin as usize);
                (origin(proposal.window.start)..origin(proposal.window.end), proposal.word)
            }));
        }
        start += run.len();
    }
    Ok(all)
}

/// The best proposals that do not overlap, in the order of the text.
fn best(mut proposals: Vec<Proposal>) -> Vec<Proposal> {
    proposals.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.word.cmp(&b.word)));
    let mut chosen: Vec<Proposal> = Vec::new();
    for proposal in proposals {
        let overlaps = |other: &Proposal| {
            other.window.start < proposal.window.end && proposal.window.start < other.window.end
        };
        if !chosen.iter().any(overlaps) {
            chosen.push(proposal);
        }
    }
    chosen.sort_by_key(|proposal| proposal.window.start);
    chosen
}

/// Ideographs of a query that stand side by side, with what the index knows of them.
struct Run<'a> {
    characters: &'a [char],
    generation: &'a Generation,
    vocabulary: &'a Vocabulary,
    /// For each pair of neighbours, whether it occurs in no clause.
    strange: Vec<bool>,
    /// For each character, whether no word of the index covers it.
    uncovered: Vec<bool>,
    /// For each character, whether a word that people use covers it.
    usual: Vec<Usual>,
}

/// Why a word that the index lacks is no error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Usual {
    /// Nothing speaks for it.
    No,
    /// The general dictionary has it: it may still be a homophone within a longer word.
    Word,
    /// It is a lay word or a particle: never touched.
    Always,
}

impl<'a> Run<'a> {
    /// The run; none when every pair of neighbours occurs or words of the index cover it.
    fn read(generation: &'a Generation, characters: &'a [char]) -> Result<Option<Self>> {
        let pairs: Vec<String> = characters.windows(2).map(|pair| pair.iter().collect()).collect();
        generation.keyword().prepare(pairs.iter().map(|pair| (KeywordField::Bigram, pair.as_str())))?;
        let strange =
            characters.windows(2).map(|pair| is_strange(generation, pair)).collect::<Result<Vec<_>>>()?;
        if !strange.contains(&true) {
            return Ok(None);
        }
        let vocabulary = generation.vocabulary()?;
        let uncovered = uncovered(vocabulary, characters);
        if !uncovered.contains(&true) {
            return Ok(None);
        }
        let usual = usual(characters);
        Ok(Some(Self { characters, generation, vocabulary, strange, uncovered, usual }))
    }
}

fn is_strange(generation: &Generation, pair: &[char]) -> Result<bool> {
    let text: String = pair.iter().collect();
    Ok(generation.keyword().frequency(KeywordField::Bigram, &text)? == 0)
}

/// Which characters are left when words of the index cover as many as they can.
fn uncovered(vocabulary: &Vocabulary, characters: &[char]) -> Vec<bool> {
    // For each end, the fewest characters left before it and where the last piece begins.
    let mut fewest: Vec<(usize, usize)> = vec![(0, 0)];
    for end in 1..=characters.len() {
        let single = (fewest.get(end - 1).map_or(0, |best| best.0) + 1, end - 1);
        let words = (end.saturating_sub(Vocabulary::LONGEST)..end.saturating_sub(1)).filter_map(|start| {
            let word: String = characters.get(start..end)?.iter().collect();
            (vocabulary.frequency(&word) > 0).then_some((fewest.get(start)?.0, start))
        });
        let best = words.min().filter(|word| word.0 <= single.0).unwrap_or(single);
        fewest.push(best);
    }
    let mut left = vec![false; characters.len()];
    let mut end = characters.len();
    while let Some((_, start)) = fewest.get(end).copied().filter(|_| end > 0) {
        if end - start == 1
            && let Some(slot) = left.get_mut(start)
        {
            *slot = true;
        }
        end = start;
    }
    left
}

fn usual(characters: &[char]) -> Vec<Usual> {
    let text: String = characters.iter().collect();
    let mut usual: Vec<Usual> = characters
        .iter()
        .map(|character| if tokenizer::is_particle(*character) { Usual::Always } else { Usual::No })
        .collect();
    let mut raise = |span: Range<usize>, to: Usual| {
        usual.get_mut(span).into_iter().flatten().for_each(|known| *known = to.max(*known));
    };
    for token in tokenizer::words(&text) {
        if token.end - token.start > 1 && tokenizer::is_known(&token.text) {
            raise(token.start as usize..token.end as usize, Usual::Word);
        }
    }
    let place = |byte: usize| text.get(..byte).map_or(0, |before| before.chars().count());
    for span in thesaurus::lay_spans(&text) {
        raise(place(span.start)..place(span.end), Usual::Always);
    }
    usual
}
