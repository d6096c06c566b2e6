//! What is known of a candidate: absolute figures, comparable between queries.

use super::fuse::FEATURES;
use crate::model::ClauseKind;

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
    /// BM25 of bigrams, less for a clause that says much more than what is sought.
    pub mutual: f32,
    /// Cosine with the official wordings of like questions, times how like they are.
    pub phrasing: f32,
    /// Share of the lay words whose official terms the clause holds, where the query's own words find little.
    pub thesaurus: f32,
    /// Score that the nearest clauses of other documents would give it.
    pub feedback: f32,
    /// How much more alike its tokens are with the query's than those of the least alike of the best
    /// candidates.
    pub maxsim: f32,
    /// 1 for rosters, notices, safeguards and notes, which rarely are what is sought.
    pub peripheral: f32,
    /// 1 when it holds a document number that the query names, less as a part of that document.
    pub number: f32,
}

impl Features {
    /// How much of the query's words the clause holds, 0 to 1.
    pub(super) fn coverage(&self) -> f32 {
        f32::midpoint(self.words, self.bigrams)
    }

    /// In the order of [`super::Weights::names`].
    pub(super) fn values(&self) -> [f32; FEATURES] {
        [
            self.whole,
            self.core,
            self.sentence,
            self.words,
            self.bigrams,
            self.mutual,
            self.phrasing,
            self.thesaurus,
            self.feedback,
            self.maxsim,
            self.peripheral,
            self.number,
        ]
    }
}

/// Whether clauses of `kind` rarely are what is sought.
pub(super) fn is_peripheral(kind: ClauseKind) -> bool {
    matches!(kind, ClauseKind::Roster | ClauseKind::Notice | ClauseKind::Other | ClauseKind::Safeguard)
}

/// A keyword score as a query's feature: a full match counts 1 and no more, and a poor match counts
/// less than its share, so that chance matches of a lay question do not outweigh its meaning.
pub(super) fn soften(score: f32) -> f32 {
    score.clamp(0.0, 1.0).powf(1.5)
}
