//! What a file is, by its content; the suffix only decides between plain text and Markdown and
//! between formats that share a container.

use std::io::Cursor;
use std::sync::LazyLock;

use regex::bytes::Regex;
use zip::ZipArchive;

use super::malformed;
use crate::error::{Error, Kind, Result, Warning};

/// A format that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// A web page.
    Html,
    /// Office Open XML text (Word, WPS).
    Docx,
    /// PDF.
    Pdf,
}

impl Format {
    /// How people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "plain text",
            Self::Markdown => "Markdown",
            Self::Html => "HTML",
            Self::Docx => "docx",
            Self::Pdf => "PDF",
        }
    }
}

/// First bytes of formats that are known but not read, and their names.
const UNREAD: &[(&[u8], &str)] = &[
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xFF\xD8\xFF", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"BM\x36", "a BMP image"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xBC\xAF", "a 7-Zip archive"),
    (b"\x1F\x8B", "a gzip archive"),
    (b"MIME-Version:", "a saved web archive (MHTML)"),
    (b"\x7FELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3\0", "a database"),
];

/// Recognises `bytes`; `file` is used for messages and for telling Markdown from plain text.
pub(super) fn recognise(file: &str, bytes: &[u8]) -> Result<Format> {
    let blank = bytes.iter().all(|byte| byte.is_ascii_whitespace() || matches!(byte, 0xEF | 0xBB | 0xBF | 0));
    if blank {
        return Err(Error::new(Kind::Malformed, "empty_document", format!("{file}: the file is empty")));
    }
    if let Some((_, name)) = UNREAD.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(unsupported(file, name));
    }
    let head = bytes.get(..bytes.len().min(1_024)).unwrap_or(bytes);
    if head.windows(5).any(|window| window == b"%PDF-") {
        return Ok(Format::Pdf);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return container(file, bytes);
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Err(compound(file, bytes));
    }
    text_format(file, bytes)
}

fn text_format(file: &str, bytes: &[u8]) -> Result<Format> {
    if looks_like_html(bytes) {
        return Ok(Format::Html);
    }
    match suffix(file).as_str() {
        "md" | "markdown" => Ok(Format::Markdown),
        // A container that does not begin as its kind must was cut off or is something else.
        suffix @ ("docx" | "pdf" | "zip") if !is_text(bytes) => Err(malformed(
            file,
            format!("the suffix says {suffix}, but the file does not begin as one; get it again"),
        )),
        suffix @ ("doc" | "wps" | "ofd" | "xls" | "xlsx" | "ppt" | "pptx" | "et" | "dps")
            if !is_text(bytes) =>
        {
            Err(unsupported(file, &format!("a {suffix} file")))
        }
        _ => Ok(if has_markdown_heading(bytes) { Format::Markdown } else { Format::Text }),
    }
}

/// A warning when the suffix promises another format than the content is.
pub(super) fn mislabelled(file: &str, format: Format) -> Option<Warning> {
    let promised = match suffix(file).as_str() {
        "pdf" => Format::Pdf,
        "docx" | "doc" | "wps" => Format::Docx,
        "htm" | "html" | "shtml" => Format::Html,
        "txt" => Format::Text,
        _ => return None,
    };
    let harmless = promised == format || (promised == Format::Text && format == Format::Markdown);
    let message =
        format!("the suffix of {file} promises {}, the content is {}", promised.name(), format.name());
    (!harmless).then(|| Warning::new("mislabelled_format", message))
}

/// Which of the zip-based formats it is.
fn container(file: &str, bytes: &[u8]) -> Result<Format> {
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| {
        malformed(
            file,
            format!(
                "the file begins as a zip container (docx) but is cut off or damaged ({error}); get it again"
            ),
        )
    })?;
    let has = |wanted: &str| archive.file_names_raw().any(|name| name.starts_with(wanted.as_bytes()));
    if has("word/") {
        return Ok(Format::Docx);
    }
    let name = match () {
        () if has("xl/") => "an Excel workbook (xlsx)",
        () if has("ppt/") => "a PowerPoint file (pptx)",
        () if has("OFD.xml") => "an OFD document",
        () if has("META-INF/manifest.xml") && has("content.xml") => "an OpenDocument file",
        () if has("META-INF/container.xml") => "an EPUB book",
        () => "a zip archive within a place for one document",
    };
    Err(unsupported(file, name))
}

/// Which of the formats in Microsoft's compound file it is; names in its directory are UTF-16.
fn compound(file: &str, bytes: &[u8]) -> Error {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(wide.len()).any(|window| window == wide)
    };
    if has("EncryptedPackage") {
        return encrypted(file, "an Office document");
    }
    let name = match suffix(file).as_str() {
        "wps" => "a WPS document (wps)",
        _ if has("WordDocument") => "an old Word document (doc)",
        _ if has("Workbook") => "an old Excel workbook (xls)",
        _ if has("PowerPoint Document") => "an old PowerPoint file (ppt)",
        _ => "an old Office document",
    };
    unsupported(file, name)
}

/// The error for a format that is known and not read.
pub(super) fn unsupported(file: &str, name: &str) -> Error {
    let advice = match name {
        _ if name.contains("image") => "recognise its text (OCR) and save that as docx or PDF",
        _ if name.contains("archive") && !name.contains("MHTML") => {
            "unpack it, or pack the files as one zip and index that by its path"
        }
        _ if name.contains("program") || name.contains("database") => "it is no document",
        _ => "save it as docx or PDF (另存为 docx 或 PDF) and try again",
    };
    Error::new(Kind::Unsupported, "unsupported_format", format!("{file}: {name} cannot be read; {advice}"))
}

/// The error for a file behind a password.
pub(super) fn encrypted(file: &str, name: &str) -> Error {
    let context =
        format!("{file}: {name} that is encrypted cannot be read; remove its password and try again");
    Error::new(Kind::Unsupported, "encrypted_document", context)
}

/// The suffix in lower case, without its dot.
pub(super) fn suffix(file: &str) -> String {
    file.rsplit_once('.').map_or(String::new(), |(_, suffix)| suffix.to_ascii_lowercase())
}

fn is_text(bytes: &[u8]) -> bool {
    super::encoding::decode("", bytes, None).is_ok()
}

fn looks_like_html(bytes: &[u8]) -> bool {
    static OPENING: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?is-u)^(?:\xEF\xBB\xBF|\s|<\?xml[^>]*>|<!--.{0,2000}?-->)*<(?:!doctype\s+html|html|head|body|meta|title|div|table|p|script|style|link|center|span|h[1-6])[\s>/]").ok()
    });
    let head: Vec<u8> = match bytes {
        // UTF-16: every other byte tells enough.
        [0xFF, 0xFE, rest @ ..] => rest.iter().step_by(2).take(4_096).copied().collect(),
        [0xFE, 0xFF, rest @ ..] => rest.iter().skip(1).step_by(2).take(4_096).copied().collect(),
        _ => bytes.get(..bytes.len().min(4_096)).unwrap_or(bytes).to_vec(),
    };
    OPENING.as_ref().is_some_and(|opening| opening.is_match(&head))
}

/// `# ` at the beginning of the text: Markdown under another suffix.
fn has_markdown_heading(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    text.starts_with(b"# ")
}
