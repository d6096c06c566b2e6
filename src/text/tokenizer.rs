//! Words and character bigrams of Chinese text, with offsets into the text as written.
//!
//! Both are read from the folded text, so 電子證照 and 电子证照, ３個工作日 and 三个工作日 give the
//! same tokens.

use std::collections::HashSet;
use std::sync::LazyLock;

use jieba_rs::{Jieba, TokenizeMode};

use super::fold::fold;
use super::numeral::parse_chinese_integer;

/// Changes whenever the same text would give other tokens: an index made with another version is
/// rebuilt.
pub const VERSION: u32 = 1;

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Folded text.
    pub text: String,
    /// First code point in the text as written.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
    /// Place in the sequence; consecutive bigrams have consecutive positions.
    pub position: u32,
}

static WORDS: &str = include_str!("lexicons/words.txt");

/// Particles and everyday verbs of one character.
static PARTICLES: &str = include_str!("lexicons/particles.txt");

static JIEBA: LazyLock<Jieba> = LazyLock::new(|| {
    let mut jieba = Jieba::new();
    for word in WORDS.lines().map(str::trim).filter(|word| !word.is_empty()) {
        jieba.add_word(&word.chars().map(fold).collect::<String>(), None, None);
    }
    jieba
});

/// Words by jieba's search mode: long words and the shorter words within them, so that 农业 is found
/// in 农业发展银行. Punctuation and space give none.
pub fn words(text: &str) -> Vec<Token> {
    let folded = Folded::new(text);
    let tokens = JIEBA.tokenize(&folded.text, TokenizeMode::Search, true);
    let mut words: Vec<Token> = tokens
        .into_iter()
        .filter(|token| token.word.chars().any(char::is_alphanumeric))
        .map(|token| folded.token(token.word.to_owned(), token.start, token.end, token.start as u32))
        .collect();
    words.sort_by_key(|token| (token.start, token.end));
    words
}

/// Overlapping pairs of ideographs, whole runs of Latin letters and digits, and an ideograph that
/// stands alone. Positions count code points of the folded text, so a phrase matches as a phrase.
pub fn bigrams(text: &str) -> Vec<Token> {
    let folded = Folded::new(text);
    let characters: Vec<char> = folded.text.chars().collect();
    let mut tokens = Vec::with_capacity(characters.len());
    let mut at = 0;
    while let Some(&character) = characters.get(at) {
        let class = Class::of(character);
        let length = characters[at..].iter().take_while(|c| Class::of(**c) == class).count();
        let run = &characters[at..at + length];
        match class {
            Class::Ideograph if length > 1 => {
                tokens.extend((0..length - 1).map(|i| {
                    folded.token(run[i..i + 2].iter().collect(), at + i, at + i + 2, (at + i) as u32)
                }));
            }
            Class::Ideograph | Class::Alphanumeric => {
                tokens.push(folded.token(run.iter().collect(), at, at + length, at as u32));
            }
            Class::Other => {}
        }
        at += length;
    }
    tokens
}

/// `text` cut into words, punctuation and space, nothing left out: what a comparison of wordings takes as its
/// items. The pieces joined are the text; words are found in the folded text, so that ３个 is cut as 3个 is.
pub fn segments(text: &str) -> Vec<&str> {
    let folded = super::fold::fold_text(text);
    let mut rest = text;
    let mut segments = Vec::new();
    for token in JIEBA.cut(&folded, true) {
        let end = rest.char_indices().nth(token.word.chars().count()).map_or(rest.len(), |(at, _)| at);
        let (segment, after) = rest.split_at(end);
        segments.push(segment);
        rest = after;
    }
    segments.push(rest);
    segments.retain(|segment| !segment.is_empty());
    segments
}

/// `text` as tokens are read from it: folded, numerals in digits (三個工作日 → 3个工作日).
pub fn canonical(text: &str) -> String {
    Folded::new(text).text
}

/// The characters of [`canonical`], each with the code point of `text` where it begins; the last entry is
/// the end.
pub fn canonical_with_origins(text: &str) -> (Vec<char>, Vec<u32>) {
    let folded = Folded::new(text);
    (folded.text.chars().collect(), folded.origin)
}

/// Dictionary words less frequent than this are as likely a typing error: 注消 is one of them, 3 to the 80 of
/// 注销.
const RARE: usize = 10;

static LISTED: LazyLock<HashSet<String>> =
    LazyLock::new(|| WORDS.lines().map(|word| word.trim().chars().map(fold).collect()).collect());

/// Whether the word list or the general dictionary holds `word`, folded, as one that people do use.
pub fn is_known(word: &str) -> bool {
    // For a word of the dictionary this is its own frequency and one more.
    LISTED.contains(word) || (JIEBA.has_word(word) && JIEBA.suggest_freq(word) > RARE)
}

/// Whether `character` is a particle or an everyday verb, which begins and ends words of chance.
pub fn is_particle(character: char) -> bool {
    PARTICLES.contains(character)
}

/// Whether `character` is an ideograph.
pub fn is_ideograph(character: char) -> bool {
    Class::of(character) == Class::Ideograph
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Ideograph,
    Alphanumeric,
    Other,
}

impl Class {
    fn of(character: char) -> Self {
        match character {
            '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' | '〇' => {
                Self::Ideograph
            }
            _ if character.is_alphanumeric() => Self::Alphanumeric,
            _ => Self::Other,
        }
    }
}

/// Folded text with numerals in digits, and where each of its code points stood.
struct Folded {
    text: String,
    /// Code point offsets in the original, one a folded code point, and the end.
    origin: Vec<u32>,
}

/// Measure words after which a Chinese numeral is a number: 三个, 五日, 九十个, 五百万元.
const MEASURES: &str = "个工日天月年小分秒份套件项类家户人次张枚座公里米元万亿倍批名亩吨平环条处所台辆";

impl Folded {
    fn new(text: &str) -> Self {
        let characters: Vec<char> = text.chars().map(fold).collect();
        let mut folded = Self {
            text: String::with_capacity(text.len()),
            origin: Vec::with_capacity(characters.len() + 1),
        };
        let mut at = 0;
        while at < characters.len() {
            at += folded
                .push_percentage(&characters, at)
                .or_else(|| folded.push_numeral(&characters, at))
                .unwrap_or_else(|| {
                    folded.push(characters[at], at);
                    1
                });
        }
        folded.origin.push(characters.len() as u32);
        folded
    }

    fn push(&mut self, character: char, origin: usize) {
        self.text.push(character);
        self.origin.push(origin as u32);
    }

    /// 百分之三十 as 30%; the number of code points taken.
    fn push_percentage(&mut self, characters: &[char], at: usize) -> Option<usize> {
        if characters.get(at..at + 3)? != ['百', '分', '之'] {
            return None;
        }
        let (value, length) = numeral(&characters[at + 3..])?;
        self.push_digits(value, at);
        self.push('%', at + 3 + length - 1);
        Some(3 + length)
    }

    /// 三 in 三个 as 3; the number of code points taken.
    fn push_numeral(&mut self, characters: &[char], at: usize) -> Option<usize> {
        let (value, length) = numeral(&characters[at..])?;
        let measure = characters.get(at + length)?;
        if !MEASURES.contains(*measure) {
            return None;
        }
        self.push_digits(value, at);
        Some(length)
    }

    fn push_digits(&mut self, value: u64, origin: usize) {
        for digit in value.to_string().chars() {
            self.push(digit, origin);
        }
    }

    /// The token over folded code points `start..end`.
    fn token(&self, text: String, start: usize, end: usize, position: u32) -> Token {
        let at = |index: usize| self.origin.get(index).copied().unwrap_or(0);
        Token { text, start: at(start), end: at(end).max(at(start) + 1), position }
    }
}

/// Value and length of the Chinese numeral that `characters` begins with.
fn numeral(characters: &[char]) -> Option<(u64, usize)> {
    let length =
        characters.iter().take(9).take_while(|c| "〇零一二两三四五六七八九十百千".contains(**c)).count();
    if length == 0 {
        return None;
    }
    let text: String = characters[..length].iter().collect();
    Some((parse_chinese_integer(&text)?, length))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(tokens: Vec<Token>) -> Vec<String> {
        tokens.into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn one_token_for_many_forms() {
        for form in ["三个工作日", "3个工作日", "３個工作日"] {
            assert_eq!(texts(words(form)), texts(words("3个工作日")), "{form}");
            assert_eq!(texts(bigrams(form)), texts(bigrams("3个工作日")), "{form}");
        }
        assert_eq!(texts(bigrams("担保费率百分之一")), texts(bigrams("担保费率1%")));
        assert_eq!(texts(bigrams("五百万元")), texts(bigrams("500万元")));
    }

    #[test]
    fn short_words_within_long_ones() {
        assert!(texts(words("农业发展银行")).contains(&"农业".to_owned()));
        assert!(texts(words("推进一网通办改革")).contains(&"一网通办".to_owned()));
    }

    #[test]
    fn offsets_are_of_the_text_as_written() {
        let text = "在三十个工作日内";
        let token = bigrams(text).into_iter().find(|token| token.text == "30").expect("the numeral");
        assert_eq!((token.start, token.end), (1, 3));
    }

    proptest! {
        #[test]
        fn tokens_lie_within_the_text(text in "\\PC{0,80}") {
            let length = text.chars().count() as u32;
            for token in words(&text).into_iter().chain(bigrams(&text)) {
                prop_assert!(token.start < token.end && token.end <= length);
            }
        }
    }
}
