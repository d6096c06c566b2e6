//! What an index takes on disk, by part.

use std::collections::BTreeMap;
use std::path::Path;

/// Bytes below `root` by part: of a segment each kind of file is a part of its own.
pub(super) fn by_part(root: &Path) -> BTreeMap<String, u64> {
    let mut parts = BTreeMap::new();
    add(root, root, &mut parts);
    parts
}

fn add(root: &Path, folder: &Path, parts: &mut BTreeMap<String, u64>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            add(root, &path, parts);
        } else if let Ok(metadata) = entry.metadata() {
            *parts.entry(part(root, &path)).or_insert(0) += metadata.len();
        }
    }
}

/// `sources`, `cache`, `generations`, or the name within a segment without what tells files of one kind apart.
fn part(root: &Path, path: &Path) -> String {
    let within = path.strip_prefix(root).unwrap_or(path);
    let names: Vec<&str> = within.iter().filter_map(|name| name.to_str()).collect();
    let name = match names.as_slice() {
        ["segments", _, name, ..] => name,
        [first, ..] => first,
        [] => "",
    };
    name.split('.').next().unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_have_names_of_their_own() {
        let part = |path: &str| part(Path::new("/d"), Path::new(path));
        assert_eq!(part("/d/segments/3/keyword/x.term"), "keyword");
        assert_eq!(part("/d/segments/3/vectors.i8"), "vectors");
        assert_eq!(part("/d/sources/abc"), "sources");
    }
}
