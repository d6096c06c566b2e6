//! Which documents a list shows, and in which order: all of it stands in the address.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::index::{DocumentRecord, Generation};
use crate::model::{Document, Status};
use crate::serve::api::region_counts;
use crate::serve::query::{Pairs, name_of, to_query, word};

/// What the address of a list states. A value that is none is passed over, as links get mangled.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Listing {
    /// GB/T 2260 code of a region, which takes in what lies below it.
    pub(super) region: Option<String>,
    /// Year of issue.
    pub(super) year: Option<i32>,
    /// State of the document.
    pub(super) status: Option<Status>,
    /// The order.
    pub(super) sort: Sort,
    /// The page, from 1 on.
    pub(super) page: usize,
}

/// An order of documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sort {
    /// Newest first.
    #[default]
    Date,
    /// By region's code, newest first within one.
    Region,
    /// By title.
    Title,
    /// Most clauses first.
    Clauses,
}

/// A value of a filter with how many documents have it.
pub(super) struct Pick {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) count: usize,
    pub(super) is_chosen: bool,
}

impl Sort {
    /// Every order with its word in the address and what a person reads.
    pub(super) const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Date, "date", "日期"),
        (Self::Region, "region", "地区"),
        (Self::Title, "title", "标题"),
        (Self::Clauses, "clauses", "条数"),
    ];

    fn compare(self, a: &DocumentRecord, b: &DocumentRecord) -> Ordering {
        let code =
            |record: &DocumentRecord| record.document.region.as_ref().map(|region| region.code.clone());
        let newest = || (&b.document.date, b.document.year).cmp(&(&a.document.date, a.document.year));
        let order = match self {
            Self::Date => newest(),
            Self::Region => code(a).cmp(&code(b)).then_with(newest),
            Self::Title => a.document.title.cmp(&b.document.title),
            Self::Clauses => b.clauses.len().cmp(&a.clauses.len()),
        };
        order.then_with(|| a.document.id.cmp(&b.document.id))
    }
}

impl Listing {
    /// What `pairs` state.
    pub(super) fn read(pairs: &Pairs) -> Self {
        let value = |wanted: &str| {
            let found = pairs.iter().find(|(name, value)| name == wanted && !value.is_empty());
            found.map(|(_, value)| value.as_str())
        };
        let sort = value("sort").and_then(|word| Sort::ALL.into_iter().find(|(_, known, _)| *known == word));
        Self {
            region: value("region").map(str::to_owned),
            year: value("year").and_then(|year| year.parse().ok()),
            status: value("status").and_then(|status| word("status", status).ok()),
            sort: sort.map(|(sort, ..)| sort).unwrap_or_default(),
            page: value("page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1),
        }
    }

    /// Address of the list.
    pub(super) fn href(&self) -> String {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        pairs.extend(self.region.clone().map(|region| ("region", region)));
        pairs.extend(self.year.map(|year| ("year", year.to_string())));
        pairs.extend(self.status.map(|status| ("status", name_of(status))));
        if self.sort != Sort::default() {
            pairs.extend(
                Sort::ALL
                    .iter()
                    .filter(|(sort, ..)| *sort == self.sort)
                    .map(|(_, word, _)| ("sort", (*word).to_owned())),
            );
        }
        pairs.extend((self.page > 1).then(|| ("page", self.page.to_string())));
        if pairs.is_empty() {
            return "/documents".to_owned();
        }
        format!("/documents?{}", to_query(pairs.iter().map(|(name, value)| (*name, value.as_str()))))
    }

    /// The documents of `generation` that it shows, on all pages, in its order.
    pub(super) fn documents<'a>(&self, generation: &'a Generation) -> Vec<&'a DocumentRecord> {
        let all = generation.documents().iter().map(std::convert::AsRef::as_ref);
        let mut shown: Vec<&DocumentRecord> = all.filter(|record| self.admits(&record.document)).collect();
        shown.sort_by(|a, b| self.sort.compare(a, b));
        shown
    }

    fn admits(&self, document: &Document) -> bool {
        let in_region = |code: &String| {
            document.region.as_ref().is_some_and(|own| own.code.starts_with(significant(code)))
        };
        self.region.as_ref().is_none_or(in_region)
            && self.year.is_none_or(|year| document.year == Some(year))
            && self.status.is_none_or(|status| document.status == status)
    }

    /// The regions to choose from.
    pub(super) fn regions(&self, generation: &Generation) -> Vec<Pick> {
        let pick = |row: crate::serve::api::RegionCount| Pick {
            is_chosen: self.region.as_ref() == Some(&row.code),
            label: row.name,
            value: row.code,
            count: row.documents,
        };
        region_counts(generation).into_iter().map(pick).collect()
    }

    /// The years to choose from, latest first.
    pub(super) fn years(&self, generation: &Generation) -> Vec<Pick> {
        let mut counts: BTreeMap<i32, usize> = BTreeMap::new();
        for year in generation.documents().iter().filter_map(|record| record.document.year) {
            *counts.entry(year).or_default() += 1;
        }
        let pick = |(year, count): (i32, usize)| Pick {
            value: year.to_string(),
            label: format!("{year}年"),
            count,
            is_chosen: self.year == Some(year),
        };
        counts.into_iter().rev().map(pick).collect()
    }

    /// The states to choose from.
    pub(super) fn statuses(&self, generation: &Generation) -> Vec<Pick> {
        let pick = |status: Status| Pick {
            value: name_of(status),
            label: status.words().to_owned(),
            count: generation.documents().iter().filter(|record| record.document.status == status).count(),
            is_chosen: self.status == Some(status),
        };
        let all = [Status::Effective, Status::Trial, Status::Draft, Status::Repealed];
        all.into_iter().map(pick).filter(|pick| pick.count > 0 || pick.is_chosen).collect()
    }
}

/// The digits of a GB/T 2260 code that its children share: two of a province, four of a city.
fn significant(code: &str) -> &str {
    code.strip_suffix("0000").or_else(|| code.strip_suffix("00")).unwrap_or(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::query::pairs;

    #[test]
    fn an_address_leads_back_to_its_list() {
        let rows = [
            ("", "/documents"),
            ("sort=date&page=1&region=", "/documents"),
            ("year=x&status=y&sort=z&page=-1", "/documents"),
            (
                "region=340000&year=2022&status=draft&sort=clauses&page=2",
                "/documents?region=340000&year=2022&status=draft&sort=clauses&page=2",
            ),
        ];
        for (query, href) in rows {
            let listing = Listing::read(&pairs(Some(query)).expect("a query"));
            assert_eq!(listing.href(), href);
        }
    }
}
