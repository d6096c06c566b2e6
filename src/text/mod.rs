//! What several stages know of the Chinese language and of the genre: folding, tokens, lexicons.

pub mod fold;
pub mod marker;
pub mod numeral;
pub mod sentence;
pub mod tokenizer;
