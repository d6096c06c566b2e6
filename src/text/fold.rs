//! Folding: one form for the many ways of writing one character. Only for matching; text that is
//! shown is never folded.
//!
//! Every function maps one character to one character, so offsets stay the same.

use std::borrow::Cow;
use std::sync::LazyLock;

/// Full-width forms to ASCII, ideographic space to space, other widths and dashes to their common
/// form, Latin letters to lower case.
pub fn fold_width(character: char) -> char {
    let narrow = match character {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(character as u32 - 0xFEE0).unwrap_or(character),
        '\u{3000}' | '\u{A0}' | '\u{2002}'..='\u{200A}' => ' ',
        '〔' | '【' | '﹝' => '[',
        '〕' | '】' | '﹞' => ']',
        '—' | '–' | '―' => '-',
        '﹢' => '+',
        '•' | '‧' | '・' => '·',
        _ => character,
    };
    narrow.to_ascii_lowercase()
}

/// [`fold_width`], and traditional characters to simplified ones.
pub fn fold(character: char) -> char {
    fold_script(fold_width(character))
}

/// The simplified form of a traditional character; every other character as it is.
pub fn fold_script(character: char) -> char {
    let place = u32::from(character).checked_sub(FIRST_IDEOGRAPH).map(|place| place as usize);
    place.and_then(|place| SIMPLIFIED.get(place)).copied().unwrap_or(character)
}

/// [`fold`] over a whole text; as many characters as before.
pub fn fold_text(text: &str) -> String {
    text.chars().map(fold).collect()
}

/// The text with simplified characters, as many bytes as before, so that byte offsets hold; the few
/// characters whose simplified form has another length stay.
pub fn simplified(text: &str) -> Cow<'_, str> {
    let changed = |c: char| Some(fold_script(c)).filter(|s| *s != c && s.len_utf8() == c.len_utf8());
    if text.is_ascii() || !text.chars().any(|c| changed(c).is_some()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| changed(c).unwrap_or(c)).collect())
}

/// The first ideograph that [`SIMPLIFIED`] knows, and the last.
const FIRST_IDEOGRAPH: u32 = 0x3400;
const LAST_IDEOGRAPH: u32 = 0x9FFF;

/// The simplified form of every ideograph from [`FIRST_IDEOGRAPH`] on. Converted a character at a time
/// so that offsets hold: phrase-level differences of usage (軟件/軟體) are the thesaurus's work.
static SIMPLIFIED: LazyLock<Vec<char>> = LazyLock::new(|| {
    let ideographs = (FIRST_IDEOGRAPH..=LAST_IDEOGRAPH).map(|code| char::from_u32(code).unwrap_or(' '));
    ideographs.map(|character| simplify(character).unwrap_or(character)).collect()
});

fn simplify(character: char) -> Option<char> {
    let converted = hanconv::t2s(character.to_string());
    let mut characters = converted.chars();
    match (characters.next(), characters.next()) {
        (Some(simple), None) if simple != character => Some(simple),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_for_width_case_and_script() {
        assert_eq!(fold_text("電子營業執照ＡＰＰ（９２％）"), "电子营业执照app(92%)");
        assert_eq!(fold_text("相政办〔2022〕6号"), fold_text("相政办［２０２２］６号"));
    }

    #[test]
    fn simplified_text_stays() {
        let text = "干部着力一只后台只不过里程";
        assert_eq!(fold_text(text), text);
    }
}
