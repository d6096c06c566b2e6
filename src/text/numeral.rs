//! Numerals (stand-in until the extraction branch lands).

/// Value of an integer in Chinese, full-width or ASCII digits.
pub fn parse_chinese_integer(text: &str) -> Option<u64> {
    let mut total = 0u64;
    let mut digit: Option<u64> = None;
    for c in text.chars() {
        let c = crate::text::fold::fold_width(c);
        if let Some(d) = c
            .to_digit(10)
            .map(u64::from)
            .or_else(|| "〇一二三四五六七八九".chars().position(|x| x == c).map(|p| p as u64))
            .or((c == '两').then_some(2))
            .or((c == '零').then_some(0))
        {
            digit = Some(digit.map_or(d, |old| old * 10 + d));
            continue;
        }
        let unit = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            _ => return None,
        };
        total += digit.take().unwrap_or(1).max(u64::from(unit == 10)) * unit;
    }
    digit.map(|d| total + d).or((total > 0).then_some(total))
}
