//! The index on disk: immutable generations, each an inverted index, vectors and the documents
//! themselves, published by one rename.
//!
//! [`Store`] is the data directory; [`Generation`] is one state of the index, open for reading;
//! [`build`] writes the next one. tantivy and `hnsw_rs` appear only here.

mod build;
mod generation;
mod keyword;
mod manifest;
mod measure;
mod passage;
mod phrasing;
mod record;
mod store;
mod suggestion;
mod token;
mod vector;
mod vocabulary;

pub use build::{BuildInput, ModelOutput, write_generation};
pub use fixedbitset::FixedBitSet;
pub use generation::{ClauseIndex, ClauseRef, Generation};
pub use keyword::{KeywordField, KeywordIndex};
pub use manifest::Manifest;
pub use measure::{MeasureIndex, MeasureTable};
pub use passage::{Passage, PassageKind, core, passages};
pub use phrasing::{NearWording, PhrasingIndex, PhrasingTable};
pub use record::{DocumentRecord, OutlineHeading};
pub use store::{Store, Writer};
pub use suggestion::{Suggestion, SuggestionIndex, SuggestionKind};
pub use token::{TokenIndex, TokenTable};
pub use vector::{ClauseCosines, GRAPH_FROM, PassageVector, QueryVector, VectorIndex, VectorTable, quantise};
pub use vocabulary::Vocabulary;
