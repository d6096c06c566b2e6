//! The integration tests, one binary.

mod split;
