//! Front matter: what the head and the foot of a document say of it, after GB/T 9704 and the habits of
//! government web pages.

mod date;
mod draft;
mod evidence;
mod issuer;
mod line;
mod metadata;
mod number;
mod region;
mod status;
mod title;
mod year;

use crate::error::Warning;
use crate::model::{Region, Status};

use self::evidence::Evidence;

/// What the head and foot of a document say of it. Fields are `None` where the text is silent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    /// What could not be understood.
    pub warnings: Vec<Warning>,
}

/// Reads the front matter of `text`, a normalised source with its page furniture still in it.
pub fn front_matter(text: &str) -> FrontMatter {
    let evidence = Evidence::gather(text);
    let mut warnings = Vec::new();
    let title = evidence.title();
    if title.is_none() {
        warnings.push(Warning::new("no_title", "no line of the head reads like a title"));
    }
    let number = evidence.number();
    let published = evidence.published();
    let date = evidence.written(&mut warnings).or_else(|| published.clone());
    FrontMatter {
        year: year::year(date.as_deref(), number.as_deref(), title.as_deref(), text),
        status: evidence.status(),
        region: evidence.region(title.as_deref()),
        addressees: evidence.addressees(),
        issuer: evidence.issuer(),
        title,
        number,
        date,
        published,
        warnings,
    }
}

#[cfg(test)]
mod tests;
