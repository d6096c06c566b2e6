//! Deadlines (时限): in labels and closing notes any date, in running text a date with 前, 底 or the like.

use std::ops::Range;

use regex::Captures;

use super::dates::{Parts, last_day, last_day_of_third, last_month_of, plan_end};
use super::deadline_words::{
    AIMS_AFTER, AIMS_BEFORE, BACKGROUND_AFTER, BACKGROUND_BEFORE, DATE, DATE_BEGINS, OPEN, PLAN,
    RECURRENT_PHRASE, RECURRING, RELATIVE_CLAUSE, SPAN,
};
use super::plain::{Plain, head, tail};
use crate::error::Warning;
use crate::model::Deadline;
use crate::text::numeral::parse_chinese_integer;

/// A deadline's place in the folded text and its date.
type Mention = (Range<usize>, Option<String>);

/// Where a date stands decides what counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// 时间节点：…, (…；2022年12月)
    Note,
    /// running text
    Body,
}

/// The deadlines of a clause in the order of the text, one entry a mention. `notes` are the byte ranges where
/// any date is a deadline; `year` stands for a year that the text leaves out.
pub(super) fn find_deadlines(
    plain: &Plain<'_>,
    notes: &[Range<usize>],
    year: Option<i32>,
    warnings: &mut Vec<Warning>,
) -> Vec<Deadline> {
    let mut found = Vec::new();
    find_undated(plain, notes, &mut found);
    find_plan_ends(&plain.text, &mut found);
    find_dates(plain, notes, year, &mut found, warnings);
    found.sort_by_key(|(range, _)| range.start);
    found.into_iter().map(|(range, date)| Deadline { raw: plain.raw(range).to_owned(), date }).collect()
}

/// What recurs, stays open or counts in years: without a date.
fn find_undated(plain: &Plain<'_>, notes: &[Range<usize>], found: &mut Vec<Mention>) {
    for recurring in RECURRING.find_iter(&plain.text) {
        add(found, recurring.range(), None);
    }
    for span in SPAN.captures_iter(&plain.text).filter_map(|captures| captures.name("span")) {
        add(found, span.range(), None);
    }
    for note in notes {
        for open in OPEN.find_iter(plain.slice(note.clone())) {
            add(found, note.start + open.start()..note.start + open.end(), None);
        }
    }
}

/// The end of a five-year plan: 到“十四五”末.
fn find_plan_ends(text: &str, found: &mut Vec<Mention>) {
    for captures in PLAN.captures_iter(text) {
        let Some(whole) = captures.get(0).filter(|whole| whole.as_str().ends_with(['末', '前'])) else {
            continue;
        };
        let plan = captures.name("plan").and_then(|plan| parse_chinese_integer(plan.as_str()));
        if let Some(year) = plan.and_then(plan_end) {
            add(found, whole.range(), last_day(Parts { year: Some(year), ..Parts::default() }));
        }
    }
}

fn find_dates(
    plain: &Plain<'_>,
    notes: &[Range<usize>],
    year: Option<i32>,
    found: &mut Vec<Mention>,
    warnings: &mut Vec<Warning>,
) {
    let text = plain.text.as_str();
    let mut stated_year = year;
    let mut at = 0;
    while let Some(start) = DATE_BEGINS.find_at(text, at) {
        at = start.end();
        let Some(captures) = DATE.captures_at(text, start.start()) else { continue };
        let Some(whole) = captures.name("whole").filter(|whole| !whole.is_empty()) else { continue };
        let in_note = notes.iter().any(|note| note.start <= whole.start() && whole.end() <= note.end);
        let place = if in_note { Place::Note } else { Place::Body };
        if !is_whole_date(text, &captures, whole.range()) {
            continue;
        }
        at = whole.end();
        if !is_deadline(text, &captures, whole.range(), place, year) || overlaps(found, &whole.range()) {
            continue;
        }
        let date = resolve(&captures, stated_year, year);
        if let Some(year) = captures.name("year").and_then(|year| parse_chinese_integer(year.as_str())) {
            stated_year = i32::try_from(year).ok().or(stated_year);
        }
        if date.is_none() && stated_year.is_some() {
            warn(&captures, plain.raw(whole.range()), warnings);
        }
        found.push((whole.range(), date));
    }
}

fn add(found: &mut Vec<Mention>, range: Range<usize>, date: Option<String>) {
    if !overlaps(found, &range) {
        found.push((range, date));
    }
}

fn overlaps(found: &[Mention], range: &Range<usize>) -> bool {
    found.iter().any(|(other, _)| other.start < range.end && range.start < other.end)
}

/// The match has the parts of a date and does not cut a longer number or word.
fn is_whole_date(text: &str, captures: &Captures<'_>, range: Range<usize>) -> bool {
    let before = text.get(..range.start).unwrap_or_default();
    let after = head(text.get(range.end..).unwrap_or_default(), 600);
    is_date_like(captures) && bounded(before, after, captures)
}

fn is_deadline(
    text: &str,
    captures: &Captures<'_>,
    range: Range<usize>,
    place: Place,
    document: Option<i32>,
) -> bool {
    let has = |name: &str| captures.name(name).is_some();
    let before = text.get(..range.start).unwrap_or_default();
    let after = head(text.get(range.end..).unwrap_or_default(), 600);
    if BACKGROUND_BEFORE.is_match(tail(before, 70)) || !has("before") && BACKGROUND_AFTER.is_match(after) {
        return false;
    }
    if place == Place::Note {
        return true;
    }
    if RECURRENT_PHRASE.is_match(tail(before, 90)) {
        return false;
    }
    let stated = captures.name("year").and_then(|year| parse_chinese_integer(year.as_str()));
    let is_past = stated
        .zip(document)
        .is_some_and(|(stated, now)| i64::try_from(stated).is_ok_and(|stated| stated < i64::from(now)));
    if is_past || RELATIVE_CLAUSE.is_match(after) {
        return false;
    }
    let marked =
        has("before") || has("end") || has("within") && (has("part") || has("year") && !has("month"));
    marked || aims(before, after, captures)
}

/// A year or a month without 前 or 底 is a deadline where the wording aims at it: 到2022年6月, 2022年6月，….
fn aims(before: &str, after: &str, captures: &Captures<'_>) -> bool {
    let has = |name: &str| captures.name(name).is_some();
    let opens_sentence =
        before.is_empty() || before.ends_with(['。', ';', '\n', ':', '!', '”']) || before.ends_with("力争");
    let precise = has("year") && (has("month") || has("part")) && !has("day");
    let schedule = captures.name("range").is_some_and(|range| range.as_str().len() > "至".len());
    if schedule && has("month") && after.starts_with(['，', ')', ':', '。']) {
        return true;
    }
    if has("month") && AIMS_AFTER.is_match(after) && !after.starts_with('，') {
        return true;
    }
    if precise || has("part") && (has("relative") || AIMS_AFTER.is_match(after)) {
        return AIMS_BEFORE.is_match(tail(before, 30))
            || opens_sentence && after.starts_with('，')
            || AIMS_AFTER.is_match(after);
    }
    let year_only = has("year") && !has("month") && !has("day") && !has("part");
    year_only
        && (["到", "至", "力争", "争取", "确保"].iter().any(|word| before.ends_with(word))
            || AIMS_AFTER.is_match(after) && !before.ends_with('年'))
}

/// Enough parts for a date: a year with 年, a month with 月, 年底, or a part of a year.
fn is_date_like(captures: &Captures<'_>) -> bool {
    let has = |name: &str| captures.name(name).is_some();
    let year_end = captures.name("end").is_some_and(|end| end.as_str().starts_with('年'));
    if has("month") || year_end || has("part") {
        return true;
    }
    if has("dotted") {
        return has("year") && has("day");
    }
    // 2022年5 is no date, 2022年底 and 2022年 are.
    (has("year") || has("relative") && (has("end") || has("before"))) && !has("day")
}

/// The match must not begin or end inside a longer number or word.
fn bounded(before: &str, after: &str, captures: &Captures<'_>) -> bool {
    let unfinished_day = captures.name("day").is_some()
        && captures.name("day_mark").is_none()
        && captures.name("dotted").is_none();
    if unfinished_day
        || after.starts_with(|c: char| c.is_ascii_digit()) && captures.name("day_mark").is_none()
    {
        return false;
    }
    let starts_with_year_end = captures.name("year").is_none() && captures.name("relative").is_none();
    let within_number = before.ends_with(|c: char| {
        c.is_ascii_digit() || "第个近前满每半几数〇零一二三四五六七八九十两百".contains(c)
    });
    !(within_number || starts_with_year_end && before.ends_with(['年', '下', '上', '·', '次', '本']))
}

fn resolve(captures: &Captures<'_>, stated: Option<i32>, document: Option<i32>) -> Option<String> {
    let text = |name: &str| captures.name(name).map(|part| part.as_str());
    let year = match (text("year"), text("relative")) {
        (Some(year), _) => i32::try_from(parse_chinese_integer(year)?).ok(),
        (None, Some("明年")) => document.map(|year| year + 1),
        (None, Some("后年")) => document.map(|year| year + 2),
        (None, Some(_)) => document,
        (None, None) => text("range_year").and_then(|year| year.parse().ok()).or(stated),
    };
    let small = |name: &str| {
        text(name).map(|part| {
            parse_chinese_integer(part).and_then(|value| u8::try_from(value).ok()).unwrap_or(u8::MAX)
        })
    };
    if text("end").is_some_and(|end| end.starts_with('月')) && text("month").is_none() {
        return None;
    }
    let month = small("month").or_else(|| small("dotted")).or_else(|| text("part").and_then(last_month_of));
    let day = small("day").or_else(|| text("third").and_then(last_day_of_third));
    last_day(Parts { year, month, day })
}

fn warn(captures: &Captures<'_>, raw: &str, warnings: &mut Vec<Warning>) {
    let month_missing = captures.name("month").is_none() && captures.name("dotted").is_none();
    let (code, why) = if month_missing {
        ("missing_month", "names no month")
    } else {
        ("impossible_date", "is not in the calendar")
    };
    warnings.push(Warning::new(code, format!("deadline {raw:?} {why}")));
}
