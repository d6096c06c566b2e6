//! The atlas and its measures as programs are told of them.

use serde::Serialize;
use utoipa::ToSchema;

use super::{ClauseView, ModelPresence, Permalinks};
use crate::index::Generation;
use crate::search::{Atlas, AtlasDomain, AtlasRegion, MeasureSummary, RegionName};

/// Counts by domain and region, and one page of measures.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Atlas)]
pub(crate) struct AtlasView<'a> {
    /// The columns: regions with documents in force for just them, in order of codes.
    regions: &'a [AtlasRegion],
    /// The rows: domains with measures, in their usual order.
    domains: &'a [AtlasDomain],
    /// One page, those that most regions have first.
    measures: &'a [MeasureSummary],
    /// Measures on all pages.
    total: usize,
    /// Continues where this page ends; null on the last page.
    next_cursor: Option<&'a str>,
    /// The state of the index that answered.
    generation: u64,
    /// Whether meaning took part in finding the measures, or words alone.
    model: ModelPresence,
}

impl<'a> AtlasView<'a> {
    /// `atlas` as read from `generation`.
    pub(crate) fn new(generation: &Generation, atlas: &'a Atlas) -> Self {
        Self {
            regions: &atlas.regions,
            domains: &atlas.domains,
            measures: &atlas.measures,
            total: atlas.total,
            next_cursor: atlas.next_cursor.as_deref(),
            generation: generation.id(),
            model: ModelPresence::of(generation.manifest().model.is_some()),
        }
    }
}

/// A measure with its clauses.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Measure)]
pub(crate) struct MeasureView<'a> {
    /// Stable id while its smallest clause is part of it.
    #[schema(example = "m-3f1c9a0d52e7b846")]
    id: &'a str,
    /// Words of one of its clauses.
    title: &'a str,
    /// The indicator domain that most of its clauses have.
    domain: Option<&'a str>,
    /// Its clauses by region, in order of codes; documents without a region last.
    regions: Vec<MeasureRegion<'a>>,
    /// Regions of which no indexed document has it, in order of codes.
    lacking: &'a [RegionName],
    /// The state of the index that answered.
    generation: u64,
}

/// A region's clauses of a measure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MeasureRegion<'a> {
    /// Which region; null for documents that name none.
    region: Option<&'a RegionName>,
    /// Its clauses, in the order of the documents.
    clauses: Vec<ClauseView<'a>>,
}

impl<'a> MeasureView<'a> {
    /// The measure of `summary` with its `clauses`, positions in `generation`.
    pub(crate) fn new(
        generation: &'a Generation,
        summary: &'a MeasureSummary,
        clauses: &[u32],
        links: &Permalinks,
    ) -> Self {
        let of_region = |region: Option<&'a RegionName>| {
            let found = clauses.iter().filter_map(|clause| generation.clause(*clause));
            let code = region.map(|region| region.code.as_str());
            let own = found.filter(|found| found.document.region.as_ref().map(|r| r.code.as_str()) == code);
            MeasureRegion { region, clauses: own.map(|found| ClauseView::new(found, links)).collect() }
        };
        let regions = summary.regions.iter().map(Some).chain([None]).map(of_region);
        Self {
            id: &summary.id,
            title: &summary.title,
            domain: summary.domain.as_deref(),
            regions: regions.filter(|region| !region.clauses.is_empty()).collect(),
            lacking: &summary.lacking,
            generation: generation.id(),
        }
    }
}
