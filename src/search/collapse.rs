//! Near-identical clauses of one document: one hit for all of them.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::response::Hit;
use crate::index::{self, Generation};
use crate::text::tokenizer::{self, Token};

/// Clauses whose cores share this part of all their bigrams are near-identical (Jaccard's index): one word
/// changed in a short sentence leaves more.
const ALIKE: f32 = 0.8;
/// That is, one of so many may differ.
const DIFFERENT: usize = 5;

/// Bigrams of a clause's core text as sorted hashes; what is compared.
pub(super) struct Shingles(Vec<u64>);

impl Shingles {
    /// The bigrams of `text`.
    pub(super) fn of(text: &str) -> Self {
        let hash = |token: Token| {
            let mut hasher = DefaultHasher::new();
            token.text.hash(&mut hasher);
            hasher.finish()
        };
        let mut hashes: Vec<u64> = tokenizer::bigrams(&index::core(text)).into_iter().map(hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        Self(hashes)
    }

    /// Whether at least this `part` of all bigrams is in both.
    pub(super) fn are_like(&self, other: &Self, part: f32) -> bool {
        let (short, long) = if self.0.len() < other.0.len() { (self, other) } else { (other, self) };
        let least = part * long.0.len() as f32;
        if (short.0.len() as f32) < least || short.0.is_empty() {
            return false;
        }
        let shared = short.shared(long);
        shared as f32 >= part * (short.0.len() + long.0.len() - shared) as f32
    }

    /// How many bigrams are in both.
    fn shared(&self, other: &Self) -> usize {
        let mut rest = other.0.iter().peekable();
        let is_there = |gram: &&u64| {
            while rest.next_if(|next| next < gram).is_some() {}
            rest.next_if_eq(gram).is_some()
        };
        self.0.iter().filter(is_there).count()
    }

    /// Bigrams of which any other shingles that are [`ALIKE`] have one among theirs: where two sorted sets
    /// share so much, they cannot differ in so long a beginning (the prefix filter of Chaudhuri et al., 2006).
    fn prefix(&self) -> &[u64] {
        let length = self.0.len().div_ceil(DIFFERENT) + 1;
        self.0.get(..length).unwrap_or(&self.0)
    }
}

/// The clauses of one document that were kept, found by their bigrams.
#[derive(Default)]
struct Kept {
    clauses: Vec<(usize, Shingles)>,
    by_gram: HashMap<u64, Vec<usize>>,
}

impl Kept {
    /// The place of the first clause that is near-identical to `shingles`.
    fn like(&self, shingles: &Shingles) -> Option<usize> {
        let near: BTreeSet<usize> =
            shingles.prefix().iter().filter_map(|gram| self.by_gram.get(gram)).flatten().copied().collect();
        let mut near = near.into_iter().filter_map(|at| self.clauses.get(at));
        near.find(|(_, other)| shingles.are_like(other, ALIKE)).map(|(place, _)| *place)
    }

    fn add(&mut self, place: usize, shingles: Shingles) {
        for gram in shingles.prefix() {
            self.by_gram.entry(*gram).or_default().push(self.clauses.len());
        }
        self.clauses.push((place, shingles));
    }
}

/// `hits`, best first, without those that are near-identical to a better one of their document; the better
/// one names them.
pub(super) fn collapse(generation: &Generation, hits: Vec<Hit>) -> Vec<Hit> {
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    let mut of_document: HashMap<&str, Kept> = HashMap::new();
    for hit in hits {
        let Some(found) = generation.clause(hit.clause) else { continue };
        let shingles = Shingles::of(&found.clause.text);
        let known = of_document.entry(found.document.id.as_str()).or_default();
        if let Some(better) = known.like(&shingles).and_then(|place| kept.get_mut(place)) {
            better.collapsed.push(hit.clause);
        } else {
            known.add(kept.len(), shingles);
            kept.push(hit);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn likeness_of_texts() {
        let alike = |a: &str, b: &str| Shingles::of(a).are_like(&Shingles::of(b), ALIKE);
        let text = "推行企业开办全程网上办理，实现营业执照、印章、发票、社保一次领取";
        assert!(alike(text, &format!("3.{text}。（区市场监管局牵头，2022年12月底前完成）")));
        assert!(alike(text, &text.replace("一次", "一窗")));
        assert!(!alike(text, "推行不动产登记全程网上办理，实现缴税、登记、领证一次办结"));
        assert!(!alike("？", "！"));
    }

    proptest! {
        /// What the prefixes leave out could not have been alike.
        #[test]
        fn the_prefix_loses_nothing(base in "[一-十]{8,40}", change in 0..40_usize, other in "[一-十]") {
            let mut characters: Vec<char> = base.chars().collect();
            let at = change % characters.len();
            characters[at] = other.chars().next().unwrap();
            let changed: String = characters.into_iter().collect();
            let (one, two) = (Shingles::of(&base), Shingles::of(&changed));
            let mut kept = Kept::default();
            let alike = one.are_like(&two, ALIKE);
            kept.add(7, one);
            prop_assert_eq!(kept.like(&two), alike.then_some(7));
        }
    }
}
