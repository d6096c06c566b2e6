//! The numerals of Word's number formats.

/// `value` in the format that Word calls `format`; none for bullets and for no number.
pub(super) fn write(format: &str, value: u32) -> Option<String> {
    let numeral = match format {
        "bullet" | "none" => return None,
        "chineseCounting"
        | "chineseCountingThousand"
        | "japaneseCounting"
        | "taiwaneseCounting"
        | "taiwaneseCountingThousand" => {
            counting(value, ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'], ['十', '百', '千'])
        }
        "chineseLegalSimplified" => {
            counting(value, ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'], ['拾', '佰', '仟'])
        }
        "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital" => {
            digits(value, ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'])
        }
        "ideographTraditional" => cycle(value, "甲乙丙丁戊己庚辛壬癸"),
        "ideographZodiac" => cycle(value, "子丑寅卯辰巳午未申酉戌亥"),
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => enclosed(value, '①'),
        "decimalEnclosedParen" => enclosed(value, '⑴'),
        "decimalEnclosedFullstop" => enclosed(value, '⒈'),
        "ideographEnclosedCircle" => char::from_u32('㈠' as u32 + value.saturating_sub(1))
            .filter(|_| value <= 10)
            .map_or_else(|| value.to_string(), String::from),
        "decimalFullWidth" | "decimalFullWidth2" => {
            digits(value, ['０', '１', '２', '３', '４', '５', '６', '７', '８', '９'])
        }
        "decimalZero" => format!("{value:02}"),
        "upperLetter" => letters(value, b'A'),
        "lowerLetter" => letters(value, b'a'),
        "upperRoman" => roman(value),
        "lowerRoman" => roman(value).to_lowercase(),
        _ => value.to_string(),
    };
    Some(numeral)
}

/// 十一, 一百零三; above 9,999 plain digits.
fn counting(value: u32, digits: [char; 10], units: [char; 3]) -> String {
    if value == 0 || value > 9_999 {
        return value.to_string();
    }
    let digit = |at: u32| digits.get((value / 10_u32.pow(at) % 10) as usize).copied().unwrap_or('〇');
    let mut out = String::new();
    let mut skipped = false;
    for at in (0..4).rev() {
        if (value / 10_u32.pow(at)).is_multiple_of(10) {
            skipped |= !out.is_empty();
            continue;
        }
        if std::mem::take(&mut skipped) {
            out.push('零');
        }
        let is_plain_ten = at == 1 && out.is_empty() && value < 20;
        if !is_plain_ten {
            out.push(digit(at));
        }
        out.extend(at.checked_sub(1).and_then(|unit| units.get(unit as usize)));
    }
    out
}

fn digits(value: u32, digits: [char; 10]) -> String {
    value.to_string().bytes().filter_map(|digit| digits.get(usize::from(digit - b'0'))).collect()
}

fn cycle(value: u32, letters: &str) -> String {
    let all: Vec<char> = letters.chars().collect();
    let at = value.saturating_sub(1) as usize % all.len();
    all.get(at).map_or_else(|| value.to_string(), char::to_string)
}

/// ① to ⑳ and their like; beyond them digits in brackets.
fn enclosed(value: u32, first: char) -> String {
    match value {
        1..=20 => char::from_u32(first as u32 + value - 1).map_or_else(|| value.to_string(), String::from),
        _ => format!("（{value}）"),
    }
}

/// A … Z, AA, BB, as Word counts.
fn letters(value: u32, first: u8) -> String {
    let at = value.saturating_sub(1);
    let letter = char::from(first + (at % 26) as u8);
    std::iter::repeat_n(letter, (at / 26 + 1).min(10) as usize).collect()
}

fn roman(value: u32) -> String {
    const STEPS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if value > 3_999 {
        return value.to_string();
    }
    let mut rest = value;
    let mut out = String::new();
    for (step, letters) in STEPS {
        while rest >= step {
            out.push_str(letters);
            rest -= step;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::write;

    #[test]
    fn formats() {
        let rows = [
            ("decimal", 12, "12"),
            ("chineseCounting", 1, "一"),
            ("chineseCountingThousand", 10, "十"),
            ("chineseCountingThousand", 21, "二十一"),
            ("chineseCountingThousand", 103, "一百零三"),
            ("chineseCountingThousand", 110, "一百一十"),
            ("ideographTraditional", 2, "乙"),
            ("decimalEnclosedCircle", 3, "③"),
            ("upperRoman", 4, "IV"),
            ("lowerLetter", 27, "aa"),
        ];
        for (format, value, numeral) in rows {
            assert_eq!(write(format, value).as_deref(), Some(numeral));
        }
        assert_eq!(write("bullet", 1), None);
    }
}
