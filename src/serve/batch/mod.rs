//! Many similarity queries in one request: each item is answered, or refused, by a line of its own.
//!
//! [`lines`] cuts what comes in, [`read`] reads it ahead within a budget, [`item`] says what an item and its
//! answer look like. Both the API and `tiaokuan similar --batch` answer by [`answer_line`].

mod item;
mod lines;
mod read;

pub(super) use item::{BatchItem, BatchLine, BatchRequest};
pub(crate) use lines::{Cutter, Line};
pub(super) use read::{Incoming, read_ahead};

use std::time::Instant;

use item::{BatchOutcome, ItemId};

use super::body::parse;
use super::error::Problem;
use super::limits::{MAX_ITEMS, MAX_LINE};
use crate::error::{Error, Kind, Result};
use crate::search::{Engine, ModelState, SimilarRequest};
use crate::view::{AnswerView, Permalinks};

/// What every item of a batch shares.
#[derive(Clone, Debug)]
pub(crate) struct BatchContext {
    /// The options of an item that states none of its own.
    pub(crate) shared: SimilarRequest,
    /// What citations link to.
    pub(crate) links: Permalinks,
    /// Whether contacts are shown: only to callers who may see personal data.
    pub(crate) shows_contacts: bool,
}

/// The answer to the item on `line`, the `index`th from 0, as one line of JSON without its end. Whatever is
/// wrong with the item is said there and harms no other.
pub(crate) fn answer_line(engine: &Engine, context: &BatchContext, index: usize, line: &Line) -> Vec<u8> {
    let started = Instant::now();
    let mut id = None;
    let answered = request(context, line, &mut id).and_then(|request| engine.similar(&request));
    let line = match &answered {
        Ok((generation, answer)) => {
            let has_model = engine.model() != ModelState::Absent;
            let view = AnswerView::new(generation, answer, has_model, &context.links, started);
            let view = if context.shows_contacts { view.with_contacts(generation) } else { view };
            BatchLine { index, id: id.as_ref(), outcome: BatchOutcome::Answered(Box::new(view)) }
        }
        Err(error) => refusal(index, id.as_ref(), error),
    };
    serde_json::to_vec(&line).unwrap_or_default()
}

/// The line of an item that could not be answered.
pub(super) fn refusal_line(index: usize, error: &Error) -> Vec<u8> {
    serde_json::to_vec(&refusal(index, None, error)).unwrap_or_default()
}

fn refusal<'a>(index: usize, id: Option<&'a ItemId>, error: &Error) -> BatchLine<'a> {
    BatchLine { index, id, outcome: BatchOutcome::Refused { error: Box::new(Problem::of(error)) } }
}

/// What the item on `line` asks; sets `id` where the item states one, even if it is wrong otherwise.
fn request(context: &BatchContext, line: &Line, id: &mut Option<ItemId>) -> Result<SimilarRequest> {
    let bytes = match line {
        Line::Whole(bytes) => bytes,
        Line::TooLong => return Err(too_long()),
    };
    let not_utf8 = |error: std::str::Utf8Error| {
        let at = error.valid_up_to();
        Error::new(Kind::Invalid, "not_utf8", format!("the item is not UTF-8 from byte {at} on"))
    };
    let text = std::str::from_utf8(bytes).map_err(not_utf8)?;
    *id = ItemId::of_text(text);
    let item: BatchItem = parse(text)?;
    Ok(item.over(&context.shared))
}

fn too_long() -> Error {
    Error::new(Kind::TooLarge, "line_too_long", format!("the item is longer than {MAX_LINE} bytes"))
}

/// The refusal of a batch of more items than are allowed.
pub(crate) fn too_many() -> Error {
    let context = format!("more than {MAX_ITEMS} items in one batch; send the others in another");
    Error::new(Kind::TooLarge, "too_many_items", context)
}
