//! What is done to a text before the tokenizer sees it.

use std::borrow::Cow;

use crate::error::{Error, Result};
use crate::text::fold::fold_script;

/// Names the rules below inside [`ModelId`](super::ModelId): whoever changes them changes this.
pub(super) const RULES: &str = "fold2";

/// More characters than the 512 tokens that the model reads can hold in Chinese, with room for the
/// longest Latin words.
const MAX_CHARACTERS: usize = 4096;

/// The text as the tokenizer gets it: trimmed, cut, Latin letters in lower case, full-width letters
/// and digits in half width, traditional characters simplified. The model's vocabulary holds no capital
/// letters, so that "APP" and "ＡＰＰ" would each become an unknown word, and it knows traditional
/// characters poorly. Punctuation stays as it is: the vocabulary has both widths.
pub(super) fn prepare(text: &str) -> Result<Cow<'_, str>> {
    let text = cut(text.trim());
    if text.is_empty() {
        return Err(Error::invalid("empty_text", "text", "the text to embed is empty"));
    }
    if text.chars().all(|character| fold(character) == character) {
        return Ok(Cow::Borrowed(text));
    }
    Ok(Cow::Owned(text.chars().map(fold).collect()))
}

/// The beginning of the text. White space is not counted, for it makes no tokens.
fn cut(text: &str) -> &str {
    let mut visible = text.char_indices().filter(|(_, character)| !character.is_whitespace());
    visible.nth(MAX_CHARACTERS).map_or(text, |(end, _)| text[..end].trim_end())
}

fn fold(character: char) -> char {
    let half_width = match character {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => {
            // Full-width forms stand at a fixed distance from ASCII.
            char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character)
        }
        _ => character,
    };
    fold_script(half_width.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    #[test]
    fn letters_digits_and_script_are_folded_and_punctuation_is_not() {
        assert_eq!(prepare(" ＡＰＰ、App，５０％（3個） ").unwrap(), "app、app，50％（3个）");
    }

    #[test]
    fn plain_chinese_is_not_copied() {
        assert!(matches!(prepare("压缩企业开办时间").unwrap(), Cow::Borrowed(_)));
    }

    #[test]
    fn nothing_to_read_is_invalid() {
        for text in ["", " \n\t\u{3000}"] {
            assert_eq!(prepare(text).unwrap_err().kind(), Kind::Invalid);
        }
    }

    #[test]
    fn long_text_is_cut_by_what_can_make_tokens() {
        let text = "　 条".repeat(100_000);
        let characters = prepare(&text).unwrap().chars().filter(|c| !c.is_whitespace()).count();
        assert_eq!(characters, MAX_CHARACTERS);
    }
}
