//! Which clauses of different documents are the same measure (举措), found when documents are indexed.
//!
//! [`build`] goes three steps. [`Profile`] says of two clauses how alike they are, from these two alone:
//! no statistic of the collection takes part, so that what is known of two unchanged documents stays true
//! whatever else is added. `neighbours` keeps for every clause its nearest in every other document; a
//! pair of unchanged documents is taken over from the build before. `cluster` joins neighbours by average
//! linkage, and `title` names what comes out.

mod cluster;
mod neighbours;
mod profile;
mod title;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::model::{ClauseId, ClauseKind, Measure, MeasureId};

pub use neighbours::{Edge, Neighbours};
pub use profile::{Centre, Profile};

/// Changes whenever the same clauses would give other measures: an atlas of another version is made anew.
pub const VERSION: u32 = 1;

/// Likeness of the clauses of one measure, on average, where vectors take part: within the flat part of
/// the curve in docs/EVALUATION.md.
pub const LIKE: f32 = 0.27;
/// The same where words alone say it.
pub const LIKE_BY_WORDS: f32 = 0.14;

/// One clause that may be a measure.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// Position in the generation.
    pub clause: u32,
    /// Stable id.
    pub id: &'a ClauseId,
    /// What kind of text it is.
    pub kind: ClauseKind,
    /// Indicator domain.
    pub domain: Option<&'a str>,
    /// The text without number, responsibility and deadline notes.
    pub core: &'a str,
    /// Vectors of the whole clause and of its core, a byte a component; empty without a model.
    pub vectors: [&'a [i8]; 2],
}

/// What a build found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Atlas {
    /// Those of several clauses and those that stand alone, in order of their first clause.
    pub measures: Vec<Measure>,
    /// What the next build need not compute again.
    pub neighbours: Neighbours,
}

/// Whether clauses of `kind` can be measures: 目标 and 保障措施 often say what elsewhere is a 举措; the
/// articles of laws do not, and there are many of them.
pub fn is_eligible(kind: ClauseKind) -> bool {
    matches!(kind, ClauseKind::Measure | ClauseKind::Goal | ClauseKind::Safeguard)
}

/// Finds the measures of `documents`, each its eligible clauses in order, the documents in order of their
/// ids. `centre` is taken from their vectors; `known` is what the build before found, `like` the average likeness that makes one measure.
/// `progress` is told how many pairs of documents are compared.
pub fn build(
    documents: &[Vec<Item<'_>>],
    centre: &Centre,
    known: &Neighbours,
    like: f32,
    progress: &(dyn Fn(usize) + Sync),
) -> Atlas {
    let profiles: Vec<Vec<Profile>> = documents
        .par_iter()
        .map(|items| items.iter().map(|item| Profile::of(item, centre)).collect())
        .collect();
    let neighbours = neighbours::find(documents, &profiles, centre, known, like, progress);
    let items: Vec<&Item<'_>> = documents.iter().flatten().collect();
    let profiles: Vec<&Profile> = profiles.iter().flatten().collect();
    let clusters = cluster::clusters(&profiles, &neighbours.edges(), &owners(documents), like);
    let mut measures: Vec<Measure> =
        clusters.par_iter().filter_map(|members| measure(members, &items, &profiles)).collect();
    measures.sort_by(|a, b| a.clauses.cmp(&b.clauses));
    Atlas { measures, neighbours }
}

/// For every item its document's position.
fn owners(documents: &[Vec<Item<'_>>]) -> Vec<u32> {
    let numbered = documents.iter().zip(0u32..);
    numbered.flat_map(|(items, document)| std::iter::repeat_n(document, items.len())).collect()
}

/// The measure that `members` make; none of a single clause that is no measure by its kind.
fn measure(members: &[u32], items: &[&Item<'_>], profiles: &[&Profile]) -> Option<Measure> {
    let of = |member: &u32| Some((*items.get(*member as usize)?, *profiles.get(*member as usize)?));
    let members: Vec<(&Item<'_>, &Profile)> = members.iter().filter_map(of).collect();
    let (first, _) = members.first()?;
    if members.len() == 1 && first.kind != ClauseKind::Measure {
        return None;
    }
    let mut clauses: Vec<u32> = members.iter().map(|(item, _)| item.clause).collect();
    clauses.sort_unstable();
    Some(Measure {
        id: MeasureId::of(members.iter().map(|(item, _)| item.id)),
        title: title::title(&members),
        domain: domain(members.iter().filter_map(|(item, _)| item.domain)),
        clauses,
    })
}

/// The most frequent of `domains`; of equals the one that comes first.
fn domain<'a>(domains: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut counts: BTreeMap<&str, (usize, std::cmp::Reverse<usize>)> = BTreeMap::new();
    for (at, domain) in domains.enumerate() {
        counts.entry(domain).or_insert((0, std::cmp::Reverse(at))).0 += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(domain, _)| domain.to_owned())
}

#[cfg(test)]
mod tests;
