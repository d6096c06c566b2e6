//! The best clauses by BM25, found in one window of documents after the other, and the scores of given ones.
//!
//! Once as many clauses are known as are asked for, the light terms of a query cannot lift a clause among them that
//! the heavy ones did not bring near: light terms are sought in such clauses only (Turtle and Flood 1995, "max
//! score"). A window's scores stay in the nearest cache, and what the windows before found is the bar for the next.

use fixedbitset::{Block, FixedBitSet};
use pulp::Arch;
use tantivy::postings::BlockSegmentPostings;
use tantivy::schema::IndexRecordOption;

use super::scorer::{Saturation, Scorer};
use crate::error::Result;
use crate::index::{ClauseIndex, admits, highest};

/// How the best are found where nothing else is asked for.
pub(super) const READING: Reading = Reading { window: 2_048, seeking: 8, narrow: 8 };
/// Room for what adding up in another order changes in a sum.
const ROUNDING: f32 = 1.0001;

/// What is read at a time.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    /// Documents of a window.
    pub window: usize,
    /// Postings that are read in the time that it takes to seek a document among them.
    pub seeking: u64,
    /// Where fewer than one clause in so many is admitted, only the windows that hold one are read.
    pub narrow: usize,
}

impl Scorer<'_> {
    /// The `count` clauses `within` with the highest scores, each with its score, in the order of clauses; of equal
    /// ones the first.
    pub fn best(&self, within: Option<&FixedBitSet>, count: usize) -> Result<Vec<(ClauseIndex, f32)>> {
        self.best_by(within, count, READING)
    }

    /// As [`best`](Self::best), read in this way.
    pub(super) fn best_by(
        &self,
        within: Option<&FixedBitSet>,
        count: usize,
        reading: Reading,
    ) -> Result<Vec<(ClauseIndex, f32)>> {
        let mut best = Best::new(count);
        if self.gathered.is_some() {
            self.all(within)?.iter().for_each(|(clause, score)| best.add(clause, score));
            return Ok(best.into_clauses());
        }
        let is_narrow = |within: &&FixedBitSet| within.count_ones(..) * reading.narrow < within.len();
        if let Some(within) = within.filter(is_narrow) {
            for ((segment, part), places) in self.index.places(within.ones().map(|clause| clause as u32)) {
                PartReader::open(self, segment, part, reading)?.read_at(&places, within, &mut best);
            }
            return Ok(best.into_clauses());
        }
        for (segment, part) in self.index.all_parts() {
            PartReader::open(self, segment, part, reading)?.read(within, &mut best);
        }
        Ok(best.into_clauses())
    }

    /// Scores of `clauses`, in their order.
    pub fn of(&self, clauses: &[ClauseIndex]) -> Result<Vec<f32>> {
        if self.gathered.is_some() {
            let scores = self.all(None)?;
            return Ok(clauses.iter().map(|clause| scores.of(*clause)).collect());
        }
        let mut scored = Vec::with_capacity(clauses.len());
        for ((segment, part), places) in self.index.places(clauses.iter().copied()) {
            scored.extend(PartReader::open(self, segment, part, READING)?.score(&places));
        }
        scored.sort_unstable_by_key(|(clause, _)| *clause);
        let score = |clause: &ClauseIndex| {
            let at = scored.binary_search_by_key(clause, |(scored, _)| *scored).ok();
            at.and_then(|at| scored.get(at)).map_or(0.0, |(_, score)| *score)
        };
        Ok(clauses.iter().map(score).collect())
    }
}

/// The best clauses so far.
struct Best {
    count: usize,
    clauses: Vec<(ClauseIndex, f32)>,
    /// What a clause must reach to be among them.
    least: f32,
}

impl Best {
    fn new(count: usize) -> Self {
        Self { count, clauses: Vec::with_capacity(2 * count), least: 0.0 }
    }

    fn add(&mut self, clause: ClauseIndex, score: f32) {
        if score > 0.0 && score >= self.least {
            self.clauses.push((clause, score));
            if self.clauses.len() > 2 * self.count {
                self.settle();
            }
        }
    }

    /// Raises the bar where enough was found since to be worth the time.
    fn raise(&mut self) {
        if self.least == 0.0 || self.clauses.len() > self.count + self.count / 4 {
            self.settle();
        }
    }

    /// Drops what is not among the best any more.
    fn settle(&mut self) {
        if self.clauses.len() > self.count {
            self.clauses = highest(std::mem::take(&mut self.clauses), self.count);
        }
        if self.clauses.len() == self.count {
            self.least = self.clauses.iter().map(|(_, score)| *score).fold(f32::INFINITY, f32::min);
        }
    }

    fn into_clauses(mut self) -> Vec<(ClauseIndex, f32)> {
        self.settle();
        self.clauses.sort_unstable_by_key(|(clause, _)| *clause);
        self.clauses
    }
}

/// A clause that may be among the best.
struct Candidate {
    /// The document in tantivy that stands for it.
    doc: u32,
    clause: ClauseIndex,
    /// By the terms that were read.
    score: f32,
}

impl Candidate {
    /// The clause at a place, of which nothing was read yet.
    fn at((doc, clause): (u32, ClauseIndex)) -> Self {
        Self { doc, clause, score: 0.0 }
    }
}

/// Reads the postings of a query's terms in one part of a segment.
struct PartReader<'a> {
    saturation: &'a Saturation,
    /// How long each document is, as tantivy writes it in a byte.
    lengths: &'a [u8],
    /// The clause of each document.
    positions: &'a [ClauseIndex],
    /// The heaviest term first.
    cursors: Vec<Cursor>,
    reading: Reading,
    /// Of the documents of a window.
    scores: Vec<f32>,
    /// Which of them are near enough to the best to be sought in the rest of the terms.
    reaching: FixedBitSet,
    /// Room for the clauses of those.
    candidates: Vec<Candidate>,
}

impl<'a> PartReader<'a> {
    fn open(scorer: &'a Scorer<'_>, segment: usize, part: usize, reading: Reading) -> Result<Self> {
        let (lengths, positions) = scorer
            .index
            .part(segment, part)
            .and_then(|(part, positions)| Some((part.lengths.get(scorer.field)?.as_slice(), positions)))
            .unwrap_or_default();
        let mut cursors = Vec::with_capacity(scorer.terms.len());
        for term in &scorer.terms {
            for postings in term.postings.iter().filter(|at| (at.segment, at.part) == (segment, part)) {
                let block = postings.open(IndexRecordOption::WithFreqs)?;
                let unread = postings.info.doc_freq.into();
                cursors.push(Cursor { weight: term.weight, behind: 0.0, unread, block, at: 0 });
            }
        }
        let (mut behind, mut unread) = (0.0, 0);
        for cursor in cursors.iter_mut().rev() {
            cursor.behind = behind;
            behind += cursor.weight;
            unread += cursor.unread;
            cursor.unread = unread;
        }
        Ok(Self {
            saturation: scorer.saturation,
            lengths,
            positions,
            cursors,
            reading,
            scores: Vec::new(),
            reaching: FixedBitSet::new(),
            candidates: Vec::new(),
        })
    }

    /// The scores of the clauses of this part at `places`, which ascend.
    fn score(mut self, places: &[(u32, ClauseIndex)]) -> Vec<(ClauseIndex, f32)> {
        let mut candidates: Vec<Candidate> = places.iter().copied().map(Candidate::at).collect();
        for cursor in &mut self.cursors {
            cursor.add_to(&mut candidates, self.lengths, self.saturation);
        }
        candidates.into_iter().map(|candidate| (candidate.clause, candidate.score)).collect()
    }

    /// Reads the part from its start to its end.
    fn read(&mut self, within: Option<&FixedBitSet>, best: &mut Best) {
        for start in (0..self.lengths.len()).step_by(self.reading.window) {
            self.read_window(start, within, best);
        }
    }

    /// Reads the documents at `places`, which ascend, with their clauses: those of this part `within`.
    fn read_at(&mut self, places: &[(u32, ClauseIndex)], within: &FixedBitSet, best: &mut Best) {
        let window = self.reading.window;
        for places in places.chunk_by(|a, b| a.0 as usize / window == b.0 as usize / window) {
            let Some((first, _)) = places.first() else { continue };
            if self.is_worth_seeking(places.len(), 0) {
                self.seek(0, &mut places.iter().copied().map(Candidate::at).collect(), best);
            } else {
                self.read_window(*first as usize / window * window, Some(within), best);
            }
        }
    }

    /// Whether it takes less time to seek so many documents of a window by the cursors from `first` than to read
    /// what those have in it.
    fn is_worth_seeking(&self, documents: usize, first: usize) -> bool {
        let Some(cursor) = self.cursors.get(first) else { return true };
        let seeks = documents as u64 * (self.cursors.len() - first) as u64;
        let share = self.reading.window.min(self.lengths.len()) as f32 / self.lengths.len() as f32;
        seeks.saturating_mul(self.reading.seeking) as f32 <= cursor.unread as f32 * share
    }

    /// What a document must have by the first `read` cursors to be among the best with the others; above 0 only
    /// where those alone cannot bring it there.
    fn least_after(&self, read: usize, best: &Best) -> f32 {
        let left = self.cursors.get(read).map_or(0.0, |cursor| cursor.weight + cursor.behind);
        (best.least - left * ROUNDING) / ROUNDING
    }

    /// Reads the window from the document `start`.
    fn read_window(&mut self, start: usize, within: Option<&FixedBitSet>, best: &mut Best) {
        let window = |all: usize| start..all.min(start + self.reading.window);
        let lengths = self.lengths.get(window(self.lengths.len())).unwrap_or(&[]);
        let positions = self.positions.get(window(self.positions.len())).unwrap_or(&[]);
        self.scores.clear();
        self.scores.resize(lengths.len(), 0.0);
        let mut read = 0;
        loop {
            let least = self.least_after(read, best);
            if least > 0.0 || read == self.cursors.len() {
                let reaching = find_reaching(&self.scores, least, &mut self.reaching);
                if self.is_worth_seeking(reaching, read) {
                    break;
                }
            }
            if let Some(cursor) = self.cursors.get_mut(read) {
                cursor.add(start as u32, lengths, self.saturation, &mut self.scores);
            }
            read += 1;
        }
        let candidate = |at: usize| {
            let clause = *positions.get(at)?;
            let is_admitted = clause != ClauseIndex::MAX && admits(within, clause);
            let score = *self.scores.get(at)?;
            is_admitted.then_some(Candidate { doc: (start + at) as u32, clause, score })
        };
        let mut candidates = std::mem::take(&mut self.candidates);
        candidates.clear();
        candidates.extend(self.reaching.ones().filter_map(candidate));
        self.seek(read, &mut candidates, best);
        self.candidates = candidates;
    }

    /// Adds what the terms of the cursors from `first` give to `candidates`, which ascend, as long as they may be
    /// among the best.
    fn seek(&mut self, first: usize, candidates: &mut Vec<Candidate>, best: &mut Best) {
        for cursor in self.cursors.iter_mut().skip(first) {
            if candidates.is_empty() {
                return;
            }
            cursor.add_to(candidates, self.lengths, self.saturation);
            candidates.retain(|candidate| candidate.score + cursor.behind * ROUNDING >= best.least);
        }
        for candidate in candidates {
            best.add(candidate.clause, candidate.score);
        }
        best.raise();
    }
}

/// A place in the postings of a term.
struct Cursor {
    weight: f32,
    /// What the terms of the cursors behind it give a document at most.
    behind: f32,
    /// How many postings the terms have of it and of the cursors behind.
    unread: u64,
    block: BlockSegmentPostings,
    /// Where in the block it stands.
    at: usize,
}

impl Cursor {
    /// Adds what the term gives to the documents from `start`, as many as there are `lengths` and `scores`.
    fn add(&mut self, start: u32, lengths: &[u8], saturation: &Saturation, scores: &mut [f32]) {
        let end = start + lengths.len() as u32;
        if self.block.docs().get(self.at).is_some_and(|doc| *doc < start) {
            self.at = self.block.seek(start);
        }
        loop {
            let docs = self.block.docs();
            let until = docs.partition_point(|doc| *doc < end);
            let counted = docs.iter().zip(self.block.freqs()).take(until).skip(self.at);
            for (doc, frequency) in counted {
                let at = doc.wrapping_sub(start) as usize;
                if let Some((score, length)) = scores.get_mut(at).zip(lengths.get(at)) {
                    *score += self.weight * saturation.of(*frequency, *length);
                }
            }
            self.at = until;
            if docs.is_empty() || until < docs.len() {
                return;
            }
            self.block.advance();
            self.at = 0;
        }
    }

    /// Adds what the term gives to `candidates`, which ascend and are behind all that were asked for.
    fn add_to(&mut self, candidates: &mut [Candidate], lengths: &[u8], saturation: &Saturation) {
        for candidate in candidates {
            let length = lengths.get(candidate.doc as usize).copied().unwrap_or_default();
            candidate.score += self.weight * saturation.of(self.frequency(candidate.doc), length);
        }
    }

    /// How often the term stands in the document `doc`, which is behind all that were asked for.
    fn frequency(&mut self, doc: u32) -> u32 {
        self.at = self.block.seek(doc);
        let is_found = self.block.docs().get(self.at) == Some(&doc);
        self.block.freqs().get(self.at).copied().filter(|_| is_found).unwrap_or(0)
    }
}

/// Sets in `reaching` which of `scores` reach `least`, or are above 0 where that is not; how many they are.
fn find_reaching(scores: &[f32], least: f32, reaching: &mut FixedBitSet) -> usize {
    let least = least.max(f32::MIN_POSITIVE);
    reaching.clear();
    reaching.grow(scores.len());
    Arch::new().dispatch(|| {
        for (bits, scores) in reaching.as_mut_slice().iter_mut().zip(scores.chunks(Block::BITS as usize)) {
            *bits = scores
                .iter()
                .zip(0..)
                .fold(0, |bits, (score, at)| bits | (Block::from(*score >= least) << at));
        }
    });
    reaching.count_ones(..)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn scores_that_reach_the_bar_are_found(
            scores in prop::collection::vec(prop_oneof![Just(0.0f32), 0.0f32..4.0], 0..300),
            least in -1.0f32..4.0,
            before in prop::collection::vec(0.0f32..4.0, 0..300),
        ) {
            let mut reaching = FixedBitSet::new();
            find_reaching(&before, 0.0, &mut reaching);
            let count = find_reaching(&scores, least, &mut reaching);
            let expected = (0..scores.len()).filter(|at| scores[*at] > 0.0 && scores[*at] >= least);
            prop_assert_eq!(reaching.ones().collect::<Vec<_>>(), expected.collect::<Vec<_>>());
            prop_assert_eq!(reaching.count_ones(..), count);
        }
    }
}
