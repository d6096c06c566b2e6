//! Which numbers are promises, and how the promise compares with its number.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::plain::{head, tail};
use super::promise_words::{
    ALL_COVERED, AT_LEAST, AT_MOST, AVOIDED, CHAIN, CHANGED_TO, CHANGES_AFTER, COVERS, ENUMERATED, FILLER,
    FOLLOWED_BY_OBJECT, FROM, INCREASED_BY, LESS_THAN, MORE_THAN, NO_NUMBER_BEFORE, PAST_YEAR, RATE_OBJECT,
    REDUCED_BY, STANDARD, STATE, SUFFIX, TERM_AHEAD, TERM_NOUN, TIME_DONE, TIME_SERVICE,
};
use crate::model::Comparator;
use crate::text::measure::{EXISTING, Measure, OBJECT_AHEAD, PRODUCE};

/// A number with its unit in its surroundings.
pub(super) struct Mention<'a> {
    /// The folded text of the clause.
    pub(super) text: &'a str,
    /// Number and unit.
    pub(super) range: Range<usize>,
    /// What the unit measures.
    pub(super) measure: Measure,
    /// The unit as written, width folded.
    pub(super) unit: &'a str,
    /// Written with digits.
    pub(super) digits: bool,
    /// The document's year.
    pub(super) year: Option<i32>,
    /// Where the last promise ended: a number right after it shares its verb.
    pub(super) promised_until: usize,
}

impl<'a> Mention<'a> {
    /// The text before the number, back to the sentence's start.
    pub(super) fn sentence_before(&self) -> &'a str {
        let before = tail(self.text.get(..self.range.start).unwrap_or_default(), 600);
        before.rsplit(['。', ';', '\n', '!', '?']).next().unwrap_or_default()
    }

    /// The text before the number, back to the last comma.
    pub(super) fn phrase_before(&self) -> &'a str {
        self.sentence_before().rsplit(['，', ':']).next().unwrap_or_default()
    }

    /// Whether the last promise stands right before: 1个环节1个工作日.
    fn follows_promise(&self) -> bool {
        self.promised_until > 0 && self.range.start.saturating_sub(self.promised_until) <= "环节、".len()
    }

    /// The text after the unit, as far as rules look.
    pub(super) fn after(&self) -> &'a str {
        head(self.text.get(self.range.end..).unwrap_or_default(), 300)
    }

    /// The text after the unit, up to the next punctuation.
    pub(super) fn phrase_after(&self) -> &'a str {
        self.after().split(['，', '。', ';', '\n', '、', ':']).next().unwrap_or_default()
    }
}

/// Whether the clause promises this number.
pub(super) fn is_promise(mention: &Mention<'_>) -> bool {
    let before = bare(mention.phrase_before());
    let after = mention.after();
    if mention.measure == Measure::Descriptive
        || NO_NUMBER_BEFORE.is_match(before)
        || after.starts_with('之') && !after.starts_with("之内")
    {
        return false;
    }
    if was_before(mention, before) || is_background(mention) {
        return false;
    }
    match mention.measure {
        Measure::Time => promises_time(mention, before),
        Measure::Year => AT_MOST.is_match(before) || AT_LEAST.is_match(before),
        Measure::Ratio => promises_ratio(mention, before),
        Measure::Money => promises_money(mention, before),
        Measure::Count => promises_count(mention, before),
        Measure::Size => {
            mention.digits && (compares_strictly(before) || produces(mention)) && !bounds(mention)
        }
        Measure::Descriptive => false,
    }
}

/// 由3个减至1个: the 3; 法定30日: the standard.
fn was_before(mention: &Mention<'_>, before: &str) -> bool {
    let changes = CHANGES_AFTER.is_match(mention.after());
    STANDARD.is_match(before)
        || changes
            && (FROM.is_match(mention.phrase_before())
                || mention.phrase_after().len() > 6 && before.ends_with('的'))
}

/// The sentence says how things stand: 目前…, 截至…, or a year before the document's.
fn is_background(mention: &Mention<'_>) -> bool {
    let phrase = mention.phrase_before();
    let sentence = mention.sentence_before();
    let past = |text: &str| {
        mention.year.is_some_and(|now| {
            PAST_YEAR
                .captures_iter(text)
                .filter_map(|c| c.get(1)?.as_str().parse::<i32>().ok())
                .last()
                .is_some_and(|year| year < now)
        })
    };
    ["截至", "截止", "目前", "现状", "进展情况"]
        .iter()
        .any(|word| sentence.starts_with(word) || phrase.contains(word))
        || past(sentence) && !phrase.contains("基础上") && !sentence.contains("基础上")
        || phrase.contains("上年") && !phrase.contains('较')
}

fn promises_time(mention: &Mention<'_>, before: &str) -> bool {
    let after = mention.after();
    let suffix = suffix_of(after);
    if matches!(suffix, Some("以上" | "及以上" | "之上" | "多")) || after.starts_with(['前', '后', '起'])
    {
        return false;
    }
    if [&AT_MOST, &LESS_THAN, &CHANGED_TO, &REDUCED_BY].iter().any(|words| words.is_match(before)) {
        return true;
    }
    if MORE_THAN.is_match(before) {
        return false;
    }
    if suffix.is_some() && suffix != Some("左右") {
        return true;
    }
    if TIME_SERVICE.is_match(after) {
        return false;
    }
    mention.digits
        && (TIME_DONE.is_match(after)
            || TERM_NOUN.is_match(before)
            || TERM_AHEAD.is_match(after)
            || before.ends_with("提前")
            || mention.follows_promise()
            || AT_LEAST.is_match(before))
        || after.starts_with("办结")
        || after.starts_with("完成")
}

fn promises_ratio(mention: &Mention<'_>, before: &str) -> bool {
    if !mention.digits && !compares(before) {
        return false;
    }
    let bounding = MORE_THAN.is_match(before) || LESS_THAN.is_match(before);
    if compares(before) && !bounding || !describes(mention) {
        return !before.ends_with("加收");
    }
    RATE_OBJECT.is_match(mention.after()) || COVERS.is_match(mention.after())
}

fn promises_money(mention: &Mention<'_>, before: &str) -> bool {
    let is_fine = before.ends_with('处') || before.ends_with("处以") || mention.phrase_after().contains("罚");
    if is_fine || MORE_THAN.is_match(before) && describes(mention) {
        return false;
    }
    suffix_of(mention.after()).is_some() || compares(before) || mention.digits && produces(mention)
}

fn promises_count(mention: &Mention<'_>, before: &str) -> bool {
    let after = mention.after();
    let in_heading = before.ends_with('(') && after.starts_with(')');
    if in_heading || AVOIDED.is_match(mention.phrase_before()) {
        return false;
    }
    // 三人以上 sets a condition, 20家以上 is a promise.
    let suffixed = mention.digits && suffix_of(after).is_some_and(|suffix| suffix != "内" && suffix != "多");
    let compared = compares_strictly(before) || suffixed;
    if compared {
        return !(describes(mention) && (MORE_THAN.is_match(before) || !mention.digits));
    }
    if !mention.digits || ENUMERATED.is_match(before) && !ALL_COVERED.is_match(after) {
        return false;
    }
    OBJECT_AHEAD.is_match(after)
        || ALL_COVERED.is_match(after)
        || CHANGED_TO.is_match(before)
        || INCREASED_BY.is_match(before)
        || REDUCED_BY.is_match(before)
        || produces(mention)
}

/// A verb that promises what it counts stands before the number: in its phrase, or in the sentence where the
/// number ends its phrase (完成绿化3000亩，森林抚育2000亩) or follows another promise.
fn produces(mention: &Mention<'_>) -> bool {
    let phrase = mention.phrase_before();
    if EXISTING.is_match(phrase) {
        return false;
    }
    if PRODUCE.is_match(phrase) {
        return true;
    }
    let follows = phrase.is_empty() && mention.range.start.saturating_sub(mention.promised_until) < 40;
    let closes = mention.phrase_after().is_empty();
    let sentence = mention.sentence_before();
    (follows || closes && !phrase.is_empty()) && PRODUCE.is_match(sentence) && !EXISTING.is_match(sentence)
}

/// A size with a bound says which object is meant: 建筑面积500平方米以下.
fn bounds(mention: &Mention<'_>) -> bool {
    describes(mention) || matches!(suffix_of(mention.after()), Some("以下" | "以内" | "之内" | "内"))
}

/// Number, comparison and 的 describe an object: 超过200万元的货物.
fn describes(mention: &Mention<'_>) -> bool {
    FOLLOWED_BY_OBJECT.is_match(mention.after())
}

fn compares(before: &str) -> bool {
    compares_strictly(before)
        || STATE.is_match(before)
        || REDUCED_BY.is_match(before)
        || INCREASED_BY.is_match(before)
}

fn compares_strictly(before: &str) -> bool {
    AT_MOST.is_match(before)
        || AT_LEAST.is_match(before)
        || MORE_THAN.is_match(before)
        || LESS_THAN.is_match(before)
}

/// `before` without words such as 约, 各 and 原则上 at its end.
fn bare(before: &str) -> &str {
    let mut rest = before;
    if let Some(chain) = CHAIN.find(rest) {
        rest = rest.get(..chain.start()).unwrap_or_default();
    }
    while let Some(filler) = FILLER.find(rest) {
        // 最多 and 最长 compare by themselves.
        if matches!(filler.as_str(), "最长" | "最多" | "至多") {
            break;
        }
        rest = rest.get(..filler.start()).unwrap_or_default();
    }
    rest
}

fn suffix_of(after: &str) -> Option<&str> {
    let mark = SUFFIX.captures(after)?.name("mark")?.as_str();
    Some(mark.trim_start_matches("(含)").trim_start_matches(['及', '或']))
}

/// How the promise compares with its number, and the range of the text that says so.
pub(super) fn comparator(mention: &Mention<'_>) -> (Comparator, Range<usize>) {
    let phrase = mention.phrase_before();
    let before = bare(phrase);
    let end = mention.range.end + SUFFIX.find(mention.after()).map_or(0, |suffix| suffix.end());
    let suffix = suffix_of(mention.after());
    let rows: [(&LazyLock<Regex>, Comparator); 6] = [
        (&REDUCED_BY, Comparator::Reduce),
        (&INCREASED_BY, Comparator::Increase),
        (&AT_MOST, Comparator::LessOrEqual),
        (&AT_LEAST, Comparator::GreaterOrEqual),
        (&MORE_THAN, Comparator::Greater),
        (&LESS_THAN, Comparator::Less),
    ];
    let prefix =
        rows.iter().find_map(|(regex, comparator)| regex.find(before).map(|found| (found, *comparator)));
    let changed = CHANGED_TO.find(before);
    let start = prefix.map(|(found, _)| found.start()).or(changed.map(|found| found.start()));
    let start = mention.range.start - start.map_or(phrase.len() - before.len(), |start| phrase.len() - start);
    let comparator = match (prefix.map(|(_, comparator)| comparator), suffix) {
        (
            Some(Comparator::GreaterOrEqual) | None,
            Some("以内" | "之内" | "内" | "以下" | "之下" | "以里"),
        ) => Comparator::LessOrEqual,
        (None, Some("以上" | "之上")) => Comparator::GreaterOrEqual,
        (Some(comparator), _) => comparator,
        (None, _) => unmarked(mention),
    };
    (comparator, start..end)
}

/// Nothing right beside the number compares: 不低于年度采购额10% does from afar, and a term is an upper bound.
fn unmarked(mention: &Mention<'_>) -> Comparator {
    let phrase = mention.phrase_before();
    match () {
        () if phrase.contains("不低于") || phrase.contains("不少于") => Comparator::GreaterOrEqual,
        () if phrase.contains("不超过") || phrase.contains("不高于") => Comparator::LessOrEqual,
        () if mention.measure == Measure::Time => Comparator::LessOrEqual,
        () => Comparator::Equal,
    }
}
