//! Who changed what: one line of JSON a write, in `audit.jsonl` of the data directory.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

use axum::extract::{MatchedPath, Request};
use axum::http::StatusCode;
use axum::response::Response;
use percent_encoding::percent_decode_str;
use serde::Serialize;
use time::OffsetDateTime;

use super::caller::{Access, Caller};
use super::guard::{Need, is_safe, need_of};
use super::key::{Scope, written};
use super::keyring::private;
use crate::error::{Error, Result};
use crate::serve::error::Problem;

/// The log. It is opened for every line, so that it can be moved away at any time.
#[derive(Clone, Debug)]
pub(super) struct AuditLog {
    path: PathBuf,
}

/// One write.
#[derive(Debug, Serialize)]
struct Entry {
    /// When it was answered, RFC 3339, UTC.
    time: String,
    /// The key's id; null for the user of this machine.
    key: Option<String>,
    /// What people call the key.
    name: String,
    method: String,
    path: String,
    /// The document it was about.
    document: Option<String>,
    /// `done`, `refused` (the caller's fault) or `failed` (ours).
    outcome: &'static str,
    status: u16,
    /// The problem's code.
    code: Option<&'static str>,
    request_id: Option<String>,
}

impl AuditLog {
    pub(super) fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Adds a line and waits until it is on the disk: what was acknowledged is on record.
    fn add(&self, entry: &Entry) -> Result<()> {
        let failed = |error| Error::io(self.path.display(), error);
        let mut line = serde_json::to_vec(entry).map_err(|error| Error::internal(error.to_string()))?;
        line.push(b'\n');
        let mut file = private(File::options().create(true).append(true), &self.path)?;
        // One call a line: lines of two writers do not mix.
        file.write_all(&line).and_then(|()| file.sync_data()).map_err(failed)
    }
}

/// The record of a write by a caller who is known, whatever comes of it.
pub(super) struct Record {
    log: AuditLog,
    entry: Entry,
}

impl Record {
    /// The record of `request`; none where it writes nothing or nothing is written down.
    pub(super) fn of(access: &Access, caller: &Caller, request: &Request) -> Option<Self> {
        let is_write =
            !is_safe(request.method()) && !matches!(need_of(request), Need::Nothing | Need::Of(Scope::Read));
        let log = access.audit.clone().filter(|_| is_write)?;
        let id = crate::serve::request_id(request.headers());
        let entry = Entry {
            time: String::new(),
            key: caller.key.as_ref().map(ToString::to_string),
            name: caller.name.clone(),
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
            document: document_of(request),
            outcome: "failed",
            status: 0,
            code: None,
            request_id: id.map(str::to_owned),
        };
        Some(Self { log, entry })
    }

    /// What `answered` gives, once it is written down. In a task of its own: a client that goes away must not take the
    /// record of its write along.
    pub(super) async fn of_answer(
        self,
        answered: impl Future<Output = Response> + Send + 'static,
    ) -> Response {
        let Self { log, entry } = self;
        let recorded = tokio::spawn(async move {
            let response = answered.await;
            let entry = entry.answered_by(&response);
            let added = tokio::task::spawn_blocking(move || log.add(&entry)).await;
            if let Ok(Err(error)) = added {
                tracing::error!(%error, "a write is not in the audit log");
            }
            response
        });
        recorded.await.unwrap_or_else(|error| {
            if error.is_panic() {
                std::panic::resume_unwind(error.into_panic());
            }
            axum::response::IntoResponse::into_response(StatusCode::SERVICE_UNAVAILABLE)
        })
    }
}

impl Entry {
    /// The same with what came of it.
    fn answered_by(self, response: &Response) -> Self {
        let status = response.status();
        let outcome = match () {
            () if status.is_server_error() => "failed",
            () if status.is_client_error() => "refused",
            () => "done",
        };
        let code = response.extensions().get::<Problem>().map(|problem| problem.code);
        let time = written(OffsetDateTime::now_utc()).unwrap_or_default();
        Self { time, outcome, status: status.as_u16(), code, ..self }
    }
}

/// The id in `/v1/documents/{id}` and what lies below it.
fn document_of(request: &Request) -> Option<String> {
    let route = request.extensions().get::<MatchedPath>()?.as_str();
    let place = route.split('/').position(|part| part.starts_with('{'))?;
    let is_document = route.split('/').nth(place.checked_sub(1)?) == Some("documents");
    let id = request.uri().path().split('/').nth(place).filter(|_| is_document)?;
    Some(percent_decode_str(id).decode_utf8_lossy().into_owned())
}
