//! Reads a batch ahead of the answers.
//!
//! A client may send all its items before it reads the first answer; were items read only as answers are
//! taken, it and the server would wait for each other for ever. So items are read ahead into a bounded room.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use serde_json::value::RawValue;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::task::AbortOnDropHandle;

use super::lines::{Cutter, Line};
use super::too_many;
use crate::error::{Error, Kind, Result};
use crate::serve::body::next_frame;
use crate::serve::limits::{MAX_AHEAD, MAX_DRAINED, MAX_ITEMS, MAX_LINE, MAX_WAITED};

/// Bytes that a line costs beside its own.
const LINE_COST: usize = 64;

/// A line as read, or why reading ended before the items did; holds its room until it is dropped.
#[derive(Debug)]
pub(in crate::serve) struct Incoming {
    /// What was read.
    pub(in crate::serve) line: Result<Line>,
    _room: Option<OwnedSemaphorePermit>,
}

impl Incoming {
    /// An item of a body that was read as a whole.
    pub(in crate::serve) fn of_value(item: Box<RawValue>) -> Self {
        let text = Box::<str>::from(item);
        let line =
            if text.len() > MAX_LINE { Line::TooLong } else { Line::Whole(text.into_string().into_bytes()) };
        Self { line: Ok(line), _room: None }
    }
}

/// Lines in the order of `body`; reading goes on in a task of its own, which ends when this is dropped.
#[derive(Debug)]
pub(in crate::serve) struct Lines {
    receiver: mpsc::UnboundedReceiver<Incoming>,
    _reader: AbortOnDropHandle<()>,
}

impl Lines {
    /// The next line; none at the end.
    pub(in crate::serve) async fn next(&mut self) -> Option<Incoming> {
        self.receiver.recv().await
    }
}

/// Reads `body` ahead, one item a line.
pub(in crate::serve) fn read_ahead(body: Body) -> Lines {
    let (sender, receiver) = mpsc::unbounded_channel();
    let room = Arc::new(Semaphore::new(MAX_AHEAD));
    let reader = tokio::spawn(async move {
        if let Err(error) = read(body, &sender, &room).await {
            drop(sender.send(Incoming { line: Err(error), _room: None }));
        }
    });
    Lines { receiver, _reader: AbortOnDropHandle::new(reader) }
}

async fn read(body: Body, sender: &mpsc::UnboundedSender<Incoming>, room: &Arc<Semaphore>) -> Result<()> {
    let mut body = Chunks { body, waited: Duration::ZERO };
    let mut cutter = Cutter::default();
    let mut count = 0_usize;
    let mut is_open = true;
    while is_open {
        let lines = if let Some(chunk) = body.next().await? {
            cutter.push(&chunk)
        } else {
            is_open = false;
            cutter.finish().into_iter().collect()
        };
        for line in lines {
            count += 1;
            if count > MAX_ITEMS {
                drain(&mut body).await;
                return Err(too_many());
            }
            let closed = |_| Error::internal("the room for items is closed");
            let permit = Arc::clone(room).acquire_many_owned(cost(&line)).await.map_err(closed)?;
            if sender.send(Incoming { line: Ok(line), _room: Some(permit) }).is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn cost(line: &Line) -> u32 {
    let length = match line {
        Line::Whole(bytes) => bytes.len(),
        Line::TooLong => 0,
    };
    u32::try_from(length.saturating_add(LINE_COST).min(MAX_AHEAD)).unwrap_or(u32::MAX)
}

/// A body in the pieces in which it comes.
struct Chunks {
    body: Body,
    /// Time spent waiting for its client.
    waited: Duration,
}

impl Chunks {
    /// The next bytes; none at the end.
    async fn next(&mut self) -> Result<Option<Bytes>> {
        let broken =
            |error| Error::new(Kind::Invalid, "bad_request", "the body ended early").with_source(error);
        loop {
            let started = Instant::now();
            let Some(frame) = next_frame(&mut self.body).await? else { return Ok(None) };
            self.waited += started.elapsed();
            if self.waited > MAX_WAITED {
                let message = format!("the items took more than {} s to come", MAX_WAITED.as_secs());
                return Err(Error::new(Kind::Invalid, "slow_body", message));
            }
            if let Ok(data) = frame.map_err(broken)?.into_data() {
                return Ok(Some(data));
            }
        }
    }
}

/// Reads on within a bound, so that a client that is still sending gets the answer and not a reset connection.
async fn drain(body: &mut Chunks) {
    let mut length = 0_usize;
    while let Ok(Some(chunk)) = body.next().await {
        length = length.saturating_add(chunk.len());
        if length > MAX_DRAINED {
            return;
        }
    }
}
