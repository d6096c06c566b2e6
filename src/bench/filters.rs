//! Filters that keep about a half, a fiftieth and a thousandth of the clauses.

use crate::index::Generation;
use crate::search::{Filter, Values};

/// Shares of the clauses that filters should keep.
const SHARES: [f64; 3] = [0.5, 0.02, 0.001];
/// Dates narrow only where this share of the clauses has one.
const DATED: f64 = 0.5;

/// A filter and what it keeps.
#[derive(Debug)]
pub(super) struct Narrowed {
    /// Share of the clauses that it keeps, 0 to 1; 1 without a filter.
    pub share: f64,
    /// The filter.
    pub filter: Filter,
}

/// No filter, and one for each of [`SHARES`]: a span of days of issue, or documents where few have a day.
pub(super) fn choose(generation: &Generation) -> Vec<Narrowed> {
    let mut all = vec![Narrowed { share: 1.0, filter: Filter::default() }];
    let clauses = generation.len().max(1) as f64;
    let mut dated: Vec<(&str, usize)> = generation
        .documents()
        .iter()
        .filter_map(|record| Some((record.document.date.as_deref()?, record.clauses.len())))
        .collect();
    dated.sort_unstable();
    let known: usize = dated.iter().map(|(_, count)| count).sum();
    let has_days = known as f64 >= DATED * clauses;
    all.extend(SHARES.map(|share| {
        let wanted = share * clauses;
        let by_days = if has_days && wanted <= known as f64 { span(&dated, wanted) } else { None };
        let (filter, kept) = by_days.unwrap_or_else(|| documents(generation, wanted));
        Narrowed { share: kept as f64 / clauses, filter }
    }));
    all
}

/// The span of days that ends with the newest documents or before them and holds about `wanted` clauses.
fn span(dated: &[(&str, usize)], wanted: f64) -> Option<(Filter, usize)> {
    let days: Vec<(&str, usize)> = dated
        .chunk_by(|a, b| a.0 == b.0)
        .filter_map(|of_day| Some((of_day.first()?.0, of_day.iter().map(|(_, count)| count).sum())))
        .collect();
    let distance = |sum: usize| (sum as f64 - wanted).abs();
    let mut best: Option<(usize, &str, &str)> = None;
    for (start, (from, _)) in days.iter().enumerate() {
        let mut sum = 0;
        for (to, count) in days.iter().skip(start) {
            sum += count;
            if best.is_none_or(|(known, _, _)| distance(sum) < distance(known)) {
                best = Some((sum, from, to));
            }
            if sum as f64 > wanted {
                break;
            }
        }
    }
    let (sum, from, to) = best?;
    let filter =
        Filter { date_from: Some(from.to_owned()), date_to: Some(to.to_owned()), ..Filter::default() };
    Some((filter, sum))
}

fn documents(generation: &Generation, wanted: f64) -> (Filter, usize) {
    let (mut ids, mut sum) = (Vec::new(), 0);
    for record in generation.documents() {
        if sum as f64 + record.clauses.len() as f64 / 2.0 > wanted && !ids.is_empty() {
            break;
        }
        ids.push(record.document.id.to_string());
        sum += record.clauses.len();
    }
    (Filter { document: Values::Many(ids), ..Filter::default() }, sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_of_days_holds_about_what_is_wanted() {
        let dated = [("2001-01-01", 10), ("2002-01-01", 30), ("2003-01-01", 5), ("2003-01-01", 4)];
        let (filter, kept) = span(&dated, 38.0).expect("a span");
        assert_eq!((filter.date_from.as_deref(), kept), (Some("2002-01-01"), 39));
        assert_eq!(span(&dated, 8.0).expect("a span").1, 9);
    }
}
