//! Numbers as Chinese policy text writes them: `12`, `１２`, `十二`, `一百零三`, `零点五`, `百分之三十`.
//!
//! [`parse_chinese_integer`] and [`parse_decimal`] read one number; [`find_numbers`] lists the numbers of a text.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A number found in a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// Bytes of the text that it takes up, `百分之` and `%` included.
    pub range: Range<usize>,
    /// Its value as written: 30 for `30%` and for `百分之三十`.
    pub value: f64,
    /// Whether it is a percentage.
    pub percent: bool,
    /// Whether it is written with digits (`3`, `３`) and not with characters (`三`).
    pub digits: bool,
}

/// Regex source of an unsigned number in digits of either width or in Chinese characters, without magnitudes
/// beyond 千 (万 and 亿 belong to the unit: 10万条 is 10 of 万条).
pub(crate) const NUMBER: &str = r"(?:[0-9０-９]+(?:,[0-9０-９]{3})*(?:[.．][0-9０-９]+)?|[零〇一二两三四五六七八九十百千廿卅]+(?:点[零〇一二三四五六七八九]+)?)";

static OCCURRENCE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = format!(r"(百分之)?({NUMBER})([%％])?");
    Regex::new(&pattern).expect("constant pattern")
});

/// The integer that `text` writes: `一`, `十二`, `廿`, `两`, `一百零三`, `三千二百万`, `二〇二二`, `12`, `１２`.
/// None for anything else, the empty text included, and for what does not fit in 64 bits.
pub fn parse_chinese_integer(text: &str) -> Option<u64> {
    let mut symbols = Vec::new();
    for character in text.chars() {
        symbols.push(symbol(character)?);
    }
    if symbols.is_empty() {
        return None;
    }
    if symbols.iter().all(|symbol| matches!(symbol, Symbol::Digit(_))) {
        return positional(&symbols);
    }
    additive(&symbols)
}

/// The number that `text` writes, decimals included: `0.5`, `０．５`, `1,200`, `零点五`, or any integer that
/// [`parse_chinese_integer`] reads.
pub fn parse_decimal(text: &str) -> Option<f64> {
    let plain: String = text.chars().map(half_width).filter(|&c| c != ',').collect();
    if plain.starts_with(|c: char| c.is_ascii_digit())
        && plain.ends_with(|c: char| c.is_ascii_digit())
        && let Ok(value) = plain.parse::<f64>()
    {
        return Some(value);
    }
    let Some((whole, fraction)) = plain.split_once('点') else {
        return parse_chinese_integer(&plain).map(|value| value as f64);
    };
    let mut digits = parse_chinese_integer(whole)?.to_string();
    digits.push('.');
    for character in fraction.chars() {
        let Some(Symbol::Digit(digit)) = symbol(character) else { return None };
        digits.push_str(&digit.to_string());
    }
    digits.parse().ok()
}

/// The numbers of `text` from left to right, without overlap; what no rule reads is skipped.
pub fn find_numbers(text: &str) -> impl Iterator<Item = Number> + '_ {
    OCCURRENCE.captures_iter(text).filter_map(|found| {
        let digits = found.get(2)?;
        Some(Number {
            range: found.get(0)?.range(),
            value: parse_decimal(digits.as_str())?,
            percent: found.get(1).is_some() || found.get(3).is_some(),
            digits: half_width(digits.as_str().chars().next()?).is_ascii_digit(),
        })
    })
}

/// The ASCII form of a full-width character (`Ａ` → `A`, `：` → `:`); any other character as it is.
pub fn half_width(character: char) -> char {
    match character {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
        '\u{3000}' => ' ',
        _ => character,
    }
}

#[derive(Clone, Copy)]
enum Symbol {
    /// 0 to 9
    Digit(u64),
    /// 十 百 千
    Ten(u64),
    /// 万 亿
    Myriad(u64),
    /// 廿 卅: a digit and 十 in one
    Tens(u64),
}

fn symbol(character: char) -> Option<Symbol> {
    Some(match half_width(character) {
        digit @ '0'..='9' => Symbol::Digit(u64::from(digit) - u64::from('0')),
        '零' | '〇' | '○' => Symbol::Digit(0),
        '一' | '壹' => Symbol::Digit(1),
        '二' | '两' | '贰' => Symbol::Digit(2),
        '三' | '叁' => Symbol::Digit(3),
        '四' | '肆' => Symbol::Digit(4),
        '五' | '伍' => Symbol::Digit(5),
        '六' | '陆' => Symbol::Digit(6),
        '七' | '柒' => Symbol::Digit(7),
        '八' | '捌' => Symbol::Digit(8),
        '九' | '玖' => Symbol::Digit(9),
        '十' | '拾' => Symbol::Ten(10),
        '百' | '佰' => Symbol::Ten(100),
        '千' | '仟' => Symbol::Ten(1000),
        '万' => Symbol::Myriad(10_000),
        '亿' => Symbol::Myriad(100_000_000),
        '廿' => Symbol::Tens(20),
        '卅' => Symbol::Tens(30),
        _ => return None,
    })
}

/// Digits side by side: 二〇二二, 12.
fn positional(symbols: &[Symbol]) -> Option<u64> {
    symbols.iter().try_fold(0_u64, |value, symbol| match symbol {
        Symbol::Digit(digit) => value.checked_mul(10)?.checked_add(*digit),
        _ => None,
    })
}

/// Digits with 十, 百, 千, 万 and 亿 between them.
fn additive(symbols: &[Symbol]) -> Option<u64> {
    let (mut total, mut section, mut digits) = (0_u64, 0_u64, None::<u64>);
    for symbol in symbols {
        match *symbol {
            Symbol::Digit(digit) => digits = Some(digits.unwrap_or(0).checked_mul(10)?.checked_add(digit)?),
            Symbol::Tens(tens) => section = section.checked_add(tens)?,
            // 十二 begins without a digit; 三百零十 keeps the zero as a filler.
            Symbol::Ten(ten) => {
                let count = digits.take().filter(|&digit| digit > 0).unwrap_or(1);
                section = section.checked_add(count.checked_mul(ten)?)?;
            }
            Symbol::Myriad(myriad) => {
                section = section.checked_add(digits.take().unwrap_or(0))?;
                total = total.checked_add(section)?.checked_mul(myriad)?;
                section = 0;
            }
        }
    }
    total.checked_add(section)?.checked_add(digits.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_integers_in_every_notation() {
        let rows = [
            ("一", 1),
            ("十", 10),
            ("十二", 12),
            ("二十", 20),
            ("廿", 20),
            ("廿三", 23),
            ("两", 2),
            ("一百零三", 103),
            ("三百六十五", 365),
            ("一千二百", 1200),
            ("三千二百万", 32_000_000),
            ("一亿零五", 100_000_005),
            ("二〇二二", 2022),
            ("12", 12),
            ("１２", 12),
            ("3万", 30_000),
        ];
        for (text, value) in rows {
            assert_eq!(parse_chinese_integer(text), Some(value), "{text}");
        }
        for text in ["", "个", "一个", "1.5", "99999999999999999999"] {
            assert_eq!(parse_chinese_integer(text), None, "{text}");
        }
    }

    #[test]
    fn reads_decimals_of_either_width() {
        for (text, value) in
            [("0.5", 0.5), ("０．５", 0.5), ("零点五", 0.5), ("十二点零五", 12.05), ("1,200", 1200.0)]
        {
            assert_eq!(parse_decimal(text), Some(value), "{text}");
        }
        assert_eq!(parse_decimal("点五"), None);
    }

    #[test]
    fn finds_numbers_and_percentages() {
        let found: Vec<_> = find_numbers("压减３０％、百分之四十，三个工作日")
            .map(|n| (n.value, n.percent, n.digits))
            .collect();
        assert_eq!(found, [(30.0, true, true), (40.0, true, false), (3.0, false, false)]);
    }

    proptest! {
        #[test]
        fn never_panics(text in "[0-9０-９零一二十百千万亿廿点.．,，%百分之个]{0,24}") {
            let _ = parse_chinese_integer(&text);
            let _ = parse_decimal(&text);
            for number in find_numbers(&text) {
                prop_assert!(text.get(number.range).is_some());
            }
        }
    }
}
