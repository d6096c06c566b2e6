//! Plain text: one line of the file is one line of the document.

use super::{RawKind, RawLine};

/// Reads the lines of `text`; form feeds, and the separators of Unicode, end a line too.
pub(super) fn read(text: &str) -> Vec<RawLine> {
    let text = text.replace("\r\n", "\n");
    text.split(['\n', '\r', '\u{0B}', '\u{0C}', '\u{85}', '\u{2028}', '\u{2029}'])
        .enumerate()
        .map(|(index, line)| RawLine { text: line.to_owned(), kind: RawKind::Text, origin: index as u32 + 1 })
        .collect()
}
