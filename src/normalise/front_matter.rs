//! Front matter: what the head and the foot of a document say of it, after GB/T 9704 and the habits of
//! government web pages.

mod date;
mod draft;
mod evidence;
mod issuer;
mod line;
mod metadata;
mod number;
mod origin;
mod region;
mod status;
mod title;
mod written;
mod year;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{LineKind, Source};
use crate::error::Warning;
use crate::model::{Region, Status};
use crate::text::fold::simplified;

use self::evidence::Evidence;
use self::origin::apart;
use self::written::Written;

pub use self::origin::{Origin, Origins};

/// What the head and foot of a document say of it. Fields are `None` where the text is silent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrontMatter {
    /// Title as written, hard wraps joined; of a notice that carries a draft for comment, the draft's.
    pub title: Option<String>,
    /// The document's own number (发文字号) as written, without white space.
    pub number: Option<String>,
    /// Issuing body; several joined as the text joins them.
    pub issuer: Option<String>,
    /// Date of the document, ISO 8601.
    pub date: Option<String>,
    /// Date of publication on a page, ISO 8601.
    pub published: Option<String>,
    /// Year of the document, or the one that its title or most of its deadlines name.
    pub year: Option<i32>,
    /// Where the document stands in its life.
    pub status: Status,
    /// Region in force.
    pub region: Option<Region>,
    /// To whom it is addressed (主送机关), without the colon.
    pub addressees: Option<String>,
    /// Where each of them was read.
    pub origins: Origins,
    /// What could not be understood; lines are those of the normalised source.
    pub warnings: Vec<Warning>,
}

/// Reads the front matter of a normalised source. Menus and lists of links say nothing of the document; what
/// a page's or a paper's frame tells of it (particulars, a number, a printing line) is read.
pub fn of_source(source: &Source) -> FrontMatter {
    let mut text = String::with_capacity(source.text.len());
    let mut headings = Vec::new();
    for (number, line) in (1..).zip(&source.lines) {
        let written = source.line(line);
        if line.kind != LineKind::Furniture || evidence::tells(written) {
            text.push_str(written);
        }
        if line.kind == LineKind::Heading(1) {
            headings.push(number);
        }
        text.push('\n');
    }
    read(&text, &headings)
}

/// Reads the front matter of `text`, lines as in a normalised source.
pub fn front_matter(text: &str) -> FrontMatter {
    read(text, &[])
}

/// Reads traditional characters as simplified ones, and gives what it found as written.
fn read(text: &str, headings: &[u32]) -> FrontMatter {
    let simple = simplified(text);
    let mut found = read_simplified(&simple, headings);
    if let Cow::Owned(simple) = &simple {
        let written = Written::new(text, simple);
        for field in [&mut found.title, &mut found.number, &mut found.issuer, &mut found.addressees] {
            *field = field.take().map(|value| written.find(&value));
        }
    }
    found
}

fn read_simplified(text: &str, headings: &[u32]) -> FrontMatter {
    let evidence = Evidence::gather(text, headings);
    let mut warnings = Vec::new();
    let (title, title_from) = apart(evidence.title());
    if title.is_none() {
        warnings.push(Warning::new("no_title", "no line of the head reads like a title"));
    }
    let (number, number_from) = apart(evidence.number());
    let published = evidence.published();
    let on_page = || published.clone().map(|date| (date, Origin::Metadata));
    let (date, date_from) = apart(evidence.written(&mut warnings).or_else(on_page));
    let (issuer, issuer_from) = apart(evidence.issuer());
    let (region, region_from) = apart(evidence.region(title.as_deref()));
    let (year, year_from) = apart(year::year(date.as_deref(), number.as_deref(), title.as_deref(), text));
    let (status, status_from) = evidence.status();
    FrontMatter {
        addressees: evidence.addressees(),
        origins: Origins {
            title: title_from,
            number: number_from,
            issuer: issuer_from,
            date: date_from,
            year: year_from,
            status: status_from,
            region: region_from,
        },
        title,
        number,
        issuer,
        date,
        published,
        year,
        status,
        region,
        warnings,
    }
}

#[cfg(test)]
mod tests;
