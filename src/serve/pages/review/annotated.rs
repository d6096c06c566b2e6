//! A reviewed draft as it is shown: its clauses in order, each with what there is to say of it.

use std::collections::BTreeMap;

use super::outline::{OutlineItem, outline};
use super::standing::{StandingNote, standing};
use crate::index::{DocumentRecord, Generation};
use crate::model::Clause;
use crate::search::review::{ClauseReview, Contradiction, Finding, MissingMeasure, Precedent, Review};
use crate::serve::pages::naming;
use crate::serve::pages::source::SourceLabel;
use crate::serve::query::{escape, name_of};
use crate::view::{Offsets, Permalinks, caution_words, excerpt, finding_words};

/// A draft with its annotations.
#[derive(Debug)]
pub(super) struct Annotated {
    pub(super) title: String,
    pub(super) region: Option<String>,
    pub(super) status: Option<&'static str>,
    pub(super) reviewed: usize,
    pub(super) with_precedent: usize,
    pub(super) regions: usize,
    /// What was found, with how many clauses have it.
    pub(super) findings: Vec<FindingNote>,
    pub(super) outline: Vec<OutlineItem>,
    pub(super) clauses: Vec<ClauseNote>,
    pub(super) missing: Vec<MissingNote>,
    pub(super) contradictions: Vec<ContradictionNote>,
    /// Titles of indexed documents that are the draft itself.
    pub(super) left_out: Vec<String>,
    /// Places of the draft that were understood only in part.
    pub(super) warnings: usize,
    pub(super) is_without_model: bool,
    pub(super) is_without_atlas: bool,
}

/// A remark in words.
#[derive(Debug)]
pub(super) struct FindingNote {
    /// The finding's code, for the script that filters.
    pub(super) code: String,
    /// `good`, `warn` or `plain`.
    pub(super) tone: &'static str,
    /// A sign that says the same as the colour.
    pub(super) sign: &'static str,
    pub(super) words: &'static str,
    pub(super) count: usize,
}

/// A clause with its annotations.
#[derive(Debug)]
pub(super) struct ClauseNote {
    pub(super) anchor: String,
    pub(super) heading: String,
    /// How it begins: shorter than the heading where that says the place.
    pub(super) name: String,
    pub(super) path: Vec<String>,
    /// Text below the heading.
    pub(super) text: String,
    pub(super) findings: Vec<FindingNote>,
    pub(super) standings: Vec<StandingNote>,
    /// Clauses elsewhere that are held to be the same measure.
    pub(super) precedents: Vec<PrecedentNote>,
    /// Where there are none, what comes nearest.
    pub(super) nearest: Option<PrecedentNote>,
}

/// A clause elsewhere.
#[derive(Debug)]
pub(super) struct PrecedentNote {
    pub(super) source: SourceLabel,
    pub(super) text: String,
    pub(super) is_cut: bool,
    pub(super) caution: Option<&'static str>,
}

/// A measure that the draft lacks.
#[derive(Debug)]
pub(super) struct MissingNote {
    pub(super) title: String,
    pub(super) href: String,
    pub(super) domain: Option<String>,
    pub(super) regions: String,
    pub(super) count: usize,
}

/// A quantity with two values.
#[derive(Debug)]
pub(super) struct ContradictionNote {
    pub(super) name: String,
    /// What is said, and where.
    pub(super) said: Vec<(String, String, String)>,
}

/// `review` of `draft` as it is shown.
pub(super) fn annotated(
    generation: &Generation,
    draft: &DocumentRecord,
    review: &Review,
    links: &Permalinks,
) -> Annotated {
    let note = |review: &ClauseReview| clause_note(generation, draft, review, links);
    let clauses: Vec<ClauseNote> = review.clauses.iter().filter_map(note).collect();
    let titles = review.left_out.iter().filter_map(|id| generation.document(id));
    Annotated {
        title: draft.document.title.clone(),
        region: draft.document.region.as_ref().map(|region| region.name.clone()),
        status: crate::serve::pages::labels::status(draft.document.status),
        reviewed: review.clauses.len(),
        with_precedent: clauses.iter().filter(|clause| !clause.precedents.is_empty()).count(),
        regions: review.regions,
        findings: counted(review),
        outline: outline(&clauses),
        clauses,
        missing: review.missing.iter().map(missing_note).collect(),
        contradictions: review.contradictions.iter().map(|found| contradiction_note(draft, found)).collect(),
        left_out: titles.map(|record| record.document.title.clone()).collect(),
        warnings: draft.warnings.len(),
        is_without_model: review.notices.contains(&"model_absent"),
        is_without_atlas: review.notices.contains(&"atlas_absent"),
    }
}

fn counted(review: &Review) -> Vec<FindingNote> {
    let mut counts: BTreeMap<Finding, usize> = BTreeMap::new();
    for finding in review.clauses.iter().flat_map(|clause| &clause.findings) {
        *counts.entry(*finding).or_default() += 1;
    }
    counts.into_iter().map(|(finding, count)| finding_note(finding, count)).collect()
}

fn finding_note(finding: Finding, count: usize) -> FindingNote {
    let (tone, sign) = match finding {
        Finding::Strongest => ("good", "▲"),
        Finding::Weakest => ("warn", "▼"),
        Finding::MissingResponsibility | Finding::MissingDeadline | Finding::DoubtfulPrecedents => {
            ("warn", "！")
        }
        Finding::NoPrecedent => ("plain", "○"),
    };
    FindingNote { code: name_of(finding), tone, sign, words: finding_words(finding), count }
}

/// Where a draft's clause stands on the page.
pub(super) fn anchor(position: usize) -> String {
    format!("clause-{}", position + 1)
}

fn clause_note(
    generation: &Generation,
    draft: &DocumentRecord,
    review: &ClauseReview,
    links: &Permalinks,
) -> Option<ClauseNote> {
    let clause: &Clause = draft.clauses.get(review.clause)?;
    let precedent = |found: &Precedent| precedent_note(generation, found, links);
    let (sure, near): (Vec<&Precedent>, Vec<&Precedent>) =
        review.precedents.iter().partition(|found| found.is_counterpart);
    let body = naming::title_span(clause).map_or(0, |title| naming::body_start(clause, title));
    let whole = crate::model::Span { start: body, end: u32::MAX };
    Some(ClauseNote {
        anchor: anchor(review.clause),
        heading: heading(clause, draft),
        name: naming::name(clause),
        path: below_title(naming::path_above(clause), draft).to_vec(),
        text: Offsets::of(&clause.text).slice(whole).trim().to_owned(),
        findings: review.findings.iter().map(|finding| finding_note(*finding, 1)).collect(),
        standings: review.standings.iter().map(|found| standing(generation, found)).collect(),
        precedents: sure.into_iter().filter_map(precedent).collect(),
        nearest: near.into_iter().find_map(precedent),
    })
}

/// A clause's title, or where it stands below the draft's own title.
fn heading(clause: &Clause, draft: &DocumentRecord) -> String {
    let heading = naming::heading(clause);
    let (above, below) = (clause.path.first(), below_title(&clause.path, draft));
    let title = above.filter(|_| !below.is_empty() && below.len() < clause.path.len());
    let rest = title.and_then(|title| heading.strip_prefix(&format!("{title} › ")));
    rest.map(str::to_owned).unwrap_or(heading)
}

/// Headings without the draft's own title, which stands above all of them.
fn below_title<'a>(path: &'a [String], draft: &DocumentRecord) -> &'a [String] {
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    match path {
        [first, rest @ ..] if bare(first) == bare(&draft.document.title) => rest,
        _ => path,
    }
}

fn precedent_note(
    generation: &Generation,
    precedent: &Precedent,
    links: &Permalinks,
) -> Option<PrecedentNote> {
    let found = generation.clause(precedent.clause)?;
    let text = found.clause.text.trim_end();
    let body = naming::title_span(found.clause).map_or(0, |title| naming::body_start(found.clause, title));
    let shown = excerpt(text, body, &[], None);
    Some(PrecedentNote {
        source: SourceLabel::of(found, links),
        is_cut: (shown.end as usize) < text.chars().count(),
        text: Offsets::of(text).slice(shown).trim().to_owned(),
        caution: precedent.caution.map(caution_words),
    })
}

fn missing_note(measure: &MissingMeasure) -> MissingNote {
    MissingNote {
        title: measure.title.clone(),
        href: format!("/measures/{}", escape(&measure.id)),
        domain: measure.domain.clone(),
        regions: measure.regions.join("、"),
        count: measure.regions.len(),
    }
}

fn contradiction_note(draft: &DocumentRecord, found: &Contradiction) -> ContradictionNote {
    let said = found.said.iter().filter_map(|said| {
        let clause = draft.clauses.get(said.clause)?;
        Some((said.raw.clone(), naming::heading(clause), anchor(said.clause)))
    });
    ContradictionNote { name: found.name.clone(), said: said.collect() }
}
