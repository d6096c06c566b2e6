//! What a font's codes mean and how wide they are.

use std::collections::HashMap;

use encoding_rs::{BIG5, Encoding, GB18030};
use hayro_cmap::{BfString, CMap, CMapName, CharacterCollection, CidFamily, load_embedded};
use hayro_syntax::object::{Array, Dict, Name, Object, Stream};

use super::latin;

/// A character of a shown string.
pub(super) struct Shown {
    /// Its text; none when the font does not say.
    pub(super) text: Option<String>,
    /// Advance in ems.
    pub(super) width: f32,
    /// Whether word spacing applies: the one-byte code 32.
    pub(super) is_space: bool,
}

/// A font of a page's resources.
pub(super) struct Font {
    to_unicode: Option<CMap>,
    kind: FontKind,
}

#[expect(clippy::large_enum_variant, reason = "a document has few fonts")]
enum FontKind {
    Simple {
        characters: Vec<Option<String>>,
        first: usize,
        widths: Vec<f32>,
        missing: f32,
    },
    Composite {
        codes: Codes,
        cids: Option<CMap>,
        characters: Option<CMap>,
        widths: HashMap<u32, f32>,
        default: f32,
    },
}

/// How a composite font's codes are cut out of a string.
#[derive(Clone, Copy)]
enum Codes {
    /// Two bytes, glyph numbers.
    Glyphs,
    /// Two bytes, or four of a surrogate pair: UTF-16.
    Utf16,
    /// The bytes of a legacy encoding.
    Legacy(&'static Encoding),
}

impl Font {
    /// Reads a font dictionary.
    pub(super) fn read(dict: &Dict<'_>) -> Self {
        let to_unicode = dict.get::<Stream<'_>>("ToUnicode").and_then(|stream| parse_cmap(&stream));
        let is_composite = dict.get::<Name<'_>>("Subtype").is_some_and(|name| &*name == b"Type0");
        let kind = if is_composite { composite(dict) } else { simple(dict) };
        Self { to_unicode, kind }
    }

    /// The characters of a shown string.
    pub(super) fn show(&self, string: &[u8]) -> Vec<Shown> {
        match &self.kind {
            FontKind::Simple { characters, first, widths, missing } => string
                .iter()
                .map(|&byte| {
                    let own = || characters.get(usize::from(byte)).cloned().flatten();
                    let width =
                        usize::from(byte).checked_sub(*first).and_then(|index| widths.get(index)).copied();
                    Shown {
                        text: self.unicode(u32::from(byte)).or_else(own),
                        width: width.unwrap_or(*missing),
                        is_space: byte == 32,
                    }
                })
                .collect(),
            FontKind::Composite { codes, cids, characters, widths, default } => cut(string, *codes)
                .map(|bytes| {
                    let code = bytes.iter().fold(0_u32, |code, byte| code << 8 | u32::from(*byte));
                    let cid = cids
                        .as_ref()
                        .map_or(Some(code), |cids| cids.lookup_cid_code(code, bytes.len() as u8));
                    let by_collection = || text_of(characters.as_ref()?.lookup_bf_string(cid?)?);
                    let text = self.unicode(code).or_else(|| codes.decode(bytes)).or_else(by_collection);
                    let width = cid.and_then(|cid| widths.get(&cid)).copied().unwrap_or(*default);
                    Shown { text, width, is_space: bytes == [32] }
                })
                .collect(),
        }
    }

    fn unicode(&self, code: u32) -> Option<String> {
        text_of(self.to_unicode.as_ref()?.lookup_bf_string(code)?)
    }
}

impl Codes {
    fn decode(self, bytes: &[u8]) -> Option<String> {
        let encoding = match self {
            Self::Glyphs => return None,
            Self::Utf16 => encoding_rs::UTF_16BE,
            Self::Legacy(encoding) => encoding,
        };
        encoding.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
    }
}

/// A mapping's text, unless it says nothing: a font may map to U+0000 or into the private area.
fn text_of(mapped: BfString) -> Option<String> {
    let text = match mapped {
        BfString::Char(c) => c.to_string(),
        BfString::String(text) => text,
    };
    let is_text =
        !text.is_empty() && text.chars().all(|c| !matches!(c, '\0' | '\u{FFFD}' | '\u{E000}'..='\u{F8FF}'));
    is_text.then_some(text)
}

fn cut(string: &[u8], codes: Codes) -> impl Iterator<Item = &[u8]> {
    let mut rest = string;
    std::iter::from_fn(move || {
        let length = match (codes, rest) {
            (_, []) => return None,
            (Codes::Utf16, [0xD8..=0xDB, _, _, _, ..]) => 4,
            (Codes::Legacy(_), [0..=0x80, ..]) => 1,
            (Codes::Legacy(encoding), [_, b'0'..=b'9', _, _, ..]) if *encoding == *GB18030 => 4,
            _ => 2,
        };
        let (code, tail) = rest.split_at(length.min(rest.len()));
        rest = tail;
        Some(code)
    })
}

fn parse_cmap(stream: &Stream<'_>) -> Option<CMap> {
    CMap::parse(&stream.decoded_data().ok()?, load_embedded)
}

fn predefined(name: CMapName<'_>) -> Option<CMap> {
    CMap::parse(load_embedded(name)?, load_embedded)
}

fn composite(dict: &Dict<'_>) -> FontKind {
    let descendant = dict
        .get::<Array<'_>>("DescendantFonts")
        .and_then(|fonts| fonts.iter::<Dict<'_>>().next())
        .unwrap_or_default();
    let name = dict.get::<Name<'_>>("Encoding");
    let named = name.as_ref().map(|name| name.as_ref().to_vec()).unwrap_or_default();
    let cids = match &name {
        Some(_) if named.starts_with(b"Identity") => None,
        Some(_) => predefined(CMapName::from_bytes(&named)),
        None => dict.get::<Stream<'_>>("Encoding").and_then(|stream| parse_cmap(&stream)),
    };
    let collection = descendant.get::<Dict<'_>>("CIDSystemInfo").map(|info| {
        let text = |key: &str| {
            info.get::<hayro_syntax::object::String<'_>>(key)
                .map(|text| text.as_bytes().to_vec())
                .unwrap_or_default()
        };
        CidFamily::from_registry_ordering(&text("Registry"), &text("Ordering"))
    });
    let collection = collection.filter(|family| family.ucs2_cmap().is_some()).or_else(|| {
        let collection: &CharacterCollection = cids.as_ref()?.metadata().character_collection.as_ref()?;
        Some(collection.family.clone())
    });
    let characters = collection.and_then(|family| predefined(family.ucs2_cmap()?));
    let default = descendant.get::<f32>("DW").unwrap_or(1_000.0) / 1_000.0;
    FontKind::Composite {
        codes: codes_of(&named),
        cids,
        characters,
        widths: cid_widths(&descendant),
        default,
    }
}

fn codes_of(name: &[u8]) -> Codes {
    let name = String::from_utf8_lossy(name);
    match name.as_ref() {
        name if name.contains("UCS2") || name.contains("UTF16") => Codes::Utf16,
        name if name.starts_with("GB") => Codes::Legacy(GB18030),
        name if name.contains("B5") => Codes::Legacy(BIG5),
        _ => Codes::Glyphs,
    }
}

/// A code written as a number.
#[expect(clippy::cast_sign_loss, reason = "a negative code becomes 0")]
fn code(number: f32) -> u32 {
    number as u32
}

/// The `W` array: `first [w w …]` or `first last w`.
fn cid_widths(descendant: &Dict<'_>) -> HashMap<u32, f32> {
    /// Wider ranges are nonsense.
    const WIDEST: u32 = 70_000;
    let mut widths = HashMap::new();
    let Some(array) = descendant.get::<Array<'_>>("W") else { return widths };
    let mut objects = array.iter::<Object<'_>>();
    let number = |object: Option<Object<'_>>| object.and_then(Object::into_f32);
    while let Some(first) = number(objects.next()) {
        let first = code(first);
        match objects.next() {
            Some(Object::Array(list)) => {
                widths.extend(
                    list.iter::<f32>()
                        .enumerate()
                        .map(|(index, width)| (first.saturating_add(index as u32), width / 1_000.0)),
                );
            }
            Some(last) => {
                let (Some(last), Some(width)) = (last.into_f32(), number(objects.next())) else { break };
                let last = code(last).min(first.saturating_add(WIDEST));
                widths.extend((first..=last).map(|cid| (cid, width / 1_000.0)));
            }
            None => break,
        }
    }
    widths
}

fn simple(dict: &Dict<'_>) -> FontKind {
    let unit = match dict.get::<Array<'_>>("FontMatrix").and_then(|matrix| matrix.iter::<f32>().next()) {
        Some(scale) if dict.get::<Name<'_>>("Subtype").is_some_and(|name| &*name == b"Type3") => scale,
        _ => 0.001,
    };
    let widths = dict
        .get::<Array<'_>>("Widths")
        .map(|widths| widths.iter::<f32>().map(|width| width * unit).collect())
        .unwrap_or_default();
    let first = dict.get::<u32>("FirstChar").unwrap_or(0) as usize;
    FontKind::Simple { characters: latin::characters(dict), first, widths, missing: 0.5 }
}
