//! Document numbers (发文字号) in any bracket and spacing: 豫政办〔2021〕66号, 豫政办[2021] 66号,
//! 豫政办（2021）66 号, 豫政办2021年66号.

use std::sync::LazyLock;

use regex::Regex;

use super::fold::fold_text;

/// A document number, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentNumber {
    /// The ideographs before the year; in a running text more than the issuer's own code.
    pub issuer: String,
    /// The year in the brackets.
    pub year: u32,
    /// The number in that year.
    pub serial: u32,
}

static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<issuer>\p{Han}{0,16})\s*(?:",
        r"[\[({〖〈]\s*(?P<year>(?:19|20)\d{2})\s*年?\s*[\])}〗〉]\s*第?\s*(?P<serial>\d{1,5})\s*(?P<sign>号)?",
        r"|(?P<bare_year>(?:19|20)\d{2})\s*年?\s*第?\s*(?P<bare_serial>\d{1,5})\s*号)",
    ))
    .ok()
});

impl DocumentNumber {
    /// The numbers in `text`, from left to right. Without a bracket the number must end in 号; with one,
    /// an issuer or 号 must stand beside it.
    pub fn find(text: &str) -> Vec<Self> {
        let Some(pattern) = NUMBER.as_ref() else { return Vec::new() };
        let folded = fold_text(text);
        let read = |found: regex::Captures<'_>| {
            let part = |name| found.name(name).map(|part| part.as_str());
            let issuer = part("issuer").unwrap_or_default().to_owned();
            let bare = part("bare_year").is_some();
            if !bare && part("sign").is_none() && issuer.is_empty() {
                return None;
            }
            let year = part("year").or(part("bare_year"))?.parse().ok()?;
            let serial = part("serial").or(part("bare_serial"))?.parse().ok()?;
            Some(Self { issuer, year, serial })
        };
        pattern.captures_iter(&folded).filter_map(read).collect()
    }

    /// Whether both are the number of one document. Of the ideographs before the year only those that both
    /// have are compared: 根据豫政办〔2021〕66号 holds 豫政办〔2021〕66号, and 〔2021〕66号 is any issuer's.
    pub fn is(&self, other: &Self) -> bool {
        self.year == other.year
            && self.serial == other.serial
            && (self.issuer.ends_with(&other.issuer) || other.issuer.ends_with(&self.issuer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_in_every_bracket() {
        let number = DocumentNumber { issuer: "豫政办".into(), year: 2021, serial: 66 };
        for text in [
            "豫政办〔2021〕66号",
            "豫政办[2021]66号",
            "豫政办(2021)66号",
            "豫政辦（２０２１）６６號",
            "豫政办【2021】 66 号",
            "豫政办﹝2021﹞第66号",
            "豫政办2021年66号",
            "豫政办 〔2021〕66",
        ] {
            assert_eq!(DocumentNumber::find(text), std::slice::from_ref(&number), "{text}");
        }
    }

    #[test]
    fn numbers_in_running_text_are_the_same_number() {
        let asked = DocumentNumber::find("豫政办〔2021〕66号").remove(0);
        let held = |text: &str| DocumentNumber::find(text).iter().any(|number| number.is(&asked));
        assert!(held("根据《方案》（豫政办〔2021〕66号）要求") && held("按照豫政办〔2021〕66号执行"));
        assert!(!held("豫政办〔2021〕6号") && !held("豫政〔2021〕66号") && !held("豫政办〔2020〕66号"));
    }

    #[test]
    fn dates_and_counts_are_no_numbers() {
        for text in ["2022年3月25日", "（2022年底前完成）", "2021年66个", "(2021)66", "第12条"]
        {
            assert!(DocumentNumber::find(text).is_empty(), "{text}");
        }
    }
}
