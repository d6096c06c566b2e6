//! Features to one score: a weighted sum of absolute figures.
//!
//! Rank fusion and per-query scaling lose the one thing that absolute figures say: that no keyword
//! matches well, or that none does (see docs/adr/0003-absolute-fusion.md).

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::features::Features;
use super::response::{Component, Explain};
use crate::error::{Error, Result};

/// How many features there are.
pub const FEATURES: usize = 12;

/// Name of each feature, and what a person reads of it; in the order of [`Features::values`].
const NAMES: [(&str, &str); FEATURES] = [
    ("cosine_whole", "整条，语义相近"),
    ("cosine_core", "去掉责任分工后，语义相近"),
    ("cosine_sentence", "最相近的一句，语义相近"),
    ("bm25_word", "词语命中"),
    ("bm25_bigram", "字面命中"),
    ("mutual", "彼此的内容都重合"),
    ("phrasing", "与常见问法对应的官方表述相近"),
    ("thesaurus", "同义的政策用语命中"),
    ("feedback", "与其他地区的相近条款也相近"),
    ("maxsim", "逐字比较，语义相近"),
    ("peripheral", "名单、通知等次要内容"),
    ("number", "文号一致"),
];

/// The curve that makes a relevance of a score: `1 / (1 + exp(−slope · (score − midpoint)))`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Curve {
    /// Score at which relevance is one half.
    pub midpoint: f32,
    /// How sharply relevance rises there.
    pub slope: f32,
}

impl Curve {
    /// How likely a clause of this score answers, 0 to 1.
    pub(super) fn relevance(self, score: f32) -> f32 {
        1.0 / (1.0 + (-self.slope * (score - self.midpoint)).exp())
    }
}

/// Which of a query's two sides took part: a score of words alone means something else than one of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sides {
    /// Words and meaning.
    Both,
    /// Keywords alone: by choice or for want of a model.
    Words,
    /// Vectors alone.
    Meaning,
}

/// Weights of the features, and the curves that make a relevance of a score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Of the whole clause's cosine.
    pub cosine_whole: f32,
    /// Of the core's cosine.
    pub cosine_core: f32,
    /// Of the best sentence's cosine.
    pub cosine_sentence: f32,
    /// Of BM25 by words.
    pub bm25_word: f32,
    /// Of BM25 by bigrams.
    pub bm25_bigram: f32,
    /// Of BM25 by bigrams, less for clauses that say much more.
    #[serde(default)]
    pub mutual: f32,
    /// Of the official wordings of like questions.
    pub phrasing: f32,
    /// Of the thesaurus's terms.
    pub thesaurus: f32,
    /// Of likeness with the nearest clauses of other documents.
    pub feedback: f32,
    /// Of the likeness token by token.
    #[serde(default)]
    pub maxsim: f32,
    /// Of clauses that rarely are sought; negative.
    pub peripheral: f32,
    /// Of the document number that a query names: more than all else, for who types one means it.
    #[serde(default = "number_weight")]
    pub number: f32,
    /// Where words and meaning take part.
    #[serde(default = "curve_of_both")]
    pub relevance: Curve,
    /// Where words alone do.
    #[serde(default = "curve_of_words")]
    pub relevance_of_words: Curve,
    /// Where meaning alone does.
    #[serde(default = "curve_of_meaning")]
    pub relevance_of_meaning: Curve,
}

/// The two sets of weights, as `weights.toml` in the data directory holds them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightSets {
    /// For queries.
    #[serde(default = "search_weights")]
    pub search: Weights,
    /// For clauses and drafts to which similar ones are sought.
    #[serde(default = "similar_weights")]
    pub similar: Weights,
}

fn search_weights() -> Weights {
    Weights::SEARCH
}

fn similar_weights() -> Weights {
    Weights::SIMILAR
}

fn curve_of_both() -> Curve {
    Weights::SEARCH.relevance
}

fn curve_of_words() -> Curve {
    Weights::SEARCH.relevance_of_words
}

fn curve_of_meaning() -> Curve {
    Weights::SEARCH.relevance_of_meaning
}

fn number_weight() -> f32 {
    Weights::SEARCH.number
}

impl Default for WeightSets {
    fn default() -> Self {
        Self { search: Weights::SEARCH, similar: Weights::SIMILAR }
    }
}

impl WeightSets {
    /// Reads `path`; the built-in weights where there is no such file.
    pub fn read(path: &Path) -> Result<Self> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Error::io(path.display(), error)),
        };
        toml::from_str(&text).map_err(|error| {
            let message = format!("{}: {}", path.display(), error.to_string().trim());
            Error::invalid("invalid_weights", "weights", message)
        })
    }
}

impl Weights {
    /// For queries: fitted on the development part, rounded; see docs/EVALUATION.md.
    pub const SEARCH: Self = Self {
        cosine_whole: 0.8,
        cosine_core: 0.0,
        cosine_sentence: 1.2,
        bm25_word: 0.4,
        bm25_bigram: 0.4,
        mutual: 0.0,
        phrasing: 1.2,
        thesaurus: 0.15,
        feedback: 0.0,
        maxsim: 0.5,
        peripheral: -0.04,
        number: 2.0,
        relevance: Curve { midpoint: 2.37, slope: 4.3 },
        relevance_of_words: Curve { midpoint: 0.53, slope: 6.9 },
        relevance_of_meaning: Curve { midpoint: 2.29, slope: 3.9 },
    };
    /// For clauses and drafts to which similar ones are sought. The cosines are centred.
    pub const SIMILAR: Self = Self {
        cosine_whole: 0.5,
        cosine_core: 0.5,
        cosine_sentence: 0.0,
        bm25_word: 0.8,
        bm25_bigram: 0.8,
        mutual: 0.5,
        phrasing: 0.0,
        thesaurus: 0.0,
        feedback: 0.8,
        maxsim: 0.0,
        peripheral: 0.0,
        number: 0.0,
        relevance: Curve { midpoint: 1.69, slope: 1.64 },
        relevance_of_words: Curve { midpoint: 0.95, slope: 2.2 },
        relevance_of_meaning: Curve { midpoint: 1.69, slope: 1.64 },
    };

    /// Names of the features, in the order of [`values`](Self::values).
    pub fn names() -> [&'static str; FEATURES] {
        NAMES.map(|(name, _)| name)
    }

    /// The weights in the order of [`names`](Self::names).
    pub fn values(&self) -> [f32; FEATURES] {
        [
            self.cosine_whole,
            self.cosine_core,
            self.cosine_sentence,
            self.bm25_word,
            self.bm25_bigram,
            self.mutual,
            self.phrasing,
            self.thesaurus,
            self.feedback,
            self.maxsim,
            self.peripheral,
            self.number,
        ]
    }

    /// The same curve with other weights, in the order of [`names`](Self::names).
    #[must_use]
    pub fn with_values(self, values: [f32; FEATURES]) -> Self {
        let [
            cosine_whole,
            cosine_core,
            cosine_sentence,
            bm25_word,
            bm25_bigram,
            mutual,
            phrasing,
            thesaurus,
            feedback,
            maxsim,
            peripheral,
            number,
        ] = values;
        Self {
            cosine_whole,
            cosine_core,
            cosine_sentence,
            bm25_word,
            bm25_bigram,
            mutual,
            phrasing,
            thesaurus,
            feedback,
            maxsim,
            peripheral,
            number,
            ..self
        }
    }

    /// The fused score.
    pub(super) fn score(&self, features: &Features) -> f32 {
        self.values().iter().zip(features.values()).map(|(weight, value)| weight * value).sum()
    }

    /// The curve for scores of `sides`.
    pub(super) fn curve(&self, sides: Sides) -> Curve {
        match sides {
            Sides::Both => self.relevance,
            Sides::Words => self.relevance_of_words,
            Sides::Meaning => self.relevance_of_meaning,
        }
    }

    /// The components that take part.
    pub(super) fn explain(&self, features: &Features) -> Explain {
        let weighted = NAMES.into_iter().zip(self.values()).zip(features.values());
        let components = weighted.filter(|((_, weight), value)| *weight != 0.0 && *value != 0.0);
        let components = components.map(|(((name, label), weight), value)| Component {
            name,
            label,
            value,
            weight,
            contribution: weight * value,
        });
        Explain { components: components.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_fields_agree() {
        let weights = toml::to_string(&Weights::SEARCH).expect("weights are TOML");
        for name in Weights::names() {
            assert!(weights.contains(name), "{name}");
        }
        assert_eq!(Weights::SEARCH.with_values(Weights::SEARCH.values()), Weights::SEARCH);
    }
}
