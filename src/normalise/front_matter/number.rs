use std::sync::LazyLock;

use regex::Regex;

use super::date::first_year;
use super::line::{Line, compact};

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^[（(]?(?:(?:发文字号|发文文号|文号|文件编号)[:：])?",
        r"(?P<number>[\p{Han}A-Za-z]{0,15}(?:",
        r"[〔\[［(（﹝【〖{〈][12１２]\d{3}年?[〕\]］)）﹞】〗}〉]第?\d{1,5}号?",
        r"|(?:19|20|１９|２０)\d{2}(?:[-—－–]\d{1,4}号?|年?第?\d{1,4}号)",
        r"))[）)]?(?:签发人.*)?$",
    ))
    .expect("a valid pattern")
});

static ORDER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?:中华人民共和国)?(?P<number>(?:国务院|主席|[\p{Han}]{1,18}?(?:部|委员会|总局|署|局|人民政府|厅|会|行))令",
        r"[（(]?第?[\d一二三四五六七八九十百〇零]{1,6}号)",
    ))
    .expect("a valid pattern")
});

/// The document number (发文字号) that a line consists of, without white space. A number that a sentence cites
/// is none.
pub(super) fn whole_line(text: &str) -> Option<String> {
    let text = compact(text);
    let number = NUMBER.captures(&text)?.name("number")?.as_str();
    let agency = number.chars().take_while(|c| c.is_alphabetic()).count();
    let bracketed = !number.starts_with(|c: char| c.is_ascii_digit())
        && number.contains(|c: char| "〔[［(（﹝【〖{〈".contains(c));
    (bracketed || (agency >= 2 && number.ends_with('号'))).then(|| number.to_owned())
}

/// The number of an order that publishes a regulation (国务院令第169号), as the lines under a law's title give it.
pub(super) fn of_order(head: &[Line<'_>]) -> Option<String> {
    head.iter().find_map(|line| {
        let text = compact(line.text);
        let is_short = text.chars().count() <= 60;
        let order = ORDER.captures(&text).filter(|_| is_short)?;
        // the day of a date may stand right before the body
        Some(order.name("number")?.as_str().trim_start_matches('日').to_owned())
    })
}

/// The year in a number.
pub(super) fn year(number: &str) -> Option<i32> {
    first_year(number)
}

#[cfg(test)]
mod tests {
    use super::whole_line;

    #[test]
    fn numbers_and_their_misspellings() {
        for (line, number) in [
            ("相政办〔2022〕6号", "相政办〔2022〕6号"),
            ("  相政办 [2022] 6 号", "相政办[2022]6号"),
            ("国办发（2020）24号", "国办发（2020）24号"),
            ("皖政办秘﹝2021﹞１２号", "皖政办秘﹝2021﹞１２号"),
            ("（鲁政发〔2021〕6号）", "鲁政发〔2021〕6号"),
            ("山政办发2022-6号", "山政办发2022-6号"),
            ("会发改字【2022】第15号    签发人：张三", "会发改字【2022】第15号"),
            ("文号：洛政办〔2022〕31号", "洛政办〔2022〕31号"),
        ] {
            assert_eq!(whole_line(line).as_deref(), Some(number), "{line}");
        }
        for line in [
            "根据国办发〔2020〕24号文件要求",
            "2022-03-25",
            "2022年3月25日",
            "（2022版）",
            "第12号",
            "共2022年12号楼",
        ] {
            assert_eq!(whole_line(line), None, "{line}");
        }
    }
}
