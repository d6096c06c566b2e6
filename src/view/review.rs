//! A review of a draft, as programs and pages read it.

use std::time::Instant;

use serde::Serialize;
use utoipa::ToSchema;

use super::{ClauseView, DocumentView, FactsView, ModelPresence, Permalinks};
use crate::error::Warning;
use crate::index::{DocumentRecord, Generation};
use crate::model::{Clause, ClauseKind};
use crate::search::compare::Change;
use crate::search::review::{
    Caution, ClauseReview, Contradiction, Finding, MissingMeasure, OtherPromise, Place, Precedent, Review,
    Standing,
};
use crate::text::quantity_kind::Better;

/// A draft read against what others have.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Review)]
pub(crate) struct ReviewView<'a> {
    /// The draft's front matter, as it was understood.
    document: DraftView<'a>,
    /// Counts over the whole draft.
    summary: SummaryView,
    /// The clauses that were compared, in the order of the draft.
    clauses: Vec<ClauseReviewView<'a>>,
    /// Measures of the draft's domains that more than half of the regions have and the draft lacks.
    missing: Vec<MissingMeasureView<'a>>,
    /// Quantities that the draft gives two values.
    contradictions: Vec<ContradictionView<'a>>,
    /// Indexed documents that are the draft itself, by bytes or by title and region; they took no part.
    left_out: &'a [String],
    /// What of the draft was understood only in part.
    warnings: &'a [Warning],
    /// The state of the index that answered.
    generation: u64,
    /// Time taken, in milliseconds.
    took_ms: u64,
    /// Whether a model took part.
    model: ModelPresence,
    /// What the answer lacks, as stable codes, such as `model_absent` or `atlas_absent`.
    notices: &'a [&'static str],
}

/// The draft's front matter.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Draft)]
struct DraftView<'a> {
    /// As of any document; its id is that of the file's name and stands in no index.
    #[serde(flatten)]
    document: DocumentView<'a>,
}

/// Counts over the whole draft.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReviewSummary)]
struct SummaryView {
    /// Clauses of the draft, of every kind.
    clauses: usize,
    /// Of those, how many were compared: measures, goals, safeguards and articles.
    reviewed: usize,
    /// Of those, how many have a precedent elsewhere.
    with_precedent: usize,
    /// Regions that the draft was compared with.
    regions: usize,
    /// How many clauses have each finding.
    findings: std::collections::BTreeMap<Finding, usize>,
}

/// One clause of the draft.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClauseReview)]
struct ClauseReviewView<'a> {
    /// Its id within the draft.
    id: &'a str,
    /// Its number as written.
    number: Option<&'a str>,
    /// Headings, outermost first.
    path: &'a [String],
    /// What kind of text it is.
    kind: ClauseKind,
    /// Its text.
    text: &'a str,
    /// Its own facts.
    facts: FactsView<'a>,
    /// The best of each region that is held to have the measure, surest first; else the nearest clause of all.
    precedents: Vec<PrecedentView<'a>>,
    /// How its numbers stand among those of its precedents.
    standings: Vec<StandingView<'a>>,
    /// What to look at.
    findings: &'a [Finding],
}

/// A clause elsewhere.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Precedent)]
struct PrecedentView<'a> {
    /// The clause, with its citation.
    clause: ClauseView<'a>,
    /// How likely it is the same measure, 0 to 1.
    relevance: f32,
    /// Whether that is enough to hold it so.
    is_counterpart: bool,
    /// Why it should be cited with care.
    caution: Option<Caution>,
}

/// A number of the draft among those of others.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Standing)]
struct StandingView<'a> {
    /// What is counted.
    #[schema(example = "报装时限")]
    name: &'a str,
    /// The unit that all values are in.
    unit: &'a str,
    /// Whether the numbers are levels or changes.
    change: Change,
    /// Which direction is better; null where it cannot be said.
    better: Option<Better>,
    /// The draft's value.
    value: f64,
    /// As the draft writes it.
    raw: &'a str,
    /// Where it stands; null where nobody else surely has the measure or neither direction is better.
    place: Option<Place>,
    /// 1 where nobody is better, 2 where one is, and so on; null as for `place`.
    rank: Option<usize>,
    /// How many are ranked, the draft among them.
    ranked: usize,
    /// What others promise, the best first.
    others: Vec<OtherPromiseView<'a>>,
}

/// What a clause elsewhere promises.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OtherPromise)]
struct OtherPromiseView<'a> {
    /// The region of its document.
    region: Option<&'a str>,
    /// The clause.
    clause_id: &'a str,
    /// The value in the unit of the row.
    value: f64,
    /// As it is written there.
    raw: &'a str,
    /// Whether the clause is held to be the same measure.
    is_counterpart: bool,
}

/// A measure that the draft lacks.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MissingMeasure)]
struct MissingMeasureView<'a> {
    /// For `/v1/measures/{id}`.
    id: &'a str,
    /// Words of one of its clauses.
    title: &'a str,
    /// The indicator domain that most of its clauses have.
    domain: Option<&'a str>,
    /// Regions that have it.
    regions: &'a [String],
    /// A clause of each of these regions.
    examples: Vec<ClauseView<'a>>,
}

/// A quantity with two values.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Contradiction)]
struct ContradictionView<'a> {
    /// What is counted.
    name: &'a str,
    /// What is said of it.
    said: Vec<SaidView<'a>>,
}

/// One value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Said)]
struct SaidView<'a> {
    /// The clause of the draft.
    clause_id: &'a str,
    /// As written.
    raw: &'a str,
    /// The number.
    value: f64,
    /// Its unit.
    unit: &'a str,
}

impl<'a> ReviewView<'a> {
    /// `review` of `draft` as found in `generation` by a request that began at `started`.
    pub(crate) fn new(
        generation: &'a Generation,
        draft: &'a DocumentRecord,
        review: &'a Review,
        has_model: bool,
        links: &Permalinks,
        started: Instant,
    ) -> Self {
        let missing = |measure: &'a MissingMeasure| MissingMeasureView {
            id: &measure.id,
            title: &measure.title,
            domain: measure.domain.as_deref(),
            regions: &measure.regions,
            examples: measure
                .examples
                .iter()
                .filter_map(|clause| Some(ClauseView::new(generation.clause(*clause)?, links)))
                .collect(),
        };
        Self {
            document: DraftView { document: DocumentView::from(&draft.document) },
            summary: summary(draft, review),
            clauses: review
                .clauses
                .iter()
                .filter_map(|clause| clause_view(generation, draft, clause, links))
                .collect(),
            missing: review.missing.iter().map(missing).collect(),
            contradictions: review.contradictions.iter().map(|found| contradiction(draft, found)).collect(),
            left_out: &review.left_out,
            warnings: &draft.warnings,
            generation: generation.id(),
            took_ms: started.elapsed().as_millis() as u64,
            model: ModelPresence::of(has_model),
            notices: &review.notices,
        }
    }
}

fn summary(draft: &DocumentRecord, review: &Review) -> SummaryView {
    let mut findings = std::collections::BTreeMap::new();
    for finding in review.clauses.iter().flat_map(|clause| &clause.findings) {
        *findings.entry(*finding).or_insert(0) += 1;
    }
    let has_precedent = |clause: &&ClauseReview| clause.precedents.iter().any(|found| found.is_counterpart);
    SummaryView {
        clauses: draft.clauses.len(),
        reviewed: review.clauses.len(),
        with_precedent: review.clauses.iter().filter(has_precedent).count(),
        regions: review.regions,
        findings,
    }
}

fn clause_view<'a>(
    generation: &'a Generation,
    draft: &'a DocumentRecord,
    review: &'a ClauseReview,
    links: &Permalinks,
) -> Option<ClauseReviewView<'a>> {
    let clause: &Clause = draft.clauses.get(review.clause)?;
    let precedent = |found: &'a Precedent| {
        Some(PrecedentView {
            clause: ClauseView::new(generation.clause(found.clause)?, links),
            relevance: found.relevance,
            is_counterpart: found.is_counterpart,
            caution: found.caution,
        })
    };
    Some(ClauseReviewView {
        id: clause.id.as_str(),
        number: clause.number.as_deref(),
        path: &clause.path,
        kind: clause.kind,
        text: &clause.text,
        facts: FactsView::from(&clause.facts),
        precedents: review.precedents.iter().filter_map(precedent).collect(),
        standings: review.standings.iter().map(|standing| standing_view(generation, standing)).collect(),
        findings: &review.findings,
    })
}

fn standing_view<'a>(generation: &'a Generation, standing: &'a Standing) -> StandingView<'a> {
    let other = |other: &'a OtherPromise| {
        let found = generation.clause(other.clause)?;
        Some(OtherPromiseView {
            region: found.document.region.as_ref().map(|region| region.name.as_str()),
            clause_id: found.clause.id.as_str(),
            value: other.value,
            raw: &other.raw,
            is_counterpart: other.is_counterpart,
        })
    };
    StandingView {
        name: &standing.name,
        unit: &standing.unit,
        change: standing.change,
        better: standing.better,
        value: standing.value,
        raw: &standing.raw,
        place: standing.place,
        rank: standing.rank,
        ranked: standing.ranked,
        others: standing.others.iter().filter_map(other).collect(),
    }
}

fn contradiction<'a>(draft: &'a DocumentRecord, found: &'a Contradiction) -> ContradictionView<'a> {
    let said = found.said.iter().filter_map(|said| {
        let clause = draft.clauses.get(said.clause)?;
        Some(SaidView { clause_id: clause.id.as_str(), raw: &said.raw, value: said.value, unit: &said.unit })
    });
    ContradictionView { name: &found.name, said: said.collect() }
}

/// What a person reads of a finding.
pub(crate) fn finding_words(finding: Finding) -> &'static str {
    match finding {
        Finding::NoPrecedent => "其他地区未见同类举措",
        Finding::Weakest => "有目标值弱于所有先例",
        Finding::Strongest => "有目标值优于所有先例",
        Finding::MissingResponsibility => "未写明责任单位",
        Finding::MissingDeadline => "未写明完成时限",
        Finding::DoubtfulPrecedents => "先例均为草案、已废止或年代较久",
    }
}

/// What a person reads of a caution.
pub(crate) fn caution_words(caution: Caution) -> &'static str {
    match caution {
        Caution::Repealed => "已废止",
        Caution::Draft => "征求意见稿",
        Caution::Old => "年代较久",
    }
}

/// A standing in one line: 5个工作日；鸠江区 3，偃师区 4（并列第2，共3）.
pub(crate) fn standing_words(generation: &Generation, standing: &Standing) -> String {
    let other = |other: &OtherPromise| {
        let found = generation.clause(other.clause)?;
        let region = found.document.region.as_ref().map_or("地区不明", |region| region.name.as_str());
        let doubt = if other.is_counterpart { "" } else { "?" };
        Some(format!("{region} {}{doubt}", number(other.value)))
    };
    let others: Vec<String> = standing.others.iter().filter_map(other).collect();
    let rank = match (standing.place, standing.rank) {
        (Some(Place::Same), _) => "，均相同".to_owned(),
        (Some(_), Some(rank)) => format!("，在 {} 个中列第 {rank}", standing.ranked),
        _ => String::new(),
    };
    let name = if standing.name.is_empty() { String::new() } else { format!("{}：", standing.name) };
    format!("{name}本稿 {}{}；{}{rank}", number(standing.value), standing.unit, others.join("，"))
}

/// Without decimals that say nothing.
fn number(value: f64) -> String {
    let rounded = (value * 1000.0).round() / 1000.0;
    rounded.to_string()
}
