//! What a query asks, read from the words as typed.

mod field;
mod part;

use std::collections::BTreeMap;
use std::ops::Range;

use super::request::{Filter, MAX_QUERY};
use crate::error::{Error, Result};
use crate::index::KeywordField;
use crate::text::agency::{self, Mention};
use crate::text::document_number::DocumentNumber;
use crate::text::tokenizer::{self, Token};
use crate::text::{fold, wording};

pub use field::{FieldName, FieldValue};
use part::PartKind;

/// A query, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// The words as typed, without quotation marks, exclusions and fields.
    pub text: String,
    /// What is embedded: the words in one wording, whatever script, width and numerals they were typed in.
    pub wording: String,
    /// Words and bigrams of the text.
    pub terms: Terms,
    /// The same query with other names of the agencies that it names.
    pub variants: Vec<Terms>,
    /// Quoted phrases: a clause must hold each.
    pub phrases: Vec<Phrase>,
    /// Phrases after a minus: a clause must hold none.
    pub exclusions: Vec<Phrase>,
    /// Fields as typed.
    pub fields: Vec<FieldValue>,
    /// What the fields ask for.
    pub filter: Filter,
    /// Agencies that have another name.
    pub agencies: Vec<Mention>,
    /// Document numbers.
    pub numbers: Vec<DocumentNumber>,
    /// Where words and phrases stand in the query as typed, in code points.
    pub typed: Vec<Range<usize>>,
}

/// Words that stand side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Phrase {
    /// As typed.
    pub text: String,
    /// Its bigrams, whose positions must follow each other in the same way.
    pub tokens: Vec<Token>,
}

impl Phrase {
    /// The phrase of `text`; none when there is no word in it.
    fn read(text: &str) -> Option<Self> {
        let tokens = tokenizer::bigrams(text);
        (!tokens.is_empty()).then(|| Self { text: text.to_owned(), tokens })
    }
}

/// What the keyword legs seek.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terms {
    /// Words and how often each is asked for.
    pub words: BTreeMap<String, f32>,
    /// Character bigrams and how often each is asked for.
    pub bigrams: BTreeMap<String, f32>,
}

impl Terms {
    fn of(text: &str) -> Self {
        let (words, bigrams) = tokenizer::words_and_bigrams(text);
        Self { words: count(words), bigrams: count(bigrams) }
    }

    /// Every term with its field.
    pub(super) fn all(&self) -> impl Iterator<Item = (KeywordField, &str)> {
        let words = self.words.keys().map(|term| (KeywordField::Word, term.as_str()));
        words.chain(self.bigrams.keys().map(|term| (KeywordField::Bigram, term.as_str())))
    }
}

impl Query {
    /// Reads `raw`: words, `"quoted phrases"`, `-exclusions`, fields such as `地区:安徽省`. Curly quotation
    /// marks count as text, since policy titles are full of them; so does a colon after any other word.
    pub fn parse(raw: &str) -> Result<Self> {
        let length = raw.chars().count();
        if length > MAX_QUERY {
            let message = format!("query: {length} characters; at most {MAX_QUERY} are allowed");
            return Err(Error::invalid("query_too_long", "query", message));
        }
        let mut query = Self::default();
        for part in part::parts(raw) {
            query.add(part);
        }
        query.filter = field::filter(&query.fields)?;
        query.terms = Terms::of(&query.text);
        if query.terms.bigrams.is_empty() && query.fields.is_empty() {
            let message = "query: there is no word in it; type words, a question or a document number";
            return Err(Error::invalid("empty_query", "query", message));
        }
        query.wording = wording::for_embedding(&query.text);
        query.numbers = DocumentNumber::find(&query.text);
        query.agencies = agency::mentions(&query.text);
        query.variants = variants(&query.text, &query.agencies);
        Ok(query)
    }

    fn add(&mut self, part: part::Part) {
        let phrase = || Phrase::read(&part.text);
        match part.kind {
            PartKind::Exclusion => self.exclusions.extend(phrase()),
            PartKind::Field(name, quoted) => self.fields.extend(FieldValue::read(name, &part.text, quoted)),
            PartKind::Phrase | PartKind::Text => {
                if part.kind == PartKind::Phrase {
                    self.phrases.extend(phrase());
                }
                if !self.text.is_empty() {
                    self.text.push(' ');
                }
                self.text.push_str(&part.text);
                self.typed.push(part.span);
            }
        }
    }

    /// Whether there are fields only: what satisfies them is listed, not ranked.
    pub fn is_listing(&self) -> bool {
        self.terms.bigrams.is_empty()
    }

    /// The query that stands for a text to which similar clauses are sought.
    pub(super) fn of_text(text: &str) -> Self {
        Self { terms: Terms::of(text), text: text.to_owned(), ..Self::default() }
    }
}

/// The query with the first of the other names in place of each agency, with the second, and so on.
fn variants(text: &str, agencies: &[Mention]) -> Vec<Terms> {
    let most = agencies.iter().map(|mention| mention.others.len()).max().unwrap_or(0);
    let folded = fold::fold_text(text);
    let variant = |place: usize| {
        let renamed = agencies.iter().fold(folded.clone(), |text, mention| {
            let other = mention.others.get(place).or(mention.others.last());
            other.map_or(text.clone(), |other| text.replacen(&mention.name, other, 1))
        });
        Terms::of(&renamed)
    };
    (0..most).map(variant).collect()
}

fn count(tokens: Vec<Token>) -> BTreeMap<String, f32> {
    let mut terms = BTreeMap::new();
    for token in tokens {
        *terms.entry(token.text).or_insert(0.0) += 1.0;
    }
    terms
}

#[cfg(test)]
mod tests;
