//! What several stages know of the Chinese language and of the genre: folding, tokens, numerals,
//! agencies, domains, regions. Their knowledge stands in data files under `lexicons/`.

pub mod agency;
pub mod common_unit;
pub mod document_number;
pub mod domains;
pub mod fold;
pub mod marker;
pub mod measure;
pub mod numeral;
pub mod particulars;
pub mod phrasings;
pub mod quantity_kind;
pub mod region;
pub mod sentence;
pub mod sound;
pub mod thesaurus;
pub mod tokenizer;
pub mod wording;
