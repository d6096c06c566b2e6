use std::sync::LazyLock;

use regex::{Captures, Regex};
use time::{Date, Month};

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<y>[12１２]\d{3})\s*(?:年|[-./．－–—])\s*(?P<m>\d{1,2})\s*(?:月|[-./．－–—])\s*(?P<d>\d{1,2})\s*日?",
        r"|(?P<cy>[一二][〇○Ｏ零O0o一二三四五六七八九]{3})\s*年\s*(?P<cm>[元一二三四五六七八九十]{1,2})\s*月\s*(?P<cd>[一二三四五六七八九十廿]{1,3})\s*日",
    ))
    .expect("a valid pattern")
});

static YEAR: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?:19|20)\d{2}").expect("a valid pattern"));

/// A date as written, with the bytes it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    /// ISO 8601; none for a day that the calendar does not have.
    pub(super) iso: Option<String>,
}

/// Every full date in `text`: 2022年3月25日, 2022-03-25, ２０２２．３．２５, 二〇二二年三月二十五日.
pub(super) fn dates(text: &str) -> Vec<Found> {
    let found = |captures: Captures<'_>| {
        let whole = captures.get(0)?;
        Some(Found { start: whole.start(), end: whole.end(), iso: iso(&captures) })
    };
    DATE.captures_iter(text).filter_map(found).collect()
}

/// The date of a line that holds nothing else but brackets.
pub(super) fn only_date(text: &str) -> Option<Found> {
    let mut found = dates(text);
    let date = if found.len() == 1 { found.pop() } else { None }?;
    let rest = [text.get(..date.start)?, text.get(date.end..)?].concat();
    rest.trim_matches(|c: char| c.is_whitespace() || "（）()".contains(c)).is_empty().then_some(date)
}

/// The first year that `text` names.
pub(super) fn first_year(text: &str) -> Option<i32> {
    YEAR.find(&ascii_digits(text)).and_then(|year| year.as_str().parse().ok())
}

fn iso(captures: &Captures<'_>) -> Option<String> {
    let group = |arabic: &str, chinese: &str| {
        captures
            .name(arabic)
            .and_then(|digits| ascii_digits(digits.as_str()).parse::<u16>().ok())
            .or_else(|| captures.name(chinese).and_then(|numeral| chinese_number(numeral.as_str())))
    };
    let (year, month, day) = (group("y", "cy")?, group("m", "cm")?, group("d", "cd")?);
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = Date::from_calendar_date(i32::from(year), month, u8::try_from(day).ok()?).ok()?;
    Some(format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day()))
}

fn ascii_digits(text: &str) -> String {
    let ascii = |c: char| match c {
        '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
        _ => c,
    };
    text.chars().map(ascii).collect()
}

/// 二〇二二 digit by digit, 二十五 by tens.
fn chinese_number(text: &str) -> Option<u16> {
    let digit = |c: char| match c {
        '〇' | '○' | 'Ｏ' | '零' | 'O' | '0' | 'o' => Some(0),
        '元' => Some(1),
        _ => "一二三四五六七八九".chars().position(|digit| digit == c).map(|index| index as u16 + 1),
    };
    let text = text.replace('廿', "二十");
    let Some((tens, ones)) = text.split_once('十') else {
        return text.chars().try_fold(0_u16, |number, c| number.checked_mul(10)?.checked_add(digit(c)?));
    };
    let one = |part: &str, default| part.chars().next().map_or(Some(default), digit);
    Some(one(tens, 1)? * 10 + one(ones, 0)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_every_spelling() {
        for (text, iso) in [
            ("2022年3月25日", "2022-03-25"),
            ("2022 年 3 月 25 日印发", "2022-03-25"),
            ("2023-03-03 11:09", "2023-03-03"),
            ("２０２２年１２月１日", "2022-12-01"),
            ("2021/5/6", "2021-05-06"),
            ("二〇二二年三月二十五日", "2022-03-25"),
            ("二○一九年十月三十一日", "2019-10-31"),
            ("二零二〇年十二月十日", "2020-12-10"),
        ] {
            let found = dates(text);
            assert_eq!(found.first().and_then(|found| found.iso.as_deref()), Some(iso), "{text}");
        }
    }

    #[test]
    fn an_impossible_day_is_found_without_a_date() {
        assert_eq!(only_date("（2022年6月31日）").map(|found| found.iso), Some(None));
        assert_eq!(only_date("2022年3月25日前完成"), None);
        assert!(dates("2022年3月底").is_empty());
    }
}
