//! The nouns that cross two stages. No logic beyond parsing and printing themselves.

mod clause;
mod document;
mod facts;
mod id;
mod measure;
mod region;
mod span;

pub use clause::{Clause, ClauseKind};
pub use document::{Document, Status};
pub use facts::{Agency, Comparator, Contact, Deadline, Facts, Role, Target};
pub use id::{ClauseId, DocumentId};
pub use measure::{Measure, MeasureId};
pub use region::Region;
pub use span::Span;
