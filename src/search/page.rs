//! Pages and groups of one frozen list of matches.

use std::collections::HashMap;

use super::request::GroupBy;
use super::response::{Group, Hit};
use crate::error::{Error, Result};
use crate::index::{ClauseRef, Generation};

/// Hits shown of one group.
const GROUP_SIZE: usize = 3;

/// Where a page begins: the cursor names the generation and the query, so that it cannot be used
/// with others.
pub(super) fn start(cursor: Option<&str>, generation: u64, fingerprint: u64) -> Result<usize> {
    let Some(cursor) = cursor else { return Ok(0) };
    let bad = |why: &str| {
        Error::invalid("invalid_cursor", "cursor", format!("cursor: {why}; start again without it"))
    };
    let mut parts = cursor.split('.');
    let mut part = |radix| parts.next().and_then(|part| u64::from_str_radix(part, radix).ok());
    let (Some(of_generation), Some(of_query), Some(start), None) =
        (part(10), part(16), part(10), parts.next())
    else {
        return Err(bad("it is not one that this service gave"));
    };
    if of_query != fingerprint {
        return Err(bad("it belongs to another query"));
    }
    if of_generation != generation {
        return Err(bad("the index has changed since"));
    }
    Ok(usize::try_from(start).unwrap_or(usize::MAX))
}

/// The cursor of the page that begins at `start`.
pub(super) fn cursor(generation: u64, fingerprint: u64, start: usize) -> String {
    format!("{generation}.{fingerprint:x}.{start}")
}

/// Puts `hits`, best first, into groups; the group of the best hit first.
pub(super) fn group(generation: &Generation, hits: &[Hit], by: GroupBy) -> Vec<(Group, Vec<Hit>)> {
    let mut groups: Vec<(Group, Vec<Hit>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for hit in hits {
        let Some(clause) = generation.clause(hit.clause) else { continue };
        let (key, label) = key(&clause, by);
        let place = *places.entry(key.clone()).or_insert_with(|| {
            groups.push((Group { key, label, hits: 0..0, total: 0 }, Vec::new()));
            groups.len() - 1
        });
        if let Some((group, members)) = groups.get_mut(place) {
            group.total += 1;
            if members.len() < GROUP_SIZE {
                members.push(hit.clone());
            }
        }
    }
    groups
}

/// Region code or document id, and what a person reads.
pub(super) fn key(clause: &ClauseRef<'_>, by: GroupBy) -> (String, String) {
    match (by, &clause.document.region) {
        (GroupBy::Region, Some(region)) => (region.code.clone(), region.name.clone()),
        (GroupBy::Region, None) => (String::new(), "地区不明".to_owned()),
        (GroupBy::Document, _) => (clause.document.id.to_string(), clause.document.title.clone()),
    }
}

/// Hits of less relevance than this are chance.
const NOISE: f32 = 0.005;
/// Hits kept even so: a poor answer helps more than none.
const KEPT: usize = 10;

/// Drops the tail of `hits`, best first, that only the width of a leg brought in: what is left is what
/// a total, a facet and a page count.
pub(super) fn drop_noise(hits: &mut Vec<Hit>) {
    let relevant = hits.iter().take_while(|hit| hit.relevance >= NOISE).count();
    hits.truncate(relevant.max(KEPT));
}

/// Sorts by score; ties by clause id, so that an order never depends on chance.
pub(super) fn sort(generation: &Generation, hits: &mut [Hit]) {
    hits.sort_by(|a, b| {
        let id = |hit: &Hit| generation.clause(hit.clause).map(|found| found.clause.id.as_str());
        b.score.total_cmp(&a.score).then_with(|| id(a).cmp(&id(b)))
    });
}
