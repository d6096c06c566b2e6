//! What programs are told of clauses, documents and answers: the JSON shapes, borrowed from a generation.
//! Contacts are personal data and appear in none of them, but for a clause that is asked `with_contacts`.

mod atlas;
mod citation;
mod compare;
mod links;
mod marked;
mod review;

pub(crate) use atlas::{AtlasView, MeasureView};
pub(crate) use citation::{chinese_date, ordinal};
pub use citation::{citation, document_citation};
pub(crate) use compare::{ComparisonView, deadline, leads};
pub use links::Permalinks;
pub(crate) use links::escape;
pub(crate) use marked::Offsets;
pub use marked::{Piece, excerpt, pieces};
pub(crate) use review::{ReviewView, caution_words, finding_words, standing_words};

use std::collections::BTreeMap;
use std::time::Instant;

use serde::Serialize;
use utoipa::ToSchema;

use crate::index::{ClauseRef, DocumentRecord, Generation};
use crate::model::{Agency, ClauseKind, Contact, Deadline, Document, Facts, Region, Span, Status, Target};
use crate::search::{Answer, Explain, FacetCount, FacetField, Hit, Suggestion};

/// A clause with everything known of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Clause)]
pub(crate) struct ClauseView<'a> {
    /// Stable id, for `/v1/clauses/{id}`.
    #[schema(example = "000_9799d7ab888630ad:att_1__plan_13__sec_2__item_1")]
    id: &'a str,
    /// Its number as written.
    number: Option<&'a str>,
    /// Headings above it, outermost first.
    path: &'a [String],
    /// What kind of text it is.
    kind: ClauseKind,
    /// Text exactly as written.
    text: &'a str,
    /// Indicator domain.
    domain: Option<&'a str>,
    /// Agencies with their role.
    units: &'a [Agency],
    /// Deadlines, one entry a mention.
    deadlines: &'a [Deadline],
    /// Numeric promises, one entry a mention.
    targets: &'a [Target],
    /// Other documents that it names.
    references: &'a [String],
    /// What a line elsewhere gives it, such as a section's lead agency.
    inherited: FactsView<'a>,
    /// Rows of a table, first the header; empty for other kinds.
    table: &'a [Vec<String>],
    /// People and telephone numbers, its own and inherited ones; only for keys with the scope `personal_data`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    contacts: Option<Vec<&'a Contact>>,
    /// How to cite it, in Chinese, with its permalink.
    citation: String,
    /// Where `text` stands in the document's source, in code points.
    span: Span,
    /// The document that it stands in.
    document: DocumentView<'a>,
}

/// Facts without personal data.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InheritedFacts)]
pub(crate) struct FactsView<'a> {
    /// Indicator domain.
    domain: Option<&'a str>,
    /// Agencies with their role.
    units: &'a [Agency],
    /// Deadlines.
    deadlines: &'a [Deadline],
    /// Numeric promises.
    targets: &'a [Target],
    /// Other documents named.
    references: &'a [String],
}

/// A document as a clause names it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClauseDocument)]
pub(crate) struct DocumentView<'a> {
    /// Stable id, for `/v1/documents/{id}`.
    pub(crate) id: &'a str,
    /// Title as written.
    title: &'a str,
    /// Name of the file as received.
    file: &'a str,
    /// Region in force.
    region: Option<&'a Region>,
    /// Issuing agency.
    issuer: Option<&'a str>,
    /// Document number as written.
    number: Option<&'a str>,
    /// Date of issue, ISO 8601.
    date: Option<&'a str>,
    /// Year of issue.
    year: Option<i32>,
    /// In force, a draft, on trial, repealed.
    status: Status,
}

/// A document in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Document)]
pub(crate) struct DocumentSummary<'a> {
    /// The document itself.
    #[serde(flatten)]
    document: DocumentView<'a>,
    /// How many clauses it has.
    clauses: usize,
}

/// One clause that answers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Hit)]
pub(crate) struct HitView<'a> {
    /// The clause.
    clause: ClauseView<'a>,
    /// Fused score, higher is better; comparable within one query.
    score: f32,
    /// How likely it answers, 0 to 1; comparable between queries.
    relevance: f32,
    /// Where the query's words stand in `clause.text`, in code points.
    highlights: &'a [Span],
    /// The sentence of `clause.text` that answers best, in code points.
    best_sentence: Option<Span>,
    /// How many near-identical clauses of the same document this hit stands for; only with `collapse`.
    #[serde(skip_serializing_if = "is_zero")]
    #[schema(required = false)]
    collapsed: usize,
    /// Their ids, best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    collapsed_ids: Vec<&'a str>,
    /// Each component of the score; only when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    explain: Option<&'a Explain>,
}

/// Hits of one region or document.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Group)]
pub(crate) struct GroupView<'a> {
    /// Region code or document id.
    key: &'a str,
    /// What a person reads.
    label: &'a str,
    /// How many matches the group has in all.
    total: usize,
    /// Position in `hits` of the group's first hit.
    first: usize,
    /// How many of `hits` are the group's.
    count: usize,
}

/// The answer to a search or similarity query.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Answer)]
pub(crate) struct AnswerView<'a> {
    /// One page, best first; with `group_by`, the groups' hits one after the other.
    hits: Vec<HitView<'a>>,
    /// The page's groups; empty without `group_by`.
    groups: Vec<GroupView<'a>>,
    /// How many clauses match in all.
    total: usize,
    /// Counts over all matches, by the fields that were asked for.
    facets: &'a BTreeMap<FacetField, Vec<FacetCount>>,
    /// Continues where this page ends; null on the last page.
    next_cursor: Option<&'a str>,
    /// The state of the index that answered.
    generation: u64,
    /// Time taken, in milliseconds.
    took_ms: u64,
    /// Whether a model took part.
    model: ModelPresence,
    /// What the answer lacks, as stable codes: `model_absent`, or `filter_only` for a list without rank.
    notices: &'a [&'static str],
    /// What the query may have meant, where a word of it occurs nowhere; null otherwise.
    suggestion: Option<&'a Suggestion>,
    /// The query that was answered instead of the one asked, which had no good answer; null otherwise.
    corrected_query: Option<&'a str>,
}

/// Whether there is a model for semantic search.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ModelPresence {
    /// Semantic and hybrid queries use it.
    Present,
    /// Queries are answered by words alone.
    Absent,
}

impl ModelPresence {
    /// The presence that `has_model` says.
    pub(crate) fn of(has_model: bool) -> Self {
        if has_model { Self::Present } else { Self::Absent }
    }
}

impl<'a> ClauseView<'a> {
    /// What programs are told of `found`; its citation ends in a permalink of `links`.
    pub(crate) fn new(found: ClauseRef<'a>, links: &Permalinks) -> Self {
        let ClauseRef { clause, document, .. } = found;
        Self {
            id: clause.id.as_str(),
            number: clause.number.as_deref(),
            path: &clause.path,
            kind: clause.kind,
            text: &clause.text,
            domain: clause.facts.domain.as_deref(),
            units: &clause.facts.units,
            deadlines: &clause.facts.deadlines,
            targets: &clause.facts.targets,
            references: &clause.facts.references,
            inherited: FactsView::from(&clause.inherited),
            table: &clause.table,
            contacts: None,
            citation: citation(document, clause, links),
            span: clause.span,
            document: DocumentView::from(document),
        }
    }

    /// The same view with the contacts of `found`, which it was made of: for callers who may see personal data.
    #[must_use]
    pub(crate) fn with_contacts(self, found: ClauseRef<'a>) -> Self {
        let facts = [&found.clause.facts, &found.clause.inherited];
        Self { contacts: Some(facts.into_iter().flat_map(|facts| &facts.contacts).collect()), ..self }
    }
}

impl<'a> From<&'a Facts> for FactsView<'a> {
    fn from(facts: &'a Facts) -> Self {
        Self {
            domain: facts.domain.as_deref(),
            units: &facts.units,
            deadlines: &facts.deadlines,
            targets: &facts.targets,
            references: &facts.references,
        }
    }
}

impl<'a> From<&'a Document> for DocumentView<'a> {
    fn from(document: &'a Document) -> Self {
        Self {
            id: document.id.as_str(),
            title: &document.title,
            file: &document.file,
            region: document.region.as_ref(),
            issuer: document.issuer.as_deref(),
            number: document.number.as_deref(),
            date: document.date.as_deref(),
            year: document.year,
            status: document.status,
        }
    }
}

impl<'a> From<&'a DocumentRecord> for DocumentSummary<'a> {
    fn from(record: &'a DocumentRecord) -> Self {
        Self { document: DocumentView::from(&record.document), clauses: record.clauses.len() }
    }
}

impl<'a> AnswerView<'a> {
    /// `answer` as found in `generation` by a query that began at `started`.
    pub(crate) fn new(
        generation: &'a Generation,
        answer: &'a Answer,
        has_model: bool,
        links: &Permalinks,
        started: Instant,
    ) -> Self {
        Self {
            hits: answer.hits.iter().filter_map(|hit| hit_view(generation, hit, links)).collect(),
            groups: answer.groups.iter().map(GroupView::from).collect(),
            total: answer.total,
            facets: &answer.facets,
            next_cursor: answer.next_cursor.as_deref(),
            generation: generation.id(),
            took_ms: started.elapsed().as_millis() as u64,
            model: ModelPresence::of(has_model),
            notices: &answer.notices,
            suggestion: answer.suggestion.as_ref(),
            corrected_query: answer.corrected_query.as_deref(),
        }
    }

    /// The same answer with contacts, for callers who may see personal data.
    #[must_use]
    pub(crate) fn with_contacts(mut self, generation: &'a Generation) -> Self {
        let with_contacts = |hit: HitView<'a>| match generation.find_clause(hit.clause.id) {
            Some((_, found)) => HitView { clause: hit.clause.with_contacts(found), ..hit },
            None => hit,
        };
        self.hits = self.hits.into_iter().map(with_contacts).collect();
        self
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

fn hit_view<'a>(generation: &'a Generation, hit: &'a Hit, links: &Permalinks) -> Option<HitView<'a>> {
    Some(HitView {
        clause: ClauseView::new(generation.clause(hit.clause)?, links),
        score: hit.score,
        relevance: hit.relevance,
        highlights: &hit.highlights,
        best_sentence: hit.best_sentence,
        collapsed: hit.collapsed.len(),
        collapsed_ids: hit
            .collapsed
            .iter()
            .filter_map(|&clause| Some(generation.clause(clause)?.clause.id.as_str()))
            .collect(),
        explain: hit.explain.as_ref(),
    })
}

impl<'a> From<&'a crate::search::Group> for GroupView<'a> {
    fn from(group: &'a crate::search::Group) -> Self {
        Self {
            key: &group.key,
            label: &group.label,
            total: group.total,
            first: group.hits.start,
            count: group.hits.len(),
        }
    }
}
