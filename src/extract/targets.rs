//! Targets (目标值): the numbers that a clause promises, and not the numbers that describe what is there.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::plain::{Plain, head, pattern};
use super::promise::{Mention, comparator, is_promise};
use super::quantity::quantity;
use crate::model::{Comparator, Target};
use crate::text::measure::{Measure, measure_of, unit_pattern};
use crate::text::numeral::{NUMBER, parse_decimal};

/// A number or a range with its unit: 5个工作日, 6%-10%, 3至5个, 百分之三十, 99、99% (a lost decimal point).
static MENTION: LazyLock<Regex> = LazyLock::new(|| {
    let unit = unit_pattern();
    let between = unit.replace("?P<unit>", "?:").replace("?P<counted>", "?:");
    pattern(&format!(
        r"(?P<fraction>百分之(?P<hundredths>{NUMBER}))|(?P<low>{NUMBER})(?:(?:(?P<between>{between})?[-至到](?P<high>{NUMBER})|(?P<lost_point>、\d{{1,2}})))?{unit}"
    ))
});

/// 分别不超过3个、5个工作日: the first number has the second's unit.
static SHARED_UNIT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[、和](?:\d+个[、和])*\d+(?:\.\d+)?个?(工作日|小时|自然日|百分点)"));

/// The targets of a clause in the order of the text, one entry a mention. `past` is the year before which a
/// stated year makes its sentence background.
pub(super) fn find_targets(plain: &Plain<'_>, year: Option<i32>, skip: &[Range<usize>]) -> Vec<Target> {
    let text = plain.text.as_str();
    let mut targets = Vec::new();
    let mut promised_until = 0;
    for captures in MENTION.captures_iter(text) {
        let Some(mention) = read(text, &captures, year, promised_until) else { continue };
        if skip.iter().any(|range| range.start <= mention.range.start && mention.range.end <= range.end) {
            continue;
        }
        if !is_promise(&mention) {
            continue;
        }
        promised_until = mention.range.end;
        targets.push(target(plain, &captures, &mention));
    }
    targets
}

fn read<'a>(
    text: &'a str,
    captures: &Captures<'a>,
    year: Option<i32>,
    promised_until: usize,
) -> Option<Mention<'a>> {
    let whole = captures.get(0)?;
    let after = head(text.get(whole.end()..).unwrap_or_default(), 120);
    let unit = captures.name("unit").or_else(|| captures.name("counted")).map_or("%", |unit| unit.as_str());
    let shared = SHARED_UNIT.captures(after).and_then(|captures| captures.get(1)).filter(|_| unit == "个");
    let unit = shared.map_or(unit, |shared| shared.as_str());
    let low = captures.name("low").or_else(|| captures.name("hundredths"))?;
    Some(Mention {
        text,
        range: whole.range(),
        measure: measure_of(unit)?,
        unit,
        digits: low.as_str().starts_with(|c: char| c.is_ascii_digit()) || captures.name("fraction").is_some(),
        year,
        promised_until,
    })
}

fn target(plain: &Plain<'_>, captures: &Captures<'_>, mention: &Mention<'_>) -> Target {
    let number = |name: &str| captures.name(name).and_then(|found| parse_decimal(found.as_str()));
    let whole = number("low").or_else(|| number("hundredths")).unwrap_or_default();
    let lost_point = captures.name("lost_point").map(|found| found.as_str().trim_start_matches('、'));
    let value = lost_point.and_then(|digits| format!("{whole}.{digits}").parse().ok()).unwrap_or(whole);
    let (comparator, extent): (Comparator, Range<usize>) = comparator(mention);
    Target {
        raw: plain.raw(extent).to_owned(),
        quantity: quantity(mention),
        comparator,
        value,
        value_max: number("high").filter(|high| *high >= value),
        unit: if mention.measure == Measure::Ratio && mention.unit == "%" {
            "%".to_owned()
        } else {
            mention.unit.to_owned()
        },
    }
}
