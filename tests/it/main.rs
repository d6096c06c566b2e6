//! The crate from outside: one binary, a module for each surface.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod api;
mod pages;
mod split;
mod split_laws;
mod support;
