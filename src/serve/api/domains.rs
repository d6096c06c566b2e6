//! `/v1/domains`.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::index::Generation;
use crate::serve::error::{Failure, Problem};
use crate::serve::state::AppState;
use crate::text::domains::domains;

/// Indicator domains.
#[derive(Debug, Serialize, ToSchema)]
struct Domains {
    /// Those with most clauses first.
    domains: Vec<DomainCount>,
}

/// An indicator domain with what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::serve) struct DomainCount {
    /// Its usual name.
    #[schema(example = "获得用水用气")]
    pub(in crate::serve) name: String,
    /// Clauses of this domain.
    pub(in crate::serve) clauses: usize,
    /// Regions that have such clauses.
    pub(in crate::serve) regions: usize,
}

/// List indicator domains
#[utoipa::path(
    get, path = "/v1/domains", operation_id = "domains", tag = "lists",
    responses(
        (status = 200, description = "All domains with their counts", body = Domains),
        (status = 503, description = "No index yet", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(State(state): State<AppState>) -> Result<Response, Failure> {
    Ok(Json(Domains { domains: domain_counts(&*state.generation()?) }).into_response())
}

/// Counts of `generation` by domain, most clauses first; a domain without clauses is listed too.
pub(in crate::serve) fn domain_counts(generation: &Generation) -> Vec<DomainCount> {
    let mut counts: BTreeMap<&str, (usize, BTreeSet<&str>)> =
        domains().iter().map(|domain| (domain.name.as_str(), (0, BTreeSet::new()))).collect();
    for found in generation.clauses() {
        let domain = found.clause.facts.domain.as_deref().or(found.clause.inherited.domain.as_deref());
        let Some(domain) = domain else { continue };
        let (clauses, regions) = counts.entry(domain).or_default();
        *clauses += 1;
        regions.extend(found.document.region.as_ref().map(|region| region.code.as_str()));
    }
    let rows = counts.into_iter().map(|(name, (clauses, regions))| DomainCount {
        name: name.to_owned(),
        clauses,
        regions: regions.len(),
    });
    let mut rows: Vec<DomainCount> = rows.collect();
    rows.sort_by(|a, b| b.clauses.cmp(&a.clauses).then_with(|| a.name.cmp(&b.name)));
    rows
}
