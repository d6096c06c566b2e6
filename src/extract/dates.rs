//! Calendar arithmetic of deadlines: the last day of a month, a quarter, half a year, a plan period.

use time::{Date, Month};

/// The parts of a date as written; what the text leaves out is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) year: Option<i32>,
    pub(super) month: Option<u8>,
    pub(super) day: Option<u8>,
}

/// The ISO date of the last day that `parts` covers; none for a date the calendar does not have.
pub(super) fn last_day(parts: Parts) -> Option<String> {
    let year = parts.year?;
    let month = Month::try_from(parts.month.unwrap_or(12)).ok()?;
    let day = match (parts.month, parts.day) {
        (_, None) => month.length(year),
        (None, Some(_)) => return None,
        (Some(_), Some(day)) => day,
    };
    let date = Date::from_calendar_date(year, month, day).ok()?;
    Some(format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day()))
}

/// The last month of a part of the year: 上半年, 一季度, 3季度末.
pub(super) fn last_month_of(part: &str) -> Option<u8> {
    let rows = [
        ("上半年", 6),
        ("下半年", 12),
        ("一季度", 3),
        ("二季度", 6),
        ("三季度", 9),
        ("四季度", 12),
        ("1季度", 3),
        ("2季度", 6),
        ("3季度", 9),
        ("4季度", 12),
    ];
    rows.iter().find(|(name, _)| part.contains(name)).map(|(_, month)| *month)
}

/// The last day of the month's third: 上旬 10, 中旬 20, 下旬 the month's end (none).
pub(super) fn last_day_of_third(part: &str) -> Option<u8> {
    match part {
        "上旬" => Some(10),
        "中旬" => Some(20),
        _ => None,
    }
}

/// The last year of the five-year plan of that number (十四五: 14 → 2025).
pub(super) fn plan_end(number: u64) -> Option<i32> {
    let number = i32::try_from(number).ok().filter(|number| (6..=40).contains(number))?;
    Some(1955 + number * 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_end_on_their_last_day() {
        let date = |year, month, day| last_day(Parts { year: Some(year), month, day });
        assert_eq!(date(2022, None, None).as_deref(), Some("2022-12-31"));
        assert_eq!(date(2024, Some(2), None).as_deref(), Some("2024-02-29"));
        assert_eq!(date(2022, Some(6), Some(30)).as_deref(), Some("2022-06-30"));
        assert_eq!(date(2022, Some(6), Some(31)), None);
        assert_eq!(date(2022, Some(13), None), None);
        assert_eq!(plan_end(14), Some(2025));
    }
}
