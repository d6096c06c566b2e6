//! One hit as a card, on the search page, the similarity page and the clause page.

use super::facts::FactLabels;
use super::labels;
use crate::index::{ClauseRef, Generation};
use crate::model::{Clause, Document, Span};
use crate::search::{Answer, Explain, Hit};
use crate::serve::query::escape;
use crate::view::ordinal;
use crate::view::{Offsets, Piece, excerpt, pieces};

/// What a card shows.
#[derive(Debug)]
pub(super) struct HitCard {
    /// Address of the clause's page.
    pub(super) href: String,
    /// Address of the clause in its document.
    pub(super) source_href: String,
    /// Address of similar measures elsewhere.
    pub(super) similar_href: String,
    /// The document's region, province and city first.
    pub(super) region: Option<RegionLabel>,
    /// Year of issue.
    pub(super) year: Option<i32>,
    /// A state of the document that a reader must know of.
    pub(super) status: Option<&'static str>,
    /// Title of the document.
    pub(super) document_title: String,
    /// Headings above the clause, outermost first.
    pub(super) path: Vec<String>,
    /// The clause's title, or where it stands when it has none.
    pub(super) heading: Vec<Piece>,
    /// The same as plain text, for names of links.
    pub(super) name: String,
    /// The text below the title, or the part of it that answers.
    pub(super) pieces: Vec<Piece>,
    /// Whether text stands before what is shown.
    pub(super) is_cut_before: bool,
    /// Whether text stands after what is shown.
    pub(super) is_cut_after: bool,
    /// Chips.
    pub(super) facts: FactLabels,
    /// Relevance in words.
    pub(super) relevance: &'static str,
    /// Relevance from 1 to 4, for the bars beside the words.
    pub(super) relevance_level: u8,
    /// How the score came about.
    pub(super) explain: Vec<ComponentRow>,
    /// The score, for the explanation.
    pub(super) score: String,
}

/// A region's name and what lies above it.
#[derive(Debug)]
pub(super) struct RegionLabel {
    /// The region itself.
    pub(super) name: String,
    /// Province and city, joined.
    pub(super) above: String,
}

/// One component of a score.
#[derive(Debug)]
pub(super) struct ComponentRow {
    /// What it means.
    pub(super) label: &'static str,
    /// Its value.
    pub(super) value: String,
    /// Its weight.
    pub(super) weight: String,
    /// Their product.
    pub(super) contribution: String,
}

impl HitCard {
    /// The card of `hit`; none when the generation has no such clause.
    pub(super) fn new(generation: &Generation, hit: &Hit) -> Option<Self> {
        let ClauseRef { clause, document, .. } = generation.clause(hit.clause)?;
        let title = title_span(clause);
        let shown =
            excerpt(&clause.text, title.map_or(0, |title| title.end), &hit.highlights, hit.best_sentence);
        Some(Self {
            href: clause_href(clause),
            source_href: source_href(document, clause),
            similar_href: similar_href(clause),
            region: RegionLabel::of(document),
            year: document.year,
            status: labels::status(document.status),
            document_title: document.title.clone(),
            path: path_above(clause).to_vec(),
            heading: match title {
                Some(title) => pieces(&clause.text, title, &hit.highlights, None),
                None => vec![Piece { text: place(clause), is_match: false, is_best: false }],
            },
            name: name(clause),
            is_cut_before: shown.start > title.map_or(0, |title| title.end),
            is_cut_after: (shown.end as usize) < clause.text.chars().count(),
            pieces: shown_pieces(clause, shown, hit),
            facts: FactLabels::brief(clause),
            relevance: labels::relevance(hit.relevance).0,
            relevance_level: labels::relevance(hit.relevance).1,
            explain: hit.explain.as_ref().map(component_rows).unwrap_or_default(),
            score: format!("{:.3}", hit.score),
        })
    }

    /// The cards of an answer, in its order.
    pub(super) fn all(generation: &Generation, answer: &Answer) -> Vec<Self> {
        answer.hits.iter().filter_map(|hit| Self::new(generation, hit)).collect()
    }
}

/// A short clause is all one sentence: emphasising everything would emphasise nothing.
fn shown_pieces(clause: &Clause, shown: Span, hit: &Hit) -> Vec<Piece> {
    let length = clause.text.trim().chars().count() as u32;
    let best = hit.best_sentence.filter(|best| best.end.saturating_sub(best.start) + 8 < length);
    pieces(&clause.text, shown, &hit.highlights, best)
}

impl RegionLabel {
    /// The region of `document`.
    pub(super) fn of(document: &Document) -> Option<Self> {
        let region = document.region.as_ref()?;
        let above: Vec<&str> =
            [&region.province, &region.city].into_iter().flatten().map(String::as_str).collect();
        Some(Self { name: region.name.clone(), above: above.concat() })
    }
}

fn component_rows(explain: &Explain) -> Vec<ComponentRow> {
    let row = |component: &crate::search::Component| ComponentRow {
        label: component.label,
        value: format!("{:.3}", component.value),
        weight: format!("{:.2}", component.weight),
        contribution: format!("{:.3}", component.contribution),
    };
    explain.components.iter().map(row).collect()
}

/// Longest first line that is taken for a title, in code points.
const LONGEST_TITLE: usize = 40;

/// Where a clause's title stands in its text: a short first line, or a short first sentence without
/// a comma (推行并联审批。).
fn title_span(clause: &Clause) -> Option<Span> {
    let text = &clause.text;
    let start = text.chars().take_while(|c| c.is_whitespace()).count();
    let title: Vec<char> =
        text.chars().skip(start).take_while(|c| !matches!(c, '\n' | '。')).take(LONGEST_TITLE + 1).collect();
    let is_short = (1..=LONGEST_TITLE).contains(&title.len());
    let ends_sentence = text.chars().nth(start + title.len()) == Some('。');
    let has_comma = title.iter().any(|c| matches!(c, '，' | ',' | '；'));
    let end = start + title.len() + usize::from(ends_sentence);
    (is_short && !(ends_sentence && has_comma)).then_some(Span { start: start as u32, end: end as u32 })
}

/// A clause's title; where it stands, when it has none.
pub(super) fn heading(clause: &Clause) -> String {
    match title_span(clause) {
        Some(title) => Offsets::of(&clause.text).slice(title).trim_end_matches('。').to_owned(),
        None => place(clause),
    }
}

/// Headings above that [`heading`] does not say already.
pub(super) fn path_above(clause: &Clause) -> &[String] {
    match (title_span(clause), clause.path.split_last()) {
        (None, Some((_, above))) => above,
        _ => &clause.path,
    }
}

/// The nearest heading and the clause's number.
fn place(clause: &Clause) -> String {
    let nearest = clause.path.last().map_or(labels::kind(clause.kind), String::as_str);
    [Some(nearest.to_owned()), ordinal(clause)].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// How a clause's text begins: tells it from its neighbours.
pub(super) fn name(clause: &Clause) -> String {
    let text = clause.text.trim();
    let end = text
        .char_indices()
        .find(|(_, c)| matches!(c, '\n' | '。' | '；' | '：'))
        .map_or(text.len(), |(at, _)| at);
    let first = text.get(..end).unwrap_or(text);
    if first.chars().count() <= LONGEST_TITLE {
        return first.to_owned();
    }
    let cut: String = first.chars().take(LONGEST_TITLE).collect();
    format!("{cut}…")
}

/// Address of a clause's page.
pub(super) fn clause_href(clause: &Clause) -> String {
    format!("/clauses/{}", escape(clause.id.as_str()))
}

/// Address of a clause in its document.
pub(super) fn source_href(document: &Document, clause: &Clause) -> String {
    format!("{}#{}", document_href(document), anchor(clause))
}

/// Address of a document's page.
pub(super) fn document_href(document: &Document) -> String {
    format!("/documents/{}", escape(document.id.as_str()))
}

/// Where a clause stands in its document's page: the part of its id after the colon.
pub(super) fn anchor(clause: &Clause) -> &str {
    clause.id.as_str().split_once(':').map_or(clause.id.as_str(), |(_, path)| path)
}

/// Address of the best similar measure of every other region.
pub(super) fn similar_href(clause: &Clause) -> String {
    format!("/similar?clause_id={}&per_region=1&exclude_same_document=true", escape(clause.id.as_str()))
}
