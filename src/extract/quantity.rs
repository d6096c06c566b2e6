//! What a target counts: the noun after the unit (1个环节) or the noun phrase before the verb (好评率达到…).

use std::sync::LazyLock;

use regex::Regex;

use super::plain::pattern;
use super::promise::Mention;
use crate::text::marker;
use crate::text::measure::{Measure, PRODUCE};

/// Longest quantity, in characters.
const LONGEST: usize = 20;

/// Verbs and comparisons between a noun phrase and its number, with all that follows them.
static COMPARISON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:力争|努力|确保|争取)?(?:进一步|统一|分别|平均|总体|原则上|一般|同比|环比|较[^，]{1,8}?|比(?:上|去|同|往|现|20)[^，]{0,6}?|再|要|应|将|可|需|由[^，]{0,12}|保持|稳定|维持|控制)*(?:压缩|压减|缩短|缩减|减少|精简|降低|下降|降|减|提高|提升|增加|增长|上升|达到?|不低于|不少于|不超过|不得超过|不高于|超过|突破|低于|高于|占比|设置为|为|在|至|到)[^，]{0,8}$",
    )
});

static LEADING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"^(?:到|在|至|力争|努力|确保|争取|实现|推动|推进|将|把|使|对|全面|并|且|其中|各|新增|全区|全县|全市|全年|20\d\d年|(?:\d{4}年)?(?:\d+月)?底?前?|一般|原则上|各推出|[“”"、])+"#,
    )
});

/// The quantity as well as the text tells it; empty where it does not.
pub(super) fn quantity(mention: &Mention<'_>) -> String {
    if matches!(mention.measure, Measure::Count) {
        let noun = noun_after(mention.phrase_after());
        if !noun.is_empty() {
            return noun;
        }
    }
    let phrase = mention.phrase_before().rsplit('、').next().unwrap_or_default();
    // 1.用水报装时限…: the clause's own number is no part of what is counted.
    let phrase = marker::read(phrase).and_then(|marker| phrase.get(marker.length..)).unwrap_or(phrase);
    let head =
        COMPARISON.find(phrase).map_or(phrase, |found| phrase.get(..found.start()).unwrap_or_default());
    let head = LEADING.find(head).map_or(head, |found| head.get(found.end()..).unwrap_or_default());
    let head = PRODUCE
        .find(head)
        .filter(|found| found.start() == 0)
        .map_or(head, |found| head.get(found.end()..).unwrap_or_default());
    let head = head.trim_matches(['“', '”', '"', '(', ')', '的', '等']);
    let length = head.chars().count();
    if length == 0 {
        return mention
            .phrase_after()
            .trim_start_matches(['以', '之', '内', '上', '下'])
            .chars()
            .take(LONGEST)
            .collect();
    }
    head.chars().skip(length.saturating_sub(LONGEST)).collect()
}

fn noun_after(after: &str) -> String {
    let noun: String =
        after.chars().take_while(|c| c.is_alphabetic() || matches!(c, '“' | '”')).take(LONGEST).collect();
    let noun = noun.trim_matches(['“', '”']);
    let comparison = ["以", "内", "及", "左右", "办", "的", "或"];
    if comparison.iter().any(|word| noun.starts_with(word)) { String::new() } else { noun.to_owned() }
}
