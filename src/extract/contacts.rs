//! People and telephone numbers. They are personal data: found so that they can be withheld.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use super::labels::{Label, Labelled};
use super::plain::{Plain, pattern};
use crate::model::Contact;

static PHONE: LazyLock<Regex> = LazyLock::new(|| pattern(r"1[3-9]\d{9}|0\d{2,3}-?[2-9]\d{6,7}|[2-9]\d{6,7}"));

/// A name right before a number, perhaps after an agency: 区市监局李红，137….
static NAME_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?P<name>[\p{Han}]{2,12})(?:同志)?(?:，|、|:|\()?(?:联系电话|电话|手机)?(?:，|:|\()?$")
});

/// Common surnames, one character each.
static SURNAMES: LazyLock<HashSet<char>> = LazyLock::new(|| {
    let lines = include_str!("../text/lexicons/surnames.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::chars).filter(|c| !c.is_whitespace()).collect()
});

/// Names and phones of a clause in the order of the text.
pub(super) fn find_contacts(plain: &Plain<'_>, labels: &[Labelled]) -> Vec<Contact> {
    let mut found: Vec<(usize, Contact)> = Vec::new();
    for phone in PHONE.find_iter(&plain.text) {
        let before = plain.slice(0..phone.start());
        let after = plain.slice(phone.end()..plain.text.len());
        let long = phone.as_str().len() >= 11 || phone.as_str().contains('-');
        let labelled = before.ends_with("电话:") || before.ends_with("电话");
        let inside = before.ends_with(|c: char| c.is_ascii_alphanumeric())
            || after.starts_with(|c: char| c.is_ascii_alphanumeric());
        if !inside && (long || labelled) {
            let name = NAME_BEFORE
                .captures(super::plain::tail(before, 90))
                .and_then(|captures| person(captures.name("name")?.as_str()));
            found.push((phone.start(), Contact { name, phone: Some(phone.as_str().to_owned()) }));
        }
    }
    for labelled in labels.iter().filter(|labelled| labelled.label == Label::Person) {
        for name in names_in(plain.raw(labelled.value.clone())) {
            if found.iter().all(|(_, contact)| contact.name.as_ref() != Some(&name)) {
                found.push((labelled.value.start, Contact { name: Some(name), phone: None }));
            }
        }
    }
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, contact)| contact).collect()
}

/// The names in a value as written: 王小明、李小红, 王小明    副区长, 张  三.
fn names_in(value: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut given: Option<&str> = None;
    for word in value.split(|c: char| c.is_whitespace() || matches!(c, '、' | '，' | ',' | '；' | ';')) {
        if word.is_empty() {
            continue;
        }
        // A name of two characters is often spaced out to the width of three.
        let name = match given.take() {
            Some(surname) if word.chars().count() == 1 => format!("{surname}{word}"),
            _ => word.to_owned(),
        };
        if is_person(&name) {
            names.push(name);
        } else if word.chars().count() == 1 {
            given = Some(word);
        }
    }
    names
}

/// The name at the end of 区市监局李红: what follows the agency, else the whole where it looks like a name.
fn person(text: &str) -> Option<String> {
    let characters: Vec<char> = text.chars().collect();
    for length in [3, 2] {
        let Some(at) = characters.len().checked_sub(length) else { continue };
        let (head, name) = characters.split_at(at);
        let (head, name): (String, String) = (head.iter().collect(), name.iter().collect());
        if is_person(&name) && (head.is_empty() || super::names::ends_like_agency(&head) || length == 3) {
            return Some(name);
        }
    }
    None
}

fn is_person(name: &str) -> bool {
    let length = name.chars().count();
    (2..=3).contains(&length)
        && name.starts_with(|c| SURNAMES.contains(&c))
        && name.chars().all(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c))
        && !super::names::ends_like_agency(name)
}
