//! The JSON API: one file a resource.

mod atlas;
mod batch;
mod clauses;
mod compare;
mod documents;
mod domains;
mod expand;
mod export;
mod feed;
mod health;
mod parameters;
mod regions;
mod review;
mod search;
mod similar;
mod suggest;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::state::AppState;

pub(super) use documents::versions::{Found, find as find_version, unknown_document};
pub(super) use domains::domain_counts;
pub(super) use export::{
    links as export_links, understand as understand_export, understand_address as understand_export_address,
};
pub(super) use regions::{RegionCount, region_counts};

/// Routes whose work takes longer than that of a search.
pub(super) fn slow_router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(review::post))
        .routes(routes!(documents::change::put, documents::change::delete))
}

/// Every other route of the API with its description.
pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(super::openapi::description())
        .routes(routes!(search::post, search::get))
        .routes(routes!(suggest::get))
        .routes(routes!(expand::get))
        .routes(routes!(similar::post))
        .routes(routes!(batch::post))
        .routes(routes!(export::post, export::get))
        .routes(routes!(feed::get))
        .routes(routes!(compare::post))
        .routes(routes!(atlas::get))
        .routes(routes!(atlas::measure))
        .routes(routes!(documents::list))
        .routes(routes!(documents::get))
        .routes(routes!(documents::versions::list))
        .routes(routes!(documents::clauses))
        .routes(routes!(documents::source))
        .routes(routes!(clauses::get))
        .routes(routes!(regions::list))
        .routes(routes!(domains::list))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
}
