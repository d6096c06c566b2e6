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
    Folded::new(text).words(|_| true)
}

/// Overlapping pairs of ideographs, whole runs of Latin letters and digits, and an ideograph that
/// stands alone. Positions count code points of the folded text, so a phrase matches as a phrase.
pub fn bigrams(text: &str) -> Vec<Token> {
    Folded::new(text).bigrams(|_| true)
}

/// [`words`] and [`bigrams`] of one text.
pub fn words_and_bigrams(text: &str) -> (Vec<Token>, Vec<Token>) {
    let folded = Folded::new(text);
    (folded.words(|_| true), folded.bigrams(|_| true))
}

/// Those [`words`] that `word` wants and those [`bigrams`] that `bigram` wants, by their folded text. A word of two
/// ideographs or more is found where a bigram of it is wanted too; one that stands alone may be missing.
pub fn tokens_among(
    text: &str,
    word: impl Fn(&str) -> bool,
    bigram: impl Fn(&str) -> bool,
) -> (Vec<Token>, Vec<Token>) {
    let folded = Folded::new(text);
    let bigrams = folded.bigrams(bigram);
    (folded.words_beside(&bigrams, word), bigrams)
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

/// [`char::is_alphanumeric`], without its tables for most characters of a policy.
fn is_alphanumeric(character: char) -> bool {
    matches!(character, '一'..='龥') || character.is_alphanumeric()
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

    fn words(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<Token> {
        let mut words = Vec::new();
        self.cut(&self.text, 0, &is_wanted, &mut words);
        words.sort_by_key(|token| (token.start, token.end));
        words
    }

    /// The wanted words of those stretches that hold one of `bigrams`, which ascend, or letters and digits.
    fn words_beside(&self, bigrams: &[Token], is_wanted: impl Fn(&str) -> bool) -> Vec<Token> {
        let (mut words, mut start) = (Vec::new(), 0);
        let mut bigrams = bigrams.iter().map(|bigram| bigram.position as usize).peekable();
        for stretch in self.text.split(is_divider) {
            let mut has_letter = false;
            let length =
                stretch.chars().inspect(|c| has_letter |= Class::of(*c) == Class::Alphanumeric).count();
            let mut has_bigram = false;
            while bigrams.next_if(|bigram| *bigram < start + length).is_some() {
                has_bigram = true;
            }
            if has_bigram || has_letter {
                self.cut(stretch, start, &is_wanted, &mut words);
            }
            start += length + 1;
        }
        words.sort_by_key(|token| (token.start, token.end));
        words
    }

    /// Adds the wanted words of `stretch`, which begins at the folded code point `first`, to `words`.
    fn cut(&self, stretch: &str, first: usize, is_wanted: impl Fn(&str) -> bool, words: &mut Vec<Token>) {
        let tokens = JIEBA.tokenize(stretch, TokenizeMode::Search, true).into_iter();
        let wanted = tokens.filter(|token| token.word.chars().any(is_alphanumeric) && is_wanted(token.word));
        words.extend(wanted.map(|token| {
            let (start, end) = (first + token.start, first + token.end);
            self.token(token.word, start, end, start)
        }));
    }

    fn bigrams(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<Token> {
        let mut tokens = Vec::new();
        let mut push = |text: &str, start: usize, end: usize| {
            if is_wanted(text) {
                tokens.push(self.token(text, start, end, start));
            }
        };
        let characters: Vec<(usize, char)> = self.text.char_indices().collect();
        let mut start = 0;
        for run in characters.chunk_by(|(_, one), (_, next)| Class::of(*one) == Class::of(*next)) {
            let end = start + run.len();
            match run.first().map(|(_, character)| Class::of(*character)) {
                Some(Class::Ideograph) if run.len() > 1 => {
                    for (at, pair) in (start..).zip(run.windows(2)) {
                        push(self.written_in(pair), at, at + 2);
                    }
                }
                Some(Class::Ideograph | Class::Alphanumeric) => push(self.written_in(run), start, end),
                Some(Class::Other) | None => {}
            }
            start = end;
        }
        tokens
    }

    /// The text of consecutive `characters`, each with its place in bytes.
    fn written_in(&self, characters: &[(usize, char)]) -> &str {
        let (Some((first, _)), Some((last, end))) = (characters.first(), characters.last()) else {
            return "";
        };
        self.text.get(*first..last + end.len_utf8()).unwrap_or_default()
    }

    /// The token `text` over folded code points `start..end`, at the place `position`.
    fn token(&self, text: &str, start: usize, end: usize, position: usize) -> Token {
        let at = |index: usize| self.origin.get(index).copied().unwrap_or(0);
        let (start, end) = (at(start), at(end).max(at(start) + 1));
        Token { text: text.to_owned(), start, end, position: position as u32 }
    }
}

/// Whether no word holds `folded`, so that what stands on either side of it is cut the same alone: of the marks of
/// which that is so, those that end most clauses and sentences.
fn is_divider(folded: char) -> bool {
    matches!(
        folded,
        ',' | ';' | ':' | '。' | '、' | '!' | '?' | '(' | ')' | '《' | '》' | '“' | '”' | ' ' | '\n'
    )
}

/// Value and length of the Chinese numeral that `characters` begins with.
fn numeral(characters: &[char]) -> Option<(u64, usize)> {
    let is_digit = |character: &&char| {
        matches!(
            character,
            '〇' | '零'
                | '一'
                | '二'
                | '两'
                | '三'
                | '四'
                | '五'
                | '六'
                | '七'
                | '八'
                | '九'
                | '十'
                | '百'
                | '千'
        )
    };
    let length = characters.iter().take(9).take_while(is_digit).count();
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
