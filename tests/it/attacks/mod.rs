//! Attacks, each of which must fail. Those on other surfaces stand beside them: formulas in tables in `export`,
//! documents that would be markup in `pages`, damaged files in `crate::load`'s own tests.

mod content;
mod cross_site;
mod socket;
