//! What must hold whatever the bytes: entry functions for the fuzzers in `fuzz/` and for the bounded run in
//! the tests. Each panics where something does not hold, and only then.

use crate::load::{Limits, Loaded, load as load_file};
use crate::normalise;
use crate::search::Query;
use crate::split::{self, MAX_CLAUSE};
use crate::text::{marker, numeral};

/// Names that the same bytes are read under: a suffix decides where content does not.
const NAMES: [&str; 5] = ["a.txt", "a.md", "a.html", "a.docx", "a.pdf"];

/// Every loader: lines or one error, under every name.
///
/// # Panics
/// Where that does not hold.
pub fn load(bytes: &[u8]) {
    let limits = Limits { file_bytes: 1 << 20, unpacked_bytes: 8 << 20, pages: 50, ..Limits::default() };
    for name in NAMES {
        if let Ok(loaded) = load_file(name, bytes, &limits) {
            let has_text = loaded.lines.iter().any(|line| !line.text.trim().is_empty());
            assert!(has_text, "{name}: no text and no error");
        }
    }
}

/// Normalising and splitting: every character in exactly one clause, heading or piece of furniture, ids
/// unique, clauses within their size.
///
/// # Panics
/// Where that does not hold.
pub fn split(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let source = normalise::normalise(&Loaded::from_text("a.txt", &text));
    let _ = normalise::front_matter::of_source(&source);
    let split = split::split(&source);
    let mut times = vec![0_u8; source.text.len()];
    let clauses = split.clauses.iter().map(|clause| &clause.range);
    let headings = split.headings.iter().map(|heading| &heading.range);
    for range in clauses.chain(headings).chain(&split.furniture) {
        for time in times.get_mut(range.clone()).into_iter().flatten() {
            *time = time.saturating_add(1);
        }
    }
    for (at, (time, byte)) in times.iter().zip(source.text.as_bytes()).enumerate() {
        assert!(*time == 1 || (*time == 0 && *byte == b'\n'), "byte {at} is in {time} places");
    }
    let mut ids: Vec<&str> = split.clauses.iter().map(|clause| clause.id_path.as_str()).collect();
    ids.sort_unstable();
    assert!(ids.windows(2).all(|pair| pair.first() != pair.last()), "two clauses have one id");
    let lengths = split.clauses.iter().filter_map(|clause| source.text.get(clause.range.clone()));
    assert!(lengths.map(|text| text.chars().count()).all(|length| (1..=MAX_CLAUSE).contains(&length)));
}

/// Numerals: what begins with digits reads as written; nothing panics.
///
/// # Panics
/// Where that does not hold.
pub fn numeral(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for line in text.lines().take(64) {
        let _ = (numeral::parse_chinese_integer(line), numeral::parse_decimal(line));
        if let Some(marker) = marker::read(line.trim()) {
            assert!(line.trim().get(marker.length..).is_some(), "a marker ends within a character: {line}");
        }
    }
    if let Some(chunk) = bytes.first_chunk::<4>() {
        let number = u64::from(u32::from_le_bytes(*chunk) % 10_000);
        assert_eq!(numeral::parse_chinese_integer(&number.to_string()), Some(number));
        assert_eq!(numeral::parse_chinese_integer(&in_ideographs(number)), Some(number), "{number}");
    }
}

/// The query parser.
pub fn query(bytes: &[u8]) {
    let _ = Query::parse(&String::from_utf8_lossy(bytes));
}

/// Bodies and addresses of every request: understood or explained, and read again as what they were.
///
/// # Panics
/// Where that does not hold.
pub fn requests(bytes: &[u8]) {
    crate::serve::fuzzing::requests(bytes);
}

/// 0 to 9,999 as one says it: 一千零二十.
fn in_ideographs(number: u64) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |value: u64| DIGITS.get(value as usize).copied().unwrap_or_default();
    if number == 0 {
        return digit(0).to_owned();
    }
    let mut said = String::new();
    let mut owes_zero = false;
    for (unit, name) in [(1_000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let value = number / unit % 10;
        if value == 0 {
            owes_zero = !said.is_empty();
            continue;
        }
        if owes_zero {
            said.push_str(digit(0));
            owes_zero = false;
        }
        said.push_str(digit(value));
        said.push_str(name);
    }
    said
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Small documents that the fuzzers begin with as well (`fuzz/seed.sh`).
    const CORPUS: [&[u8]; 10] = [
        include_bytes!("../tests/cases/documents/county_measures.html"),
        include_bytes!("../tests/cases/documents/task_table.html"),
        include_bytes!("../tests/cases/documents/headings.md"),
        include_bytes!("../tests/cases/documents/bold_numbers.md"),
        include_bytes!("../tests/cases/documents/national_style.txt"),
        include_bytes!("../tests/cases/documents/attachments.txt"),
        include_bytes!("../tests/cases/documents/traditional.txt"),
        "\"并联审批\" -用电 地区:安徽省 年份:2022 五千零三 （二）10．3%".as_bytes(),
        r#"{"query":"审批","filter":{"region":["安徽省"],"year":2022.0,"role":"lead"},"limit":5,"facets":["region"]}"#.as_bytes(),
        r#"{"items":[{"id":1,"text":"用水","limit":2}],"per_region":1,"filter":{"kind":"measure"}}"#.as_bytes(),
    ];

    /// A document of the corpus with some bytes changed, cut out or doubled.
    fn mutated() -> impl Strategy<Value = Vec<u8>> {
        let change = (any::<prop::sample::Index>(), any::<u8>(), 0_u8..4, 1_usize..40);
        (prop::sample::select(CORPUS.to_vec()), prop::collection::vec(change, 0..12)).prop_map(
            |(document, changes)| {
                let mut bytes = document.to_vec();
                for (place, byte, what, length) in changes {
                    if bytes.is_empty() {
                        break;
                    }
                    let at = place.index(bytes.len());
                    let end = (at + length).min(bytes.len());
                    match what {
                        0 => bytes[at] = byte,
                        1 => drop(bytes.drain(at..end)),
                        2 => {
                            let copy = bytes[at..end].to_vec();
                            bytes.splice(at..at, copy);
                        }
                        _ => bytes.insert(at, byte),
                    }
                }
                bytes
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_panics_and_every_character_has_its_place(bytes in mutated()) {
            load(&bytes);
            split(&bytes);
            numeral(&bytes);
            query(&bytes);
            requests(&bytes);
        }
    }

    #[test]
    fn numbers_as_one_says_them() {
        let said = [(0, "零"), (10, "一十"), (1_020, "一千零二十"), (5_003, "五千零三"), (110, "一百一十")];
        assert!(said.iter().all(|(number, words)| in_ideographs(*number) == *words));
        assert!(
            (0..10_000).all(|number| numeral::parse_chinese_integer(&in_ideographs(number)) == Some(number))
        );
    }
}
