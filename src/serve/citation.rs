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
    let number = clause.number.as_deref().map(|number| number.trim_end_matches(['.', '．', '、', ' ']));
    let headings = clause.path.iter().map(String::as_str);
    headings.chain(number).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// `2022-03-25` as 2022年3月25日; anything else as it stands.
pub(super) fn chinese_date(date: &str) -> String {
    let mut parts = date.splitn(3, '-').map(str::parse::<u32>);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) => format!("{year}年{month}月{day}日"),
        _ => date.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{chinese_date, citation};
    use crate::serve::fixture;

    #[test]
    fn cites_what_is_known() {
        let record = fixture::documents().remove(0);
        let cited = citation(&record.document, &record.clauses[1]);
        insta::assert_snapshot!(cited, @"");
    }

    #[test]
    fn leaves_out_what_is_silent() {
        let mut record = fixture::documents().remove(0);
        record.document.number = None;
        record.document.issuer = None;
        record.document.date = None;
        record.document.title = "关于印发《方案》的通知".into();
        record.clauses[0].path.clear();
        record.clauses[0].number = None;
        assert_eq!(citation(&record.document, &record.clauses[0]), "《关于印发〈方案〉的通知》");
    }

    #[test]
    fn dates_in_words() {
        assert_eq!(chinese_date("2022-03-05"), "2022年3月5日");
        assert_eq!(chinese_date("2022年"), "2022年");
    }
}
