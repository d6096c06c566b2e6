//! Measuring retrieval: graded queries and clusters of one measure against the engine.
//!
//! Measures are those of the field: nDCG@10 with gain 2^grade − 1 (Järvelin and Kekäläinen 2002),
//! recall@10, P@1.

mod gold;
mod measure;

pub use gold::{GoldCluster, GoldQuery, read_clusters, read_queries};
pub use measure::{Scores, SimilarScores, score_search, score_similar};
