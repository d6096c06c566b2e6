//! The outline beside a reviewed draft.

use super::annotated::ClauseNote;

/// Deepest level that is told apart.
const DEEPEST: usize = 4;

/// A line of the outline.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OutlineItem {
    /// 1 for what stands outermost.
    pub(super) level: usize,
    pub(super) text: String,
    /// What it leads to.
    pub(super) anchor: String,
    /// Whether it is a clause and not a heading.
    pub(super) is_clause: bool,
    /// Signs of what was found, with their tone.
    pub(super) signs: Vec<(&'static str, &'static str, &'static str)>,
}

/// The headings of `clauses`, each once, with the clauses below them.
pub(super) fn outline(clauses: &[ClauseNote]) -> Vec<OutlineItem> {
    let mut items = Vec::new();
    let mut before: &[String] = &[];
    for clause in clauses {
        let shared = before.iter().zip(&clause.path).take_while(|(a, b)| a == b).count();
        for (depth, heading) in clause.path.iter().enumerate().skip(shared) {
            items.push(OutlineItem {
                level: (depth + 1).min(DEEPEST),
                text: heading.clone(),
                anchor: clause.anchor.clone(),
                is_clause: false,
                signs: Vec::new(),
            });
        }
        items.push(OutlineItem {
            level: (clause.path.len() + 1).min(DEEPEST),
            text: clause.name.clone(),
            anchor: clause.anchor.clone(),
            is_clause: true,
            signs: clause.findings.iter().map(|note| (note.tone, note.sign, note.words)).collect(),
        });
        before = &clause.path;
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(path: &[&str], heading: &str) -> ClauseNote {
        ClauseNote {
            anchor: heading.into(),
            heading: heading.into(),
            name: heading.into(),
            path: path.iter().map(|&part| part.into()).collect(),
            text: String::new(),
            findings: Vec::new(),
            standings: Vec::new(),
            precedents: Vec::new(),
            nearest: None,
        }
    }

    #[test]
    fn every_heading_once() {
        let clauses = [
            clause(&["一", "甲"], "1"),
            clause(&["一", "甲"], "2"),
            clause(&["一", "乙"], "3"),
            clause(&["二"], "4"),
        ];
        let lines: Vec<(usize, String)> =
            outline(&clauses).into_iter().map(|item| (item.level, item.text)).collect();
        let expected = [(1, "一"), (2, "甲"), (3, "1"), (3, "2"), (2, "乙"), (3, "3"), (1, "二"), (2, "4")];
        assert_eq!(lines, expected.map(|(level, text)| (level, text.to_owned())));
    }
}
