//! What the text of policy documents has in common, whatever stage reads it: lexicons and the matchers
//! over them.

pub mod region;
