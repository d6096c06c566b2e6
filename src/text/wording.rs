//! One wording for the many ways to type a query, as an embedding model reads it best: simplified
//! characters, numbers in digits, punctuation in the width of Chinese print.

use super::tokenizer;

/// What follows a number that is counted or measured: 1个工作日, 1万元. Before anything else a single 1 is
/// part of a set phrase, which documents write out: 一件事, 一次办, 一窗.
const COUNTED: &str = "个工日天月年小分秒公里米元万亿倍份号";

/// Printed wide even between digits: 〔2021〕66号.
const BRACKETS: &str = "()[]";

/// `text` in the one wording; the same for 三個工作日, 三个工作日 and ３个工作日.
pub fn for_embedding(text: &str) -> String {
    let characters: Vec<char> = tokenizer::canonical(text).chars().collect();
    let at = |index: usize| characters.get(index).copied().unwrap_or(' ');
    let before = |index: usize| index.checked_sub(1).map_or(' ', at);
    let written = characters.iter().enumerate().map(|(index, &character)| {
        let within = before(index).is_ascii_alphanumeric() && at(index + 1).is_ascii_alphanumeric();
        match character {
            '1' if is_set_phrase(before(index), at(index + 1)) => '一',
            _ if within && !BRACKETS.contains(character) => character,
            _ => printed(character),
        }
    });
    written.collect()
}

fn is_set_phrase(before: char, after: char) -> bool {
    let part_of_number = before.is_ascii_alphanumeric() || before == '.' || before == '-';
    !part_of_number && tokenizer::is_ideograph(after) && !COUNTED.contains(after)
}

fn printed(character: char) -> char {
    match character {
        ',' => '，',
        ';' => '；',
        ':' => '：',
        '?' => '？',
        '!' => '！',
        '(' => '（',
        ')' => '）',
        '[' => '〔',
        ']' => '〕',
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wording_for_many_ways_to_type() {
        let rows = [
            ("三個工作日內辦結？", "3个工作日内办结？"),
            ("３个工作日内办结?", "3个工作日内办结？"),
            ("一件事一次办", "一件事一次办"),
            ("1件事1次办", "一件事一次办"),
            ("一個工作日（含）", "1个工作日（含）"),
            ("0.4千伏,10kv", "0.4千伏，10kv"),
            ("担保费率百分之一", "担保费率1%"),
            ("豫政办[2021]66号", "豫政办〔2021〕66号"),
        ];
        for (typed, expected) in rows {
            assert_eq!(for_embedding(typed), expected, "{typed}");
        }
    }
}
