//! What the regions promise in numbers: a row a region, a column a quantity, sorted as the address asks.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::sort::{Key, Sort};
use crate::index::Generation;
use crate::search::Comparison;
use crate::search::compare::{Change, Mark, QuantityRow, RowValue};
use crate::serve::pages::source::{deadline_words, plain_number};
use crate::text::quantity_kind::Better;
use crate::view::{chinese_date, deadline};

/// Characters that are quoted on either side of a number.
const QUOTED: usize = 24;

/// The table.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// The quantities that can be compared: two regions or more promise them.
    pub(super) quantities: Vec<Heading>,
    /// Before which quantity the column stands of what the query asks for and one region alone promises; none where no
    /// region does. It comes after what is asked for as well and can be compared.
    pub(super) further_at: Option<usize>,
    /// The last two columns.
    pub(super) deadline: Heading,
    pub(super) date: Heading,
    /// A row a region that has the measure.
    pub(super) rows: Vec<NumberRow>,
    /// Quantities that one region alone promises and no query asks for.
    pub(super) single: Vec<SingleNumber>,
    /// What to mind when reading across.
    pub(super) notes: Vec<&'static str>,
}

impl Numbers {
    /// Whether what one region alone promises stands before the quantity at `place`.
    pub(super) fn is_further_at(&self, place: impl Borrow<usize>) -> bool {
        self.further_at.as_ref() == Some(place.borrow())
    }
}

/// The head of a column, a link that sorts by it.
#[derive(Debug, Default)]
pub(super) struct Heading {
    /// What is counted.
    pub(super) name: String,
    /// In which unit.
    pub(super) unit: String,
    /// Which direction is better, in words.
    pub(super) better: Option<&'static str>,
    /// What the address says when it sorts by this column.
    pub(super) sort: String,
    /// `ascending`, `descending` or, when the table is not sorted by it, none.
    pub(super) order: Option<&'static str>,
}

/// A region's row.
#[derive(Debug)]
pub(super) struct NumberRow {
    pub(super) region: String,
    /// Address of its clause; none for the text that a person gave.
    pub(super) href: Option<String>,
    pub(super) is_subject: bool,
    /// A value a quantity, in their order.
    pub(super) values: Vec<Option<Value>>,
    /// What the query asks for and this region alone promises: no column of its own, but not out of sight either.
    pub(super) further: Vec<SingleNumber>,
    pub(super) deadline: Option<String>,
    pub(super) date: Option<String>,
    keys: Keys,
}

#[derive(Debug, Default)]
struct Keys {
    quantities: Vec<Option<f64>>,
    deadline: Option<String>,
    date: Option<String>,
}

/// A number with its bar.
#[derive(Debug)]
pub(super) struct Value {
    /// The number, of a range both ends.
    pub(super) number: String,
    /// As written.
    pub(super) raw: String,
    /// Width of the bar, 0 to 100.
    pub(super) bar: f64,
    pub(super) is_best: bool,
    /// Address of the clause that says it, where that is not the region's first.
    pub(super) elsewhere: Option<String>,
    /// Further numbers of the same clause, as written.
    pub(super) more: Vec<String>,
}

/// A number without a like.
#[derive(Debug)]
pub(super) struct SingleNumber {
    pub(super) region: String,
    pub(super) name: String,
    pub(super) raw: String,
    /// The words that bound it; none of a table, whose row is its name.
    pub(super) quote: Option<String>,
    pub(super) href: Option<String>,
}

/// The table of `comparison` in the order of `sort`.
pub(super) fn numbers(generation: &Generation, comparison: &Comparison, sort: Sort) -> Numbers {
    let (comparable, single): (Vec<&QuantityRow>, Vec<&QuantityRow>) =
        comparison.rows.iter().filter(|row| row.sure().next().is_some()).partition(|row| row.is_comparable());
    let (asked, single): (Vec<&QuantityRow>, Vec<&QuantityRow>) =
        single.into_iter().partition(|row| row.is_asked());
    let mut rows = rows(generation, comparison, &comparable, &asked);
    rows.sort_by(|a, b| order(&a.keys, &b.keys, sort));
    let mut notes: Vec<&'static str> = comparable.iter().flat_map(|row| row.notes.iter()).copied().collect();
    notes.sort_unstable();
    notes.dedup();
    Numbers {
        quantities: comparable.iter().enumerate().map(|(place, row)| heading(place, row, sort)).collect(),
        further_at: rows
            .iter()
            .any(|row| !row.further.is_empty())
            .then(|| comparable.iter().take_while(|row| row.is_asked()).count()),
        deadline: plain_heading("完成时限", Key::Deadline, sort),
        date: plain_heading("文件日期", Key::Date, sort),
        rows,
        single: single.into_iter().filter_map(|row| alone(generation, comparison, row)).collect(),
        notes: notes.into_iter().map(note).collect(),
    }
}

fn note(code: &str) -> &'static str {
    match code {
        "working_and_calendar_days" => "有的按工作日计，有的按自然日计，比较时请留意。",
        "far_apart" => "同一列的数相差悬殊，口径可能不同，没有评优劣，请看原文。",
        _ => "各地所用的单位不同，比较时请留意。",
    }
}

/// What a quantity is called.
fn title(row: &QuantityRow) -> String {
    let name = if row.name.is_empty() { row.kind.unwrap_or("目标值") } else { &row.name };
    let change = match row.change {
        Change::Level => "",
        Change::Reduction => "（压减）",
        Change::Increase => "（提高）",
    };
    format!("{name}{change}")
}

fn heading(place: usize, row: &QuantityRow, sort: Sort) -> Heading {
    let better = match row.better {
        Some(Better::Lower) => Some("越少越好"),
        Some(Better::Higher) => Some("越多越好"),
        None => None,
    };
    // The first click puts the best on top.
    let first = Sort { key: Key::Quantity(place), descends: row.better == Some(Better::Higher) };
    Heading { name: title(row), unit: row.unit.clone(), better, ..sortable(first, sort) }
}

fn plain_heading(name: &str, key: Key, sort: Sort) -> Heading {
    Heading { name: name.to_owned(), ..sortable(Sort { key, descends: false }, sort) }
}

fn sortable(first: Sort, now: Sort) -> Heading {
    let is_own = now.key == first.key;
    let next = if now == first { Sort { descends: !first.descends, ..first } } else { first };
    let order = is_own.then_some(if now.descends { "descending" } else { "ascending" });
    Heading { sort: next.word(), order, ..Heading::default() }
}

fn rows(
    generation: &Generation,
    comparison: &Comparison,
    comparable: &[&QuantityRow],
    asked: &[&QuantityRow],
) -> Vec<NumberRow> {
    let further = |place: Option<usize>| {
        let own = asked.iter().filter(|row| value_at(comparison, row, place).is_some());
        let mut found: Vec<SingleNumber> = own.filter_map(|row| alone(generation, comparison, row)).collect();
        // Two of its clauses may say the same, or one under two names.
        let mut seen = BTreeSet::new();
        let said = |single: &SingleNumber| single.quote.clone().unwrap_or_else(|| single.name.clone());
        found.retain(|single| seen.insert((said(single), single.raw.clone())));
        found
    };
    let regions = comparison.cells.iter().enumerate().filter(|(_, cell)| cell.is_found);
    let of_region = |(place, cell): (usize, &crate::search::compare::Cell)| {
        let best = cell.candidates.first().and_then(|best| generation.clause(best.clause));
        let by = best.and_then(|best| deadline(best.clause));
        let date = best.and_then(|best| best.document.date.clone());
        NumberRow {
            region: cell.region.as_ref().map_or("地区不明", |region| &region.name).to_owned(),
            href: best.map(|best| crate::serve::pages::hit::clause_href(best.clause)),
            is_subject: cell.is_subject,
            deadline: by.map(deadline_words),
            date: date.as_deref().map(chinese_date),
            keys: Keys {
                deadline: by.and_then(|by| by.date.clone()),
                date,
                ..keys(comparison, comparable, Some(place))
            },
            values: values(generation, comparison, comparable, Some(place)),
            further: further(Some(place)),
        }
    };
    let has_own = |row: &&QuantityRow| row.values.iter().any(|value| comparison.cell_of(value).is_none());
    let own = comparable.iter().chain(asked).any(has_own).then(|| NumberRow {
        region: "您的文字".to_owned(),
        href: None,
        is_subject: true,
        deadline: None,
        date: None,
        keys: keys(comparison, comparable, None),
        values: values(generation, comparison, comparable, None),
        further: further(None),
    });
    own.into_iter().chain(regions.map(of_region)).collect()
}

/// The sure value of `row` in the cell at `place`; without a place the given text's own.
fn value_at<'a>(comparison: &Comparison, row: &'a QuantityRow, place: Option<usize>) -> Option<&'a RowValue> {
    row.sure().find(|value| comparison.cell_of(value) == place)
}

fn keys(comparison: &Comparison, rows: &[&QuantityRow], place: Option<usize>) -> Keys {
    let key = |row: &&QuantityRow| value_at(comparison, row, place).map(|value| value.value);
    Keys { quantities: rows.iter().map(key).collect(), ..Keys::default() }
}

fn values(
    generation: &Generation,
    comparison: &Comparison,
    rows: &[&QuantityRow],
    place: Option<usize>,
) -> Vec<Option<Value>> {
    let value = |row: &&QuantityRow| {
        let value = value_at(comparison, row, place)?;
        let most = row.sure().map(upper).fold(0.0, f64::max);
        let bar = if most > 0.0 { (upper(value) / most * 100.0).clamp(1.5, 100.0) } else { 0.0 };
        let number = match value.value_max {
            Some(end) => format!("{}–{}", plain_number(value.value), plain_number(end)),
            None => plain_number(value.value),
        };
        Some(Value {
            number,
            raw: value.promise.target.with_unit(),
            bar: (bar * 10.0).round() / 10.0,
            is_best: value.mark == Some(Mark::Best),
            elsewhere: href(generation, comparison, value).filter(|_| value.offer > 0),
            more: value.more.iter().map(|promise| promise.target.with_unit()).collect(),
        })
    };
    rows.iter().map(value).collect()
}

fn upper(value: &RowValue) -> f64 {
    value.value_max.unwrap_or(value.value)
}

fn href(generation: &Generation, comparison: &Comparison, value: &RowValue) -> Option<String> {
    let cell = comparison.cells.get(comparison.cell_of(value)?)?;
    let found = generation.clause(cell.candidates.get(value.offer)?.clause)?;
    Some(crate::serve::pages::hit::clause_href(found.clause))
}

fn alone(generation: &Generation, comparison: &Comparison, row: &QuantityRow) -> Option<SingleNumber> {
    let value = row.sure().next()?;
    let cell = comparison.cell_of(value).and_then(|place| comparison.cells.get(place));
    let region = cell.and_then(|cell| cell.region.as_ref());
    let unknown = if cell.is_some() { "地区不明" } else { "您的文字" };
    Some(SingleNumber {
        region: region.map_or(unknown, |region| &region.name).to_owned(),
        name: title(row),
        raw: value.promise.target.with_unit(),
        quote: value.promise.quote(QUOTED),
        href: href(generation, comparison, value),
    })
}

/// What has no value comes last in either direction; of equals the order of the comparison holds.
fn order(a: &Keys, b: &Keys, sort: Sort) -> Ordering {
    fn by<T>(a: Option<&T>, b: Option<&T>, descends: bool, compare: impl Fn(&T, &T) -> Ordering) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) if descends => compare(b, a),
            (Some(a), Some(b)) => compare(a, b),
            _ => a.is_none().cmp(&b.is_none()),
        }
    }
    let quantity = |keys: &Keys, place: usize| keys.quantities.get(place).copied().flatten();
    match sort.key {
        Key::Sureness => Ordering::Equal,
        Key::Quantity(place) => {
            by(quantity(a, place).as_ref(), quantity(b, place).as_ref(), sort.descends, f64::total_cmp)
        }
        Key::Deadline => by(a.deadline.as_ref(), b.deadline.as_ref(), sort.descends, Ord::cmp),
        Key::Date => by(a.date.as_ref(), b.date.as_ref(), sort.descends, Ord::cmp),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_click_turns_the_order_round() {
        let first = Sort { key: Key::Quantity(0), descends: false };
        assert_eq!(sortable(first, Sort::read("")).sort, "1");
        let sorted = sortable(first, Sort::read("1"));
        assert_eq!((sorted.sort.as_str(), sorted.order), ("-1", Some("ascending")));
        assert_eq!(sortable(first, Sort::read("-1")).order, Some("descending"));
    }

    #[test]
    fn without_a_value_is_last_both_ways() {
        let with = |value| Keys { quantities: vec![value], ..Keys::default() };
        for word in ["1", "-1"] {
            assert_eq!(order(&with(None), &with(Some(3.0)), Sort::read(word)), Ordering::Greater);
        }
        assert_eq!(order(&with(Some(5.0)), &with(Some(3.0)), Sort::read("-1")), Ordering::Less);
    }
}
