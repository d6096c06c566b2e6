//! A target with what it takes to compare it: what it counts, in a common unit, and the words around it.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::model::{Comparator, Target};
use crate::text::common_unit::{COUNT, CommonUnit, common_unit};
use crate::text::fold::fold_text;
use crate::text::quantity_kind::{self, QuantityKind};
use crate::text::tokenizer;

/// What ends a phrase, in folded text.
const STOPS: [char; 10] = [',', '。', ';', ':', '\n', '!', '?', '、', '\t', '|'];
/// A phrase with fewer characters before its number takes in the one before: 有外线工程的，不超过14个工作日办结.
const SHORT: usize = 5;
/// Characters of a phrase that are looked at on either side of the number.
const REACH: usize = 40;
/// Characters of a phrase after its number.
const AHEAD: usize = 16;

/// Whether a number is reached or is a change by so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The number is what it will be: 压缩至5个工作日.
    Level,
    /// It will be less by so much: 压缩50%.
    Reduction,
    /// It will be more by so much: 增长50%.
    Increase,
}

impl Change {
    fn of(comparator: Comparator) -> Self {
        match comparator {
            Comparator::Reduce => Self::Reduction,
            Comparator::Increase => Self::Increase,
            _ => Self::Level,
        }
    }
}

/// A target of a clause, ready to be compared.
#[derive(Clone, Debug)]
pub struct Promise {
    /// The target as extracted.
    pub target: Target,
    /// What is counted, cleaned; empty where the text names nothing.
    pub name: String,
    /// The words around the number, folded.
    pub phrase: String,
    /// The sentence that the number stands in, folded.
    pub(super) sentence: String,
    /// Whether it is about the subject of the query that is compared; none where no query is.
    pub(super) is_related: Option<bool>,
    /// Whether it is what that query asks of its subject, too: a time where it asks how long.
    pub(super) is_asked: bool,
    /// What its unit comes to.
    pub unit: CommonUnit,
    /// Level or change.
    pub change: Change,
    /// What kind of quantity it is, where that can be told.
    pub kind: Option<&'static QuantityKind>,
    /// Bigrams of the name, of the phrase without the number itself, and of the sentence.
    pub(super) grams: [BTreeSet<String>; 3],
}

impl Promise {
    /// The promise of `target`, of what is called `name`.
    pub(super) fn new(
        target: Target,
        unit: CommonUnit,
        name: String,
        around: &Phrase<'_>,
        sentence: String,
    ) -> Self {
        let phrase = around.words();
        let kind = quantity_kind::kind_of(&name, &phrase, unit.family);
        let grams = [grams(&name), grams(&format!("{} {}", around.before, around.after)), grams(&sentence)];
        let change = Change::of(target.comparator);
        Self { target, name, phrase, sentence, is_related: None, is_asked: false, unit, change, kind, grams }
    }

    /// The number in units of [`unit`](Self::unit)'s base.
    pub fn normalised(&self) -> f64 {
        self.target.value * self.unit.factor
    }

    /// The upper end of a range in the same unit.
    pub fn normalised_max(&self) -> Option<f64> {
        self.target.value_max.map(|value| value * self.unit.factor)
    }

    /// The sentence around the number, with at most `reach` characters on either side; none of a table's number.
    pub fn quote(&self, reach: usize) -> Option<String> {
        let raw = fold_text(&self.target.raw);
        let at = self.sentence.find(&raw).filter(|_| !self.sentence.contains('\t'))?;
        let (before, rest) = self.sentence.split_at_checked(at)?;
        let after = rest.strip_prefix(raw.as_str())?;
        let surplus = before.chars().count().saturating_sub(reach);
        let start: String = before.chars().skip(surplus).collect();
        let end: String = after.chars().take(reach).collect();
        let (cut_before, cut_after) =
            (if surplus > 0 { "…" } else { "" }, if after.chars().count() > reach { "…" } else { "" });
        Some(format!("{cut_before}{start}{raw}{end}{cut_after}"))
    }

    /// What it is one of, coarsely: two clauses on one measure with one promise each of a class mean the same.
    pub(super) fn class(&self) -> (&'static str, Change, &str) {
        let counted = if self.unit.family == COUNT { self.unit.base.as_str() } else { "" };
        (self.unit.family, self.change, self.kind.map_or(counted, |kind| kind.name.as_str()))
    }
}

/// The promises of a clause's `targets`, in their order; targets in a unit that nothing is known of are left out.
pub fn promises(text: &str, targets: &[Target]) -> Vec<Promise> {
    let folded = fold_text(text);
    let mut from = 0;
    let promise = |target: &Target| {
        let raw = fold_text(&target.raw);
        let place = find_from(&folded, &raw, from).or_else(|| folded.find(&raw));
        from = place.unwrap_or(from);
        let phrase = place.map(|place| Phrase::around(&folded, place, place + raw.len())).unwrap_or_default();
        let unit = common_unit(&target.unit)?;
        let sentence = place.map_or("", |place| sentence_at(&folded, place)).to_owned();
        let name = match clean(&fold_text(&target.quantity)) {
            name if name.is_empty() && unit.family == "time" => done(&phrase.after).to_owned(),
            name => name,
        };
        Some(Promise::new(target.clone(), unit, name, &phrase, sentence))
    };
    targets.iter().map(promise).collect::<Vec<_>>().into_iter().flatten().collect()
}

fn find_from(text: &str, part: &str, from: usize) -> Option<usize> {
    Some(from + text.get(from..)?.find(part)?)
}

/// The sentence of `text` in which byte `at` stands.
fn sentence_at(text: &str, at: usize) -> &str {
    let ends = ['。', ';', '\n'];
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let start = before.len() - before.rsplit(ends).next().map_or(0, str::len);
    let end = before.len() + after.split(ends).next().map_or(0, str::len);
    text.get(start..end).unwrap_or_default()
}

/// A number with the words around it.
#[derive(Default)]
pub(super) struct Phrase<'a> {
    pub before: String,
    pub number: &'a str,
    pub after: String,
}

impl<'a> Phrase<'a> {
    /// The words around `start..end`, from the last stop to the next; more where little stands before the number.
    fn around(text: &'a str, start: usize, end: usize) -> Self {
        let mut parts = text.get(..start).unwrap_or_default().rsplit(STOPS);
        let mut before = parts.next().unwrap_or_default().to_owned();
        if before.chars().count() < SHORT {
            before = format!("{} {before}", parts.next().unwrap_or_default());
        }
        let surplus = before.chars().count().saturating_sub(REACH);
        let after = text.get(end..).unwrap_or_default().split(STOPS).next().unwrap_or_default();
        Self {
            before: before.chars().skip(surplus).collect(),
            number: text.get(start..end).unwrap_or_default(),
            after: after.chars().take(AHEAD).collect(),
        }
    }

    fn words(&self) -> String {
        format!("{}{}{}", self.before, self.number, self.after).trim().to_owned()
    }
}

/// A quantity's name without what its neighbours left on it; empty where no name is left.
fn clean(quantity: &str) -> String {
    let plain: String = quantity.chars().filter(|c| !matches!(c, '“' | '”' | '"' | '《' | '》')).collect();
    let name = outside_brackets(&plain);
    let name = name.trim_start_matches(|c: char| !c.is_alphabetic() && c != '(');
    let name = ["年", "月", "对于", "以下的", "下的", "于", "对", "将"]
        .iter()
        .fold(name, |name, lead| name.strip_prefix(lead).unwrap_or(name));
    let name = name.trim_matches(|c: char| !c.is_alphanumeric());
    if quantity_kind::is_vague(name) { String::new() } else { name.to_owned() }
}

/// What is done within a time, of the words `after` it: 施工许可证核发 of 完成施工许可证核发; empty where none is named.
fn done(after: &str) -> &str {
    let verb = ["完成", "办理", "办结", "办完"].iter().find_map(|verb| after.trim_start().strip_prefix(verb));
    let name = verb.unwrap_or_default().split('(').next().unwrap_or_default();
    let name = name.trim_matches(|c: char| !c.is_alphanumeric());
    // A name that was cut is none.
    let is_whole = after.chars().count() < AHEAD;
    if is_whole && !quantity_kind::is_vague(name) { name } else { "" }
}

/// Of a name that was cut inside brackets, the part beside the number; unless that only says what is left out.
fn outside_brackets(name: &str) -> &str {
    match (name.rfind('('), name.rfind(')')) {
        (None, Some(close)) => name.get(close + 1..).unwrap_or_default(),
        (Some(open), close) if close.is_none_or(|close| close < open) => {
            let inside = name.get(open + 1..).unwrap_or_default().trim_start_matches('即');
            let excludes = ["不", "除", "含"].iter().any(|word| inside.starts_with(word));
            if excludes || inside.chars().count() < 2 { name.get(..open).unwrap_or_default() } else { inside }
        }
        _ => name,
    }
}

/// The bigrams of `text` but for numbers.
pub(super) fn grams(text: &str) -> BTreeSet<String> {
    // Numbers are what differs; they say nothing of what is counted.
    let tokens = tokenizer::bigrams(text).into_iter().map(|token| token.text);
    tokens.filter(|gram| !gram.chars().all(|c| c.is_ascii_digit())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(raw: &str, quantity: &str, value: f64, unit: &str) -> Target {
        let comparator = Comparator::LessOrEqual;
        Target {
            raw: raw.into(),
            quantity: quantity.into(),
            comparator,
            value,
            value_max: None,
            unit: unit.into(),
        }
    }

    #[test]
    fn words_around_a_number() {
        let text =
            "获得用气，无外线工程的，不超过４个工作日办结；有外线工程的，不超过14个工作日办结（不含审批）。";
        let targets = [
            target("不超过４个工作日", "办结", 4.0, "工作日"),
            target("不超过14个工作日", "办结(不含涉及", 14.0, "工作日"),
        ];
        let found = promises(text, &targets);
        let phrases: Vec<&str> = found.iter().map(|promise| promise.phrase.as_str()).collect();
        assert_eq!(
            phrases,
            [
                "无外线工程的 不超过4个工作日办结",
                "有外线工程的 不超过14个工作日办结(不含审批)。".trim_end_matches('。')
            ]
        );
        assert!(found.iter().all(|promise| promise.name.is_empty()));
    }

    #[test]
    fn what_is_done_within_a_time() {
        for (after, name) in [
            ("完成建筑工程施工许可证核发", "建筑工程施工许可证核发"),
            ("办结", ""),
            ("办结(不含审批)", ""),
            ("完成立项用地规划许可阶段审批和施工", ""),
            ("作出决定", ""),
        ] {
            assert_eq!(done(after), name, "{after}");
        }
    }

    #[test]
    fn names_without_what_is_left_on_them() {
        for (quantity, name) in [
            ("督促程序)适用率", "适用率"),
            ("022年普惠贷款(单户授信总额", "单户授信总额"),
            ("注册资本(不含土地", "注册资本"),
            ("一件事”事项清单", "一件事事项清单"),
            ("79.对于保证金金额", "保证金金额"),
            ("应于", ""),
            ("", ""),
        ] {
            assert_eq!(clean(quantity), name, "{quantity}");
        }
    }
}
