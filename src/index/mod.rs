//! The index on disk: immutable segments and generations.
//!
//! A [`Segment`] holds some documents with an inverted index, vectors and the documents themselves. A
//! [`Generation`] is one state of the index: which segments it reads, and which version of which document of
//! each. A change writes one small segment and publishes a generation by one rename; what a generation no
//! longer names is passed over, and left out when segments are [merged](merge). [`Store`] is the data
//! directory, [`Writer`] the right to change it. tantivy appears only here.

mod build;
mod catalogue;
mod cluster;
mod generation;
mod highest;
mod keyword;
mod lock;
mod manifest;
mod mapped;
mod measure;
mod merge;
mod passage;
mod phrasing;
mod placement;
mod record;
mod segment;
pub mod snapshot;
mod store;
mod suggestion;
mod token;
mod vector;
mod vocabulary;
mod writer;

pub use build::{ModelOutput, SegmentInput, build_span};
pub use catalogue::{CatalogueEntry, LONG_AGO, received_at};
pub use cluster::{Cluster, ClusterCounts, ClusterSettings, Leg};
pub use fixedbitset::FixedBitSet;
pub use generation::{ClauseIndex, ClauseRef, Generation, Parts, admits};
pub use highest::highest;
pub use keyword::{KeywordField, KeywordIndex, Scorer, Scores};
pub use manifest::Manifest;
pub use measure::{MeasureIndex, MeasureTable};
pub use merge::{Merged, is_due, merged};
pub use passage::{Passage, PassageKind, core, passages};
pub use phrasing::{NearWording, PhrasingIndex, PhrasingTable};
pub use record::{DocumentRecord, OutlineHeading};
pub use segment::Segment;
pub use store::Store;
pub use suggestion::{Suggestion, SuggestionIndex, SuggestionKind};
pub use token::{TokenIndex, TokenTable};
pub use vector::{ClauseCosines, GRAPH_FROM, PassageVector, QueryVector, VectorIndex, VectorTable, quantise};
pub use vocabulary::Vocabulary;
pub use writer::{PreparedSegment, Writer};
