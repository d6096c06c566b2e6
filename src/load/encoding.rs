//! The encoding of a text: a byte-order mark, UTF-16 without one, UTF-8, what the page declares,
//! then the statistics of the bytes with a preference for what Chinese offices write.

use std::sync::LazyLock;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

use super::{Parsed, RawLine, malformed};
use crate::error::{Result, Warning};

/// Text with the encoding that it was in.
#[derive(Clone, Debug)]
pub(super) struct Decoded {
    text: String,
    encoding: &'static Encoding,
    warnings: Vec<Warning>,
}

impl Decoded {
    /// Reads the text with a format's reader.
    pub(super) fn parse_with(self, read: impl FnOnce(&str) -> Vec<RawLine>) -> Parsed {
        Parsed { lines: read(&self.text), encoding: Some(self.encoding.name()), warnings: self.warnings }
    }
}

/// Share of damaged characters above which bytes are no text.
const DAMAGED: f32 = 0.02;

/// Decodes `bytes`; `declared` is what the format says of itself, which is often wrong.
pub(super) fn decode(file: &str, bytes: &[u8], declared: Option<&'static Encoding>) -> Result<Decoded> {
    let encoding = recognise(bytes, declared);
    let (text, _, _) = encoding.decode(bytes);
    let (all, damaged, control) =
        text.chars().fold((0_usize, 0_usize, 0_usize), |(all, damaged, control), c| {
            let is_control = c.is_control()
                && !matches!(c, '\t' | '\n' | '\r' | '\u{0B}' | '\u{0C}' | '\u{1A}' | '\u{85}');
            (all + 1, damaged + usize::from(c == '\u{FFFD}'), control + usize::from(is_control))
        });
    if (damaged + control) as f32 > DAMAGED * all as f32 && damaged + control > 2 {
        let what = "the bytes are no text in UTF-8, UTF-16, GB18030 or Big5, and no format that is known";
        return Err(malformed(
            file,
            format!("{what}; check that the file is complete and what its suffix says"),
        ));
    }
    let mut warnings = Vec::new();
    if damaged > 0 {
        let message = format!("{damaged} characters could not be decoded as {}", encoding.name());
        warnings.push(Warning::new("damaged_characters", message));
    }
    Ok(Decoded { text: text.into_owned(), encoding, warnings })
}

fn recognise(bytes: &[u8], declared: Option<&'static Encoding>) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        return encoding;
    }
    if is_utf8(bytes) {
        return UTF_8;
    }
    match declared {
        Some(encoding) if encoding == GBK => GB18030,
        Some(encoding)
            if encoding != UTF_8 && encoding.decode_without_bom_handling(bytes).0.contains('\u{FFFD}') =>
        {
            by_statistics(bytes)
        }
        Some(encoding) if encoding != UTF_8 => encoding,
        _ => by_statistics(bytes),
    }
}

/// UTF-8, but for a last character cut off by a truncated copy and stray damage.
fn is_utf8(bytes: &[u8]) -> bool {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return !is_gbk_by_chance(text, bytes),
        Err(error) => error,
    };
    if error.error_len().is_none() {
        return true;
    }
    let lossy = String::from_utf8_lossy(bytes);
    let damaged = lossy.chars().filter(|c| *c == '\u{FFFD}').count();
    let wide = lossy.chars().filter(|c| is_han(*c)).count();
    damaged * 50 < wide
}

/// A few GBK characters happen to be UTF-8 of letters that no Chinese document holds (通知 is U+0368
/// U+05AA).
fn is_gbk_by_chance(text: &str, bytes: &[u8]) -> bool {
    let is_foreign = |c: char| {
        matches!(c, '\u{80}'..='\u{7FF}') && !matches!(c, '\u{A0}'..='\u{FF}' | '\u{200}'..='\u{2FF}')
    };
    text.chars().any(is_foreign) && !text.chars().any(|c| c > '\u{7FF}') && {
        let (gbk, damaged) = GB18030.decode_without_bom_handling(bytes);
        !damaged && gbk.chars().any(is_han) && plausible_share(&gbk) > 0.99
    }
}

/// UTF-16 without a mark: ASCII leaves zero bytes on one side; pure Chinese is told by its letters.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    if bytes.len() < 4 || bytes.len() % 2 == 1 {
        return None;
    }
    let sample = bytes.get(..bytes.len().min(1 << 16)).unwrap_or(bytes);
    let zeros = |side: usize| sample.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    if zeros(0) == 0 && zeros(1) == 0 && std::str::from_utf8(bytes).is_ok() {
        return None;
    }
    [UTF_16LE, UTF_16BE].into_iter().find(|encoding| {
        let (text, damaged) = encoding.decode_without_bom_handling(sample);
        let all = text.chars().count();
        !damaged && plausible_share(&text) > 0.95 && common_share(&text) > 0.05 && all > 1
    })
}

fn by_statistics(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(Some(b"cn"), Utf8Detection::Deny);
    let guess = if guess == GBK { GB18030 } else { guess };
    let score = |encoding: &'static Encoding| {
        let (text, _) = encoding.decode_without_bom_handling(bytes);
        let damaged =
            text.chars().filter(|c| *c == '\u{FFFD}').count() as f32 / text.chars().count().max(1) as f32;
        let prior = if encoding == guess { 0.02 } else { 0.0 };
        common_share(&text) + prior - 5.0 * damaged
    };
    let (simplified, traditional) = (score(GB18030), score(BIG5));
    let best = if traditional > simplified { BIG5 } else { GB18030 };
    let is_chinese = plausible_share(&best.decode_without_bom_handling(bytes).0) > 0.5;
    if is_chinese || guess == GB18030 || guess == BIG5 { best } else { guess }
}

/// Share of characters that a Chinese document may hold.
fn plausible_share(text: &str) -> f32 {
    share(text, |c| {
        is_han(c)
            || c.is_ascii_graphic()
            || c.is_ascii_whitespace()
            || matches!(c, '\u{3000}'..='\u{303F}' | '\u{FF00}'..='\u{FFEF}' | '\u{2010}'..='\u{2030}' | '\u{A0}' | '·' | '①'..='⑳')
    })
}

/// The characters that make up half of any official document, simplified and traditional.
static COMMON: LazyLock<std::collections::HashSet<char>> = LazyLock::new(|| {
    "，。、；：（）《》“”\u{3000}的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严\
     這為個國時來們對會發動過說產種後學經進電裡現實點從業應開還義間樣與關線內數氣變條沒結問無題員總統見計運農幾區強決戰則處隊給門熱領東導壓爭濟階術極聯認權證單場車務萬達積議報鬥類離華確節話傳許"
        .chars()
        .filter(|c| *c != ' ')
        .collect()
});

fn common_share(text: &str) -> f32 {
    share(text, |c| COMMON.contains(&c))
}

fn share(text: &str, counts: impl Fn(char) -> bool) -> f32 {
    let (hits, all) =
        text.chars().fold((0_usize, 0_usize), |(hits, all), c| (hits + usize::from(counts(c)), all + 1));
    hits as f32 / all.max(1) as f32
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '\u{20000}'..='\u{323AF}' | '\u{3007}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENTENCE: &str = "各镇人民政府：现将行动方案印发给你们，请认真贯彻落实。2022年3月25日\n";

    #[test]
    fn every_encoding_gives_the_text_back() {
        let utf16 = |bytes: fn(u16) -> [u8; 2]| SENTENCE.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let marked = |mark: &[u8], rest: Vec<u8>| [mark.to_vec(), rest].concat();
        let traditional = "各鎮人民政府：現將行動方案印發給你們，請認真貫徹落實。\n";
        let cases: Vec<(&str, Vec<u8>, &str)> = vec![
            ("UTF-8", SENTENCE.into(), SENTENCE),
            ("UTF-8", marked(b"\xEF\xBB\xBF", SENTENCE.into()), SENTENCE),
            ("UTF-16LE", utf16(u16::to_le_bytes), SENTENCE),
            ("UTF-16BE", utf16(u16::to_be_bytes), SENTENCE),
            ("UTF-16LE", marked(b"\xFF\xFE", utf16(u16::to_le_bytes)), SENTENCE),
            ("UTF-16BE", marked(b"\xFE\xFF", utf16(u16::to_be_bytes)), SENTENCE),
            ("gb18030", GB18030.encode(SENTENCE).0.into_owned(), SENTENCE),
            ("Big5", BIG5.encode(traditional).0.into_owned(), traditional),
        ];
        for (name, bytes, text) in cases {
            let decoded = decode("例.txt", &bytes, None).unwrap();
            assert_eq!((decoded.encoding.name(), decoded.text.as_str()), (name, text));
        }
    }

    #[test]
    fn short_gbk_is_no_other_legacy_encoding() {
        for text in [
            "通知",
            "一、工作目标",
            "附件1",
            "联系人：张三",
            "压减至3个工作日",
            "行动方案",
            "会宁县",
            "区市监局",
        ] {
            let bytes = GB18030.encode(text).0;
            assert_eq!(decode("短.txt", &bytes, None).unwrap().text, text);
        }
    }

    #[test]
    fn a_wrong_declaration_gives_way() {
        assert_eq!(decode("页.html", SENTENCE.as_bytes(), Some(GBK)).unwrap().text, SENTENCE);
        let bytes = GB18030.encode(SENTENCE).0;
        assert_eq!(decode("页.html", &bytes, Some(UTF_8)).unwrap().text, SENTENCE);
    }

    #[test]
    fn noise_is_no_text() {
        let noise: Vec<u8> = (0..4_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert_eq!(decode("乱.txt", &noise, None).unwrap_err().code(), "malformed_document");
    }
}
