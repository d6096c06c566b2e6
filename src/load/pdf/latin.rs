//! The characters of simple fonts: one byte a code, Latin text for the most part.

use encoding_rs::WINDOWS_1252;
use hayro_syntax::object::{Array, Dict, Name, Object};

/// Windows Latin, or what the font's encoding names instead; symbol fonts without names say nothing.
pub(super) fn characters(dict: &Dict<'_>) -> Vec<Option<String>> {
    let encoding = dict.get::<Dict<'_>>("Encoding");
    let is_symbolic = dict
        .get::<Dict<'_>>("FontDescriptor")
        .and_then(|font| font.get::<u32>("Flags"))
        .is_some_and(|flags| flags & 4 != 0);
    let has_base = dict.get::<Name<'_>>("Encoding").is_some()
        || encoding.as_ref().is_some_and(|dict| dict.contains_key("BaseEncoding"));
    let mut characters: Vec<Option<String>> = (0..=255_u8)
        .map(|byte| {
            let latin = WINDOWS_1252
                .decode_without_bom_handling_and_without_replacement(std::slice::from_ref(&byte))?
                .into_owned();
            (byte >= 32 && (has_base || !is_symbolic)).then_some(latin)
        })
        .collect();
    let Some(differences) = encoding.and_then(|dict| dict.get::<Array<'_>>("Differences")) else {
        return characters;
    };
    let mut code = 0_usize;
    for object in differences.iter::<Object<'_>>() {
        match object {
            Object::Name(name) => {
                if let Some(slot) = characters.get_mut(code) {
                    *slot = glyph_name(name.as_str());
                }
                code = code.saturating_add(1);
            }
            other => code = usize::from(other.into_u16().unwrap_or(0)),
        }
    }
    characters
}

/// The character that a glyph name stands for: letters, `uni4E00`, and the names of Latin text.
fn glyph_name(name: &str) -> Option<String> {
    const NAMES: &[(&str, char)] = &[
        ("space", ' '),
        ("zero", '0'),
        ("one", '1'),
        ("two", '2'),
        ("three", '3'),
        ("four", '4'),
        ("five", '5'),
        ("six", '6'),
        ("seven", '7'),
        ("eight", '8'),
        ("nine", '9'),
        ("period", '.'),
        ("comma", ','),
        ("colon", ':'),
        ("semicolon", ';'),
        ("hyphen", '-'),
        ("parenleft", '('),
        ("parenright", ')'),
        ("slash", '/'),
        ("percent", '%'),
        ("plus", '+'),
        ("equal", '='),
        ("less", '<'),
        ("greater", '>'),
        ("quotesingle", '\''),
        ("quotedbl", '"'),
        ("exclam", '!'),
        ("question", '?'),
        ("at", '@'),
        ("ampersand", '&'),
        ("asterisk", '*'),
        ("numbersign", '#'),
        ("dollar", '$'),
        ("underscore", '_'),
        ("bracketleft", '['),
        ("bracketright", ']'),
        ("braceleft", '{'),
        ("braceright", '}'),
        ("bar", '|'),
        ("backslash", '\\'),
        ("asciitilde", '~'),
        ("quoteleft", '‘'),
        ("quoteright", '’'),
        ("quotedblleft", '“'),
        ("quotedblright", '”'),
        ("endash", '–'),
        ("emdash", '—'),
        ("bullet", '•'),
        ("ellipsis", '…'),
        ("periodcentered", '·'),
        ("multiply", '×'),
        ("degree", '°'),
        ("copyright", '©'),
    ];
    let hex = name
        .strip_prefix("uni")
        .or_else(|| name.strip_prefix('u'))
        .and_then(|digits| u32::from_str_radix(digits.get(..digits.len().min(6))?, 16).ok());
    match NAMES.iter().find(|(known, _)| *known == name) {
        Some((_, character)) => Some(character.to_string()),
        None if name.chars().count() == 1 => Some(name.to_owned()),
        None => hex.and_then(char::from_u32).map(String::from),
    }
}
