//! From a file's bytes to its text: what the files are, and what a manifest beside them says of them.

pub mod manifest;
mod stub;
pub use stub::*;
