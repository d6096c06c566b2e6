//! The indicator domain (指标领域) of a clause: from its headings, else the document's title, else its text.

use std::cmp::Reverse;

use super::Context;
pub use crate::text::domains::{Domain, domains};

/// Words in the text that it takes to name a domain without a heading.
const ENOUGH_WORDS: usize = 3;

/// Longest first sentence, in characters, that counts as the clause's title.
const LONGEST_TITLE: usize = 40;

/// The domain's usual name. The innermost heading that names one decides, then outer headings, then the title;
/// after these the clause's own title, then a heading that only hints at one; then the text where it clearly speaks of
/// one domain alone.
pub(super) fn find_domain(text: &str, context: &Context<'_>) -> Option<String> {
    let headings: Vec<&str> = context.path.iter().rev().map(String::as_str).chain([context.title]).collect();
    let named = headings.iter().find_map(|heading| domain_of_heading(heading));
    let own_title = || domain_of_heading(title_of(text));
    let hinted =
        || headings.iter().find_map(|heading| longest_word(heading, |domain| domain.hints.iter().collect()));
    named
        .or_else(own_title)
        .or_else(hinted)
        .or_else(|| domain_of_text(text))
        .map(|domain| domain.name.clone())
}

/// The clause's own title: its first sentence, where that is short.
fn title_of(text: &str) -> &str {
    let title = text.trim_start().split(['。', '\n', '；', '：']).next().unwrap_or_default();
    if title.chars().count() <= LONGEST_TITLE { title } else { "" }
}

/// The domain with the longest name or alias in the heading; of two as long, the one named first.
pub fn domain_of_heading(heading: &str) -> Option<&'static Domain> {
    longest_word(heading, |domain| domain.aliases.iter().chain([&domain.name]).collect())
}

fn longest_word(
    heading: &str,
    words: impl Fn(&'static Domain) -> Vec<&'static String>,
) -> Option<&'static Domain> {
    let heading: String = heading.chars().filter(|c| !c.is_whitespace()).collect();
    let mut best: Option<((usize, Reverse<usize>), &'static Domain)> = None;
    for domain in domains() {
        for word in words(domain) {
            let Some(at) = heading.find(word.as_str()) else { continue };
            let score = (word.len(), Reverse(at));
            if best.is_none_or(|(other, _)| score > other) {
                best = Some((score, domain));
            }
        }
    }
    best.map(|(_, domain)| domain)
}

/// The domain whose words stand in the text most often, at least [`ENOUGH_WORDS`] times and twice as often as
/// any other's.
fn domain_of_text(text: &str) -> Option<&'static Domain> {
    let count = |domain: &Domain| -> usize {
        domain.words.iter().map(|word| text.matches(word.as_str()).count()).sum()
    };
    let mut counts: Vec<(usize, &Domain)> = domains().iter().map(|domain| (count(domain), domain)).collect();
    counts.sort_by_key(|(count, _)| Reverse(*count));
    let (first, domain) = *counts.first()?;
    let second = counts.get(1).map_or(0, |(count, _)| *count);
    (first >= ENOUGH_WORDS && first >= second * 2).then_some(domain)
}
