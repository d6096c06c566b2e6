//! `/v1/feed`: a saved search as a feed. What is saved is its address, and nothing here.

use std::borrow::Cow;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};

use super::export::links;
use super::parameters::FilterParameters;
use crate::error::{Error, Result};
use crate::index::{ClauseRef, Generation};
use crate::search::{Answer, FILTER_ONLY, Hit, Mode};
use crate::serve::error::{Failure, Problem};
use crate::serve::query::{self, Pairs};
use crate::serve::state::AppState;
use crate::view::{Offsets, Permalinks, excerpt, ordinal};

/// Entries of a feed.
const ENTRIES: usize = 50;
/// Hits that the newest are taken from.
const CANDIDATES: usize = 1_000;
/// What is less relevant is a guess, and no news: pages call it so too.
const LEAST_RELEVANT: f32 = 0.05;
/// When nothing was received yet.
const NEVER: &str = "1970-01-01T00:00:00Z";
/// Parameters of a search that a saved one has no use for.
const PASSING: [&str; 6] = ["limit", "cursor", "group_by", "facets", "explain", "as_of"];

/// Follow a search
///
/// An Atom feed of the clauses that match, those of the latest received documents first, at most 50. The address is
/// the saved search: it takes what `/v1/search` takes, but for paging, groups, facets and time.
#[utoipa::path(
    get, path = "/v1/feed", operation_id = "feed", tag = "search", params(FeedParameters, FilterParameters),
    responses(
        (status = 200, description = "The feed (RFC 4287)", body = String, content_type = "application/atom+xml"),
        (status = 400, description = "A parameter is unknown or of the wrong type", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value is out of range or unknown", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "No index yet, or semantic mode without a model", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get(
    State(state): State<AppState>,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let pairs = query::pairs(raw.as_deref())?;
    if let Some((name, _)) = pairs.iter().find(|(name, _)| PASSING.contains(&name.as_str())) {
        return Err(query::unknown(name).into());
    }
    let request = query::search_request(&pairs)?;
    let links = links(&state, &headers);
    let title = request.query.clone();
    let (generation, answer) =
        state.on_engine(move |engine| engine.search_up_to(&request, CANDIDATES)).await?;
    let feed = Feed::new(&generation, &answer, &title, &pairs, &links);
    let text = feed.render().map_err(|error| Error::internal("a template failed").with_source(error))?;
    Ok(([(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], text).into_response())
}

#[derive(Template)]
#[template(path = "feed.xml")]
struct Feed<'a> {
    title: Cow<'a, str>,
    /// Its own address, which is its id too.
    address: String,
    /// The page that shows the same search.
    page: String,
    updated: &'a str,
    entries: Vec<Entry<'a>>,
}

struct Entry<'a> {
    address: String,
    title: String,
    updated: &'a str,
    issuer: Cow<'a, str>,
    summary: String,
}

impl<'a> Feed<'a> {
    fn new(
        generation: &'a Generation,
        answer: &Answer,
        title: &'a str,
        pairs: &Pairs,
        links: &Permalinks,
    ) -> Self {
        let is_listing = answer.notices.contains(&FILTER_ONLY);
        let matches = answer.hits.iter().filter(|hit| is_listing || hit.relevance >= LEAST_RELEVANT);
        let mut entries: Vec<Entry> = matches.filter_map(|hit| Entry::new(generation, hit, links)).collect();
        // Those of one document stay in order of relevance.
        entries.sort_by(|a, b| b.updated.cmp(a.updated));
        entries.truncate(ENTRIES);
        let asked = query::to_query(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        Self {
            title: clean(title),
            address: links.address(&format!("/v1/feed?{asked}")),
            page: links.address(&format!("/search?{asked}")),
            updated: entries.first().map_or(NEVER, |entry| entry.updated),
            entries,
        }
    }
}

impl<'a> Entry<'a> {
    fn new(generation: &'a Generation, hit: &Hit, links: &Permalinks) -> Option<Self> {
        let ClauseRef { clause, document, .. } = generation.clause(hit.clause)?;
        let received = &generation.versions(document.id.as_str()).last()?.received;
        let region = document.region.as_ref().map(|region| region.name.clone());
        let place = clause.path.iter().cloned().chain(ordinal(clause)).collect::<Vec<_>>().join(" › ");
        let place = if place.is_empty() { document.title.clone() } else { place };
        let title = region.into_iter().chain([place]).collect::<Vec<_>>().join(" · ");
        let window = excerpt(&clause.text, 0, &hit.highlights, hit.best_sentence);
        Some(Self {
            address: links.clause(clause.id.as_str()),
            title: clean(&title).into_owned(),
            updated: received,
            issuer: clean(
                document
                    .issuer
                    .as_deref()
                    .filter(|issuer| !issuer.trim().is_empty())
                    .unwrap_or(&document.title),
            ),
            summary: clean(Offsets::of(&clause.text).slice(window)).into_owned(),
        })
    }
}

/// `text` without the characters that XML 1.0 cannot hold, escaped or not; the template escapes the rest.
fn clean(text: &str) -> Cow<'_, str> {
    let is_held =
        |c: char| matches!(c, '\t' | '\n' | '\r') || !(c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}'));
    if text.chars().all(is_held) {
        return text.into();
    }
    text.chars().filter(|&c| is_held(c)).collect::<String>().into()
}

/// What the address of a feed states beside the filters.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
#[expect(dead_code, reason = "describes the parameters; never built")]
struct FeedParameters {
    /// Words, a question, a document number.
    #[param(min_length = 1, max_length = 2000, example = "用水用气外线工程")]
    q: String,
    /// Which legs answer; `hybrid` without it.
    #[param(nullable = false)]
    mode: Option<Mode>,
    /// Puts near-identical clauses of one document into the best of them.
    #[param(nullable = false)]
    collapse: Option<bool>,
    /// Whether a word that occurs nowhere may be read as one that sounds or looks like it; true without it.
    #[param(nullable = false)]
    correct: Option<bool>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_makes_a_well_formed_feed(text in any::<String>(), control in "[\\x00-\\x1f<>&\"']{0,8}") {
            let text = text + &control;
            let entry = Entry {
                address: "https://a.example/clauses/x".into(),
                title: clean(&text).into_owned(),
                updated: NEVER,
                issuer: clean(&text),
                summary: clean(&text).into_owned(),
            };
            let feed = Feed {
                title: clean(&text),
                address: "https://a.example/v1/feed?q=x&mode=keyword".into(),
                page: "https://a.example/search?q=x".into(),
                updated: NEVER,
                entries: vec![entry],
            };
            let xml = feed.render().unwrap();
            prop_assert!(roxmltree::Document::parse(&xml).is_ok(), "{}", xml);
        }
    }
}
