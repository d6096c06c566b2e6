//! The indicator domain (指标领域) of a clause: from its headings, else the document's title, else its text.

use super::Context;
pub use crate::text::domains::{Domain, domains};

/// Words in the text that it takes to name a domain without a heading.
const ENOUGH_WORDS: usize = 3;

/// The domain's usual name. The innermost heading that names one decides, then outer headings, then the
/// title, then the text where it clearly speaks of one domain alone.
pub(super) fn find_domain(text: &str, context: &Context<'_>) -> Option<String> {
    let headings = context.path.iter().rev().map(String::as_str);
    let named = headings.chain([context.title]).find_map(domain_of_heading);
    named.or_else(|| domain_of_text(text)).map(|domain| domain.name.clone())
}

/// The domain with the longest name or alias in the heading; of two as long, the one named first.
pub fn domain_of_heading(heading: &str) -> Option<&'static Domain> {
    let heading: String = heading.chars().filter(|c| !c.is_whitespace()).collect();
    let mut best: Option<(usize, std::cmp::Reverse<usize>, &Domain)> = None;
    for domain in domains() {
        for name in domain.aliases.iter().chain([&domain.name]) {
            let Some(at) = heading.find(name.as_str()) else { continue };
            let score = (name.len(), std::cmp::Reverse(at));
            if best.is_none_or(|(length, place, _)| score > (length, place)) {
                best = Some((score.0, score.1, domain));
            }
        }
    }
    best.map(|(_, _, domain)| domain)
}

/// The domain whose words stand in the text most often, at least [`ENOUGH_WORDS`] times and twice as often as
/// any other's.
fn domain_of_text(text: &str) -> Option<&'static Domain> {
    let count = |domain: &Domain| -> usize {
        domain.words.iter().map(|word| text.matches(word.as_str()).count()).sum()
    };
    let mut counts: Vec<(usize, &Domain)> = domains().iter().map(|domain| (count(domain), domain)).collect();
    counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let (first, domain) = *counts.first()?;
    let second = counts.get(1).map_or(0, |(count, _)| *count);
    (first >= ENOUGH_WORDS && first >= second * 2).then_some(domain)
}
