//! The crate from outside: one binary, a module for each surface.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod api;
mod pages;
mod support;
mod understanding;
