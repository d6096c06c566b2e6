//! Where a clause stands: what a person is told of it beside its text.

use super::hit::{self, RegionLabel};
use super::{labels, naming};
use crate::index::ClauseRef;
use crate::model::Deadline;
use crate::view::{Permalinks, chinese_date, citation};

/// A clause by its place, with the addresses at which it is read.
#[derive(Debug)]
pub(super) struct SourceLabel {
    /// The document's region.
    pub(super) region: Option<RegionLabel>,
    /// Year of issue.
    pub(super) year: Option<i32>,
    /// A state of the document that a reader must know of.
    pub(super) status: Option<&'static str>,
    /// Title of the document.
    pub(super) document: String,
    /// The clause's title, or where it stands.
    pub(super) heading: String,
    /// Address of the clause's page.
    pub(super) href: String,
    /// Address of the clause in its document.
    pub(super) source_href: String,
    /// How it is cited, with its permalink.
    pub(super) citation: String,
}

impl SourceLabel {
    /// What is said of `found`.
    pub(super) fn of(found: ClauseRef<'_>, links: &Permalinks) -> Self {
        let ClauseRef { clause, document, .. } = found;
        Self {
            region: RegionLabel::of(document),
            year: document.year,
            status: labels::status(document.status),
            document: document.title.clone(),
            heading: naming::heading(clause),
            href: hit::clause_href(clause),
            source_href: hit::source_href(document, clause),
            citation: citation(document, clause, links),
        }
    }

    /// Name of the region, or that it is not known.
    pub(super) fn place(&self) -> &str {
        self.region.as_ref().map_or("地区不明", |region| &region.name)
    }
}

/// A deadline as written, with the day that it means where its own words leave the year open.
pub(super) fn deadline_words(deadline: &Deadline) -> String {
    let raw = deadline.raw.trim();
    let year = deadline.date.as_deref().and_then(|date| date.get(..4)).unwrap_or_default();
    match &deadline.date {
        Some(date) if !crate::text::fold::fold_text(raw).contains(year) => {
            format!("{raw}（{}）", chinese_date(date))
        }
        _ => raw.to_owned(),
    }
}

/// `value` without decimals that say nothing.
pub(super) fn plain_number(value: f64) -> String {
    let rounded = (value * 1000.0).round() / 1000.0;
    rounded.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_is_said_once() {
        let words = |raw: &str, date: Option<&str>| {
            deadline_words(&Deadline { raw: raw.into(), date: date.map(str::to_owned) })
        };
        assert_eq!(words("2022年12月底前", Some("2022-12-31")), "2022年12月底前");
        assert_eq!(words("6月底前", Some("2021-06-30")), "6月底前（2021年6月30日）");
        assert_eq!(words("持续推进", None), "持续推进");
    }

    #[test]
    fn numbers_as_people_write_them() {
        assert_eq!(
            (plain_number(5.0), plain_number(0.5), plain_number(1_000.000_000_1)),
            ("5".into(), "0.5".into(), "1000".into())
        );
    }
}
