//! Counts over all matches.

use std::collections::{BTreeMap, HashMap};

use super::request::FacetField;
use super::response::FacetCount;
use crate::index::ClauseRef;
use crate::model::{ClauseKind, Region};

/// Values that a facet lists at most.
const MAX_VALUES: usize = 100;

/// Counts `clauses` by each of `fields`; the most frequent value first, ties by value.
pub(super) fn count<'a>(
    fields: &[FacetField],
    clauses: &(impl Iterator<Item = ClauseRef<'a>> + Clone),
) -> BTreeMap<FacetField, Vec<FacetCount>> {
    fields.iter().map(|field| (*field, count_field(*field, clauses.clone()))).collect()
}

fn count_field<'a>(field: FacetField, clauses: impl Iterator<Item = ClauseRef<'a>>) -> Vec<FacetCount> {
    let mut counts: HashMap<String, (String, usize)> = HashMap::new();
    for clause in clauses {
        for (value, label) in values(field, &clause) {
            counts.entry(value).or_insert((label, 0)).1 += 1;
        }
    }
    let mut counts: Vec<FacetCount> =
        counts.into_iter().map(|(value, (label, count))| FacetCount { value, label, count }).collect();
    counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    counts.truncate(MAX_VALUES);
    counts
}

fn values(field: FacetField, clause: &ClauseRef<'_>) -> Vec<(String, String)> {
    let same = |value: &String| (value.clone(), value.clone());
    let of_region = |read: fn(&Region) -> Option<(String, String)>| {
        clause.document.region.as_ref().and_then(read).into_iter().collect()
    };
    match field {
        FacetField::Region => of_region(|region| Some((region.code.clone(), region.name.clone()))),
        FacetField::Province => {
            of_region(|region| region.province.as_ref().map(|name| (name.clone(), name.clone())))
        }
        FacetField::City => of_region(|region| region.city.as_ref().map(|name| (name.clone(), name.clone()))),
        FacetField::Year => {
            clause.document.year.map(|year| (year.to_string(), format!("{year}年"))).into_iter().collect()
        }
        FacetField::Domain => clause.clause.facts.domain.iter().map(same).collect(),
        FacetField::Unit => units(clause),
        FacetField::Kind => vec![(name(&clause.clause.kind), kind_label(clause.clause.kind).to_owned())],
        FacetField::Status => {
            vec![(name(&clause.document.status), clause.document.status.words().to_owned())]
        }
        FacetField::Document => vec![(clause.document.id.to_string(), clause.document.title.clone())],
    }
}

/// Each agency once a clause, by its canonical name.
fn units(clause: &ClauseRef<'_>) -> Vec<(String, String)> {
    let mut names: Vec<String> =
        clause.clause.facts.units.iter().map(|unit| unit.canonical.clone()).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(|name| (name.clone(), name)).collect()
}

/// The name that JSON and filters use.
fn name(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What a person reads for a kind of clause.
pub(super) fn kind_label(kind: ClauseKind) -> &'static str {
    match kind {
        ClauseKind::Measure => "举措",
        ClauseKind::Goal => "目标",
        ClauseKind::Safeguard => "保障措施",
        ClauseKind::Roster => "名单",
        ClauseKind::Table => "表格",
        ClauseKind::Article => "条文",
        ClauseKind::Notice => "通知",
        ClauseKind::Other => "其他",
    }
}
