use super::*;
use crate::error::Kind;

fn kind_of(file: &str, bytes: &[u8]) -> Kind {
    load(file, bytes, &Limits::default()).unwrap_err().kind()
}

#[test]
fn empty_files_say_so() {
    let cases: [(&str, &[u8]); 4] =
        [("空.txt", b""), ("空.pdf", b""), ("空白.txt", b" \r\n\t"), ("标记.txt", b"\xEF\xBB\xBF\n")];
    for (file, bytes) in cases {
        assert_eq!(code_of(file, bytes), "empty_document");
    }
    assert_eq!(code_of("空.html", b"<html><body><script>1</script></body></html>"), "empty_document");
}

#[test]
fn formats_that_are_not_read_are_named() {
    let mut old_word = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    old_word.extend("WordDocument".encode_utf16().flat_map(u16::to_le_bytes));
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("旧.doc", old_word.clone(), "doc"),
        ("文.wps", old_word, "WPS"),
        ("版.ofd", zip_of(&[("OFD.xml", b"<ofd/>")]), "OFD"),
        ("表.xlsx", zip_of(&[("xl/workbook.xml", b"<x/>")]), "Excel"),
        ("富.rtf", b"{\\rtf1 x}".to_vec(), "RTF"),
        ("图.jpg", b"\xFF\xD8\xFF\xE0".to_vec(), "JPEG"),
    ];
    for (file, bytes, name) in cases {
        let error = load(file, &bytes, &Limits::default()).unwrap_err();
        assert_eq!((error.kind(), error.code()), (Kind::Unsupported, "unsupported_format"));
        assert!(error.to_string().contains(name) && error.to_string().contains(file), "{error}");
    }
}

#[test]
fn an_encrypted_office_document_says_so() {
    let mut bytes = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(code_of("密.docx", &bytes), "encrypted_document");
}

#[test]
fn truncated_and_mislabelled_files_are_malformed() {
    let whole = zip_of(&[("word/document.xml", "<w/>".repeat(500).as_bytes())]);
    let half = &whole[..whole.len() / 2];
    let noise: Vec<u8> = (0..3_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
    let cases: [(&str, &[u8]); 5] = [
        ("断.docx", half),
        ("断.pdf", b"%PDF-1.7\n1 0 obj <<"),
        ("假.pdf", &noise),
        ("假.docx", &noise),
        ("假.txt", &noise),
    ];
    for (file, bytes) in cases {
        assert_eq!(code_of(file, bytes), "malformed_document");
        assert_eq!(kind_of(file, bytes), Kind::Malformed);
    }
}

#[test]
fn a_docx_that_unpacks_to_gigabytes_is_refused() {
    let zeros = vec![b' '; 30 << 20];
    assert_eq!(code_of("弹.docx", &zip_of(&[("word/document.xml", &zeros)])), "zip_bomb");
}

#[test]
fn a_file_above_the_limit_is_refused() {
    let limits = Limits { file_bytes: 10, ..Limits::default() };
    let error = load("大.txt", &[b'a'; 11], &limits).unwrap_err();
    assert_eq!((error.kind(), error.code()), (Kind::TooLarge, "file_too_large"));
}

proptest::proptest! {
    /// Whatever the bytes behind a known beginning, reading ends in lines or in one error.
    #[test]
    fn nothing_panics(head in proptest::sample::select(vec![&b""[..], b"%PDF-1.4\n", b"PK\x03\x04", b"<html>", b"# ", b"\xFF\xFE", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"]), tail: Vec<u8>) {
        let bytes = [head, &tail].concat();
        let _ = load("任意.txt", &bytes, &Limits::default());
    }
}
