//! A running service as a source of answers, through its JSON API.

use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::source::{Found, Source};
use crate::error::{Error, Kind, Result};
use crate::search::{SearchRequest, SimilarRequest};

/// Longest wait for one answer.
const TIMEOUT: Duration = Duration::from_mins(1);
/// Largest accepted answer: a document of the largest accepted size with all that is known of it.
const MAX_ANSWER: u64 = 256 << 20;
/// Documents a page.
const PAGE: usize = 1_000;

/// A service at an address.
#[derive(Debug)]
pub struct Service {
    address: String,
    key: Option<String>,
    agent: ureq::Agent,
}

#[derive(Deserialize)]
struct Answer {
    hits: Vec<Hit>,
}

#[derive(Deserialize)]
struct Hit {
    clause: ClauseOf,
    score: f32,
    #[serde(default)]
    relevance: f32,
}

#[derive(Deserialize)]
struct ClauseOf {
    id: String,
    text: String,
    document: DocumentOf,
}

#[derive(Deserialize)]
struct DocumentOf {
    id: String,
    file: String,
}

#[derive(Deserialize)]
struct Documents {
    documents: Vec<DocumentOf>,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
struct Clauses {
    clauses: Vec<ClauseOf>,
}

impl Service {
    /// The service at `address` (`http://127.0.0.1:7878`), asked with `key` where there is one.
    pub fn new(address: &str, key: Option<String>) -> Self {
        let config =
            ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false).build();
        Self { address: address.trim_end_matches('/').to_owned(), key, agent: config.into() }
    }

    fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let url = format!("{}{path}", self.address);
        let request = self.agent.get(&url);
        let request = match self.authorization() {
            Some(value) => request.header("authorization", value),
            None => request,
        };
        read(&url, request.call())
    }

    fn post<T: DeserializeOwned>(&self, path: &str, body: &impl serde::Serialize) -> Result<T> {
        let url = format!("{}{path}", self.address);
        let request = self.agent.post(&url);
        let request = match self.authorization() {
            Some(value) => request.header("authorization", value),
            None => request,
        };
        let body = serde_json::to_vec(body).map_err(|error| Error::internal(error.to_string()))?;
        read(&url, request.header("content-type", "application/json").send(&body))
    }

    fn authorization(&self) -> Option<String> {
        self.key.as_ref().map(|key| format!("Bearer {key}"))
    }
}

/// The answer of `url` as `T`; a problem of the service is quoted.
fn read<T: DeserializeOwned>(
    url: &str,
    answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<T> {
    let failed = |what: String| Error::new(Kind::Unavailable, "service_failed", format!("{url}: {what}"));
    let mut answer = answer.map_err(|error| failed(error.to_string()))?;
    let status = answer.status();
    let body = answer.body_mut().with_config().limit(MAX_ANSWER).read_to_string();
    let body = body.map_err(|error| failed(error.to_string()))?;
    if !status.is_success() {
        let shown: String = body.chars().take(500).collect();
        return Err(failed(format!("{status}: {shown}")));
    }
    serde_json::from_str(&body).map_err(|error| failed(format!("not the answer expected: {error}")))
}

impl Source for Service {
    fn search(&self, request: &SearchRequest) -> Result<Vec<Found>> {
        self.post::<Answer>("/v1/search", request).map(Answer::into_found)
    }

    fn similar(&self, request: &SimilarRequest) -> Result<Vec<Found>> {
        self.post::<Answer>("/v1/similar", request).map(Answer::into_found)
    }

    fn clauses(&self) -> Result<Vec<Found>> {
        let mut all = Vec::new();
        let mut page: Documents = self.get(&format!("/v1/documents?limit={PAGE}"))?;
        loop {
            for document in &page.documents {
                let id = utf8_percent_encode(&document.id, NON_ALPHANUMERIC);
                let clauses: Clauses = self.get(&format!("/v1/documents/{id}/clauses"))?;
                all.extend(clauses.clauses.into_iter().map(Found::from));
            }
            let Some(cursor) = &page.next_cursor else { return Ok(all) };
            let cursor = utf8_percent_encode(cursor, NON_ALPHANUMERIC);
            page = self.get(&format!("/v1/documents?limit={PAGE}&cursor={cursor}"))?;
        }
    }
}

impl Answer {
    fn into_found(self) -> Vec<Found> {
        let hits = self.hits.into_iter();
        hits.map(|hit| Found { score: hit.score, relevance: hit.relevance, ..Found::from(hit.clause) })
            .collect()
    }
}

impl From<ClauseOf> for Found {
    fn from(clause: ClauseOf) -> Self {
        Self { id: clause.id, file: clause.document.file, text: clause.text, ..Self::default() }
    }
}
