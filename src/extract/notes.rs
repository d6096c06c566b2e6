//! Where a clause says who does it: bracketed closing notes such as (区市场监管局牵头，区税务局配合).

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::labels::Labelled;
use super::names::{ends_like_agency, split_names};
use super::plain::{Plain, pattern};

/// Longest closing note, in bytes of the folded text.
const LONGEST_NOTE: usize = 4000;

/// A bracket of the folded text.
#[derive(Clone, Debug)]
pub(super) struct Bracket {
    /// Content, without the brackets.
    pub(super) content: Range<usize>,
    /// Whether its closing bracket is there.
    pub(super) closed: bool,
}

/// The verbs of a note, from left to right; 负责人 is a person and no verb.
pub(super) fn verbs(text: &str) -> impl Iterator<Item = Captures<'_>> {
    VERB.captures_iter(text).filter(|captures| {
        let end = captures.get(0).map_or(text.len(), |whole| whole.end());
        !text.get(end..).unwrap_or_default().starts_with('人')
    })
}

/// What an agency does in a note.
static VERB: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?P<jointly>会同)|(?P<lead>(?:共同|联合|具体|负责)?(?:牵头|主办|主抓)(?:负责|落实|推进|实施|组织|组织实施|办理)?)|(?P<by_duty>(?:按照?|依据?|根据)(?:各自|相关|有关|本)?(?:职责|职能|责任|分工|任务)(?:职责|职能|任务)?(?:和|及)?(?:分工|职责|范围)?(?:共同|各自|分别|负责|抓好|做好)?(?P<duty>负责|落实|配合|推进|参与|协同|协助|实施|开展|推动)?)|(?P<support>(?:共同|积极|密切)?(?:配合|协助|协同|协办|参与|参加)(?:负责|落实|推进|实施)?)|(?P<responsible>(?:共同|分别|具体|分工|各自|联合|组织)?(?:负责|承办|落实|实施)(?:落实|实施|推进)?)",
    )
});

/// A bracket that explains the word before it.
static GLOSS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:以下|下称|简称|统称|含|不含|包括|不包括|如|即|指|原|例如|除)"));

/// A verb right at a part's end, or followed by what it is that the agency does.
static DATE_ONLY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?:\d{4}年.*|.*(?:底|月|日|年)前?(?:完成|落实|取得.*)?|持续.*|长期.*|常态化.*|.*\d月.*)$")
});

/// The brackets of the text, by where they open. One that is never closed ends with its line.
pub(super) fn find_brackets(text: &str) -> Vec<Bracket> {
    let (mut found, mut open): (Vec<Bracket>, Vec<usize>) = (Vec::new(), Vec::new());
    for (at, character) in text.char_indices() {
        match character {
            '(' | '[' => open.push(at),
            ')' | ']' => {
                if let Some(start) = open.pop() {
                    found.push(Bracket { content: start + 1..at, closed: true });
                }
            }
            '\n' => close_at_line_end(text, &mut open, at, &mut found),
            _ => {}
        }
    }
    close_at_line_end(text, &mut open, text.len(), &mut found);
    found.sort_by_key(|bracket| bracket.content.start);
    found
}

fn close_at_line_end(_text: &str, open: &mut Vec<usize>, end: usize, found: &mut Vec<Bracket>) {
    found.extend(open.drain(..).map(|start| Bracket { content: start + 1..end, closed: false }));
}

/// The brackets that say who does it and by when, outermost only. Brackets that hold a label are left to the
/// labels.
pub(super) fn find_notes(plain: &Plain<'_>, brackets: &[Bracket], labels: &[Labelled]) -> Vec<Bracket> {
    let mut notes: Vec<Bracket> = Vec::new();
    for bracket in brackets {
        let inside_another = notes.last().is_some_and(|note| bracket.content.end <= note.content.end);
        let labelled = labels.iter().any(|label| {
            bracket.content.contains(&label.start)
                || label.start <= bracket.content.start && bracket.content.end <= label.value.end
        });
        if !inside_another && !labelled && is_note(plain, bracket) {
            notes.push(bracket.clone());
        }
    }
    notes
}

fn is_note(plain: &Plain<'_>, bracket: &Bracket) -> bool {
    if bracket.content.len() > LONGEST_NOTE {
        return false;
    }
    let content = plain.slice(bracket.content.clone()).trim_end_matches(['。', ')', ';', '，']);
    if content.contains(['。', '\n', '《']) || content.chars().count() < 3 {
        return false;
    }
    if GLOSS.is_match(content) {
        return false;
    }
    names_someone(plain, bracket, content) || lists_agencies(plain, bracket, content)
}

/// Some part is a list of names and then a verb.
fn names_someone(plain: &Plain<'_>, bracket: &Bracket, content: &str) -> bool {
    content.split([';', '，']).any(|part| {
        let Some(verb) = verbs(part).find_map(|captures| captures.get(0)) else { return false };
        let subject = part.get(..verb.start()).unwrap_or_default().trim_end_matches([')', '等', '各']);
        ends_like_agency(subject) && subject.chars().count() >= 2 && !subject.starts_with("由")
            || ends_like_agency(subject) && closes_sentence(plain, bracket)
    })
}

/// No verb at all: nothing but names, and perhaps a date, in a bracket that closes its sentence.
fn lists_agencies(plain: &Plain<'_>, bracket: &Bracket, content: &str) -> bool {
    let mut names = 0;
    for part in content.split([';', '，', '、']) {
        if DATE_ONLY.is_match(part) {
            continue;
        }
        if !ends_like_agency(part) {
            return false;
        }
        names += 1;
    }
    let start = bracket.content.start;
    let glosses_word = !follows_sentence(plain, bracket) && after(plain, bracket).starts_with('。');
    names > 0
        && !glosses_word
        && closes_sentence(plain, bracket)
        && !split_names(plain, start..start + content.len(), true).is_empty()
}

/// Whether a full stop stands before the bracket or the line ends after it.
fn closes_sentence(plain: &Plain<'_>, bracket: &Bracket) -> bool {
    let after = after(plain, bracket);
    follows_sentence(plain, bracket)
        || after.is_empty()
        || after.starts_with('\n')
        || after == "。"
        || after.starts_with("。\n")
}

fn follows_sentence(plain: &Plain<'_>, bracket: &Bracket) -> bool {
    plain.slice(0..bracket.content.start.saturating_sub(1)).ends_with(['。', ';', '!'])
}

fn after<'a>(plain: &'a Plain<'_>, bracket: &Bracket) -> &'a str {
    let end = bracket.content.end + usize::from(bracket.closed);
    plain.slice(end.min(plain.text.len())..plain.text.len())
}
