//! Facets beside the results, and the conditions in force above them.

use super::labels;
use crate::search::{FacetCount, FacetField, Filter, Mode, SearchRequest, Values};
use crate::serve::query::{name_of, to_query};

/// The facets of the search page, in the order shown.
pub(super) const SHOWN: [FacetField; 6] = [
    FacetField::Region,
    FacetField::Year,
    FacetField::Domain,
    FacetField::Kind,
    FacetField::Unit,
    FacetField::Status,
];
/// How many values of a facet stand open; the others fold away.
const OPEN: usize = 8;
/// How many values of a facet are shown at all.
const MOST: usize = 40;

/// One facet.
#[derive(Debug)]
pub(super) struct Facet {
    /// Name of the parameter.
    pub(super) name: String,
    /// What a person reads.
    pub(super) title: &'static str,
    /// Values that stand open.
    pub(super) options: Vec<FacetOption>,
    /// Values that fold away.
    pub(super) more: Vec<FacetOption>,
}

/// One value of a facet.
#[derive(Debug)]
pub(super) struct FacetOption {
    /// As the filter takes it.
    pub(super) value: String,
    /// What a person reads.
    pub(super) label: String,
    /// Matches with it.
    pub(super) count: usize,
    /// Whether the filter asks for it.
    pub(super) is_checked: bool,
}

/// A condition in force.
#[derive(Debug)]
pub(super) struct Condition {
    /// Name of the parameter.
    pub(super) name: String,
    /// Value of the parameter.
    pub(super) value: String,
    /// What kind of condition it is.
    pub(super) title: &'static str,
    /// What a person reads.
    pub(super) label: String,
    /// Address of the same search without it.
    pub(super) without: String,
}

/// The facet of `field` with its counts; none when there is nothing to choose.
pub(super) fn facet(field: FacetField, counts: &[FacetCount], conditions: &[Condition]) -> Option<Facet> {
    let name = name_of(field);
    let chosen: Vec<&Condition> = conditions.iter().filter(|condition| condition.name == name).collect();
    let is_chosen = |count: &FacetCount| {
        chosen.iter().any(|condition| condition.value == count.value || condition.value == count.label)
    };
    let counted = counts.iter().map(|count| FacetOption {
        value: count.value.clone(),
        label: labels::value(&name, &count.value).map_or_else(|| count.label.clone(), str::to_owned),
        count: count.count,
        is_checked: is_chosen(count),
    });
    let mut options: Vec<FacetOption> = counted.collect();
    // A chosen value that matches nothing now must stay, or it could not be unchosen.
    let lost = chosen.iter().filter(|condition| {
        !counts.iter().any(|count| count.value == condition.value || count.label == condition.value)
    });
    options.extend(lost.map(|condition| FacetOption {
        value: condition.value.clone(),
        label: condition.label.clone(),
        count: 0,
        is_checked: true,
    }));
    if options.len() < 2 && chosen.is_empty() {
        return None;
    }
    let (mut shown, mut more): (Vec<_>, Vec<_>) = (Vec::new(), Vec::new());
    for option in options {
        let target = if shown.len() < OPEN || option.is_checked { &mut shown } else { &mut more };
        target.push(option);
    }
    more.truncate(MOST.saturating_sub(shown.len()));
    Some(Facet { title: labels::facet(field), name, options: shown, more })
}

/// Every part of a search as names and values, the way its address states it.
pub(super) fn state(request: &SearchRequest) -> Vec<(String, String)> {
    let mut pairs = vec![("q".to_owned(), request.query.clone())];
    if request.mode != Mode::default() {
        pairs.push(("mode".to_owned(), name_of(request.mode)));
    }
    if let Some(group_by) = request.group_by {
        pairs.push(("group_by".to_owned(), name_of(group_by)));
    }
    if !request.collapse {
        pairs.push(("collapse".to_owned(), "false".to_owned()));
    }
    if !request.correct {
        pairs.push(("correct".to_owned(), "false".to_owned()));
    }
    pairs.extend(filter_pairs(&request.filter));
    pairs
}

/// Address of the search that `pairs` state.
pub(super) fn search_href(pairs: &[(String, String)]) -> String {
    format!("/search?{}", to_query(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))))
}

/// The conditions of `request`, each with the address that lifts it.
pub(super) fn conditions(
    request: &SearchRequest,
    label_of: impl Fn(&str, &str) -> Option<String>,
) -> Vec<Condition> {
    let all = state(request);
    let filters = filter_pairs(&request.filter);
    filters
        .into_iter()
        .map(|pair| {
            let without: Vec<_> = all.iter().filter(|other| **other != pair).cloned().collect();
            let (name, value) = pair;
            let known = labels::value(&name, &value).map(str::to_owned).or_else(|| label_of(&name, &value));
            let known = known.or_else(|| (name == "year").then(|| format!("{value}年")));
            Condition {
                title: labels::filter(&name),
                label: known.unwrap_or_else(|| value.clone()),
                without: search_href(&without),
                name,
                value,
            }
        })
        .collect()
}

fn filter_pairs(filter: &Filter) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, values: Vec<String>| {
        pairs.extend(values.into_iter().map(|value| (name.to_owned(), value)));
    };
    add("region", filter.region.as_slice().to_vec());
    add("province", filter.province.as_slice().to_vec());
    add("city", filter.city.as_slice().to_vec());
    add("year", filter.year.as_slice().iter().map(i32::to_string).collect());
    add("date_from", filter.date_from.iter().cloned().collect());
    add("date_to", filter.date_to.iter().cloned().collect());
    add("domain", filter.domain.as_slice().to_vec());
    add("unit", filter.unit.as_slice().to_vec());
    add("role", filter.role.as_slice().iter().map(name_of).collect());
    add("kind", filter.kind.as_slice().iter().map(name_of).collect());
    add("status", filter.status.as_slice().iter().map(name_of).collect());
    add("document", filter.document.as_slice().to_vec());
    pairs
}

/// The same filter without any condition on `field`, to count what choosing another value would give.
pub(super) fn without_field(filter: &Filter, field: FacetField) -> Filter {
    let mut filter = filter.clone();
    match field {
        FacetField::Region => filter.region = Values::default(),
        FacetField::Province => filter.province = Values::default(),
        FacetField::City => filter.city = Values::default(),
        FacetField::Year => filter.year = Values::default(),
        FacetField::Domain => filter.domain = Values::default(),
        FacetField::Unit => filter.unit = Values::default(),
        FacetField::Kind => filter.kind = Values::default(),
        FacetField::Status => filter.status = Values::default(),
        FacetField::Document => filter.document = Values::default(),
    }
    filter
}
