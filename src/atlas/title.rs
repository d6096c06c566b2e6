//! What a measure is called: the leading words of that clause which are most like the others.

use super::Item;
use super::profile::{self, Profile};

/// Longest title, in code points.
const LONGEST: usize = 36;
/// Shortest leading words that say what a measure is, in code points.
const SHORTEST: usize = 5;
/// What words cut out of a sentence count of what a title of its own counts.
const CUT: f32 = 0.8;

/// The title of the measure that `members` make.
pub(super) fn title(members: &[(&Item<'_>, &Profile)]) -> String {
    let titles: Vec<Leading> = members.iter().map(|(item, _)| leading(item.core)).collect();
    let grams: Vec<Vec<(u32, f32)>> = titles.iter().map(|title| profile::grams(&title.text)).collect();
    let mut best: Option<(f32, &Leading)> = None;
    for (at, (title, own)) in titles.iter().zip(&grams).enumerate() {
        let others = grams.iter().zip(members).enumerate().filter(|(other, _)| *other != at);
        let like: f32 = others
            .map(|(_, (theirs, (_, body)))| {
                profile::wording(own, theirs) + profile::wording(own, &body.grams)
            })
            .sum();
        let score = like * if title.is_cut { CUT } else { 1.0 };
        if best.is_none_or(|(highest, _)| score > highest) {
            best = Some((score, title));
        }
    }
    best.map(|(_, title)| title.text.clone()).unwrap_or_default()
}

/// The words with which a clause begins.
#[derive(Debug, PartialEq)]
struct Leading {
    text: String,
    /// Whether a longer sentence goes on after them.
    is_cut: bool,
}

/// The first line or sentence of `core`; of a long one its first part.
fn leading(core: &str) -> Leading {
    let is_end = |c: char| matches!(c, '\n' | '。' | '；' | '：' | ':' | ';');
    let parts = core.split(is_end).map(str::trim);
    let sentence = parts.filter(|part| part.chars().count() >= SHORTEST).map(str::to_owned).next();
    let sentence = sentence.unwrap_or_else(|| core.trim().to_owned());
    if sentence.chars().count() <= LONGEST {
        let is_cut = sentence.contains(['，', ',']);
        return Leading { text: sentence, is_cut };
    }
    let ends: Vec<usize> = sentence
        .chars()
        .enumerate()
        .filter(|(at, c)| matches!(c, '，' | ',') && (SHORTEST..=LONGEST).contains(at))
        .map(|(at, _)| at)
        .collect();
    let text = match ends.last() {
        Some(end) => sentence.chars().take(*end).collect(),
        None => format!("{}…", sentence.chars().take(LONGEST - 1).collect::<String>()),
    };
    Leading { text, is_cut: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_words() {
        let long =
            "对低压小微企业用电报装实行全程免费，将外线工程涉及的规划许可、绿化许可、占掘路许可并联办理";
        let rows = [
            ("推行并联审批。各单位要压缩时间。", "推行并联审批", false),
            ("推行并联审批\n各单位要压缩时间。", "推行并联审批", false),
            ("压缩时间，减少材料。", "压缩时间，减少材料", true),
            (long, "对低压小微企业用电报装实行全程免费", true),
            ("目标：实现企业开办一日办结。", "实现企业开办一日办结", false),
        ];
        for (core, text, is_cut) in rows {
            assert_eq!(leading(core), Leading { text: text.to_owned(), is_cut }, "{core}");
        }
    }
}
