use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::origin::{Origin, Told};
use super::{date, number};

static DEADLINE_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(20\d{2})\s*年\s*(?:\d{1,2}\s*月|底|末|年底|上半年|下半年|[一二三四]季度|第[一二三四]季度)")
        .expect("a valid pattern")
});

/// The year of the document: of its date, else of its number, else in its title, else the one that most of its
/// deadlines fall in.
pub(super) fn year(
    date: Option<&str>,
    number: Option<&str>,
    title: Option<&str>,
    text: &str,
) -> Option<Told<i32>> {
    let from = |year: Option<i32>, origin| year.map(|year| (year, origin));
    from(date.and_then(date::first_year), Origin::Date)
        .or_else(|| from(number.and_then(number::year), Origin::Number))
        .or_else(|| from(title.and_then(date::first_year), Origin::Title))
        .or_else(|| from(of_deadlines(text), Origin::Body))
}

fn of_deadlines(text: &str) -> Option<i32> {
    let mut counts: BTreeMap<i32, usize> = BTreeMap::new();
    for captures in DEADLINE_YEAR.captures_iter(text) {
        let year = captures.get(1).and_then(|year| date::first_year(year.as_str()))?;
        *counts.entry(year).or_default() += 1;
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(year, _)| year)
}
