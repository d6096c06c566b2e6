//! Filters: which clauses may answer at all.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use fixedbitset::FixedBitSet;

use super::request::Filter;
use crate::error::{Error, Result};
use crate::index::Generation;
use crate::model::{Agency, Clause, ClauseKind, Document, Region, Role, Status};
use crate::text::agency::canonical_agency;
use crate::text::document_number::DocumentNumber;
use crate::text::domains;
use crate::text::fold::fold_text;
use crate::text::region::RegionTable;

/// Years that a document can be of.
pub(super) const YEARS: RangeInclusive<i32> = 1900..=2200;

/// A filter, checked: names resolved to what clauses carry.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    regions: Option<Vec<Region>>,
    provinces: Option<Vec<Region>>,
    cities: Option<Vec<Region>>,
    years: Option<HashSet<i32>>,
    date_from: Option<String>,
    date_to: Option<String>,
    domains: Option<HashSet<String>>,
    units: Option<HashSet<String>>,
    roles: Option<HashSet<Role>>,
    kinds: Option<HashSet<ClauseKind>>,
    statuses: Option<HashSet<Status>>,
    documents: Option<HashSet<String>>,
}

/// Where a filter stands: errors name the field of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Request,
    Query,
}

impl Place {
    fn field(self, name: &str) -> String {
        match self {
            Self::Request => format!("filter.{name}"),
            Self::Query => "query".to_owned(),
        }
    }
}

/// Clauses of `generation` that satisfy `filter`; none when it has no condition.
pub fn allowed(generation: &Generation, filter: &Filter) -> Result<Option<FixedBitSet>> {
    allowed_at(generation, filter, Place::Request)
}

/// Clauses in force in one of the regions called `names`, which stand in the request's `field`; none without names.
pub(super) fn within(generation: &Generation, field: &str, names: &[String]) -> Result<Option<FixedBitSet>> {
    let Some(wanted) = regions(field, names)? else { return Ok(None) };
    let mut allowed = FixedBitSet::with_capacity(generation.len());
    for (record, range) in generation.placed_documents() {
        let region = record.document.region.as_ref();
        let lies_in = |region| wanted.iter().any(|ancestor| RegionTable::contains(ancestor, region));
        if region.is_some_and(lies_in) {
            allowed.insert_range(range);
        }
    }
    Ok(Some(allowed))
}

/// Clauses that satisfy the request's filter and the fields of its query; none without a condition.
pub(super) fn allowed_by_both(
    generation: &Generation,
    of_request: &Filter,
    of_query: &Filter,
) -> Result<Option<FixedBitSet>> {
    let by_request = allowed_at(generation, of_request, Place::Request)?;
    let by_query = allowed_at(generation, of_query, Place::Query)?;
    Ok(match (by_request, by_query) {
        (Some(mut both), Some(other)) => {
            both.intersect_with(&other);
            Some(both)
        }
        (one, other) => one.or(other),
    })
}

fn allowed_at(generation: &Generation, filter: &Filter, place: Place) -> Result<Option<FixedBitSet>> {
    if *filter == Filter::default() {
        return Ok(None);
    }
    let conditions = Conditions::read(generation, filter, place)?;
    let mut allowed = FixedBitSet::with_capacity(generation.len());
    for (record, range) in generation.placed_documents() {
        if !conditions.admit_document(&record.document) {
            continue;
        }
        if !conditions.is_of_clauses() {
            allowed.insert_range(range);
            continue;
        }
        let admitted = range.zip(&record.clauses).filter(|(_, clause)| conditions.admit_clause(clause));
        admitted.for_each(|(at, _)| allowed.insert(at));
    }
    Ok(Some(allowed))
}

impl Conditions {
    fn read(generation: &Generation, filter: &Filter, place: Place) -> Result<Self> {
        Ok(Self {
            regions: regions(&place.field("region"), filter.region.as_slice())?,
            provinces: regions(&place.field("province"), filter.province.as_slice())?,
            cities: regions(&place.field("city"), filter.city.as_slice())?,
            years: years(&place.field("year"), filter.year.as_slice())?,
            date_from: date(&place.field("date_from"), filter.date_from.as_deref())?,
            date_to: date(&place.field("date_to"), filter.date_to.as_deref())?,
            domains: domain_names(&place.field("domain"), filter.domain.as_slice())?,
            units: set(filter.unit.as_slice(), |unit| canonical_agency(unit)),
            roles: set(filter.role.as_slice(), |role| *role),
            kinds: set(filter.kind.as_slice(), |kind| *kind),
            statuses: set(filter.status.as_slice(), |status| *status),
            documents: match place {
                Place::Request => documents(generation, filter.document.as_slice())?,
                Place::Query => documents_called(generation, filter.document.as_slice())?,
            },
        })
    }

    fn admit_document(&self, document: &Document) -> bool {
        let lies_in = |wanted: &Vec<Region>| {
            document
                .region
                .as_ref()
                .is_some_and(|region| wanted.iter().any(|ancestor| RegionTable::contains(ancestor, region)))
        };
        let regions = [&self.regions, &self.provinces, &self.cities];
        let date = document.date.as_deref();
        regions.into_iter().all(|wanted| wanted.as_ref().is_none_or(lies_in))
            && self.years.as_ref().is_none_or(|years| document.year.is_some_and(|year| years.contains(&year)))
            && self.date_from.as_deref().is_none_or(|from| date.is_some_and(|date| date >= from))
            && self.date_to.as_deref().is_none_or(|to| date.is_some_and(|date| date <= to))
            && self.statuses.as_ref().is_none_or(|statuses| statuses.contains(&document.status))
            && self.documents.as_ref().is_none_or(|documents| documents.contains(document.id.as_str()))
    }

    /// Whether clauses of one document may differ in what they satisfy.
    fn is_of_clauses(&self) -> bool {
        self.domains.is_some() || self.kinds.is_some() || self.units.is_some() || self.roles.is_some()
    }

    fn admit_clause(&self, clause: &Clause) -> bool {
        let facts = &clause.facts;
        self.domains
            .as_ref()
            .is_none_or(|domains| facts.domain.as_ref().is_some_and(|domain| domains.contains(domain)))
            && self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&clause.kind))
            && self.admit_units(&facts.units, &clause.inherited.units)
    }

    fn admit_units(&self, own: &[Agency], inherited: &[Agency]) -> bool {
        if self.units.is_none() && self.roles.is_none() {
            return true;
        }
        own.iter().chain(inherited).any(|unit| {
            self.units.as_ref().is_none_or(|units| units.contains(&unit.canonical))
                && self.roles.as_ref().is_none_or(|roles| roles.contains(&unit.role))
        })
    }
}

fn set<T, U: std::hash::Hash + Eq>(values: &[T], read: impl Fn(&T) -> U) -> Option<HashSet<U>> {
    (!values.is_empty()).then(|| values.iter().map(read).collect())
}

/// The regions that `names` mean; none without a name. `field` is what an error names.
pub(super) fn regions(field: &str, names: &[String]) -> Result<Option<Vec<Region>>> {
    let mut found = Vec::new();
    for name in names {
        let regions = RegionTable::builtin().resolve(name.trim());
        if regions.is_empty() {
            let message =
                format!("{field}: there is no region {name:?}; give a name or a six-digit GB/T 2260 code");
            return Err(Error::invalid("unknown_region", field, message));
        }
        found.extend(regions);
    }
    Ok((!names.is_empty()).then_some(found))
}

fn years(field: &str, years: &[i32]) -> Result<Option<HashSet<i32>>> {
    if let Some(year) = years.iter().find(|year| !YEARS.contains(*year)) {
        let message =
            format!("{field}: {year} is out of range; give a year from {} to {}", YEARS.start(), YEARS.end());
        return Err(Error::invalid("invalid_year", field, message));
    }
    Ok(set(years, |year| *year))
}

fn date(field: &str, date: Option<&str>) -> Result<Option<String>> {
    let Some(text) = date else { return Ok(None) };
    let format = time::macros::format_description!("[year]-[month]-[day]");
    time::Date::parse(text, format).map_err(|_| {
        Error::invalid("invalid_date", field, format!("{field}: {text:?} is no date of the form YYYY-MM-DD"))
    })?;
    Ok(Some(text.to_owned()))
}

/// The domains that `names` mean; none without a name. `field` is what an error names.
pub(super) fn domain_names(field: &str, names: &[String]) -> Result<Option<HashSet<String>>> {
    let mut found = HashSet::new();
    for name in names {
        let domain = domains::resolve(name.trim()).ok_or_else(|| {
            let known: Vec<&str> = domains::domains().iter().map(|domain| domain.name.as_str()).collect();
            let message = format!("{field}: there is no domain {name:?}; known are {}", known.join(" "));
            Error::invalid("unknown_domain", field, message)
        })?;
        found.insert(domain.name.clone());
    }
    Ok((!names.is_empty()).then_some(found))
}

fn documents(generation: &Generation, ids: &[String]) -> Result<Option<HashSet<String>>> {
    if let Some(id) = ids.iter().find(|id| generation.document(id).is_none()) {
        let message = format!("filter.document: there is no document {id:?}; GET /v1/documents lists them");
        return Err(Error::invalid("unknown_document", "filter.document", message));
    }
    Ok(set(ids, Clone::clone))
}

/// Documents by what a person calls them: id, file name, number, or a part of the title.
fn documents_called(generation: &Generation, names: &[String]) -> Result<Option<HashSet<String>>> {
    let mut found = HashSet::new();
    for name in names {
        let folded = fold_text(name);
        let numbers = DocumentNumber::find(name);
        let is_called = |document: &Document| {
            document.id.as_str() == name
                || fold_text(&document.file) == folded
                || fold_text(&document.title).contains(&folded)
                || document.number.as_deref().is_some_and(|number| {
                    DocumentNumber::find(number).iter().any(|held| numbers.iter().any(|asked| asked.is(held)))
                })
        };
        let called = generation.documents().iter().filter(|record| is_called(&record.document));
        let ids: Vec<String> = called.map(|record| record.document.id.to_string()).collect();
        if ids.is_empty() {
            let message = format!(
                "query: there is no document {name:?}; give its id, its file's name or a part of its title"
            );
            return Err(Error::invalid("unknown_document", "query", message));
        }
        found.extend(ids);
    }
    Ok((!names.is_empty()).then_some(found))
}
