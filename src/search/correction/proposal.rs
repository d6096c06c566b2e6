//! What one stretch of a query may have meant.

use std::ops::Range;

use super::{Run, Usual, is_strange};
use crate::index::Vocabulary;
use crate::text::sound::{self, Likeness};
use crate::text::tokenizer;

/// Words shorter than this are changed by sound only, and one character of them must stay.
const SHORT: usize = 2;

/// A word of the index for a stretch of the run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Proposal {
    /// Which characters of the run it replaces.
    pub window: Range<usize>,
    /// The word.
    pub word: String,
    /// How well it fits.
    pub score: f32,
}

/// Every proposal for `run`.
pub(super) fn proposals(run: &Run<'_>) -> Vec<Proposal> {
    let mut all = Vec::new();
    for start in 0..run.characters.len() {
        let longest = (start + Vocabulary::LONGEST).min(run.characters.len());
        for end in start + 2..=longest {
            if run.uncovered.get(start..end).is_some_and(|window| window.contains(&true)) {
                all.extend(for_window(run, start..end));
            }
        }
    }
    all
}

fn for_window(run: &Run<'_>, window: Range<usize>) -> Vec<Proposal> {
    let Some(characters) = run.characters.get(window.clone()) else { return Vec::new() };
    let text: String = characters.iter().collect();
    if run.vocabulary.frequency(&text) > 0 || tokenizer::is_known(&text) {
        return Vec::new();
    }
    let by_sound = run.vocabulary.sounding_like(characters).into_iter();
    let by_sound = by_sound.filter_map(|found| homophone(run, &window, found));
    let written = run.vocabulary.off_by_one(characters).into_iter().chain(run.vocabulary.slips(characters));
    let written = written.filter_map(|found| misspelling(run, &window, found));
    by_sound.chain(written).collect()
}

/// The word, when it differs only by characters that sound alike and are in error.
fn homophone(run: &Run<'_>, window: &Range<usize>, (word, frequency): (&str, u32)) -> Option<Proposal> {
    let typed = run.characters.get(window.clone())?;
    let meant: Vec<char> = word.chars().collect();
    let pairs = typed.iter().zip(&meant).zip(window.clone());
    let mut exactness = 1.0f32;
    let mut kept = 0;
    for ((typed, meant), at) in pairs {
        if typed == meant {
            kept += 1;
            continue;
        }
        let likeness = sound::likeness(*typed, *meant)?;
        let trusted = if is_short(window) { Usual::No } else { Usual::Word };
        let may_change = run.uncovered.get(at) == Some(&true)
            && *run.usual.get(at)? <= trusted
            && (likeness == Likeness::Same || *run.usual.get(at)? == Usual::No && !is_short(window));
        if !may_change || !is_strange_at(run, window, at) {
            return None;
        }
        exactness = exactness.min(if likeness == Likeness::Same { 1.0 } else { 0.5 });
    }
    let enough = if is_short(window) {
        kept == 1
            && run.uncovered.get(window.clone())?.iter().all(|uncovered| *uncovered)
            && stands_there(run, window, word)
    } else {
        kept * 2 >= meant.len() && !is_beside_a_word(run, window)
    };
    (meant.len() == typed.len() && enough).then(|| made(run, window, word, frequency, kept, exactness))
}

/// Whether three characters are a word of the index and a single one beside it, which says something of its
/// own: 事政府 is no 市政府.
fn is_beside_a_word(run: &Run<'_>, window: &Range<usize>) -> bool {
    let is_word = |span: Range<usize>| {
        let text: Option<String> = run.characters.get(span).map(|characters| characters.iter().collect());
        text.is_some_and(|text| run.vocabulary.frequency(&text) > 0 && tokenizer::is_known(&text))
    };
    window.len() == SHORT + 1
        && (is_word(window.start..window.end - 1) || is_word(window.start + 1..window.end))
}

fn is_short(window: &Range<usize>) -> bool {
    window.len() <= SHORT
}

/// Whether clauses have `word` beside a neighbour that it would get here; so too when it gets none. Any two
/// characters sound like some word: 太高 like 抬高, but no clause says 价抬高.
fn stands_there(run: &Run<'_>, window: &Range<usize>, word: &str) -> bool {
    let before = window.start.checked_sub(1).and_then(|at| run.characters.get(at));
    let after = run.characters.get(window.end);
    let occurs = |text: String| {
        let found = run.generation.keyword().phrase(&tokenizer::bigrams(&text));
        found.is_ok_and(|clauses| !clauses.is_clear())
    };
    (before.is_none() && after.is_none())
        || before.is_some_and(|before| occurs(format!("{before}{word}")))
        || after.is_some_and(|after| occurs(format!("{word}{after}")))
}

/// The word, when a slip or one character that nothing speaks for makes the difference.
fn misspelling(run: &Run<'_>, window: &Range<usize>, (word, frequency): (&str, u32)) -> Option<Proposal> {
    let typed = run.characters.get(window.clone())?;
    let meant: Vec<char> = word.chars().collect();
    let before = typed.iter().zip(&meant).take_while(|(a, b)| a == b).count();
    let after = typed.iter().rev().zip(meant.iter().rev()).take_while(|(a, b)| a == b).count();
    let different = typed.len().max(meant.len()).saturating_sub(before + after);
    let is_swap = || {
        let sorted = |characters: &[char]| {
            let mut characters = characters.to_vec();
            characters.sort_unstable();
            characters
        };
        different == 2 && sorted(typed) == sorted(&meant)
    };
    if different > 1 && !is_swap() {
        return None;
    }
    // What differs lies between the two; where one was left out or doubled, at the seam.
    let last = (typed.len() - after.min(typed.len())).max(before + 1).min(typed.len());
    let differing = before.min(typed.len() - 1)..last;
    let differing = window.start + differing.start..window.start + differing.end;
    let is_error = |at: usize| run.uncovered.get(at) == Some(&true) && run.usual.get(at) == Some(&Usual::No);
    let seam = typed.len() < meant.len();
    let is_strange = |at: usize| {
        if seam { at > 0 && run.strange.get(at - 1) == Some(&true) } else { is_strange_at(run, window, at) }
    };
    let fits = differing.clone().any(is_error) && differing.clone().any(is_strange);
    fits.then(|| made(run, window, word, frequency, meant.len() - 1, 0.0))
}

/// Whether every pair of neighbours in the window that holds the character at `at` occurs nowhere.
fn is_strange_at(run: &Run<'_>, window: &Range<usize>, at: usize) -> bool {
    let pairs = [at.checked_sub(1), Some(at)].into_iter().flatten();
    let mut within = pairs.filter(|pair| *pair >= window.start && pair + 1 < window.end);
    within.all(|pair| run.strange.get(pair) == Some(&true))
}

/// Long words that keep much of what was typed, that sound the same, that are frequent and stand well
/// beside their neighbours come first.
fn made(
    run: &Run<'_>,
    window: &Range<usize>,
    word: &str,
    frequency: u32,
    kept: usize,
    exactness: f32,
) -> Proposal {
    let mut meant = word.chars();
    let (first, last) = (meant.next(), meant.next_back());
    let before = window.start.checked_sub(1).and_then(|at| run.characters.get(at).copied()).zip(first);
    let after = last.zip(run.characters.get(window.end).copied());
    let stands = |pair: Option<(char, char)>| {
        pair.is_some_and(|(a, b)| is_strange(run.generation, &[a, b]).is_ok_and(|strange| !strange))
    };
    let neighbours = f32::from(u8::from(stands(before))) + f32::from(u8::from(stands(after)));
    let score = kept as f32 + exactness + 0.2 * (frequency as f32).ln_1p() + 0.5 * neighbours;
    Proposal { window: window.clone(), word: word.to_owned(), score }
}
