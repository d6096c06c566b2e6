//! Near-identical clauses of one document: one hit for all of them.

use std::collections::{BTreeSet, HashMap};

use super::response::Hit;
use crate::index::{self, Generation};
use crate::text::tokenizer;

/// Clauses whose cores share this part of all their bigrams are near-identical (Jaccard's index): one word
/// changed in a short sentence leaves more.
const ALIKE: f32 = 0.8;

/// Bigrams of a clause's core text, sorted; what is compared.
pub(super) struct Shingles(Vec<String>);

impl Shingles {
    /// The bigrams of `text`.
    pub(super) fn of(text: &str) -> Self {
        let tokens = tokenizer::bigrams(&index::core(text)).into_iter().map(|token| token.text);
        Self(tokens.collect::<BTreeSet<_>>().into_iter().collect())
    }

    /// Whether at least this `part` of all bigrams is in both.
    pub(super) fn are_like(&self, other: &Self, part: f32) -> bool {
        let (short, long) = if self.0.len() < other.0.len() { (self, other) } else { (other, self) };
        let least = part * long.0.len() as f32;
        if (short.0.len() as f32) < least || short.0.is_empty() {
            return false;
        }
        let shared = short.0.iter().filter(|gram| long.0.binary_search(gram).is_ok()).count();
        shared as f32 >= part * (short.0.len() + long.0.len() - shared) as f32
    }
}

/// `hits`, best first, without those that are near-identical to a better one of their document; the better
/// one names them.
pub(super) fn collapse(generation: &Generation, hits: Vec<Hit>) -> Vec<Hit> {
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    let mut of_document: HashMap<&str, Vec<(usize, Shingles)>> = HashMap::new();
    for hit in hits {
        let Some(found) = generation.clause(hit.clause) else { continue };
        let shingles = Shingles::of(&found.clause.text);
        let known = of_document.entry(found.document.id.as_str()).or_default();
        let better = known.iter().find(|(_, other)| shingles.are_like(other, ALIKE)).map(|(place, _)| *place);
        if let Some(better) = better.and_then(|place| kept.get_mut(place)) {
            better.collapsed.push(hit.clause);
        } else {
            known.push((kept.len(), shingles));
            kept.push(hit);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
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
}
