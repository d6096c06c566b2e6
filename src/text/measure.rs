//! Units of measure and promise words, from the lexicon file `measures.toml`.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

/// What a unit measures; it decides which wording makes its number a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// 工作日, 小时, 个月
    Time,
    /// 年
    Year,
    /// %, 百分点, 倍
    Ratio,
    /// 元, 万元
    Money,
    /// 个, 项, 件
    Count,
    /// 公里, 亩
    Size,
    /// 千伏, 岁: never a promise
    Descriptive,
}

#[derive(Deserialize)]
struct Lexicon {
    units: Units,
    verbs: Verbs,
}

#[derive(Deserialize)]
struct Units {
    time: Vec<String>,
    month: Vec<String>,
    year: Vec<String>,
    ratio: Vec<String>,
    money: Vec<String>,
    count: Vec<String>,
    size: Vec<String>,
    descriptive: Vec<String>,
}

#[derive(Deserialize)]
struct Verbs {
    produce: Vec<String>,
    objects: Vec<String>,
    existing: Vec<String>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    toml::from_str(include_str!("lexicons/measures.toml")).expect("measures.toml is well formed")
});

/// Verbs that promise what they count.
pub static PRODUCE: LazyLock<Regex> = LazyLock::new(|| any_of(&LEXICON.verbs.produce, ""));

/// Words that say a number describes what is there already.
pub static EXISTING: LazyLock<Regex> = LazyLock::new(|| any_of(&LEXICON.verbs.existing, ""));

/// At the start of the text after a unit: a noun that is promised without a verb.
pub static OBJECT_AHEAD: LazyLock<Regex> = LazyLock::new(|| any_of(&LEXICON.verbs.objects, "^"));

fn any_of(words: &[String], prefix: &str) -> Regex {
    Regex::new(&format!("{prefix}(?:{})", alternatives(words.iter()))).expect("escaped words")
}

/// Regex source of a unit: the group `unit` holds it as written with its magnitude (万条, 亿元) and without the
/// 个 of 5个工作日.
pub(crate) fn unit_pattern() -> String {
    let units = &LEXICON.units;
    let takes_classifier = units.time.iter().chain(&units.ratio);
    let other = [&units.month, &units.year, &units.money, &units.count, &units.size, &units.descriptive];
    let bare = alternatives(takes_classifier);
    let other = alternatives(other.into_iter().flatten());
    format!("(?:个?(?P<unit>{bare}|个月)|(?P<counted>(?:[十百千]?万|[百千万]?亿)?(?:{other})))")
}

fn alternatives<'a>(words: impl Iterator<Item = &'a String>) -> String {
    let mut words: Vec<String> = words.map(|word| regex::escape(word)).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.join("|")
}

/// The measure of a unit without its magnitude; none for a word that is no unit.
pub fn measure_of(unit: &str) -> Option<Measure> {
    let units = &LEXICON.units;
    let bare = unit.trim_start_matches(['十', '百', '千', '万', '亿']);
    let has = |words: &[String]| words.iter().any(|word| word == unit || word == bare);
    Some(match () {
        () if has(&units.time) || has(&units.month) => Measure::Time,
        () if has(&units.year) => Measure::Year,
        () if has(&units.ratio) => Measure::Ratio,
        () if has(&units.money) => Measure::Money,
        () if has(&units.size) => Measure::Size,
        () if has(&units.descriptive) => Measure::Descriptive,
        () if has(&units.count) => Measure::Count,
        () => return None,
    })
}
