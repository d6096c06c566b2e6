//! Which promises answer a query, whatever else their clauses are about.

use std::collections::BTreeSet;

use super::promise::{Promise, grams};
use crate::text::fold::fold_text;
use crate::text::quantity_kind;

/// A sentence with this part of the bigrams of the query's subject is about what is asked.
const ABOUT: f32 = 0.5;

/// What a query asks for.
#[derive(Debug)]
pub(super) struct Asked {
    /// The bigrams of its subject.
    subject: BTreeSet<String>,
    /// The family of the units that answer it; none where any may.
    family: Option<&'static str>,
}

impl Asked {
    /// What the query's `text` asks for.
    pub(super) fn of(text: &str) -> Self {
        let text = fold_text(text);
        let (subject, family) = quantity_kind::subject_and_family(&text);
        let subject = grams(&subject);
        Self { subject: if subject.is_empty() { grams(&text) } else { subject }, family }
    }

    /// Notes on each of `promises` how it stands to the query.
    pub(super) fn mark(&self, promises: &mut [Promise]) {
        for promise in promises {
            let fits = self.family.is_none_or(|family| family == promise.unit.family);
            let is_about = self.is_about(&promise.grams[2]);
            promise.is_related = Some(is_about);
            promise.is_asked = is_about && fits;
        }
    }

    fn is_about(&self, sentence: &BTreeSet<String>) -> bool {
        let common = self.subject.intersection(sentence).count();
        common > 0 && common as f32 >= ABOUT * self.subject.len() as f32
    }
}

#[cfg(test)]
mod tests {
    use super::super::promise::promises;
    use super::*;
    use crate::model::{Comparator, Target};

    #[test]
    fn only_times_answer_how_long() {
        let target = |raw: &str, value, unit: &str| Target {
            raw: raw.into(),
            quantity: String::new(),
            comparator: Comparator::Equal,
            value,
            value_max: None,
            unit: unit.into(),
        };
        let text = "企业开办1个工作日办结,网上办理率达到95%";
        let targets = [target("1个工作日", 1.0, "工作日"), target("95%", 95.0, "%")];
        let answers = |query: &str| {
            let mut found = promises(text, &targets);
            Asked::of(query).mark(&mut found);
            found.iter().map(|promise| promise.is_asked).collect::<Vec<_>>()
        };
        assert_eq!(answers("企业开办最快多久"), [true, false]);
        assert_eq!(answers("企业开办"), [true, true]);
    }

    #[test]
    fn sentences_about_what_is_asked() {
        let asked = Asked::of("施工许可办理时限");
        assert!(asked.is_about(&grams("企业签订合同后,1个工作日内完成建筑工程施工许可证核发")));
        assert!(!asked.is_about(&grams("供气企业办理时限压缩至3个工作日")));
        assert!(
            Asked::of("办理时限").is_about(&grams("供气企业办理时限压缩至3个工作日")),
            "no subject is named"
        );
        assert!(!Asked::of("").is_about(&grams("报装时限压缩至3个工作日")));
    }
}
