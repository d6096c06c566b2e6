//! Agencies with their roles, out of labelled lines (责任单位：…) and closing notes (…牵头，…配合).

use std::ops::Range;

use super::labels::{Label, Labelled};
use super::names::{ends_like_agency, split_names, split_top_level};
use super::notes::{Bracket, verbs};
use super::plain::Plain;
use crate::model::{Agency, Role};
use crate::text::agency::canonical_agency;

/// A name and the role that its own words give it.
type Claim = (Range<usize>, Role);

/// The agencies of a clause, in the order of the text.
pub(super) fn find_units(plain: &Plain<'_>, labels: &[Labelled], notes: &[Bracket]) -> Vec<Agency> {
    let mut scopes: Vec<Vec<Claim>> =
        notes.iter().map(|note| read_note(plain, note.content.clone(), None)).collect();
    scopes.extend(labelled_scopes(plain, labels));
    for scope in &mut scopes {
        settle_roles(scope);
    }
    let mut claims: Vec<Claim> = scopes.into_iter().flatten().collect();
    claims.sort_by_key(|(range, _)| range.start);
    let mut units: Vec<Agency> = Vec::new();
    for (range, role) in claims {
        let name = closed(plain.name(range));
        if units.iter().all(|unit| unit.name != name || unit.role != role) {
            units.push(Agency { canonical: canonical_agency(&name), name, role });
        }
    }
    units
}

/// Closes a bracket of the name that the text leaves open: 区财政局(金融办.
fn closed(mut name: String) -> String {
    if let (Some(open), None) = (name.rfind(['(', '（']), name.rfind([')', '）'])) {
        name.push(if name.get(open..).is_some_and(|rest| rest.starts_with('(')) { ')' } else { '）' });
    }
    name
}

/// Labels that follow each other belong together: a new block begins where running text stands between them or
/// where a label repeats.
fn labelled_scopes(plain: &Plain<'_>, labels: &[Labelled]) -> Vec<Vec<Claim>> {
    let mut scopes: Vec<Vec<Claim>> = Vec::new();
    let (mut seen, mut last_end) = (Vec::new(), 0);
    for labelled in labels {
        let between = plain.slice(last_end..labelled.start);
        let apart = between.chars().filter(|c| c.is_alphanumeric()).count() > 8;
        last_end = labelled.value.end;
        let Label::Agencies(role) = labelled.label else { continue };
        if scopes.is_empty() || apart || seen.contains(&role) {
            scopes.push(Vec::new());
            seen.clear();
        }
        seen.push(role);
        if let Some(scope) = scopes.last_mut() {
            scope.extend(read_note(plain, labelled.value.clone(), Some(role)));
        }
    }
    scopes
}

/// Reads names and verbs: names wait for the verb after them. `default` is the label's role; without a label
/// and without a verb the names are responsible.
fn read_note(plain: &Plain<'_>, range: Range<usize>, default: Option<Role>) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    for sentence in split_top_level(plain.slice(range.clone()), range.start, &[';']) {
        let mut waiting: Vec<Range<usize>> = Vec::new();
        for part in split_top_level(plain.slice(sentence.clone()), sentence.start, &['，']) {
            read_part(plain, part, &mut waiting, &mut claims);
        }
        let role = default.unwrap_or(Role::Responsible);
        claims.extend(waiting.into_iter().map(|name| (name, role)));
    }
    claims
}

/// One part between commas: names, a verb, perhaps what is done, then more names and their verb.
fn read_part(
    plain: &Plain<'_>,
    part: Range<usize>,
    waiting: &mut Vec<Range<usize>>,
    claims: &mut Vec<Claim>,
) {
    let text = plain.slice(part.clone());
    let mut start = 0;
    // Before the first verb everything is a name, after 会同 too; after other verbs comes what is done.
    let mut names_follow = true;
    for verb in verbs(text) {
        let Some(whole) = verb.get(0) else { continue };
        let subject = text.get(start..whole.start()).unwrap_or_default().trim_end_matches('(');
        if let Some(first) = if names_follow { Some(0) } else { trailing_names(subject) } {
            let names = part.start + start + first..part.start + whole.start();
            waiting.extend(split_names(plain, names, !names_follow));
        }
        let role = role_of(&verb);
        claims.extend(waiting.drain(..).map(|name| (name, role)));
        start = whole.end();
        names_follow = verb.name("jointly").is_some();
    }
    let rest = text.get(start..).unwrap_or_default();
    if let Some(first) = if start == 0 { Some(0) } else { trailing_names(rest) } {
        waiting.extend(split_names(plain, part.start + start + first..part.end, start > 0));
    }
}

/// Where the names begin in text that opens with what an agency does: after its first 、 whose item is a name.
fn trailing_names(text: &str) -> Option<usize> {
    let mut first = None;
    for part in split_top_level(text, 0, &['、']) {
        let item = text.get(part.clone()).unwrap_or_default();
        match first {
            None if part.start > 0 && ends_like_agency(item) => first = Some(part.start),
            Some(_) if !ends_like_agency(item) => first = None,
            _ => {}
        }
    }
    first
}

fn role_of(verb: &regex::Captures<'_>) -> Role {
    if verb.name("lead").or(verb.name("jointly")).is_some() {
        return Role::Lead;
    }
    let supports =
        verb.name("duty").is_some_and(|duty| matches!(duty.as_str(), "配合" | "参与" | "协同" | "协助"));
    if verb.name("support").is_some() || supports { Role::Support } else { Role::Responsible }
}

/// Beside a lead, who is responsible supports it.
fn settle_roles(claims: &mut [Claim]) {
    if claims.iter().any(|(_, role)| *role == Role::Lead) {
        for (_, role) in claims.iter_mut().filter(|(_, role)| *role == Role::Responsible) {
            *role = Role::Support;
        }
    }
}
