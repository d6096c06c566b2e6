//! What must hold of every body and every address that a client can send.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::api;
use super::batch::{BatchItem, BatchRequest, Cutter, Line};
use super::body::parse;
use super::query;
use crate::error::{Kind, Result};
use crate::search::{CompareRequest, SearchRequest, SimilarRequest};

/// Reads `bytes` as the body of each request that takes one, as lines of a batch, and as an address: there is a request
/// or an error that says what is wrong with it, and a request that is written reads as itself.
///
/// # Panics
/// Where that does not hold.
pub(crate) fn requests(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    reads_as_itself(&text, |request: &SearchRequest| request.clone());
    reads_as_itself(&text, |request: &SimilarRequest| SimilarRequest {
        min_relevance: request.min_relevance.filter(|relevance| relevance.is_finite()),
        ..request.clone()
    });
    reads_as_itself(&text, |request: &CompareRequest| request.clone());
    is_explained(parse::<BatchRequest>(&text).map(|batch| batch.shared_over(SimilarRequest::unstarted())));
    is_explained(api::understand_export(&text));
    lines(bytes);
    address(&text);
}

/// `known` leaves out what JSON cannot write.
fn reads_as_itself<T>(text: &str, known: impl Fn(&T) -> T)
where
    T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug,
{
    let read = parse::<T>(text);
    if let Ok(request) = &read {
        let request = known(request);
        let written = serde_json::to_string(&request).unwrap_or_default();
        assert_eq!(parse::<T>(&written).ok(), Some(request), "{written}");
    }
    is_explained(read);
}

fn is_explained<T>(read: Result<T>) {
    if let Err(error) = read {
        assert!(matches!(error.kind(), Kind::Invalid), "{error:?}");
        assert!(!error.code().is_empty() && !error.to_string().is_empty());
    }
}

/// A batch in two pieces has the lines that it has in one.
fn lines(bytes: &[u8]) {
    let cut = |pieces: [&[u8]; 2]| {
        let mut cutter = Cutter::default();
        let mut lines: Vec<Line> = pieces.iter().flat_map(|piece| cutter.push(piece)).collect();
        lines.extend(cutter.finish());
        lines
    };
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let (whole, halves) = (cut([bytes, &[]]), cut([first, second]));
    assert_eq!(format!("{whole:?}"), format!("{halves:?}"));
    for line in whole {
        if let Line::Whole(line) = line {
            is_explained(parse::<BatchItem>(&String::from_utf8_lossy(&line)));
        }
    }
}

fn address(text: &str) {
    let Ok(pairs) = query::pairs(Some(text)) else { return };
    is_explained(query::search_request(&pairs));
    is_explained(query::similar_request(&pairs));
    is_explained(query::compare_request(&pairs));
    is_explained(query::filter(&pairs));
    is_explained(api::understand_export_address(pairs));
}
