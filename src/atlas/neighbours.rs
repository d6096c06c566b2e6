//! The nearest clauses of every two documents.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::profile::{self, Centre, Profile};
use super::{Item, VERSION};

/// Tells a document's clauses, with their vectors, from all others: BLAKE3.
type Fingerprint = [u8; 32];

/// For every clause its nearest in every other document, where it is near enough.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Neighbours {
    /// Likeness below which nothing is kept.
    like: f32,
    /// Of each document, in order.
    fingerprints: Vec<Fingerprint>,
    /// Position of each document's first clause.
    starts: Vec<u32>,
    /// Pairs of documents that have edges.
    pairs: Vec<Pair>,
}

/// Two documents, by their places in [`Neighbours::fingerprints`], the first before the second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Pair {
    documents: (u32, u32),
    edges: Vec<Edge>,
}

/// Two clauses of which one is the other's nearest in its document.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    /// Place among the eligible clauses of the first document; of all documents in [`Neighbours::edges`].
    pub first: u32,
    /// Place among the eligible clauses of the second document; of all documents in [`Neighbours::edges`].
    pub second: u32,
    /// How alike they are.
    pub likeness: f32,
}

impl Neighbours {
    /// Every edge, its ends counted through all documents.
    pub fn edges(&self) -> Vec<Edge> {
        let start = |document: u32| self.starts.get(document as usize).copied().unwrap_or(0);
        let of_pair = |pair: &Pair| {
            let (first, second) = (start(pair.documents.0), start(pair.documents.1));
            let shift =
                |edge: &Edge| Edge { first: edge.first + first, second: edge.second + second, ..*edge };
            pair.edges.iter().map(shift).collect::<Vec<Edge>>()
        };
        self.pairs.iter().flat_map(of_pair).collect()
    }

    /// Pairs of documents whose edges need not be looked for again, with those edges.
    fn by_documents(&self) -> HashMap<(Fingerprint, Fingerprint), &[Edge]> {
        let print = |document: u32| self.fingerprints.get(document as usize).copied();
        let known = self.pairs.iter().filter_map(|pair| {
            let (first, second) = pair.documents;
            Some(((print(first)?, print(second)?), pair.edges.as_slice()))
        });
        known.collect()
    }
}

/// Compares every two documents, but those that `known` has compared. `progress` is told how many pairs
/// are compared in all.
pub(super) fn find(
    documents: &[Vec<Item<'_>>],
    profiles: &[Vec<Profile>],
    centre: &Centre,
    known: &Neighbours,
    like: f32,
    progress: &(dyn Fn(usize) + Sync),
) -> Neighbours {
    let fingerprints: Vec<Fingerprint> =
        documents.par_iter().map(|items| fingerprint(items, centre)).collect();
    let is_same = known.like.total_cmp(&like).is_eq();
    let compared: BTreeSet<&Fingerprint> = known.fingerprints.iter().filter(|_| is_same).collect();
    let by_documents = if is_same { known.by_documents() } else { HashMap::new() };
    let postings: Vec<Postings> = profiles.par_iter().map(|profiles| postings(profiles)).collect();
    let done = AtomicUsize::new(0);
    let edges_of = |(first, second): (usize, usize)| -> Option<Pair> {
        let prints = (fingerprints.get(first)?, fingerprints.get(second)?);
        let edges = if compared.contains(prints.0) && compared.contains(prints.1) {
            by_documents.get(&(*prints.0, *prints.1)).map(|edges| edges.to_vec()).unwrap_or_default()
        } else {
            progress(1 + done.fetch_add(1, Ordering::Relaxed));
            let likeness = likeness(
                (profiles.get(first)?, postings.get(first)?),
                (profiles.get(second)?, postings.get(second)?),
            );
            nearest(&likeness, like)
        };
        let pair = Pair { documents: (first as u32, second as u32), edges };
        (!pair.edges.is_empty()).then_some(pair)
    };
    let count = documents.len();
    let pairs = (0..count)
        .into_par_iter()
        .flat_map_iter(|first| (first + 1..count).map(move |second| (first, second)));
    let pairs = pairs.filter_map(edges_of).collect();
    Neighbours { like, fingerprints, starts: starts(documents), pairs }
}

fn starts(documents: &[Vec<Item<'_>>]) -> Vec<u32> {
    let lengths = documents.iter().scan(0u32, |next, items| {
        let start = *next;
        *next += items.len() as u32;
        Some(start)
    });
    lengths.collect()
}

fn fingerprint(items: &[Item<'_>], centre: &Centre) -> Fingerprint {
    let mut hasher = blake3::Hasher::new();
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    add(&VERSION.to_le_bytes());
    centre.mean.iter().for_each(|mean| add(&mean.to_le_bytes()));
    for item in items {
        add(item.id.as_str().as_bytes());
        add(item.core.as_bytes());
        item.vectors.iter().for_each(|vector| add(bytemuck::cast_slice(vector)));
    }
    *hasher.finalize().as_bytes()
}

/// Bigrams of a document's clauses: hash, which clause, weight; ascending.
type Postings = Vec<(u32, u32, f32)>;

fn postings(profiles: &[Profile]) -> Postings {
    let of_clause = |(profile, at): (&Profile, u32)| {
        profile.grams.iter().map(move |&(gram, weight)| (gram, at, weight)).collect::<Vec<_>>()
    };
    let mut postings: Postings = profiles.iter().zip(0u32..).flat_map(of_clause).collect();
    postings.sort_unstable_by_key(|&(gram, at, _)| (gram, at));
    postings
}

/// Likeness of every clause of one document with every clause of another, `[first, second]`: what
/// [`Profile::likeness`] says, all at once.
fn likeness(first: (&[Profile], &Postings), second: (&[Profile], &Postings)) -> Array2<f32> {
    let mut likeness = wording(first, second);
    let has_vectors = |profiles: &[Profile]| profiles.iter().all(|profile| profile.distance > 0.0);
    if !has_vectors(first.0) || !has_vectors(second.0) {
        return likeness;
    }
    let (Some(a), Some(b)) = (rows(first.0), rows(second.0)) else { return likeness };
    // Sums of integers below 2^24 are exact in f32, in whatever order they are added.
    let products = a.dot(&b.t());
    for ((at, value), product) in likeness.indexed_iter_mut().zip(products.iter()) {
        if let (Some(one), Some(other)) = (first.0.get(at.0), second.0.get(at.1)) {
            *value = profile::weigh(one.meaning(other, *product), *value);
        }
    }
    likeness
}

fn rows(profiles: &[Profile]) -> Option<Array2<f32>> {
    let width = profiles.first()?.row.len();
    let values = profiles.iter().flat_map(|profile| profile.row.iter().map(|x| f32::from(*x))).collect();
    Array2::from_shape_vec((profiles.len(), width), values).ok()
}

/// Cosines of bigrams, `[first, second]`, by merging the two documents' postings.
fn wording(first: (&[Profile], &Postings), second: (&[Profile], &Postings)) -> Array2<f32> {
    let mut sums = Array2::zeros((first.0.len(), second.0.len()));
    let same = |a: &(u32, u32, f32), b: &(u32, u32, f32)| a.0 == b.0;
    let mut others = second.1.chunk_by(same).peekable();
    for group in first.1.chunk_by(same) {
        let Some(gram) = group.first().map(|posting| posting.0) else { continue };
        let gram_of = |group: &&[(u32, u32, f32)]| group.first().map_or(0, |posting| posting.0);
        while others.next_if(|other| gram_of(other) < gram).is_some() {}
        let Some(other) = others.peek().filter(|other| gram_of(other) == gram) else { continue };
        for &(_, row, weight) in group {
            for &(_, column, other_weight) in *other {
                if let Some(sum) = sums.get_mut((row as usize, column as usize)) {
                    *sum += weight * other_weight;
                }
            }
        }
    }
    sums
}

/// Of every row its best column, and of every column its best row, from `like` on; the earlier of equals.
fn nearest(likeness: &Array2<f32>, like: f32) -> Vec<Edge> {
    let mut pairs: BTreeSet<(u32, u32)> = best_columns(&likeness.view()).into_iter().collect();
    pairs.extend(best_columns(&likeness.t()).into_iter().map(|(column, row)| (row, column)));
    let edge = |(first, second): (u32, u32)| {
        let likeness = *likeness.get((first as usize, second as usize))?;
        (likeness >= like).then_some(Edge { first, second, likeness })
    };
    pairs.into_iter().filter_map(edge).collect()
}

fn best_columns(likeness: &ArrayView2<'_, f32>) -> Vec<(u32, u32)> {
    let best = |(row, values): (ndarray::ArrayView1<'_, f32>, u32)| {
        let numbered = row.into_iter().zip(0u32..).map(|(value, column)| (*value, column));
        let best = numbered.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))?;
        Some((values, best.1))
    };
    likeness.rows().into_iter().zip(0u32..).filter_map(best).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atlas::tests::{Clauses, items};

    #[test]
    fn all_at_once_is_what_each_pair_says() {
        let clauses = Clauses::of(&["a", "b"], true);
        let documents = items(&clauses);
        let profiles: Vec<Vec<Profile>> = documents
            .iter()
            .map(|items| items.iter().map(|item| Profile::of(item, &Centre::default())).collect())
            .collect();
        let sides: Vec<_> =
            profiles.iter().map(|profiles| (profiles.as_slice(), postings(profiles))).collect();
        let matrix = likeness((sides[0].0, &sides[0].1), (sides[1].0, &sides[1].1));
        for ((row, column), value) in matrix.indexed_iter() {
            let expected = profiles[0][row].likeness(&profiles[1][column]);
            assert!((value - expected).abs() < 1e-6, "{row} {column}: {value} {expected}");
        }
    }
}
