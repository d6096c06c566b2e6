//! What a query is understood to ask, for people who want to know or to extend the lexicons.

use serde::Serialize;

use super::query::FieldValue;
use super::response::Suggestion;
use crate::text::agency::Mention;
use crate::text::thesaurus;

/// A query as it is understood.
#[derive(Clone, Debug, Default, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Expanded {
    /// As typed.
    #[schema(example = "三个工作日办好用水报装 地区:安徽省")]
    pub query: String,
    /// What is embedded: one wording for every script, width and kind of numeral.
    #[schema(example = "3个工作日办好用水报装")]
    pub wording: String,
    /// Words that are sought, folded.
    pub words: Vec<String>,
    /// Character bigrams that are sought, folded.
    pub bigrams: Vec<String>,
    /// Phrases that a clause must hold.
    pub phrases: Vec<String>,
    /// Phrases that a clause must not hold.
    pub exclusions: Vec<String>,
    /// Fields and their values.
    pub fields: Vec<FieldValue>,
    /// Document numbers that it names.
    #[schema(example = json!(["豫政办〔2021〕66号"]))]
    pub numbers: Vec<String>,
    /// Agencies that have other names, which are sought as well.
    pub agencies: Vec<Mention>,
    /// Lay words with the terms that documents use; they count where the words themselves find little.
    pub thesaurus: Vec<LayWord>,
    /// Known questions like it, with the official wording that takes part.
    pub phrasings: Vec<NearQuestion>,
    /// What it may have meant, where a word occurs nowhere.
    pub suggestion: Option<Suggestion>,
    /// What is lacking, such as `model_absent`.
    #[schema(value_type = Vec<String>)]
    pub notices: Vec<&'static str>,
}

/// A lay word of a query.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct LayWord {
    /// The word, folded.
    #[schema(example = "房本")]
    pub lay: String,
    /// What documents call it, the best first.
    pub terms: Vec<WeightedTerm>,
}

/// A term of the thesaurus.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct WeightedTerm {
    /// As it stands in documents.
    #[schema(example = "不动产权证书")]
    pub text: String,
    /// How surely the lay word means it, 0 to 1.
    pub weight: f32,
}

/// A known question like the query.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct NearQuestion {
    /// The question.
    pub question: String,
    /// How like it is, a cosine.
    pub likeness: f32,
    /// How a measure that answers it is worded.
    pub official: String,
    /// Its share among the wordings that take part; they add up to 1.
    pub share: f32,
}

impl From<thesaurus::Expansion> for LayWord {
    fn from(expansion: thesaurus::Expansion) -> Self {
        let term = |term: thesaurus::Term| WeightedTerm { text: term.text, weight: term.weight };
        Self { lay: expansion.lay, terms: expansion.terms.into_iter().map(term).collect() }
    }
}
