//! The words of an index, found by how they sound and by all but one of their characters: what a typing
//! error may have meant.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::text::sound;

/// Words kept; of a larger index the most frequent.
const MAX_WORDS: usize = 200_000;
/// Readings of one word that are looked up.
const READINGS: usize = 4;
/// Words shorter than this differ too easily by one character: 用电报装 and 用热报装.
const SHORTEST_GAPPED: usize = 5;
/// Words shorter than this are no slip of the fingers away from anything.
const SHORTEST_SLIP: usize = 3;

/// Words of two to eight ideographs with the number of clauses that hold each.
#[derive(Debug, Default)]
pub struct Vocabulary {
    /// Sorted by word.
    words: Vec<(String, u32)>,
    /// Key by sound and place in `words`, sorted.
    sounds: Vec<(u64, u32)>,
    /// Key of the word without one character and place in `words`, sorted.
    gaps: Vec<(u64, u32)>,
}

impl Vocabulary {
    /// Characters of the longest word kept.
    pub const LONGEST: usize = 8;

    /// The vocabulary of `words`, each once, with how many clauses hold it.
    pub(super) fn new(mut words: Vec<(String, u32)>) -> Self {
        if words.len() > MAX_WORDS {
            words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            words.truncate(MAX_WORDS);
        }
        words.sort();
        let (mut sounds, mut gaps) = (Vec::new(), Vec::new());
        for ((word, _), place) in words.iter().zip(0u32..) {
            let characters: Vec<char> = word.chars().collect();
            sounds.extend(sound::keys(&characters, READINGS).into_iter().map(|key| (key, place)));
            if characters.len() >= SHORTEST_GAPPED {
                gaps.extend((0..characters.len()).map(|gap| (gap_key(&characters, gap), place)));
            }
        }
        sounds.sort_unstable();
        gaps.sort_unstable();
        Self { words, sounds, gaps }
    }

    /// How many clauses hold `word`; 0 when none does.
    pub fn frequency(&self, word: &str) -> u32 {
        self.find(word).map_or(0, |(_, frequency)| frequency)
    }

    /// Words that sound like `characters`, with how many clauses hold each.
    pub fn sounding_like(&self, characters: &[char]) -> Vec<(&str, u32)> {
        let keys = sound::keys(characters, READINGS * 2);
        self.collect(keys.into_iter().flat_map(|key| with_key(&self.sounds, key)))
    }

    /// Words of five characters and more that have one other character, or one more, than `characters`.
    pub fn off_by_one(&self, characters: &[char]) -> Vec<(&str, u32)> {
        let gapped = (0..characters.len()).map(|gap| gap_key(characters, gap));
        self.collect(gapped.chain([key(characters.iter())]).flat_map(|key| with_key(&self.gaps, key)))
    }

    /// Words that `characters` are when one that was typed twice is taken out, or two neighbours change
    /// places.
    pub fn slips(&self, characters: &[char]) -> Vec<(&str, u32)> {
        let mut meant: Vec<String> = Vec::new();
        for (at, pair) in characters.windows(2).enumerate() {
            match pair {
                [a, b] if a == b => meant.push(without(characters, at).collect()),
                _ => {
                    let mut swapped = characters.to_vec();
                    swapped.swap(at, at + 1);
                    meant.push(swapped.into_iter().collect());
                }
            }
        }
        let known = meant.iter().filter(|word| word.chars().count() >= SHORTEST_SLIP);
        known.filter_map(|word| self.find(word)).collect()
    }

    fn find(&self, word: &str) -> Option<(&str, u32)> {
        let place = self.words.binary_search_by(|(known, _)| known.as_str().cmp(word)).ok()?;
        self.words.get(place).map(|(word, frequency)| (word.as_str(), *frequency))
    }

    fn collect(&self, places: impl Iterator<Item = u32>) -> Vec<(&str, u32)> {
        let mut places: Vec<u32> = places.collect();
        places.sort_unstable();
        places.dedup();
        let word = |place: u32| self.words.get(place as usize);
        places.into_iter().filter_map(word).map(|(word, frequency)| (word.as_str(), *frequency)).collect()
    }
}

fn with_key(table: &[(u64, u32)], key: u64) -> impl Iterator<Item = u32> + '_ {
    let start = table.partition_point(|(known, _)| *known < key);
    table.iter().skip(start).take_while(move |(known, _)| *known == key).map(|(_, place)| *place)
}

fn gap_key(characters: &[char], gap: usize) -> u64 {
    key(without(characters, gap))
}

fn without(characters: &[char], gap: usize) -> impl Iterator<Item = &char> {
    characters.iter().enumerate().filter(move |(at, _)| *at != gap).map(|(_, character)| character)
}

fn key<'a>(characters: impl Iterator<Item = &'a char>) -> u64 {
    let mut hasher = DefaultHasher::new();
    characters.for_each(|character| character.hash(&mut hasher));
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(words: Vec<(&str, u32)>) -> Vec<&str> {
        words.into_iter().map(|(word, _)| word).collect()
    }

    #[test]
    fn words_by_sound_and_by_slips() {
        let words = [("注销", 9), ("营业执照", 7), ("一网通办", 5), ("登记", 3), ("不动产登记证", 2)];
        let vocabulary = Vocabulary::new(words.map(|(word, count)| (word.to_owned(), count)).to_vec());
        let of = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(vocabulary.frequency("登记"), 3);
        assert_eq!(vocabulary.frequency("等级"), 0);
        assert_eq!(found(vocabulary.sounding_like(&of("注消"))), ["注销"]);
        assert_eq!(found(vocabulary.sounding_like(&of("影业执照"))), ["营业执照"]);
        for text in ["不动产等记证", "不动产登证"] {
            assert_eq!(found(vocabulary.off_by_one(&of(text))), ["不动产登记证"], "{text}");
        }
        for text in ["营业执照照", "营业照执"] {
            assert_eq!(found(vocabulary.slips(&of(text))), ["营业执照"], "{text}");
        }
        assert!(
            vocabulary.off_by_one(&of("营业执熙")).is_empty() && vocabulary.slips(&of("记登")).is_empty()
        );
    }
}
