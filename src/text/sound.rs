//! How characters sound: what an input method mistakes for each other.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use pinyin::ToPinyin;

/// How much alike two characters sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// But for what many speakers do not tell apart: zh and z, ing and in.
    Near,
    /// The same syllable in any tone.
    Same,
}

/// How much alike `a` and `b` sound in any of their readings; none when they do not.
pub fn likeness(a: char, b: char) -> Option<Likeness> {
    let (a, b) = (readings(a), readings(b));
    if a.iter().any(|reading| b.contains(reading)) {
        return Some(Likeness::Same);
    }
    let near = |reading: &&str| b.iter().any(|other| Plain::of(other) == Plain::of(reading));
    a.iter().any(near).then_some(Likeness::Near)
}

/// Keys of `word` by sound, at most `limit`: words that share a key sound alike. None when a character has
/// no reading.
pub fn keys(word: &[char], limit: usize) -> Vec<u64> {
    let mut combinations: Vec<Vec<Plain<'_>>> = vec![Vec::new()];
    for character in word {
        let mut distinct: Vec<Plain<'_>> = Vec::new();
        for reading in readings(*character) {
            if !distinct.contains(&Plain::of(reading)) {
                distinct.push(Plain::of(reading));
            }
        }
        let extended = combinations.iter().flat_map(|start| {
            distinct.iter().map(move |syllable| start.iter().copied().chain([*syllable]).collect())
        });
        combinations = extended.take(limit).collect();
    }
    combinations.iter().map(hash).collect()
}

/// The first letter of every character's usual sound (安徽省 is `ahs`); Latin letters and digits as they are, in
/// lower case, and nothing for what has no sound.
pub fn initials(text: &str) -> String {
    let initial = |character: char| match character.to_pinyin() {
        Some(syllable) => syllable.plain().chars().next(),
        None => Some(character.to_ascii_lowercase()).filter(char::is_ascii_alphanumeric),
    };
    text.chars().filter_map(initial).collect()
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

static POLYPHONES: LazyLock<Vec<(char, &str)>> = LazyLock::new(|| {
    let lines = include_str!("lexicons/polyphones.txt").lines().filter(|line| !line.starts_with('#'));
    let mut pairs: Vec<(char, &str)> = lines
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(c, s)| Some((c.chars().next()?, s)))
        .collect();
    pairs.sort_unstable();
    pairs
});

/// Syllables without tone, the usual reading first.
fn readings(character: char) -> Vec<&'static str> {
    let usual = character.to_pinyin().map(pinyin::Pinyin::plain);
    let start = POLYPHONES.partition_point(|(known, _)| *known < character);
    let others = POLYPHONES.iter().skip(start).take_while(|(known, _)| *known == character);
    usual.into_iter().chain(others.map(|(_, reading)| *reading)).collect()
}

/// A syllable without what many speakers do not tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Plain<'a> {
    initial: &'a str,
    rest: &'a str,
}

impl<'a> Plain<'a> {
    fn of(syllable: &'a str) -> Self {
        let (initial, rest) = match syllable.as_bytes() {
            [b'z' | b'c' | b's', b'h', ..] => (syllable.get(..1), syllable.get(2..)),
            _ => (Some(""), Some(syllable)),
        };
        let (initial, rest) = match (initial, rest) {
            (Some(""), Some(whole)) if whole.starts_with(['z', 'c', 's']) => (whole.get(..1), whole.get(1..)),
            other => other,
        };
        let rest = rest.unwrap_or_default();
        let rest = ["ing", "eng"]
            .iter()
            .find(|ending| rest.ends_with(**ending))
            .map_or(rest, |_| rest.strip_suffix('g').unwrap_or(rest));
        Self { initial: initial.unwrap_or_default(), rest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_are_mistaken_for_each_other() {
        let rows = [
            ('消', '销', Some(Likeness::Same)),
            ('班', '办', Some(Likeness::Same)),
            ('航', '行', Some(Likeness::Same)),
            ('营', '银', Some(Likeness::Near)),
            ('知', '资', Some(Likeness::Near)),
            ('政', '振', Some(Likeness::Near)),
            ('电', '水', None),
            ('a', '阿', None),
        ];
        for (a, b, expected) in rows {
            assert_eq!(likeness(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn first_letters() {
        assert_eq!(initials("安徽省12345热线A类，"), "ahs12345rxal");
    }

    #[test]
    fn words_that_sound_alike_share_a_key() {
        let of = |word: &str| keys(&word.chars().collect::<Vec<_>>(), 8);
        assert!(of("影业执照").iter().any(|key| of("营业执照").contains(key)));
        assert!(of("银航").iter().any(|key| of("银行").contains(key)));
        assert!(!of("注销").iter().any(|key| of("登记").contains(key)));
        assert!(of("abc").is_empty());
    }
}
