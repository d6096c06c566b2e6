//! Id paths: readable, and the same as long as the clause itself is.

/// Longest id path, in bytes; longer ones end in a hash of what is left out.
const MAX_PATH: usize = 170;

/// Characters of a text that its hash looks at: its title, so that an edit further on changes no id.
const HASHED: usize = 12;

/// Six hexadecimal digits of the first characters of `text`, white space left out. Names what has no
/// number, so that it keeps its id when something is inserted before it.
pub(super) fn short_hash(text: &str) -> String {
    let head: String = text.chars().filter(|c| !c.is_whitespace()).take(HASHED).collect();
    hash(&head)
}

fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().chars().take(6).collect()
}

/// The path of `token` below `above`.
pub(super) fn path(above: &[String], token: &str) -> String {
    let tokens = above.iter().map(String::as_str).chain(std::iter::once(token));
    let path = tokens.filter(|token| !token.is_empty()).collect::<Vec<_>>().join("__");
    match path.get(..MAX_PATH) {
        Some(head) if path.len() > MAX_PATH => format!("{head}_{}", hash(&path)),
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_hashes() {
        assert_eq!(path(&["att_1".to_owned(), "sec_2".to_owned()], "item_3"), "att_1__sec_2__item_3");
        assert!(path(&vec!["item_4000000000".to_owned(); 40], "x").len() <= MAX_PATH + 7);
        assert_eq!(
            short_hash("加大信贷支持力度，扩大普惠"),
            short_hash("加大信贷支持力度， 扩大普惠金融覆盖面")
        );
    }
}
