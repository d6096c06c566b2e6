//! One hit as a card, on the search page, the similarity page and the clause page.

use super::facts::{Bearers, FactLabels};
use super::labels;
use super::naming::{body_start, name, path_above, place, title_span};
use crate::index::{ClauseRef, Generation};
use crate::model::{Clause, Document, Span};
use crate::search::{Answer, Explain, Hit};
use crate::serve::query::escape;
use crate::view::{Piece, excerpt, pieces};

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
    /// Who does it.
    pub(super) bearers: Vec<Bearers>,
    /// Relevance in words.
    pub(super) relevance: &'static str,
    /// Relevance from 1 to 4, for the bars beside the words.
    pub(super) relevance_level: u8,
    /// Near-identical clauses of the same document that it stands for.
    pub(super) collapsed: Vec<ClauseLink>,
    /// How the score came about.
    pub(super) explain: Vec<ComponentRow>,
    /// The score, for the explanation.
    pub(super) score: String,
}

/// A clause by its name.
#[derive(Debug)]
pub(super) struct ClauseLink {
    /// Its title, or where it stands.
    pub(super) name: String,
    /// Address of its page.
    pub(super) href: String,
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
    /// Its part of what speaks for the hit, in percent.
    pub(super) share: u32,
}

impl HitCard {
    /// The card of `hit`; none when the generation has no such clause.
    pub(super) fn new(generation: &Generation, hit: &Hit) -> Option<Self> {
        let ClauseRef { clause, document, .. } = generation.clause(hit.clause)?;
        let title = title_span(clause);
        let body = title.map_or(0, |title| body_start(clause, title));
        let shown = excerpt(&clause.text, body, &hit.highlights, hit.best_sentence);
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
            is_cut_before: shown.start > body,
            is_cut_after: (shown.end as usize) < clause.text.chars().count(),
            pieces: shown_pieces(clause, shown, hit),
            facts: FactLabels::brief(clause),
            bearers: Bearers::of(clause),
            relevance: labels::relevance(hit.relevance).0,
            relevance_level: labels::relevance(hit.relevance).1,
            collapsed: collapsed(generation, hit),
            explain: hit.explain.as_ref().map(component_rows).unwrap_or_default(),
            score: format!("{:.3}", hit.score),
        })
    }

    /// The cards of an answer to a similarity query: nearly every word of them is a match, so none is
    /// marked.
    pub(super) fn similar(generation: &Generation, answer: &Answer) -> Vec<Self> {
        let unmarked = |hit: &Hit| Hit { highlights: Vec::new(), ..hit.clone() };
        answer.hits.iter().filter_map(|hit| Self::new(generation, &unmarked(hit))).collect()
    }

    /// The cards of an answer, in its order.
    pub(super) fn all(generation: &Generation, answer: &Answer) -> Vec<Self> {
        answer.hits.iter().filter_map(|hit| Self::new(generation, hit)).collect()
    }
}

fn collapsed(generation: &Generation, hit: &Hit) -> Vec<ClauseLink> {
    let clauses = hit.collapsed.iter().filter_map(|&index| generation.clause(index));
    clauses.map(|found| ClauseLink { name: name(found.clause), href: clause_href(found.clause) }).collect()
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

/// What made up the score, most first; a component that added nothing is not worth a line.
fn component_rows(explain: &Explain) -> Vec<ComponentRow> {
    let mut components: Vec<_> =
        explain.components.iter().filter(|component| component.contribution.abs() >= 0.0005).collect();
    components.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
    let all: f32 = components.iter().map(|component| component.contribution.max(0.0)).sum();
    let share = |contribution: f32| {
        let part = contribution.max(0.0) * 100.0 / all.max(f32::EPSILON);
        (0..=100).rev().find(|percent| *percent as f32 <= part).unwrap_or(0)
    };
    let row = |component: &crate::search::Component| ComponentRow {
        label: component.label,
        value: format!("{:.3}", component.value),
        weight: format!("{:.2}", component.weight),
        contribution: format!("{:.3}", component.contribution),
        share: share(component.contribution),
    };
    components.into_iter().map(row).collect()
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

#[cfg(test)]
mod tests {
    use askama::Template;
    use proptest::prelude::*;

    use super::*;

    #[derive(Template)]
    #[template(
        source = r#"{% import "macros.html" as ui %}{% call ui::card(hit, 2) %}{% endcall %}"#,
        ext = "html"
    )]
    struct Card {
        hit: HitCard,
    }

    fn card(text: &str, pieces: Vec<Piece>) -> HitCard {
        HitCard {
            href: String::new(),
            source_href: String::new(),
            similar_href: String::new(),
            region: Some(RegionLabel { name: text.to_owned(), above: text.to_owned() }),
            year: None,
            status: None,
            document_title: text.to_owned(),
            path: vec![text.to_owned()],
            heading: pieces.clone(),
            name: text.to_owned(),
            pieces,
            is_cut_before: false,
            is_cut_after: false,
            facts: FactLabels {
                domain: Some(text.to_owned()),
                targets: vec![text.to_owned()],
                ..FactLabels::default()
            },
            bearers: Vec::new(),
            relevance: "相关",
            relevance_level: 3,
            collapsed: Vec::new(),
            explain: Vec::new(),
            score: String::new(),
        }
    }

    fn between<'a>(html: &'a str, before: &str, after: &str) -> &'a str {
        html.split_once(before).and_then(|(_, rest)| rest.split_once(after)).map_or("", |(inside, _)| inside)
    }

    fn without_markup(html: &str) -> String {
        let bare = ["<mark>", "</mark>", "<strong>", "</strong>"]
            .iter()
            .fold(html.to_owned(), |html, tag| html.replace(tag, ""));
        assert!(!bare.contains(['<', '>', '"']), "markup is left in {bare}");
        let entities = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
        entities.iter().fold(bare, |text, (entity, character)| text.replace(entity, character))
    }

    proptest! {
        #[test]
        fn whatever_a_document_says_is_text(
            text in r#"([一-十]|[<>&"'/]|<script>|</p>|<mark>|&#60;|&amp;|--|\{\{|[a-z ]){1,40}"#,
            spans in prop::collection::vec((0_u32..40, 0_u32..40), 0..4),
        ) {
            let spans: Vec<Span> = spans.into_iter().map(|(start, end)| Span { start, end }).collect();
            let whole = Span { start: 0, end: u32::MAX };
            let html = Card { hit: card(&text, pieces(&text, whole, &spans, spans.first().copied())) }.render().unwrap();
            prop_assert_eq!(without_markup(between(&html, "<p class=\"text\">", "</p>")), text.clone());
            prop_assert_eq!(without_markup(between(&html, "<p class=\"path\"><span>", "</span>")), text.clone());
            prop_assert_eq!(without_markup(between(&html, "<li class=\"target\">", "</li>")), text);
        }
    }
}
