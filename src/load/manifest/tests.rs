use super::*;

fn parse(text: &str) -> Result<Manifest> {
    Manifest::parse(text, Path::new("seeds/manifest.toml"))
}

#[test]
fn an_entry_is_found_by_its_file() {
    let manifest =
        parse("[[document]]\nfile = \"a.txt\"\nregion = \"安徽淮北相山区\"\ndate = \"2022-03-25\"\n")
            .expect("well-formed");
    let entry = manifest.entry("a.txt").expect("there");
    assert_eq!(entry.region.as_ref().map(|region| region.code.as_str()), Some("340603"));
    assert_eq!(entry.date.as_deref(), Some("2022-03-25"));
    assert_eq!(manifest.entry("b.txt"), None);
}

#[test]
fn errors_name_the_file_and_the_line() {
    for (text, line, why) in [
        ("[[document]]\nfile = a.txt\n", 2, ""),
        ("[[document]]\nfile = \"a\"\ntitel = \"x\"\n", 3, "titel"),
        ("[[document]]\nregion = \"340603\"\n", 1, "file"),
        ("[[document]]\nfile = \"../a\"\n", 2, "without folders"),
        ("[[document]]\nfile = \"a\"\nregion = \"鼓楼区\"\n", 3, "4 divisions"),
        ("[[document]]\nfile = \"a\"\nregion = \"亚特兰蒂斯\"\n", 3, "no division"),
        ("[[document]]\nfile = \"a\"\n\ndate = \"2022-02-30\"\n", 4, "YYYY-MM-DD"),
        ("[[document]]\nfile = \"a\"\nsha256 = \"12\"\n", 3, "64"),
        ("[[document]]\nfile = \"a\"\n[[document]]\nfile = \"a\"\n", 4, "second"),
    ] {
        let error = parse(text).expect_err(text);
        let message = error.to_string();
        assert!(message.starts_with(&format!("seeds/manifest.toml, line {line}: ")), "{message}");
        assert!(message.contains(why), "{message}");
        assert_eq!(error.code(), "malformed_manifest");
    }
}

#[test]
fn changed_bytes_are_a_warning() {
    let hash = "0".repeat(64);
    let entry = Entry { sha256: Some(hash.clone()), ..Entry::default() };
    assert_eq!(entry.check("a.txt", &hash), None);
    let warning = entry.check("a.txt", "1").map(|warning| warning.code);
    assert_eq!(warning.as_deref(), Some("sha256_mismatch"));
    assert_eq!(Entry::default().check("a.txt", "1"), None);
}

#[test]
fn a_folder_may_have_none() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(Manifest::beside(folder.path()).expect("readable"), None);
    std::fs::write(folder.path().join(FILE_NAME), "").expect("writable");
    assert_eq!(Manifest::beside(folder.path()).expect("readable"), Some(Manifest::default()));
}

#[test]
fn the_seeds_are_as_their_manifest_says() {
    use sha2::{Digest, Sha256};
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let manifest = Manifest::beside(&folder).expect("well-formed").expect("there");
    assert_eq!(manifest.entries.len(), 5);
    for (name, entry) in &manifest.entries {
        let bytes = std::fs::read(folder.join(name)).expect("a seed");
        let hash = Sha256::digest(&bytes).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        assert!(entry.sha256.is_some());
        assert_eq!(entry.check(name, &hash), None);
    }
}
