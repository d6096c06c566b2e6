//! Document numbers that a query names: which clauses hold one.

use crate::error::Result;
use crate::index::{Generation, KeywordField};
use crate::text::document_number::DocumentNumber;

/// What a clause of the document itself counts, where one that cites the number counts 1.
const OWN: f32 = 0.8;

/// For every clause how it holds one of `numbers`: 1 in its text, less as a part of the document of that
/// number; `[clauses]`, or empty when the query names none.
pub(super) fn scores(generation: &Generation, numbers: &[DocumentNumber]) -> Result<Vec<f32>> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let mut scores = vec![0.0; generation.len()];
    let names_one =
        |text: &str| DocumentNumber::find(text).iter().any(|held| numbers.iter().any(|n| n.is(held)));
    let mut own = 0;
    for record in generation.documents() {
        let clauses = own..own + record.clauses.len();
        own = clauses.end;
        if record.document.number.as_deref().is_some_and(names_one)
            && let Some(scores) = scores.get_mut(clauses)
        {
            scores.fill(OWN);
        }
    }
    for number in numbers {
        let term = |value: u32| generation.keyword().holding(KeywordField::Bigram, &value.to_string());
        let mut candidates = term(number.year)?;
        candidates.intersect_with(&term(number.serial)?);
        for clause in candidates.ones() {
            let text = generation.clause(clause as u32).map(|found| found.clause.text.as_str());
            if text.is_some_and(names_one)
                && let Some(score) = scores.get_mut(clause)
            {
                *score = 1.0;
            }
        }
    }
    Ok(scores)
}
