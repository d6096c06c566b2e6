//! From the text of a file to the source that is cited: what is furniture, what was wrapped, and what the
//! head and foot say of the document.

pub mod front_matter;
