//! Which passages of a clause get a vector.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::model::{Clause, Span};
use crate::text::{marker, sentence};

/// Sentences of one clause beyond this get no vector of their own.
const MAX_SENTENCES: usize = 40;
/// Passages shorter than this, in code points, say too little to be compared.
const SHORTEST: usize = 6;

/// What part of a clause a vector stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PassageKind {
    /// The text as it stands.
    Whole,
    /// The text without number, responsibility and deadline notes.
    Core,
    /// One sentence.
    Sentence,
}

/// A passage to embed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// What part it is.
    pub kind: PassageKind,
    /// Where in the clause's text, in code points.
    pub span: Span,
    /// What is embedded.
    pub text: String,
}

/// The passages of `clause`: whole, core, and its sentences where there are two or more.
pub fn passages(clause: &Clause) -> Vec<Passage> {
    let length = clause.text.chars().count() as u32;
    let all = Span { start: 0, end: length };
    let mut passages = vec![
        Passage { kind: PassageKind::Whole, span: all, text: clause.text.clone() },
        Passage { kind: PassageKind::Core, span: all, text: core(&clause.text) },
    ];
    let sentences = sentence::sentences(&clause.text);
    if sentences.len() > 1 {
        passages.extend(sentences.into_iter().take(MAX_SENTENCES).filter_map(|span| {
            let text = sentence::slice(&clause.text, span).trim().to_owned();
            let says_enough = text.chars().count() >= SHORTEST && !marker::is_label(&text);
            says_enough.then_some(Passage { kind: PassageKind::Sentence, span, text })
        }));
    }
    passages
}

/// A note in brackets at the end that names who is responsible or by when.
static CLOSING_NOTE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"[（(][^（()）]{0,12}(?:[（(][^（()）]*[)）])?[^（()）]*(?:牵头|负责|责任|配合|落实|完成|推进)[^（()）]*(?:[（(][^（()）]*[)）][^（()）]*)*[)）]?[。.\s]*$").ok()
});

/// `text` without its number, its label lines and its closing note: what the measure itself says.
pub fn core(text: &str) -> String {
    let body = marker::read(text).and_then(|marker| text.get(marker.length..)).unwrap_or(text);
    let lines: Vec<&str> = body.lines().filter(|line| !marker::is_label(line)).collect();
    let joined = lines.join("\n");
    let stripped = match &*CLOSING_NOTE {
        Some(note) => note.replace(joined.trim_end(), "").into_owned(),
        None => joined,
    };
    let stripped = stripped.trim();
    if stripped.chars().count() < SHORTEST { text.to_owned() } else { stripped.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_is_what_the_measure_says() {
        let cases = [
            (
                "3. 实行集成办理。1个工作日办结。（区市场监管局牵头，区税务局按职责分工负责；2022年12月底前完成）",
                "实行集成办理。1个工作日办结。",
            ),
            (
                "（一）主动对接服务\n将报装申请提前。\n时间节点：2022年12月\n责任单位：区住建局",
                "主动对接服务\n将报装申请提前。",
            ),
            ("1.完善机制（含试点）。(区财政局(金融办)负责)", "完善机制（含试点）。"),
            ("一、无责任单位的条款。", "无责任单位的条款。"),
        ];
        for (text, expected) in cases {
            assert_eq!(core(text), expected, "{text}");
        }
    }
}
