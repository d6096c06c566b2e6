//! What every stage knows about Chinese policy text: numerals, agencies, and the lexicons beside them.

pub mod agency;
pub mod domains;
pub mod measure;
pub mod numeral;
