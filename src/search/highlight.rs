//! Where a query's words stand in a clause, in code points of its text as written.

use std::collections::BTreeMap;

use super::query::{Query, Terms};
use crate::model::Span;
use crate::text::tokenizer::{self, Token};

/// Spans of `text` that hold the query's words or bigrams; ascending, disjoint. A bigram is marked
/// only where it is part of a word that was asked for, or of three characters in a row that were:
/// single bigrams shared by chance are noise.
pub(super) fn spans(text: &str, query: &Query) -> Vec<Span> {
    let terms = || std::iter::once(&query.terms).chain(&query.variants);
    let is_word = |word: &str| terms().any(|terms| terms.words.contains_key(word));
    // Six bits of their first characters tell most bigrams apart from those that are asked for.
    let bit = |bigram: &str| bigram.chars().next().map_or(0, |first| 1_u64 << (u32::from(first) % u64::BITS));
    let bits = terms().flat_map(|terms| terms.bigrams.keys()).fold(0, |bits, bigram| bits | bit(bigram));
    let is_bigram =
        |bigram: &str| bits & bit(bigram) != 0 && terms().any(|terms| terms.bigrams.contains_key(bigram));
    let (words, bigrams) = tokenizer::tokens_among(text, is_word, is_bigram);
    merge(terms().flat_map(|terms| of_terms(&words, &bigrams, terms)).collect())
}

fn of_terms(words: &[Token], bigrams: &[Token], terms: &Terms) -> Vec<Span> {
    let asked = |token: &&Token| {
        let is_word = terms.words.contains_key(&token.text) && token.end - token.start > 1;
        is_word || is_figure(token, &terms.words)
    };
    let words = words.iter().filter(asked).map(|token| Span { start: token.start, end: token.end });
    words.chain(runs(bigrams, &terms.bigrams)).collect()
}

/// Numbers and Latin words count at any length.
fn is_figure(token: &Token, words: &BTreeMap<String, f32>) -> bool {
    token.text.is_ascii() && words.contains_key(&token.text)
}

/// Runs of two or more consecutive bigrams that were asked for.
fn runs(tokens: &[Token], asked: &BTreeMap<String, f32>) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut run: Option<(Span, u32, usize)> = None;
    for token in tokens.iter().filter(|token| asked.contains_key(&token.text)) {
        run = match run {
            Some((span, last, count)) if token.position == last + 1 => {
                Some((Span { end: token.end, ..span }, token.position, count + 1))
            }
            previous => {
                spans.extend(previous.filter(|run| run.2 > 1).map(|run| run.0));
                Some((Span { start: token.start, end: token.end }, token.position, 1))
            }
        };
    }
    spans.extend(run.filter(|run| run.2 > 1).map(|run| run.0));
    spans
}

fn merge(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::search::Query;
    use crate::text::sentence::slice;

    fn marked(text: &str, query: &str) -> Vec<String> {
        let query = Query::parse(query).expect("a query");
        spans(text, &query).into_iter().map(|span| slice(text, span)).collect()
    }

    #[test]
    fn words_in_any_form_are_marked_as_written() {
        assert_eq!(marked("压缩至３个工作日以内", "三个工作日"), ["３个工作日"]);
        assert_eq!(marked("推广電子營業執照。", "电子营业执照"), ["電子營業執照"]);
        assert_eq!(marked("企业开办，一网通办。", "一网通办"), ["一网通办"]);
    }

    /// All words of `text` are looked at, however it is done.
    fn by_all_words(text: &str, query: &Query) -> Vec<Span> {
        let (words, bigrams) = tokenizer::words_and_bigrams(text);
        let terms = std::iter::once(&query.terms).chain(&query.variants);
        merge(terms.flat_map(|terms| of_terms(&words, &bigrams, terms)).collect())
    }

    proptest! {
        #[test]
        fn stretches_without_a_wanted_bigram_hold_no_wanted_word(
            text in "([企业开办一网通三个工作日][企业开办一网通三个工作日，、。：（） ３0-9Aa%]{0,3}){0,20}",
            query in "[企业开办一网通工作日3三a%]{1,12}",
        ) {
            if let Ok(query) = Query::parse(&query) {
                prop_assert_eq!(spans(&text, &query), by_all_words(&text, &query));
            }
        }

        #[test]
        fn spans_are_ascending_disjoint_and_inside(text in "[企业开办一网通三个工作日。３0-9]{0,60}", query in "[企业开办一网通工作日3三]{1,12}") {
            let length = text.chars().count() as u32;
            if let Ok(query) = Query::parse(&query) {
                let mut end = 0;
                for span in spans(&text, &query) {
                    prop_assert!(span.start >= end && span.start < span.end && span.end <= length);
                    end = span.end + 1;
                }
            }
        }
    }
}
