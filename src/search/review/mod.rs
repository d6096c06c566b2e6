//! A draft (征求意见稿, 送审稿 or any document not indexed) read against what others have: precedents and how the
//! draft's numbers stand among theirs, clause by clause; measures that most others have and it lacks; what
//! contradicts itself.
//!
//! The draft is read and forgotten: nothing of it is stored.

mod consistency;
mod finding;
mod missing;
mod run;
mod standing;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use consistency::{Contradiction, Said};
pub use finding::Finding;
pub use missing::MissingMeasure;
pub use standing::{OtherPromise, Place, Standing};

use super::request::Filter;
use super::response::ClauseIndex;

/// Most clauses of a draft that are compared.
pub const MAX_CLAUSES: usize = 1_000;

/// What a draft is compared with.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReviewRequest {
    /// What precedents must satisfy.
    pub filter: Filter,
}

/// A draft, reviewed. Positions of draft clauses are those in the draft's own list.
#[derive(Clone, Debug)]
pub struct Review {
    /// The clauses that were compared, in the order of the draft.
    pub clauses: Vec<ClauseReview>,
    /// Measures of the draft's domains that most regions have and the draft lacks, the commonest first.
    pub missing: Vec<MissingMeasure>,
    /// Quantities that the draft gives two values.
    pub contradictions: Vec<Contradiction>,
    /// Indexed documents that are the draft itself, which took no part: their ids.
    pub left_out: Vec<String>,
    /// How many regions it was compared with.
    pub regions: usize,
    /// What the answer lacks, such as `model_absent` or `atlas_absent`; stable codes.
    pub notices: Vec<&'static str>,
}

/// One clause of the draft.
#[derive(Clone, Debug)]
pub struct ClauseReview {
    /// Its position in the draft.
    pub clause: usize,
    /// The best of each region that is held to have the measure, surest first; where none is, the nearest.
    pub precedents: Vec<Precedent>,
    /// How its numbers stand among those of its precedents.
    pub standings: Vec<Standing>,
    /// What to look at.
    pub findings: Vec<Finding>,
}

/// A clause elsewhere.
#[derive(Clone, Debug)]
pub struct Precedent {
    /// Which clause.
    pub clause: ClauseIndex,
    /// How likely it is the same measure, 0 to 1.
    pub relevance: f32,
    /// Whether that is enough to hold it so.
    pub is_counterpart: bool,
    /// Why it should be cited with care.
    pub caution: Option<Caution>,
}

/// Why a precedent should be cited with care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Caution {
    /// Its document is no longer in force.
    Repealed,
    /// Its document is itself a draft.
    Draft,
    /// Its document is more than five years older than the draft (than the newest one indexed, where the draft
    /// has no date).
    Old,
}

/// A review with the generation that its positions belong to.
pub type Reviewed = (Arc<crate::index::Generation>, Review);
