//! The policy thesaurus: from lay words to the terms that documents use.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Deserialize;

use super::tokenizer::canonical;

/// A term that documents use for a lay word of the query.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// As it stands in documents.
    pub text: String,
    /// How surely the lay word means it, 0 to 1.
    pub weight: f32,
}

/// A lay word found in a query and the terms for it, best first.
#[derive(Clone, Debug, PartialEq)]
pub struct Expansion {
    /// The lay word, folded, numerals in digits.
    pub lay: String,
    /// The terms.
    pub terms: Vec<Term>,
}

#[derive(Deserialize)]
struct Lexicon {
    entry: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    lay: Vec<String>,
    official: Vec<String>,
    #[serde(default = "sure")]
    weight: f32,
}

fn sure() -> f32 {
    1.0
}

/// Each further term of an entry counts this much less than the one before.
const STEP: f32 = 0.1;

struct Thesaurus {
    matcher: AhoCorasick,
    /// Entry of each pattern.
    entries: Vec<usize>,
    terms: Vec<Vec<Term>>,
}

static THESAURUS: LazyLock<Option<Thesaurus>> = LazyLock::new(|| {
    let lexicon: Lexicon = toml::from_str(include_str!("lexicons/thesaurus.toml")).ok()?;
    let (mut patterns, mut entries, mut terms) = (Vec::new(), Vec::new(), Vec::new());
    for (index, entry) in lexicon.entry.into_iter().enumerate() {
        patterns.extend(entry.lay.iter().map(|lay| canonical(lay)));
        entries.resize(patterns.len(), index);
        let weighted = entry.official.into_iter().zip(0u8..);
        terms.push(
            weighted
                .map(|(text, place)| Term { text, weight: entry.weight * (1.0 - STEP * f32::from(place)) })
                .collect(),
        );
    }
    let matcher = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(patterns).ok()?;
    Some(Thesaurus { matcher, entries, terms })
});

/// Bytes of `query`, canonical, that lay words take up: words that people do use.
pub fn lay_spans(query: &str) -> Vec<std::ops::Range<usize>> {
    THESAURUS
        .as_ref()
        .map_or_else(Vec::new, |known| known.matcher.find_iter(query).map(|m| m.range()).collect())
}

/// Lay words of `query` with the terms for them; the longest words first where several overlap. A word
/// for which the query already uses one of the terms gives nothing.
pub fn expand(query: &str) -> Vec<Expansion> {
    let Some(thesaurus) = THESAURUS.as_ref() else { return Vec::new() };
    let query = canonical(query);
    let found = thesaurus.matcher.find_iter(&query).filter_map(|found| {
        let terms = thesaurus.terms.get(*thesaurus.entries.get(found.pattern().as_usize())?)?;
        let known = terms.iter().any(|term| query.contains(&canonical(&term.text)));
        (!known).then(|| Expansion {
            lay: query.get(found.range()).unwrap_or_default().to_owned(),
            terms: terms.clone(),
        })
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lexicon_is_well_formed() {
        let thesaurus = THESAURUS.as_ref().expect("the thesaurus parses");
        assert!(thesaurus.entries.len() > 1_000);
        assert!(
            thesaurus
                .terms
                .iter()
                .flatten()
                .all(|term| term.weight > 0.0 && term.weight <= 1.0 && !term.text.is_empty())
        );
    }

    #[test]
    fn lay_words_reach_official_terms() {
        let first = |query: &str| {
            expand(query)
                .first()
                .map(|found| found.terms.iter().map(|term| term.text.clone()).collect::<Vec<_>>())
        };
        assert!(first("我想关掉公司").is_some_and(|terms| terms.iter().any(|term| term.contains("注销"))));
        assert!(
            first("房本什么时候能拿").is_some_and(|terms| terms.iter().any(|term| term.contains("不动产")))
        );
        assert!(first("打官司要多久").is_some_and(|terms| terms.iter().any(|term| term.contains("诉讼"))));
    }
}
