//! Versions of a document, as a page lists them.

use crate::index::{CatalogueEntry, Generation};
use crate::model::Clause;
use crate::serve::query::escape;
use crate::view::chinese_date;

/// One version of a document.
pub(super) struct VersionLabel {
    /// 1 for the first that was received.
    pub(super) number: u32,
    /// The day on which it was received, in China.
    pub(super) received: String,
    /// The document in this version.
    pub(super) href: String,
    /// Whether it is the one that is searched.
    pub(super) is_newest: bool,
    /// What this version has of the clause that the page is about.
    pub(super) note: Option<&'static str>,
}

/// The versions of the document named `id`, newest first, with what each has of `clause`.
pub(super) fn versions(generation: &Generation, id: &str, clause: Option<&Clause>) -> Vec<VersionLabel> {
    let entries = generation.versions(id);
    let newest = entries.last().map(|entry| entry.version);
    let label = |entry: &CatalogueEntry| VersionLabel {
        number: entry.version,
        received: day(&entry.received),
        href: href(entry, newest == Some(entry.version)),
        is_newest: newest == Some(entry.version),
        note: clause.and_then(|clause| note(generation, entry, clause)),
    };
    entries.iter().rev().map(label).collect()
}

fn href(entry: &CatalogueEntry, is_newest: bool) -> String {
    let document = format!("/documents/{}", escape(entry.id.as_str()));
    if is_newest { document } else { format!("{document}?version={}", entry.version) }
}

fn note(generation: &Generation, entry: &CatalogueEntry, clause: &Clause) -> Option<&'static str> {
    let record = generation.record(entry)?;
    let same = record.clauses.iter().find(|other| other.id == clause.id);
    Some(match same {
        None => "没有这一条",
        Some(same) if same.text.trim() == clause.text.trim() => "本条相同",
        Some(_) => "本条文字不同",
    })
}

/// The day in China of an RFC 3339 time in UTC, as people write it.
fn day(received: &str) -> String {
    let format = &time::format_description::well_known::Rfc3339;
    let Ok(time) = time::OffsetDateTime::parse(received, format) else { return received.to_owned() };
    let date = time.to_offset(time::macros::offset!(+8)).date();
    chinese_date(&date.to_string())
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn days_are_those_of_china() {
        assert_eq!(day("2026-11-21T17:00:00.000Z"), "2026年11月22日");
        assert_eq!(day("?"), "?");
    }
}
