//! Queries to answers: what a query asks, which clauses may answer, how well each does.
//!
//! [`Engine`] is the one entry: it is cheap to clone and sees the newest generation.

mod atlas;
mod candidates;
mod collapse;
pub mod compare;
mod correction;
pub(crate) mod describe;
mod encoder;
mod engine;
mod expanded;
mod expansion;
mod facet;
mod features;
mod filter;
mod fuse;
mod highlight;
mod history;
mod legs;
mod listing;
mod maxsim;
mod meant;
mod number;
mod page;
mod query;
mod rank;
mod request;
mod rerank;
mod response;
pub mod review;
mod similar;
pub(crate) mod whole;
mod work;

pub use atlas::{
    Atlas, AtlasCell, AtlasCounts, AtlasDomain, AtlasRegion, AtlasRequest, MeasureSummary, RegionName,
};
pub use compare::{CompareRequest, Comparison};
pub use engine::{Engine, FeatureRow, ModelMismatch, ModelState};
pub use expanded::{Expanded, LayWord, NearQuestion, WeightedTerm};
pub use filter::allowed;
pub use fuse::{Curve, FEATURES, WeightSets, Weights};
pub use query::{FieldName, FieldValue, Phrase, Query, Terms};
pub use request::{
    FacetField, Filter, GroupBy, MAX_LIMIT, MAX_QUERY, MAX_TEXT, Mode, SearchRequest, SimilarRequest, Values,
};
pub use response::{
    Answer, ClauseIndex, Component, Explain, FILTER_ONLY, FacetCount, Group, Hit, Suggestion,
};
pub use similar::COUNTERPART;
pub use work::{GiveUpOnDrop, Stage, StageObserver, Work};
