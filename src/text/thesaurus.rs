//! The policy thesaurus: from lay words to the terms that documents use.

use std::path::Path;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Deserialize;

use super::tokenizer::{self, canonical};
use crate::error::{Error, Result};

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
#[serde(deny_unknown_fields)]
struct Lexicon {
    #[serde(default)]
    entry: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
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

/// Entries of the office's own, which come before the built-in ones.
static OWN: OnceLock<Vec<Entry>> = OnceLock::new();

/// Adds the entries in `path` (as in the built-in `thesaurus.toml`) for the rest of the process; an entry for
/// a lay word that is known already takes the place of that. To be called once, before the first query; a
/// later call changes nothing. Without such a file nothing happens. Returns how many entries there are.
pub fn extend(path: &Path) -> Result<usize> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(Error::io(path.display(), error)),
    };
    let entries = own_entries(&text).map_err(|why| {
        Error::invalid("invalid_thesaurus", "thesaurus", format!("{}: {}", path.display(), why.trim()))
    })?;
    Ok(OWN.get_or_init(|| entries).len())
}

fn own_entries(text: &str) -> Result<Vec<Entry>, String> {
    let lexicon: Lexicon = toml::from_str(text).map_err(|error| error.to_string())?;
    for (number, entry) in (1..).zip(&lexicon.entry) {
        let is_empty = |words: &[String]| words.is_empty() || words.iter().any(|word| word.trim().is_empty());
        if is_empty(&entry.lay) || is_empty(&entry.official) {
            return Err(format!("entry {number}: lay and official each need at least one word"));
        }
        if !(0.0..=1.0).contains(&entry.weight) {
            return Err(format!("entry {number}: weight {} is not between 0 and 1", entry.weight));
        }
    }
    Ok(lexicon.entry)
}

static THESAURUS: LazyLock<Option<Thesaurus>> = LazyLock::new(|| {
    let lexicon: Lexicon = toml::from_str(include_str!("lexicons/thesaurus.toml")).ok()?;
    let own = OWN.get().map_or(&[][..], Vec::as_slice);
    thesaurus(own.iter().chain(&lexicon.entry))
});

/// A lay word of two words of two characters, the other way round: who says 注册公司 also says 公司注册.
fn turned(lay: &str) -> Option<String> {
    let characters: Vec<char> = lay.chars().collect();
    let [a, b, c, d] = *characters.as_slice() else { return None };
    let (first, second) = (String::from_iter([a, b]), String::from_iter([c, d]));
    (tokenizer::is_known(&first) && tokenizer::is_known(&second)).then(|| second + &first)
}

/// Of several entries for one lay word the first counts.
fn thesaurus<'a>(all: impl Iterator<Item = &'a Entry>) -> Option<Thesaurus> {
    let (mut patterns, mut entries, mut terms) = (Vec::new(), Vec::new(), Vec::new());
    for (index, entry) in all.enumerate() {
        patterns.extend(entry.lay.iter().map(|lay| canonical(lay)));
        entries.resize(patterns.len(), index);
        let weight = |place: u8| entry.weight * (1.0 - STEP * f32::from(place.min(9)));
        let weighted = entry.official.iter().zip(0u8..);
        terms
            .push(weighted.map(|(text, place)| Term { text: text.clone(), weight: weight(place) }).collect());
    }
    // After all that are written down, which come before them where both match.
    for index in 0..patterns.len() {
        if let (Some(turned), Some(&entry)) =
            (patterns.get(index).and_then(|lay| turned(lay)), entries.get(index))
        {
            patterns.push(turned);
            entries.push(entry);
        }
    }
    let matcher = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(patterns).ok()?;
    Some(Thesaurus { matcher, entries, terms })
}

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
    fn an_entry_of_the_office_comes_first() {
        let own = own_entries("[[entry]]\nlay = [\"办本本\"]\nofficial = [\"居住证\"]").unwrap();
        let other = own_entries("[[entry]]\nlay = [\"办本本\"]\nofficial = [\"驾驶证\"]").unwrap();
        let known = thesaurus(own.iter().chain(&other)).unwrap();
        let found = known.matcher.find("我想办本本").unwrap();
        assert_eq!(known.terms[known.entries[found.pattern().as_usize()]][0].text, "居住证");
    }

    #[test]
    fn a_faulty_entry_is_named() {
        let reason = |text: &str| own_entries(text).err().unwrap_or_default();
        assert!(reason("[[entry]]\nlay = []\nofficial = [\"注销\"]").contains("entry 1"));
        assert!(reason("[[entry]]\nlay = [\"a\"]\nofficial = [\"b\"]\nweight = 2").contains("weight 2"));
        assert!(reason("[[entry]]\nlay = [\"a\"]\nofficial = [\"b\"]\nwieght = 1").contains("wieght"));
        assert!(reason("").is_empty());
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
        assert!(
            first("公司注册要几天").is_some_and(|terms| terms.iter().any(|term| term.contains("企业开办")))
        );
        assert!(first("打官司要多久").is_some_and(|terms| terms.iter().any(|term| term.contains("诉讼"))));
    }
}
