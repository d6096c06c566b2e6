use aho_corasick::AhoCorasick;

use super::names::{Form, Names, Reading};
use super::{Level, NATIONAL, contains_code, level};

const NATIONAL_BODIES: &str = include_str!("../lexicons/national_bodies.txt");

/// Names that are common words as well: they count directly after a parent or at the start of the text.
const COMMON_WORDS: &[&str] = &[
    "城区",
    "郊区",
    "矿区",
    "东区",
    "西区",
    "新城区",
    "老城区",
    "市中区",
    "城中区",
    "港口区",
    "合作市",
    "东方市",
];

/// What stands between a parent and a child besides nothing.
const SEPARATORS: &[char] = &[' ', '\u{3000}', '·', '-', '—', '(', '（', ')', '）', '\t'];

/// After these a name begins, so that a short one is no part of another word.
const OPENERS: &[&str] = &[
    "《", "〈", "“", "（", "(", "、", "，", ",", "：", ":", " ", "\u{3000}", "\n", "中共", "中国", "关于",
    "印发", "转发", "发布", "公布",
];

/// What turns the short name of a county into that of its zone, street or town.
const ZONES: &[&str] = &["经济", "高新", "开发区", "工业园", "产业园", "街道", "国家", "省级"];

/// Finds names of divisions in running text.
pub(super) struct Finder {
    automaton: Option<AhoCorasick>,
    readings: Vec<Vec<Reading>>,
}

/// A name in the text and what it may stand for there.
struct Mention {
    start: usize,
    end: usize,
    codes: Vec<&'static str>,
    /// Whether it stands directly after a division that holds it.
    chained: bool,
}

impl Finder {
    pub(super) fn new(names: &Names) -> Self {
        let national =
            NATIONAL_BODIES.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut patterns: Vec<&str> = national.collect();
        let mut readings = vec![vec![Reading { code: NATIONAL, form: Form::Full }]; patterns.len()];
        for (name, of_name) in names.iter() {
            patterns.push(name);
            readings.push(of_name.to_vec());
        }
        Self { automaton: AhoCorasick::new(&patterns).ok(), readings }
    }

    /// The divisions that the first name in `text`, narrowed by those directly after it, may stand for.
    pub(super) fn first(&self, text: &str) -> Vec<&'static str> {
        let text = text.trim_start();
        let mut chain: Vec<&'static str> = Vec::new();
        for (index, mention) in self.mentions(text).into_iter().enumerate() {
            if index > 0 && !mention.chained {
                break;
            }
            chain = mention.codes;
        }
        chain
    }

    /// The divisions that `name` stands for when it is nothing but a chain of divisions.
    pub(super) fn whole(&self, name: &str) -> Vec<&'static str> {
        let mentions = self.mentions(name);
        let starts = mentions.first().is_some_and(|mention| mention.start == 0);
        let chained = mentions.iter().skip(1).all(|mention| mention.chained);
        match mentions.into_iter().last() {
            Some(last) if starts && chained && last.end == name.len() => last.codes,
            _ => Vec::new(),
        }
    }

    fn mentions(&self, text: &str) -> Vec<Mention> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let mut found: Vec<_> = automaton.find_overlapping_iter(text).collect();
        found.sort_by_key(|found| (found.start(), std::cmp::Reverse(found.end())));
        let mut mentions: Vec<Mention> = Vec::new();
        for found in found {
            let previous = mentions.last();
            if previous.is_some_and(|previous| found.start() < previous.end) {
                continue;
            }
            let Some(readings) = self.readings.get(found.pattern().as_usize()) else { continue };
            let place = Place { text, start: found.start(), end: found.end() };
            mentions.extend(place.mention(readings, previous));
        }
        mentions
    }
}

/// Where a name stands in the text.
struct Place<'a> {
    text: &'a str,
    start: usize,
    end: usize,
}

impl Place<'_> {
    fn mention(&self, readings: &[Reading], previous: Option<&Mention>) -> Option<Mention> {
        let chained = previous.map_or_else(Vec::new, |previous| self.inside(readings, previous));
        let is_chained = !chained.is_empty();
        let codes = if is_chained { chained } else { self.alone(readings) };
        let found = Mention { start: self.start, end: self.end, codes, chained: is_chained };
        if found.codes.is_empty() { None } else { Some(found) }
    }

    /// Readings that lie in the division named directly before.
    fn inside(&self, readings: &[Reading], previous: &Mention) -> Vec<&'static str> {
        let between = self.text.get(previous.end..self.start).unwrap_or("?");
        if !between.trim_matches(SEPARATORS).is_empty() || between.chars().count() > 2 {
            return Vec::new();
        }
        let lies_in = |code: &str| {
            previous.codes.iter().any(|ancestor| *ancestor != code && contains_code(ancestor, code))
        };
        preferred(readings.iter().filter(|reading| lies_in(reading.code)))
    }

    /// Readings that hold without a parent before the name.
    fn alone(&self, readings: &[Reading]) -> Vec<&'static str> {
        if self.continues_into_a_word() {
            return Vec::new();
        }
        preferred(readings.iter().filter(|reading| self.stands_alone(reading)))
    }

    fn stands_alone(&self, reading: &Reading) -> bool {
        match (level(reading.code), reading.form) {
            (Level::Country, _) => self.opens_the_text(),
            (_, Form::Full) if COMMON_WORDS.contains(&self.name()) => self.start == 0,
            (_, Form::Full) => self.name().chars().count() > 2 || self.begins_a_name(),
            (Level::Province, Form::Short) => true,
            (Level::City, Form::Short) => self.begins_a_name(),
            (Level::County, Form::Short) => self.begins_a_name() && self.names_a_zone(),
        }
    }

    fn name(&self) -> &str {
        self.text.get(self.start..self.end).unwrap_or_default()
    }

    fn before(&self) -> &str {
        self.text.get(..self.start).unwrap_or_default()
    }

    fn after(&self) -> &str {
        self.text.get(self.end..).unwrap_or_default()
    }

    /// A national body counts as such only where the text begins with it: 贯彻国务院… is no national document.
    fn opens_the_text(&self) -> bool {
        self.start == 0 && !self.after().starts_with('门')
    }

    fn begins_a_name(&self) -> bool {
        self.start == 0 || OPENERS.iter().any(|opener| self.before().ends_with(opener))
    }

    fn names_a_zone(&self) -> bool {
        ZONES.iter().any(|zone| self.after().starts_with(zone))
    }

    /// 合作市 in 合作市场, 东区 in 华东区域, 和县 in 和县级.
    fn continues_into_a_word(&self) -> bool {
        let next = self.after().chars().next().unwrap_or(' ');
        match self.name().chars().last() {
            Some('市') => next == '场',
            Some('区') => matches!(next, '域' | '间' | '块' | '位'),
            Some('县') => self.name().chars().count() == 2 && matches!(next, '级' | '域' | '直' | '乡'),
            _ => false,
        }
    }
}

/// Official names before short ones; of short ones the widest (海南 is the province).
fn preferred<'a>(readings: impl Iterator<Item = &'a Reading>) -> Vec<&'static str> {
    let rank = |reading: &Reading| match reading.form {
        Form::Full => None,
        Form::Short => Some(level(reading.code)),
    };
    let readings: Vec<&Reading> = readings.collect();
    let Some(best) = readings.iter().map(|reading| rank(reading)).min() else { return Vec::new() };
    readings.into_iter().filter(|reading| rank(reading) == best).map(|reading| reading.code).collect()
}
