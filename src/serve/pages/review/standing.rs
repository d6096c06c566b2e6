//! How a number of the draft stands among those of others, in words and as bars.

use crate::index::Generation;
use crate::search::compare::Change;
use crate::search::review::{OtherPromise, Place, Standing};
use crate::serve::pages::hit;
use crate::serve::pages::source::plain_number;

/// A number of the draft among those of others.
#[derive(Debug)]
pub(super) struct StandingNote {
    /// What is counted, with its unit.
    pub(super) name: String,
    /// Where the draft stands: 先进, 居中, 落后, 持平, or that it cannot be said.
    pub(super) words: &'static str,
    /// A sign that says the same.
    pub(super) sign: &'static str,
    /// The same for style sheets.
    pub(super) tone: &'static str,
    /// Its rank, where there is one.
    pub(super) rank: Option<String>,
    /// The draft's own number, then those of others, the best first.
    pub(super) bars: Vec<Bar>,
}

/// A number with its bar.
#[derive(Debug)]
pub(super) struct Bar {
    pub(super) who: String,
    pub(super) is_own: bool,
    /// Whether the clause is held to be the same measure.
    pub(super) is_sure: bool,
    pub(super) raw: String,
    pub(super) href: Option<String>,
    /// Width, 0 to 100.
    pub(super) width: f64,
}

/// `found` as it is shown.
pub(super) fn standing(generation: &Generation, found: &Standing) -> StandingNote {
    let (words, sign, tone) = place_words(found.place);
    let most = found.others.iter().map(|other| other.value).fold(found.value, f64::max);
    let width = |value: f64| {
        let share = if most > 0.0 { value / most * 100.0 } else { 0.0 };
        (share.clamp(1.5, 100.0) * 10.0).round() / 10.0
    };
    let own = Bar {
        who: "本稿".to_owned(),
        is_own: true,
        is_sure: true,
        raw: found.raw.clone(),
        href: None,
        width: width(found.value),
    };
    let other = |other: &OtherPromise| {
        let clause = generation.clause(other.clause)?;
        let region = clause.document.region.as_ref().map_or("地区不明", |region| &region.name);
        Some(Bar {
            who: region.to_owned(),
            is_own: false,
            is_sure: other.is_counterpart,
            raw: other.raw.clone(),
            href: Some(hit::clause_href(clause.clause)),
            width: width(other.value),
        })
    };
    StandingNote {
        name: name(found),
        words,
        sign,
        tone,
        rank: rank(found),
        bars: std::iter::once(own).chain(found.others.iter().filter_map(other)).collect(),
    }
}

fn name(found: &Standing) -> String {
    let change = match found.change {
        Change::Level => "",
        Change::Reduction => "，压减",
        Change::Increase => "，提高",
    };
    let name = if found.name.is_empty() { "目标值" } else { &found.name };
    format!("{name}（{}{change}）", found.unit)
}

fn place_words(place: Option<Place>) -> (&'static str, &'static str, &'static str) {
    match place {
        Some(Place::Best | Place::EqualBest) => ("先进", "▲", "good"),
        Some(Place::Middle) => ("居中", "◆", "plain"),
        Some(Place::Worst) => ("落后", "▼", "warn"),
        Some(Place::Same) => ("持平", "＝", "plain"),
        None => ("供参考", "○", "plain"),
    }
}

fn rank(found: &Standing) -> Option<String> {
    match (found.place?, found.rank?) {
        (Place::Same, _) => Some("各地相同".to_owned()),
        (Place::EqualBest, _) => Some("与最好的地区相同".to_owned()),
        (_, rank) => Some(format!("{} 家中第 {}", found.ranked, plain_number(rank as f64))),
    }
}
