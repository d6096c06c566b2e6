//! Which promises answer a query, whatever else their clauses are about.

use std::collections::BTreeSet;

use super::promise::{Promise, grams};
use crate::text::fold::fold_text;
use crate::text::quantity_kind;

/// A sentence with this part of the bigrams of the query's subject is about what is asked.
const ABOUT: f32 = 0.5;

/// What a query asks for.
#[derive(Debug)]
pub(super) struct Asked(BTreeSet<String>);

impl Asked {
    /// What the query's `text` asks for.
    pub(super) fn of(text: &str) -> Self {
        let text = fold_text(text);
        let subject = grams(&quantity_kind::subject(&text));
        Self(if subject.is_empty() { grams(&text) } else { subject })
    }

    /// Notes on each of `promises` whether it is asked for; says whether any is.
    pub(super) fn mark(&self, promises: &mut [Promise]) -> bool {
        for promise in promises.iter_mut() {
            promise.is_asked = self.is_about(&promise.sentence);
        }
        promises.iter().any(|promise| promise.is_asked)
    }

    fn is_about(&self, sentence: &str) -> bool {
        let common = self.0.intersection(&grams(sentence)).count();
        common > 0 && common as f32 >= ABOUT * self.0.len() as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_about_what_is_asked() {
        let asked = Asked::of("施工许可办理时限");
        assert!(asked.is_about("企业签订合同后,1个工作日内完成建筑工程施工许可证核发"));
        assert!(!asked.is_about("供气企业办理时限压缩至3个工作日"));
        assert!(Asked::of("办理时限").is_about("供气企业办理时限压缩至3个工作日"), "no subject is named");
        assert!(!Asked::of("").is_about("报装时限压缩至3个工作日"));
    }
}
