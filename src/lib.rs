//! Tiaokuan 条款: full-text and semantic search over the clauses of policy documents.
//!
//! Data flows one way on each of two paths that meet at the index.
//!
//! Write: bytes → [`load`] → [`normalise`] → [`split`] → [`extract`] → [`embed`] → [`atlas`] → [`index`]
//! (all of it on one screen in [`pipeline`]).
//!
//! Read: query → [`search`] (uses [`text`], [`embed`], [`index`]) → [`serve`] or [`cli`].
//!
//! Both meet in [`ingestion`], which changes the index while others query it.
//!
//! A stage imports [`model`], [`text`] and [`error`] and nothing else of the crate.

pub mod error;
pub mod model;
pub mod text;

pub mod load;

pub mod normalise;

pub mod split;

pub mod extract;

pub mod embed;

pub mod atlas;

pub mod index;

pub mod pipeline;

pub mod report;

pub mod search;

pub mod ingestion;

pub mod view;

pub mod export;

pub mod serve;

pub mod eval;

pub mod bench;

pub mod cli;

pub mod fuzzing;
