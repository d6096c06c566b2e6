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
    let off = run.vocabulary.off_by_one(characters).into_iter();
    let off = off.filter_map(|found| misspelling(run, &window, found));
    by_sound.chain(off).collect()
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
        let trusted = if typed_is_short(window) { Usual::No } else { Usual::Word };
        let may_change = run.uncovered.get(at) == Some(&true) && *run.usual.get(at)? <= trusted;
        if !may_change || !is_strange_at(run, window, at) {
            return None;
        }
        exactness = exactness.min(if likeness == Likeness::Same { 1.0 } else { 0.5 });
    }
    let enough = if typed_is_short(window) {
        kept == 1 && run.uncovered.get(window.clone())?.iter().all(|uncovered| *uncovered)
    } else {
        kept * 2 >= meant.len()
    };
    (meant.len() == typed.len() && enough).then(|| made(run, window, word, frequency, kept, exactness))
}

fn typed_is_short(window: &Range<usize>) -> bool {
    window.len() <= SHORT
}

/// The word, when one character that nothing speaks for makes the difference.
fn misspelling(run: &Run<'_>, window: &Range<usize>, (word, frequency): (&str, u32)) -> Option<Proposal> {
    let typed = run.characters.get(window.clone())?;
    let meant: Vec<char> = word.chars().collect();
    let before = typed.iter().zip(&meant).take_while(|(a, b)| a == b).count();
    let after = typed.iter().rev().zip(meant.iter().rev()).take_while(|(a, b)| a == b).count();
    let at = window.start + before;
    let is_error = |at: usize| run.uncovered.get(at) == Some(&true) && run.usual.get(at) == Some(&Usual::No);
    let fits = if typed.len() < meant.len() {
        // The missing one stood between two characters that never stand side by side.
        before > 0
            && after > 0
            && before + after >= typed.len()
            && run.strange.get(at - 1) == Some(&true)
            && (is_error(at - 1) || is_error(at))
    } else {
        let changed = typed.len() - before.min(typed.len());
        changed > 0 && before + after + 1 >= typed.len() && is_error(at) && is_strange_at(run, window, at)
    };
    fits.then(|| made(run, window, word, frequency, typed.len().min(meant.len()) - 1, 0.0))
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
