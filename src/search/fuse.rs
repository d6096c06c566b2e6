//! Features to one score: a weighted sum of absolute figures.
//!
//! Rank fusion and per-query scaling lose the one thing that absolute figures say: that no keyword
//! matches well, or that none does (see docs/adr/0003-absolute-fusion.md).

use serde::{Deserialize, Serialize};

use super::features::Features;
use super::response::{Component, Explain};

/// Weights of the features.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// Of the whole clause's cosine.
    pub whole: f32,
    /// Of the core's cosine.
    pub core: f32,
    /// Of the best sentence's cosine.
    pub sentence: f32,
    /// Of BM25 by words.
    pub words: f32,
    /// Of BM25 by bigrams.
    pub bigrams: f32,
    /// Of the headings' share.
    pub heading: f32,
    /// Of clauses that rarely are sought; negative.
    pub peripheral: f32,
    /// Score at which relevance is one half.
    pub midpoint: f32,
    /// How sharply relevance rises there.
    pub slope: f32,
}

impl Weights {
    /// For queries.
    pub const SEARCH: Self = Self {
        whole: 1.0,
        core: 0.0,
        sentence: 1.0,
        words: 0.4,
        bigrams: 0.4,
        heading: 0.0,
        peripheral: 0.0,
        midpoint: 1.35,
        slope: 8.0,
    };
    /// For clauses and drafts to which similar ones are sought.
    pub const SIMILAR: Self = Self {
        whole: 0.5,
        core: 0.5,
        sentence: 0.0,
        words: 0.5,
        bigrams: 0.5,
        heading: 0.0,
        peripheral: 0.0,
        midpoint: 1.05,
        slope: 8.0,
    };

    fn components(&self, features: &Features) -> [Component; 7] {
        let component = |name, label, value: f32, weight: f32| Component {
            name,
            label,
            value,
            weight,
            contribution: value * weight,
        };
        [
            component("cosine_sentence", "最相近的一句，语义", features.sentence, self.sentence),
            component("cosine_whole", "整条，语义", features.whole, self.whole),
            component("cosine_core", "去掉责任分工后，语义", features.core, self.core),
            component("bm25_word", "词语命中", features.words, self.words),
            component("bm25_bigram", "字面命中", features.bigrams, self.bigrams),
            component("heading", "标题命中", features.heading, self.heading),
            component("peripheral", "名单、通知等次要内容", features.peripheral, self.peripheral),
        ]
    }

    /// The fused score.
    pub(super) fn score(&self, features: &Features) -> f32 {
        self.components(features).iter().map(|component| component.contribution).sum()
    }

    /// How likely a clause of this score answers, 0 to 1 (a logistic curve).
    pub(super) fn relevance(&self, score: f32) -> f32 {
        1.0 / (1.0 + (-self.slope * (score - self.midpoint)).exp())
    }

    /// The components that take part.
    pub(super) fn explain(&self, features: &Features) -> Explain {
        let components = self.components(features).into_iter().filter(|component| component.weight != 0.0);
        Explain { components: components.collect() }
    }
}
