//! What a query asks, read from the words as typed.

use std::collections::BTreeMap;

use super::request::MAX_QUERY;
use crate::error::{Error, Result};
use crate::text::tokenizer::{self, Token};

/// A query, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// What is embedded and weighed: the words as typed, without quotation marks and exclusions.
    pub text: String,
    /// Words and how often each is asked for.
    pub words: BTreeMap<String, f32>,
    /// Character bigrams and how often each is asked for.
    pub bigrams: BTreeMap<String, f32>,
    /// Quoted phrases: a clause must hold each.
    pub phrases: Vec<Vec<Token>>,
    /// Phrases after a minus: a clause must hold none.
    pub exclusions: Vec<Vec<Token>>,
}

impl Query {
    /// Reads `raw`: words, `"quoted phrases"`, `-exclusions`. Full-width and curly quotation marks that
    /// stand alone around a phrase count as text, since policy titles are full of them.
    pub fn parse(raw: &str) -> Result<Self> {
        let length = raw.chars().count();
        if length > MAX_QUERY {
            let message = format!("query: {length} characters; at most {MAX_QUERY} are allowed");
            return Err(Error::invalid("query_too_long", "query", message));
        }
        let (mut text, mut phrases, mut exclusions) = (String::new(), Vec::new(), Vec::new());
        for part in parts(raw) {
            match part {
                Part::Text(words) => push(&mut text, &words),
                Part::Phrase(phrase) => {
                    push(&mut text, &phrase);
                    phrases.push(tokenizer::bigrams(&phrase));
                }
                Part::Exclusion(phrase) => exclusions.push(tokenizer::bigrams(&phrase)),
            }
        }
        phrases.retain(|phrase| !phrase.is_empty());
        exclusions.retain(|phrase| !phrase.is_empty());
        let query = Self {
            words: count(tokenizer::words(&text)),
            bigrams: count(tokenizer::bigrams(&text)),
            text,
            phrases,
            exclusions,
        };
        if query.bigrams.is_empty() {
            let message = "query: there is no word in it; type words, a question or a document number";
            return Err(Error::invalid("empty_query", "query", message));
        }
        Ok(query)
    }

    /// The query that stands for a text to which similar clauses are sought.
    pub(super) fn of_text(text: &str) -> Self {
        Self {
            words: count(tokenizer::words(text)),
            bigrams: count(tokenizer::bigrams(text)),
            text: text.to_owned(),
            phrases: Vec::new(),
            exclusions: Vec::new(),
        }
    }
}

fn push(text: &mut String, words: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(words);
}

fn count(tokens: Vec<Token>) -> BTreeMap<String, f32> {
    let mut terms = BTreeMap::new();
    for token in tokens {
        *terms.entry(token.text).or_insert(0.0) += 1.0;
    }
    terms
}

enum Part {
    Text(String),
    Phrase(String),
    Exclusion(String),
}

/// Splits at white space and straight quotation marks.
fn parts(raw: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = raw.trim();
    while !rest.is_empty() {
        let excluded = rest
            .strip_prefix('-')
            .filter(|after| !after.is_empty() && !after.starts_with(char::is_whitespace));
        let body = excluded.unwrap_or(rest);
        let quoted = body.strip_prefix('"').and_then(|after| after.split_once('"'));
        let (word, after) = match quoted {
            Some((phrase, after)) => (phrase, after),
            None => body.split_at(body.find(char::is_whitespace).unwrap_or(body.len())),
        };
        let word = word.trim_matches('"').to_owned();
        parts.push(match (excluded.is_some(), quoted.is_some()) {
            (true, _) => Part::Exclusion(word),
            (false, true) => Part::Phrase(word),
            (false, false) => Part::Text(word),
        });
        rest = after.trim_start();
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_phrases_and_exclusions() {
        let query = Query::parse("企业开办 \"一网通办\" -注销").expect("a query");
        assert_eq!(query.text, "企业开办 一网通办");
        assert_eq!((query.phrases.len(), query.exclusions.len()), (1, 1));
    }

    #[test]
    fn a_query_without_words_is_refused() {
        for raw in ["", "  ", "？！", "\"\"", "-"] {
            assert_eq!(Query::parse(raw).expect_err(raw).code(), "empty_query", "{raw}");
        }
        assert_eq!(Query::parse(&"长".repeat(2_001)).expect_err("long").code(), "query_too_long");
    }

    #[test]
    fn many_forms_are_one_query() {
        let simple = Query::parse("电子营业执照 3个工作日").expect("a query");
        let other = Query::parse("電子營業執照　三個工作日").expect("a query");
        assert_eq!((&simple.words, &simple.bigrams), (&other.words, &other.bigrams));
    }

    proptest! {
        #[test]
        fn never_panics(raw in "\\PC{0,60}") {
            let _ = Query::parse(&raw);
        }
    }
}
