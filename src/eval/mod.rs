//! Measuring retrieval: graded queries and clusters of one measure, against the index at hand or a
//! running service.
//!
//! A [`QuerySet`] comes from gold rows or from TREC files; a [`Source`] answers it; a [`Report`] has
//! the [`Measures`], which are those of the field: nDCG@10 with gain 2^grade − 1 (Järvelin and
//! Kekäläinen 2002), recall@10 and @50, MRR@10, P@1. Two reports are compared by
//! [`paired_bootstrap`]; [`fit()`] and [`fit_logistic`] give the fusion its weights and its curve.

mod atlas;
mod bootstrap;
mod calibrate;
mod cluster;
mod comparison;
mod curve;
mod fit;
mod gold;
mod measure;
mod query_set;
mod report;
mod sample;
mod service;
mod source;
mod trec;

pub use atlas::{AtlasFigures, PairFigures, score_measures};
pub use bootstrap::{Difference, RESAMPLES, paired_bootstrap};
pub use calibrate::{Logistic, fit_logistic};
pub use cluster::{
    Member, Members, Pair, SimilarScores, counterpart_pairs, locate_clusters, locate_members, score_similar,
};
pub use comparison::{CellScores, GoldCell, GoldRow, Missed, RowScores, read_rows, score_cells, score_rows};
pub use curve::{Point, at_recall, best_f1, points};
pub use fit::{FitOptions, cross_validate, fit};
pub use gold::{GoldCluster, GoldQuery, Judgement, read_clusters, read_queries};
pub use measure::{DEPTH, Measures, measure};
pub use query_set::{GradedQuery, QuerySet, Sought, Wanted};
pub use report::{QueryScore, Report, measure_run, run_search, score_points};
pub use sample::{Candidate, Sample, measure_samples};
pub use service::Service;
pub use source::{Found, Source};
pub use trec::{Run, read_judged, read_run, read_set};
