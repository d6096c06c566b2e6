//! The atlas: which measures exist where, counted by domain and region.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use super::engine::{Engine, check_limit};
use super::{filter, page};
use crate::error::{Error, Kind, Result};
use crate::index::{Generation, MeasureIndex};
use crate::model::{Measure, Region};
use crate::text::domains::domains;
use crate::text::region::RegionTable;

/// More regions than there are divisions.
const MAX_REGIONS: usize = 10_000;

/// What of the atlas is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AtlasRequest {
    /// Only measures of this domain, by name or alias.
    pub domain: Option<String>,
    /// Only this region, by name or code, with those in it: its columns, and the measures that one of
    /// them has.
    pub region: Option<String>,
    /// Only measures that no document of this region, by name or code, with those in it, has.
    pub lacking: Option<String>,
    /// Only measures that at least so many regions have.
    pub min_regions: usize,
    /// Measures a page, 1 to 100.
    pub limit: usize,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl Default for AtlasRequest {
    fn default() -> Self {
        Self { domain: None, region: None, lacking: None, min_regions: 1, limit: 20, cursor: None }
    }
}

/// Counts by domain and region, and one page of measures.
#[derive(Clone, Debug, PartialEq)]
pub struct Atlas {
    /// The columns: regions with documents in force for just them, in order of codes.
    pub regions: Vec<AtlasRegion>,
    /// The rows: domains with measures, in their usual order, what has none last.
    pub domains: Vec<AtlasDomain>,
    /// One page, those that most regions have first, then those of most clauses, then by id.
    pub measures: Vec<MeasureSummary>,
    /// Measures on all pages.
    pub total: usize,
    /// Continues where this page ends; none on the last page.
    pub next_cursor: Option<String>,
}

/// A region by what people and filters call it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct RegionName {
    /// GB/T 2260 code.
    #[schema(example = "340603")]
    pub code: String,
    /// Full name.
    #[schema(example = "相山区")]
    pub name: String,
}

/// A column of the atlas.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AtlasRegion {
    /// Which region.
    #[serde(flatten)]
    pub region: RegionName,
    /// Its counts over all domains shown.
    #[serde(flatten)]
    pub counts: AtlasCounts,
}

/// A row of the atlas.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AtlasDomain {
    /// The domain; null for measures that have none.
    #[schema(example = "开办企业")]
    pub domain: Option<String>,
    /// Its measures in the regions shown.
    pub measures: usize,
    /// How many of all its measures two regions or more have.
    pub shared: usize,
    /// For every region of the columns, in their order.
    pub cells: Vec<AtlasCell>,
}

/// One domain in one region.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AtlasCell {
    /// Code of the region.
    #[schema(example = "340603")]
    pub region: String,
    /// The counts.
    #[serde(flatten)]
    pub counts: AtlasCounts,
}

/// How many measures a region has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct AtlasCounts {
    /// Measures that it has.
    pub measures: usize,
    /// Of those, how many another region has too.
    pub shared: usize,
    /// Of those, how many no other region has.
    pub only_here: usize,
    /// Measures that two other regions or more have and it lacks.
    pub lacking: usize,
    /// Share of the measures of two regions or more that it has, 0 to 1; null where there are none.
    pub coverage: Option<f64>,
}

/// A measure in a list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MeasureSummary {
    /// Stable id, for `/v1/measures/{id}`.
    #[schema(example = "m-3f1c9a0d52e7b846")]
    pub id: String,
    /// Words of one of its clauses.
    pub title: String,
    /// The indicator domain that most of its clauses have.
    pub domain: Option<String>,
    /// How many clauses say it.
    pub clauses: usize,
    /// Regions that have it, in order of codes.
    pub regions: Vec<RegionName>,
    /// Regions of which no indexed document has it, in order of codes.
    pub lacking: Vec<RegionName>,
}

impl Engine {
    /// Counts and measures as `request` wants them. `atlas_absent` where the index was made before there
    /// were measures.
    pub fn atlas(&self, request: &AtlasRequest) -> Result<(Arc<Generation>, Atlas)> {
        check_limit(request.limit)?;
        if !(1..=MAX_REGIONS).contains(&request.min_regions) {
            let message = format!("min_regions: give 1 to {MAX_REGIONS}");
            return Err(Error::invalid("invalid_min_regions", "min_regions", message));
        }
        let generation = self.current()?;
        let atlas = Reading::of(&generation)?.answer(&generation, request)?;
        Ok((generation, atlas))
    }

    /// The measure named `id`: where it is, where not, and its clauses' positions.
    pub fn measure(&self, id: &str) -> Result<(Arc<Generation>, MeasureSummary, Vec<u32>)> {
        let generation = self.current()?;
        let unknown = || Error::new(Kind::NotFound, "unknown_measure", format!("there is no measure {id:?}"));
        let measure = measures(&generation)?.find(id).ok_or_else(unknown)?;
        let summary = Reading::of(&generation)?.summary(measure, &regions_of(&generation, measure));
        let clauses = measure.clauses.clone();
        Ok((generation, summary, clauses))
    }
}

fn measures(generation: &Generation) -> Result<&MeasureIndex> {
    generation.measures().ok_or_else(|| {
        let message = "the index was made by a version without measures; run `tiaokuan index` again";
        Error::new(Kind::Unavailable, "atlas_absent", message)
    })
}

/// Codes of the regions whose documents have `measure`.
fn regions_of(generation: &Generation, measure: &Measure) -> BTreeSet<String> {
    let clauses = measure.clauses.iter().filter_map(|clause| generation.clause(*clause));
    clauses.filter_map(|found| Some(found.document.region.as_ref()?.code.clone())).collect()
}

/// A generation's measures with where they are.
struct Reading<'a> {
    measures: &'a MeasureIndex,
    /// Regions with documents in force for just them, by code.
    regions: BTreeMap<String, Region>,
}

/// A measure and the regions that have it.
type Placed<'a> = (&'a Measure, BTreeSet<String>);

impl<'a> Reading<'a> {
    fn of(generation: &'a Generation) -> Result<Self> {
        let regions = generation.documents().iter().filter_map(|record| record.document.region.clone());
        let regions = regions.map(|region| (region.code.clone(), region)).collect();
        Ok(Self { measures: measures(generation)?, regions })
    }

    fn answer(&self, generation: &Generation, request: &AtlasRequest) -> Result<Atlas> {
        let fingerprint = fingerprint(request);
        let start = page::start(request.cursor.as_deref(), generation.id(), fingerprint)?;
        let domain = filter::domain_names("domain", request.domain.as_slice())?;
        let columns = self.within("region", request.region.as_deref())?;
        let without = self.within("lacking", request.lacking.as_deref())?.unwrap_or_default();
        let is_of_domain = |measure: &Measure| {
            domain.as_ref().is_none_or(|names| measure.domain.as_ref().is_some_and(|own| names.contains(own)))
        };
        let placed = self.measures.all().iter().filter(|measure| is_of_domain(measure));
        let placed: Vec<Placed<'_>> =
            placed.map(|measure| (measure, regions_of(generation, measure))).collect();
        let is_listed = |(_, regions): &&Placed<'_>| {
            columns.as_ref().is_none_or(|columns| !columns.is_disjoint(regions))
                && regions.is_disjoint(&without)
                && regions.len() >= request.min_regions
        };
        let mut listed: Vec<&Placed<'_>> = placed.iter().filter(is_listed).collect();
        let order = |(measure, regions): &Placed<'_>| (regions.len(), measure.clauses.len());
        listed.sort_by(|a, b| order(b).cmp(&order(a)).then_with(|| a.0.id.cmp(&b.0.id)));
        let columns = columns.unwrap_or_else(|| self.regions.keys().cloned().collect());
        let end = start.saturating_add(request.limit);
        let shown = listed.iter().skip(start).take(request.limit);
        Ok(Atlas {
            regions: self.columns(&columns, &placed),
            domains: rows(&columns, &placed),
            measures: shown.map(|(measure, regions)| self.summary(measure, regions)).collect(),
            total: listed.len(),
            next_cursor: (end < listed.len()).then(|| page::cursor(generation.id(), fingerprint, end)),
        })
    }

    /// Codes of the indexed regions that `name` means or takes in; none without a name.
    fn within(&self, field: &str, name: Option<&str>) -> Result<Option<BTreeSet<String>>> {
        let named: Vec<String> = name.map(str::to_owned).into_iter().collect();
        let Some(wanted) = filter::regions(field, &named)? else { return Ok(None) };
        let lies_in = |region: &&Region| wanted.iter().any(|wanted| RegionTable::contains(wanted, region));
        let codes: BTreeSet<String> =
            self.regions.values().filter(lies_in).map(|region| region.code.clone()).collect();
        if codes.is_empty() {
            let message =
                format!("{field}: no document of {named:?} is indexed; GET /v1/regions lists regions");
            return Err(Error::invalid("unknown_region", field, message));
        }
        Ok(Some(codes))
    }

    fn columns(&self, codes: &BTreeSet<String>, placed: &[Placed<'_>]) -> Vec<AtlasRegion> {
        let all: Vec<&Placed<'_>> = placed.iter().collect();
        let column = |code: &String| {
            let name = self.regions.get(code)?.name.clone();
            Some(AtlasRegion { region: RegionName { code: code.clone(), name }, counts: counts(code, &all) })
        };
        codes.iter().filter_map(column).collect()
    }

    fn summary(&self, measure: &Measure, regions: &BTreeSet<String>) -> MeasureSummary {
        let names = |has: bool| {
            let wanted = self.regions.values().filter(move |region| regions.contains(&region.code) == has);
            wanted.map(|region| RegionName { code: region.code.clone(), name: region.name.clone() }).collect()
        };
        MeasureSummary {
            id: measure.id.to_string(),
            title: measure.title.clone(),
            domain: measure.domain.clone(),
            clauses: measure.clauses.len(),
            regions: names(true),
            lacking: names(false),
        }
    }
}

fn rows(columns: &BTreeSet<String>, placed: &[Placed<'_>]) -> Vec<AtlasDomain> {
    let names = domains().iter().map(|domain| Some(domain.name.as_str())).chain([None]);
    let row = |name: Option<&str>| {
        let of_domain: Vec<&Placed<'_>> =
            placed.iter().filter(|(measure, _)| measure.domain.as_deref() == name).collect();
        let here = of_domain.iter().filter(|(_, regions)| !columns.is_disjoint(regions)).count();
        let cell = |code: &String| AtlasCell { region: code.clone(), counts: counts(code, &of_domain) };
        (here > 0).then(|| AtlasDomain {
            domain: name.map(str::to_owned),
            measures: here,
            shared: of_domain.iter().filter(|(_, regions)| regions.len() > 1).count(),
            cells: columns.iter().map(cell).collect(),
        })
    };
    names.filter_map(row).collect()
}

/// Counts of `placed` for the region `code`.
fn counts(code: &str, placed: &[&Placed<'_>]) -> AtlasCounts {
    let mut counts = AtlasCounts::default();
    for (_, regions) in placed {
        match (regions.contains(code), regions.len() > 1) {
            (true, true) => counts.shared += 1,
            (true, false) => counts.only_here += 1,
            (false, true) => counts.lacking += 1,
            (false, false) => {}
        }
    }
    counts.measures = counts.shared + counts.only_here;
    let all = counts.shared + counts.lacking;
    counts.coverage = (all > 0).then(|| counts.shared as f64 / all as f64);
    counts
}

/// Tells requests apart that give different lists.
fn fingerprint(request: &AtlasRequest) -> u64 {
    let mut hasher = DefaultHasher::new();
    let AtlasRequest { domain, region, lacking, min_regions, limit: _, cursor: _ } = request;
    ("atlas", domain, region, lacking, min_regions).hash(&mut hasher);
    hasher.finish()
}
