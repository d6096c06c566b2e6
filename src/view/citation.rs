//! How a clause is cited in official writing.

use crate::model::{Clause, Document};

/// 《题名》（文号）附件、条目，发布机关，日期: what the document does not state is left out.
///
/// Book-title marks inside the title become 〈〉, as the rules for punctuation ask.
pub fn citation(document: &Document, clause: &Clause) -> String {
    let title = document.title.replace('《', "〈").replace('》', "〉");
    let number = document.number.as_deref().map(|number| format!("（{number}）")).unwrap_or_default();
    let place = place(clause);
    let issuer = document.issuer.clone();
    let date = document.date.as_deref().map(chinese_date);
    let head = format!("《{title}》{number}{place}");
    [Some(head), issuer, date].into_iter().flatten().collect::<Vec<_>>().join("，")
}

/// The headings, outermost first, then the clause's own number.
fn place(clause: &Clause) -> String {
    let headings = clause.path.iter().cloned();
    headings.chain(ordinal(clause)).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A clause's number as one says it: `3.` is 第3项; `（二）` and `第六条` stand for themselves.
pub(crate) fn ordinal(clause: &Clause) -> Option<String> {
    let number = clause.number.as_deref()?.trim_end_matches(['.', '．', '、', ' ']);
    let is_plain = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
    Some(if is_plain { format!("第{number}项") } else { number.to_owned() })
}

/// `2022-03-25` as 2022年3月25日; anything else as it stands.
pub(crate) fn chinese_date(date: &str) -> String {
    let mut parts = date.splitn(3, '-').map(str::parse::<u32>);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) => format!("{year}年{month}月{day}日"),
        _ => date.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::chinese_date;

    #[test]
    fn dates_in_words() {
        assert_eq!(chinese_date("2022-03-05"), "2022年3月5日");
        assert_eq!(chinese_date("2022年"), "2022年");
    }
}
