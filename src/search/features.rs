//! What is known of a candidate: absolute figures, comparable between queries.

use std::collections::BTreeMap;

use super::candidates::Legs;
use super::query::Query;
use crate::index::{ClauseCosines, ClauseRef};
use crate::model::ClauseKind;
use crate::text::tokenizer;

/// Features of one candidate; each is 0 when its leg takes no part.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Features {
    /// Cosine of the query with the whole clause.
    pub whole: f32,
    /// Cosine with the clause's core.
    pub core: f32,
    /// Cosine with its best sentence.
    pub sentence: f32,
    /// BM25 of words over the query's ideal.
    pub words: f32,
    /// BM25 of bigrams over the query's ideal.
    pub bigrams: f32,
    /// Share of the query's bigrams that the headings above the clause hold.
    pub heading: f32,
    /// 1 for rosters, tables, notices and notes, which rarely are what is sought.
    pub peripheral: f32,
}

impl Features {
    /// The features of `clause` for `query`.
    pub(super) fn of(query: &Query, legs: &Legs, clause: ClauseRef<'_>, cosines: ClauseCosines) -> Self {
        let (words, bigrams) = legs.keyword(clause.index);
        Self {
            whole: cosines.whole,
            core: cosines.core,
            sentence: cosines.sentence,
            words,
            bigrams,
            heading: if legs.bigrams.is_empty() {
                0.0
            } else {
                share(&query.bigrams, &clause.clause.path.join(" "))
            },
            peripheral: f32::from(u8::from(is_peripheral(clause.clause.kind))),
        }
    }
}

fn is_peripheral(kind: ClauseKind) -> bool {
    matches!(kind, ClauseKind::Roster | ClauseKind::Notice | ClauseKind::Other | ClauseKind::Safeguard)
}

/// Share of `terms` that occur in `text`, 0 to 1.
fn share(terms: &BTreeMap<String, f32>, text: &str) -> f32 {
    if terms.is_empty() || text.is_empty() {
        return 0.0;
    }
    let held: std::collections::HashSet<String> =
        tokenizer::bigrams(text).into_iter().map(|token| token.text).collect();
    terms.keys().filter(|term| held.contains(*term)).count() as f32 / terms.len() as f32
}
