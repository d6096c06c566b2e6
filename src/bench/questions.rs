//! What is asked: pieces of the indexed text, half of them a few words, half a sentence. The same each time.

use crate::index::Generation;
use crate::text::sentence;

/// Questions of each kind.
const OF_KIND: usize = 100;
/// Characters of a question of a few words.
const WORDS: std::ops::RangeInclusive<usize> = 4..=10;
/// Characters of a question that is a sentence.
const SENTENCE: std::ops::RangeInclusive<usize> = 12..=36;

/// Questions and clauses to ask for.
#[derive(Debug, Default)]
pub(super) struct Questions {
    /// Queries, of either kind in turns.
    pub queries: Vec<String>,
    /// Ids of clauses, for similar ones.
    pub clauses: Vec<String>,
}

/// The questions for `generation`, from clauses at even distances.
pub(super) fn choose(generation: &Generation) -> Questions {
    let step = (generation.len() / (OF_KIND * 4)).max(1);
    let (mut words, mut sentences, mut clauses) = (Vec::new(), Vec::new(), Vec::new());
    for found in generation.clauses().step_by(step) {
        let text = &found.clause.text;
        if clauses.len() < OF_KIND && text.chars().count() > *SENTENCE.start() {
            clauses.push(found.clause.id.to_string());
        }
        let mut of_sentence = sentence::sentences(text).into_iter().map(|span| sentence::slice(text, span));
        let last = of_sentence.next_back().unwrap_or_default();
        let whole = last.trim().trim_end_matches('。').to_owned();
        if sentences.len() < OF_KIND && SENTENCE.contains(&whole.chars().count()) && !whole.contains('\n') {
            sentences.push(whole.clone());
        }
        let piece =
            whole.split(['，', '、', '；', '：', ' ', '\u{3000}', '\n']).next_back().unwrap_or_default();
        if words.len() < OF_KIND && WORDS.contains(&piece.chars().count()) {
            words.push(piece.to_owned());
        }
    }
    let mut queries = Vec::new();
    let longest = words.len().max(sentences.len());
    for at in 0..longest {
        queries.extend(words.get(at).cloned());
        queries.extend(sentences.get(at).cloned());
    }
    Questions { queries, clauses }
}
