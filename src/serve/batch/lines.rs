//! Chunks of bytes to lines of bounded length.

use crate::serve::limits::MAX_LINE;

/// One line that is not blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Its bytes, without its end.
    Whole(Vec<u8>),
    /// It was longer than a line may be; its bytes are gone.
    TooLong,
}

/// Cuts chunks into lines; keeps no more than one line that is not complete.
#[derive(Debug, Default)]
pub(crate) struct Cutter {
    begun: Vec<u8>,
    is_skipping: bool,
}

impl Cutter {
    /// The lines that `chunk` completes.
    pub(crate) fn push(&mut self, chunk: &[u8]) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut pieces = chunk.split(|byte| *byte == b'\n').peekable();
        while let Some(piece) = pieces.next() {
            self.extend(piece);
            if pieces.peek().is_some() {
                lines.extend(self.complete());
            }
        }
        lines
    }

    /// The last line, where it has no end of its own.
    pub(crate) fn finish(&mut self) -> Option<Line> {
        self.complete()
    }

    fn extend(&mut self, piece: &[u8]) {
        if self.is_skipping || self.begun.len() + piece.len() > MAX_LINE {
            self.is_skipping = true;
            self.begun = Vec::new();
        } else {
            self.begun.extend_from_slice(piece);
        }
    }

    fn complete(&mut self) -> Option<Line> {
        let line = std::mem::take(&mut self.begun);
        if std::mem::take(&mut self.is_skipping) {
            return Some(Line::TooLong);
        }
        (!line.trim_ascii().is_empty()).then_some(Line::Whole(line))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(chunks: &[&[u8]]) -> Vec<Line> {
        let mut cutter = Cutter::default();
        let mut lines: Vec<Line> = chunks.iter().flat_map(|chunk| cutter.push(chunk)).collect();
        lines.extend(cutter.finish());
        lines
    }

    #[test]
    fn a_long_line_is_given_up_and_the_next_is_read() {
        let long = vec![b'a'; MAX_LINE];
        let lines = cut(&[&long, b"b\n{}\n\n  \r\n", &long, b"\nlast"]);
        let whole = |text: &[u8]| Line::Whole(text.to_vec());
        assert_eq!(lines, [Line::TooLong, whole(b"{}"), whole(&long), whole(b"last")]);
    }

    proptest! {
        #[test]
        fn however_it_is_cut(text in "[a-c\n ]{0,60}", at in prop::collection::vec(0_usize..60, 0..6)) {
            let bytes = text.as_bytes();
            let mut at: Vec<usize> = at.into_iter().map(|at| at.min(bytes.len())).collect();
            at.extend([0, bytes.len()]);
            at.sort_unstable();
            let chunks: Vec<&[u8]> = at.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
            let expected: Vec<Line> = text
                .split('\n')
                .filter(|line| !line.trim().is_empty())
                .map(|line| Line::Whole(line.as_bytes().to_vec()))
                .collect();
            prop_assert_eq!(cut(&chunks), expected);
        }
    }
}
