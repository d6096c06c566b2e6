//! Many documents at once: bounded requests, a bounded number of them under way, and every item looked at.

use std::sync::mpsc;

use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Cluster;
use super::client::{Request, WRITING, backoff};
use crate::error::{Error, Kind, Result};

/// Bytes of one request, but for a single document that is larger.
const REQUEST_BYTES: usize = 4 << 20;
/// Requests that are under way at a time: what waits is not even made, so that a slow cluster slows us down.
const UNDER_WAY: usize = 2;
/// How often what was put off is sent again.
const ROUNDS: usize = 12;

/// A document and the name that it gets.
pub(super) struct Item {
    pub id: String,
    pub document: Value,
}

/// What of a request's items is kept until they are written: the lines of each.
type Lines = Vec<Vec<u8>>;

#[derive(Deserialize)]
struct Answer {
    items: Vec<Outcome>,
}

#[derive(Deserialize)]
struct Outcome {
    index: Written,
}

#[derive(Deserialize)]
struct Written {
    status: u16,
    #[serde(default)]
    error: Option<Value>,
    #[serde(default, rename = "_shards")]
    shards: Shards,
}

/// Copies that a document was written to.
#[derive(Default, Deserialize)]
struct Shards {
    successful: usize,
}

/// Writes `items` into `index`. All are written on as many copies as the cluster can have, or it is an error.
pub(super) fn write(cluster: &Cluster, index: &str, items: impl Iterator<Item = Result<Item>>) -> Result<()> {
    let (line, requests) = mpsc::sync_channel::<Lines>(0);
    let requests = Mutex::new(requests);
    let failed: Mutex<Option<Error>> = Mutex::default();
    let work = || loop {
        let request = requests.lock().recv();
        let Ok(lines) = request else { return };
        if failed.lock().is_none()
            && let Err(error) = send(cluster, index, lines)
        {
            failed.lock().get_or_insert(error);
        }
    };
    let made = std::thread::scope(|scope| {
        for _ in 0..UNDER_WAY {
            scope.spawn(work);
        }
        let made = make(items, |lines| failed.lock().is_none() && line.send(lines).is_ok());
        // The workers end when nothing can come any more.
        drop(line);
        made
    });
    failed.into_inner().map_or(made, Err)
}

/// Hands `items` over in requests, until `hand_over` refuses one.
fn make(items: impl Iterator<Item = Result<Item>>, hand_over: impl Fn(Lines) -> bool) -> Result<()> {
    let (mut lines, mut bytes) = (Lines::new(), 0);
    for item in items {
        let line = lines_of(&item?)?;
        if bytes + line.len() > REQUEST_BYTES && !lines.is_empty() {
            if !hand_over(std::mem::take(&mut lines)) {
                return Ok(());
            }
            bytes = 0;
        }
        bytes += line.len();
        lines.push(line);
    }
    if !lines.is_empty() {
        hand_over(lines);
    }
    Ok(())
}

fn lines_of(item: &Item) -> Result<Vec<u8>> {
    let mut lines = Vec::new();
    for value in [&json!({"index": {"_id": item.id}}), &item.document] {
        serde_json::to_writer(&mut lines, value)
            .map_err(|error| Error::internal(format!("a document for the cluster: {error}")))?;
        lines.push(b'\n');
    }
    Ok(lines)
}

/// Sends `lines` until all of them are written; what the cluster puts off is sent again, later each time.
fn send(cluster: &Cluster, index: &str, mut lines: Lines) -> Result<()> {
    let copies = cluster.copies()?;
    let path = format!("/{index}/_bulk?wait_for_active_shards={copies}&timeout=5s");
    for round in 0..ROUNDS {
        let body = lines.concat();
        let request = Request { is_lines: true, patience: WRITING, ..Request::post(&path, &body) };
        let answer: Answer = cluster.client().send(request)?.read("_bulk")?;
        let mut rest = Lines::new();
        for (line, Outcome { index: Written { status, error, shards } }) in
            lines.into_iter().zip(answer.items)
        {
            match status {
                200..300 if shards.successful >= copies => {}
                // Put off; or a copy went away while it was being written: it is written again, on two.
                429 | 503 | 200..300 => rest.push(line),
                _ => return Err(refused(status, error.as_ref())),
            }
        }
        if rest.is_empty() {
            return Ok(());
        }
        tracing::debug!(items = rest.len(), round, "the cluster puts documents off");
        lines = rest;
        std::thread::sleep(backoff(round));
    }
    let message = format!("the search cluster is too busy: it did not take {} documents", lines.len());
    Err(Error::new(Kind::Unavailable, "backend_unavailable", message))
}

fn refused(status: u16, error: Option<&Value>) -> Error {
    let reason = error.map(ToString::to_string).unwrap_or_default();
    Error::new(
        Kind::Unavailable,
        "backend_unavailable",
        format!(
            "the cluster refused a document ({status}): {}",
            reason.chars().take(500).collect::<String>()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_bounded_but_for_one_large_document() {
        let item = |size: usize| Ok(Item { id: "x".into(), document: json!({"text": "x".repeat(size)}) });
        let sizes = [REQUEST_BYTES * 2, 10, REQUEST_BYTES / 2, REQUEST_BYTES / 2, 10];
        let requests = Mutex::new(Vec::new());
        let hand_over = |lines: Lines| {
            requests.lock().push(lines.len());
            true
        };
        make(sizes.into_iter().map(item), hand_over).expect("made");
        assert_eq!(requests.into_inner(), [1, 2, 2]);
    }
}
