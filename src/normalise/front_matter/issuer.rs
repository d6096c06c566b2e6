use std::sync::LazyLock;

use regex::Regex;

use super::date::{Found, dates, only_date};
use super::line::{Line, compact, is_paragraph};
use crate::text::region::RegionTable;

/// What the name of a body that issues documents ends in.
const ORGANISATION_ENDINGS: &[&str] = &[
    "政府",
    "办公室",
    "办公厅",
    "委员会",
    "委",
    "局",
    "厅",
    "部",
    "署",
    "院",
    "小组",
    "指挥部",
    "会议",
    "专班",
    "中心",
    "公司",
    "银行",
    "分行",
    "支行",
    "大队",
    "支队",
    "会",
    "国务院",
    "中央",
    "人大",
    "政协",
    "党组",
    "开发区",
    "集团",
    "政府办",
    "军委",
];

/// What begins the subject of a title after its issuer.
const SUBJECT_OPENERS: &[&str] =
    &["关于", "转发", "批转", "印发", "公布", "发布", "公开征求", "征求", "令", "公告"];

/// Lines before a signature that belong to the document: the last paragraph or the list of attachments.
static BEFORE_SIGNATURE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[。；：:）)]$|^附\s*件|^\d{1,2}[.．、]|^特此").expect("a valid pattern"));

static PASSED_BY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?P<body>[\p{Han}]{2,20}?)?第[一二三四五六七八九十百]+届(?P<kind>(?:全国)?人民代表大会(?:常务委员会)?)第[一二三四五六七八九十百]+次会议")
        .expect("a valid pattern")
});

static PROMULGATED_BY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"日\s*(?:中华人民共和国)?(?P<body>国务院|最高人民(?:法|检察)院|[\p{Han}]{2,18}?(?:部|委员会|总局|署|局|人民政府))(?:令|审判委员会|检察委员会|发布|公布|批准|第[\d一二三四五六七八九十百]+次)")
        .expect("a valid pattern")
});

/// Who signed, and when.
#[derive(Debug, Default)]
pub(super) struct Signature {
    pub(super) issuer: Option<String>,
    pub(super) date: Option<Found>,
    /// 1-based line of the date.
    pub(super) line: u32,
}

/// Whether `text` is the name of a body or of several, and nothing else.
pub(super) fn is_organisation(text: &str) -> bool {
    let is_name = |name: &str| {
        (2..=40).contains(&name.chars().count())
            && name.chars().all(|c| c.is_alphabetic() || "（）()".contains(c))
            && !name.contains('的')
            && ORGANISATION_ENDINGS.iter().any(|ending| name.ends_with(ending))
    };
    let mut names =
        text.split(|c: char| c.is_whitespace() || c == '、').filter(|name| !name.is_empty()).peekable();
    names.peek().is_some() && (is_name(&compact(text)) || names.all(is_name))
}

/// The name without letter-spacing; the names of several bodies with 、 between them.
pub(super) fn joined(names: &str) -> String {
    let parts: Vec<&str> = names.split_whitespace().collect();
    let separator =
        if parts.iter().all(|part| part.chars().count() > 2 && is_organisation(part)) { "、" } else { "" };
    parts.join(separator)
}

/// The body that a title begins with: X人民政府办公室关于….
pub(super) fn of_title(title: &str) -> Option<String> {
    let opener = SUBJECT_OPENERS.iter().filter_map(|opener| title.find(opener)).filter(|at| *at > 0).min()?;
    let issuer = title.get(..opener)?.trim();
    is_organisation(issuer).then(|| issuer.to_owned())
}

/// The first signature after `from`: a body, or several below each other, above or before a date.
pub(super) fn signature(
    lines: &[Line<'_>],
    from: usize,
    title_issuer: Option<&str>,
    text: &str,
) -> Signature {
    (from..lines.len())
        .find_map(|index| signature_at(lines, from, index, title_issuer, text))
        .unwrap_or_default()
}

fn signature_at(
    lines: &[Line<'_>],
    from: usize,
    index: usize,
    title_issuer: Option<&str>,
    text: &str,
) -> Option<Signature> {
    let line = lines.get(index)?;
    if let Some((issuer, date)) = name_and_date(line.text) {
        let known = is_known(&issuer, title_issuer, text);
        return known.then_some(Signature { issuer: Some(issuer), date: Some(date), line: line.number });
    }
    let date = only_date(line.text)?;
    let above = lines.get(from..index)?;
    let names: Vec<&str> =
        above.iter().rev().map(|line| line.text).take(8).take_while(|text| is_organisation(text)).collect();
    let before = above.iter().rev().nth(names.len()).is_some_and(|line| BEFORE_SIGNATURE.is_match(line.text));
    let paragraph = above.last().is_some_and(|line| is_paragraph(line.text) && line.text.ends_with('。'));
    let issuer = names.iter().rev().map(|name| joined(name)).collect::<Vec<_>>().join("、");
    let known = !names.is_empty() && (before || names.iter().any(|name| is_known(name, title_issuer, text)));
    (known || (names.is_empty() && paragraph)).then(|| Signature {
        issuer: known.then_some(issuer),
        date: Some(date),
        line: line.number,
    })
}

/// `会宁县发展和改革局  2022年9月15日`
fn name_and_date(text: &str) -> Option<(String, Found)> {
    let date = dates(text).into_iter().next()?;
    let ends_here = text.get(date.end..)?.trim().is_empty();
    let name = text.get(..date.start)?.trim();
    (ends_here && is_organisation(name)).then(|| (joined(name), date))
}

/// A cell of a table may hold a body's name too: what signs bears its region or is the body of the title.
fn is_known(name: &str, title_issuer: Option<&str>, text: &str) -> bool {
    let name = compact(name);
    title_issuer.is_some_and(|issuer| compact(issuer).contains(&name))
        || name.starts_with("中共")
        || RegionTable::builtin().find(&name, text).is_some()
}

/// Who had the document printed, and when: `相山区人民政府办公室  2022年3月25日印发`. The last such line counts.
pub(super) fn printed(lines: &[Line<'_>]) -> Signature {
    let of_line = |line: &Line<'_>| {
        let text = line.text.trim_end_matches(['。', ' ', '\u{3000}']).strip_suffix("印发")?.trim_end();
        let date = dates(text).into_iter().next_back().filter(|date| date.end == text.len())?;
        let name = compact(text.get(..date.start)?);
        let issuer = is_organisation(&name).then_some(name);
        Some(Signature { issuer, date: Some(date), line: line.number })
    };
    lines.iter().rev().find_map(of_line).unwrap_or_default()
}

/// The body that passed or promulgated a law, from a line such as 2021年7月30日 淄博市第十五届人民代表大会常务委员会第四十八次会议通过.
pub(super) fn of_passage(line: &str) -> Option<String> {
    if let Some(passed) = PASSED_BY.captures(line) {
        let body = passed.name("body").map_or("", |body| body.as_str()).trim_start_matches('日');
        return Some(format!("{body}{}", passed.name("kind")?.as_str()));
    }
    PROMULGATED_BY.captures(line)?.name("body").map(|body| body.as_str().to_owned())
}
