//! Deadlines (时限): in labels and closing notes any date, in running text a date with 前, 底 or the like.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::dates::{Parts, last_day, last_day_of_third, last_month_of, plan_end};
use super::plain::{Plain, pattern};
use crate::error::Warning;
use crate::model::Deadline;
use crate::text::numeral::parse_chinese_integer;

const DIGITS: &str = r"[0-9〇零一二三四五六七八九十]";

/// A date or a period, its parts named; most parts are optional, so matches are checked again.
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?P<range>(?:(?P<range_year>\d{{4}})年?)?(?:{DIGITS}{{1,3}}月?)?(?:\d{{1,2}}日?)?[至到-])?(?P<whole>(?:(?P<year>\d{{4}}|[二两][〇零○]{DIGITS}{{2}})(?:年度?|[.\-/])|(?P<relative>今年|本年度?|当年|明年|后年))?(?:(?P<month>{DIGITS}{{1,3}})(?P<month_mark>月份?)|(?P<dotted>\d{{1,2}})[.\-/])?(?:(?P<day>{DIGITS}{{1,3}})(?P<day_mark>[日号])?|(?P<third>[上中下]旬))?(?P<part>[上下]半年|第?[一二三四1-4]季度)?(?P<end>年底|年末|年内|月底|月末|底|末)?(?P<clock>\d{{1,2}}[:时点](?:\d{{2}}分?)?)?(?P<before>之?以?前)?(?P<within>内|中)?)"#
    ))
});

/// Where a date can begin: [`DATE`] is tried nowhere else.
static DATE_BEGINS: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!("{DIGITS}|[两今本当明后年月上下第至到]")));

static PLAN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?P<plan>[一二三四五六七八九十]{1,3})五[”"]?(?P<end>规划期?|期)?(?:末|结束前|期间)"#)
});

/// What recurs, never ends or counts from an event.
static OPEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"持续(?:推进|实施|开展|落实|优化|深化|改进|提升|坚持|完善)?|长期(?:坚持|推进|实施|落实)?|常态化(?:推进|开展|实施|坚持|工作)?|全年|立即(?:执行|实施)?|适时|即日起|按(?:照)?(?:上级|省|市|国家)[^，;。]{0,12}(?:要求|部署|安排)[^，;。]{0,4}",
    )
});

static RECURRING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?:每(?:个|一|半)?(?:年|季度?|月|周|旬|日)|次年|逐年|逐月)(?:度)?[^，。;\n]{0,24}?前")
});

/// A date in a phrase that recurs: 每年6月底、12月底.
static RECURRENT_PHRASE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"每(?:个)?(?:半)?(?:年|季度?|月|周)(?:度)?[^，。;\n]*$"));

static SPAN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:用|经过|通过|力争|利用)(?P<span>(?:\d{1,2}|[一二三四五两十])(?:[-至到](?:\d+|[一二三四五十]))?年)(?:左右)?(?:的)?(?:时间)?",
    )
});

/// After a date: the date says which objects are meant, not by when something is to be done.
static RELATIVE_CLAUSE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:的|(?:就|便)?(?:已|未|尚未|已经|依法|合法|新)[^，。;\n]{0,14}?的|(?:取得|注册|登记|购买|发生|缴纳|存在|退休|出生|毕业|参加|领取|获得|获批|施行|到期|欠缴|招用|参保|入职|入驻|入库|成立)[^，。;\n]{0,14}?的|(?:出台|设立|发布|印发|制定|签订|形成|竣工|投产|立项|批准|备案|颁布|颁发|核发|办理|受理|申报|提交|供应|出让|开工|建成|投用|发放|完成)(?:投产|使用|投用|入库|并[\p{Han}]{2,4})?的)",
    )
});

/// Before a date: it began, was issued, or bounds the validity of something else.
static BACKGROUND_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:截至|截止(?:到|至)?|自|从|有效期[^，。;]{0,4}|(?:延期|延长|延续|执行|实施|施行|期限|缓缴|顺延|政策|享受|保留)[^，。;]{0,6}[至到]|发布时间:?|《[^》]{0,60})$",
    )
});

/// After a date: likewise.
static BACKGROUND_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:起|以后|以来|之后|后|开始|印发|发布|施行|版|第?\d*次|\)》|至|到|-|年|月|目标|现状|以上|计划|度|个|地区|个人|的(?:规定|标准|政策))",
    )
});

/// Before a bare year or month in running text: words that make it a deadline.
static AIMS_BEFORE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:到|至|在|于|确保|力争|争取|不晚于|不迟于|最迟|最晚)$"));

/// After a bare year or month in running text: likewise.
static AIMS_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:努力|力争|确保|争取|全面实现|全面完成|基本实现|实现|完成|，(?:全[省市县区国社]|力争|努力|实现|完成|基本|每)[^。;]*(?:达|实现|完成|突破|增长|下降))",
    )
});

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
    let text = plain.text.as_str();
    let mut found: Vec<(Range<usize>, Option<String>)> = Vec::new();
    for recurring in RECURRING.find_iter(text) {
        found.push((recurring.range(), None));
    }
    for span in SPAN.captures_iter(text).filter_map(|captures| captures.name("span")) {
        add(&mut found, span.range(), None);
    }
    for note in notes {
        for open in OPEN.find_iter(plain.slice(note.clone())) {
            add(&mut found, note.start + open.start()..note.start + open.end(), None);
        }
    }
    for plan in PLAN.captures_iter(text) {
        if let (Some(whole), Some(year)) =
            (plan.get(0), plan.name("plan").and_then(|plan| plan_year(plan.as_str())))
        {
            if whole.as_str().ends_with(['末', '前']) {
                add(&mut found, whole.range(), last_day(Parts { year: Some(year), ..Parts::default() }));
            }
        }
    }
    find_dates(plain, notes, year, &mut found, warnings);
    found.sort_by_key(|(range, _)| range.start);
    found.into_iter().map(|(range, date)| Deadline { raw: plain.raw(range).to_owned(), date }).collect()
}

fn find_dates(
    plain: &Plain<'_>,
    notes: &[Range<usize>],
    year: Option<i32>,
    found: &mut Vec<(Range<usize>, Option<String>)>,
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
        if let Some(year) = captures.name("year").and_then(|year| number(year.as_str())) {
            stated_year = i32::try_from(year).ok().or(stated_year);
        }
        if date.is_none() && stated_year.is_some() {
            warn(&captures, plain.raw(whole.range()), warnings);
        }
        found.push((whole.range(), date));
    }
}

fn add(found: &mut Vec<(Range<usize>, Option<String>)>, range: Range<usize>, date: Option<String>) {
    if !overlaps(found, &range) {
        found.push((range, date));
    }
}

fn overlaps(found: &[(Range<usize>, Option<String>)], range: &Range<usize>) -> bool {
    found.iter().any(|(other, _)| other.start < range.end && range.start < other.end)
}

fn plan_year(numeral: &str) -> Option<i32> {
    parse_chinese_integer(numeral).and_then(plan_end)
}

fn number(text: &str) -> Option<u64> {
    parse_chinese_integer(text)
}

/// The match has the parts of a date and does not cut a longer number or word.
fn is_whole_date(text: &str, captures: &Captures<'_>, range: Range<usize>) -> bool {
    let before = text.get(..range.start).unwrap_or_default();
    let after = text.get(range.end..).unwrap_or_default();
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
    let after = text.get(range.end..).unwrap_or_default();
    if BACKGROUND_BEFORE.is_match(tail(before, 70)) || BACKGROUND_AFTER.is_match(after) {
        return false;
    }
    if place == Place::Note {
        return true;
    }
    if RECURRENT_PHRASE.is_match(tail(before, 90)) {
        return false;
    }
    let stated = captures.name("year").and_then(|year| number(year.as_str()));
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
        return AIMS_BEFORE.is_match(before)
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
    let within_number = before.ends_with(|c: char| c.is_ascii_digit() || "第个近前满每半几数〇零一二三四五六七八九十两百".contains(c));
    !(within_number || starts_with_year_end && before.ends_with(['年', '下', '上', '·']))
}

fn resolve(captures: &Captures<'_>, stated: Option<i32>, document: Option<i32>) -> Option<String> {
    let text = |name: &str| captures.name(name).map(|part| part.as_str());
    let year = match (text("year"), text("relative")) {
        (Some(year), _) => i32::try_from(number(year)?).ok(),
        (None, Some("明年")) => document.map(|year| year + 1),
        (None, Some("后年")) => document.map(|year| year + 2),
        (None, Some(_)) => document,
        (None, None) => text("range_year").and_then(|year| year.parse().ok()).or(stated),
    };
    let small = |name: &str| {
        text(name).map(|part| number(part).and_then(|value| u8::try_from(value).ok()).unwrap_or(u8::MAX))
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

/// The last `bytes` bytes of `text` or a little less, at a character boundary.
pub(super) fn tail(text: &str, bytes: usize) -> &str {
    let mut start = text.len().saturating_sub(bytes);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    text.get(start..).unwrap_or_default()
}
