//! The pages, in Chinese, rendered on the server: one file a page.

mod atlas;
mod choices;
mod clause;
mod compare;
mod docs;
mod document;
mod documents;
mod export;
mod facets;
mod facts;
mod hit;
mod home;
mod intake;
mod labels;
mod layout;
mod listing;
mod naming;
mod reader;
mod regions;
mod report;
mod review;
mod search;
mod sign_in;
mod similar;
mod source;
mod version;
mod visitor;

use askama::Template;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};

use self::layout::Layout;
use super::error::{Failure, Problem};
use super::state::AppState;
use crate::error::Error;

pub(super) use docs::docs_page;

/// Every page but the docs page, which needs the API's description.
pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/", get(home::get))
        .route("/search", get(search::get))
        .route("/similar", get(similar::get))
        .route("/clauses/{id}", get(clause::get))
        .route("/compare", get(compare::get))
        .route("/atlas", get(atlas::get))
        .route("/measures/{id}", get(atlas::get_measure))
        .route("/review", get(review::get))
        .route("/documents", get(documents::get))
        .route("/documents/{id}", get(document::get))
        .route("/sign-in", get(sign_in::get).post(sign_in::post))
        .route("/sign-out", post(sign_in::out))
        .route("/documents/{id}/report", get(report::get))
        .route("/documents/{id}/delete", get(intake::confirm))
}

/// Forms whose work takes longer than that of a search. What receives them bounds their bodies.
pub(super) fn slow_router() -> Router<AppState> {
    Router::new()
        .route("/review", post(review::post))
        .route("/documents", post(intake::upload))
        .route("/documents/{id}/delete", post(intake::delete))
        .layer(DefaultBodyLimit::disable())
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    layout: Layout,
    problem: &'a Problem,
}

/// What a person sees instead of a page that failed; needs nothing that can fail itself.
pub(super) fn error_page(problem: &Problem) -> String {
    let page = ErrorPage { layout: Layout::new(problem.title_zh), problem };
    page.render().unwrap_or_else(|_| problem.title_zh.to_owned())
}

/// `page` as a response.
fn html(page: &impl Template) -> Result<Response, Failure> {
    let text = page.render().map_err(|error| Error::internal("a template failed").with_source(error))?;
    Ok(Html(text).into_response())
}
