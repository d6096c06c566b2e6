//! How people ask and how measures that answer are worded: pairs that are compared by meaning.
//!
//! Between two lay questions an embedding model sees likeness well; between a lay question and official
//! wording it sees little. So a query is compared with known questions, and the official wording of the
//! nearest ones takes part in the search.

use std::sync::LazyLock;

/// A question as people ask it and the wording of a measure that answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phrasing {
    /// The question.
    pub lay: &'static str,
    /// The wording.
    pub official: &'static str,
}

static TEXT: &str = include_str!("lexicons/phrasings.tsv");

static PHRASINGS: LazyLock<Vec<Phrasing>> = LazyLock::new(|| {
    let lines = TEXT.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('\t')).map(|(lay, official)| Phrasing { lay, official }).collect()
});

/// Every pair.
pub fn phrasings() -> &'static [Phrasing] {
    &PHRASINGS
}

/// Tells lexicons apart: an index made with another one is brought up to date by the next build.
pub fn fingerprint() -> String {
    blake3::hash(TEXT.as_bytes()).to_hex().as_str().chars().take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_pair() {
        let lines = TEXT.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(phrasings().len(), lines);
        assert!(
            phrasings().iter().all(|pair| !pair.lay.is_empty()
                && !pair.official.is_empty()
                && !pair.official.contains('\t'))
        );
    }
}
