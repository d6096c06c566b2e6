//! From a folder of files to text: what the files are, and what a manifest beside them says of them.

pub mod manifest;
