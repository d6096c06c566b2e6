//! Measures that most others have and a draft lacks.

use std::collections::BTreeSet;

use super::super::response::ClauseIndex;
use crate::index::{FixedBitSet, Generation, admits};
use crate::model::{ClauseKind, Status};

/// At most so many are named.
const SHOWN: usize = 50;

/// A measure that the draft lacks.
#[derive(Clone, Debug)]
pub struct MissingMeasure {
    /// Its id in the atlas.
    pub id: String,
    /// Words of one of its clauses.
    pub title: String,
    /// The indicator domain that most of its clauses have.
    pub domain: Option<String>,
    /// Names of the regions that have it, in order of their codes.
    pub regions: Vec<String>,
    /// A clause of each of these regions.
    pub examples: Vec<ClauseIndex>,
}

/// The measures of `domains` (of all, where there are none) that more than half of the regions of the `allowed`
/// clauses have and none of whose clauses is in `covered`; none where the index has no measures.
pub(super) fn missing(
    generation: &Generation,
    allowed: Option<&FixedBitSet>,
    domains: &BTreeSet<&str>,
    covered: &BTreeSet<ClauseIndex>,
) -> Option<Vec<MissingMeasure>> {
    let measures = generation.measures()?;
    let of = |clause: ClauseIndex| {
        let found = generation.clause(clause).filter(|_| admits(allowed, clause))?;
        let in_force = !matches!(found.document.status, Status::Draft | Status::Repealed);
        found
            .document
            .region
            .as_ref()
            .filter(|_| in_force)
            .map(|region| (region.code.as_str(), region.name.as_str()))
    };
    let regions: BTreeSet<&str> =
        generation.clauses().filter_map(|found| of(found.index)).map(|(code, _)| code).collect();
    let mut missing = Vec::new();
    for measure in measures.all() {
        let is_of_domain = measure.domain.as_deref().is_some_and(|domain| domains.contains(domain));
        let is_covered = measure.clauses.iter().any(|clause| covered.contains(clause));
        // 保障措施 such as 压实工作责任 are no measures that a draft should have for others having them.
        let kind = |clause: &ClauseIndex| generation.kind(*clause);
        let is_measure = measure.clauses.iter().any(|clause| kind(clause) == Some(ClauseKind::Measure));
        if is_covered || !is_measure || !(domains.is_empty() || is_of_domain) {
            continue;
        }
        let mut having: Vec<(&str, &str, ClauseIndex)> = Vec::new();
        for clause in &measure.clauses {
            let Some((code, name)) = of(*clause) else { continue };
            if having.iter().all(|(known, ..)| *known != code) {
                having.push((code, name, *clause));
            }
        }
        if having.len() < 2 || having.len() * 2 <= regions.len() {
            continue;
        }
        having.sort_unstable();
        missing.push(MissingMeasure {
            id: measure.id.to_string(),
            title: measure.title.clone(),
            domain: measure.domain.clone(),
            regions: having.iter().map(|(_, name, _)| (*name).to_owned()).collect(),
            examples: having.iter().map(|(.., clause)| *clause).collect(),
        });
    }
    missing.sort_by_key(|measure| std::cmp::Reverse(measure.regions.len()));
    missing.truncate(SHOWN);
    Some(missing)
}
