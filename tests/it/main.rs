//! The crate from outside: one binary, a module for each surface.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod access;
mod api;
mod atlas;
mod atlas_page;
mod attacks;
mod backends;
mod bad_input;
mod batch;
mod cli;
mod command;
mod compare_page;
mod damage;
mod documents;
mod durability;
mod end_to_end;
mod examples;
mod export;
mod feed;
mod freshness;
mod ingestion;
mod laws;
mod mcp;
mod models;
mod operations;
mod pages;
mod review;
mod review_page;
mod service;
mod split;
mod split_laws;
mod support;
mod understanding;
