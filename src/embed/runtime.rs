//! ONNX Runtime, the shared library that runs the model: checked before it is loaded, loaded once.
//!
//! The binding panics, or worse, on a library that is missing, too old or cut off, so everything that
//! can be known from the file is checked first.

use std::path::Path;

use ort::environment::Environment;
use parking_lot::Mutex;
use regex::bytes::Regex;

use crate::error::{Error, Kind, Result};

/// The runtime that this process runs on: there can be one only, and it must outlive every session.
static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);

/// The runtime, loaded from `library` by the first call; later calls get that same one whatever they name.
pub(super) fn environment(library: &Path) -> Result<Environment> {
    let mut loaded = ENVIRONMENT.lock();
    if let Some(environment) = loaded.as_ref() {
        return Ok(environment.clone());
    }
    check(library)?;
    let library = std::path::absolute(library).map_err(|source| Error::io(library.display(), source))?;
    let builder = ort::init_from(&library).map_err(|source| unusable(&library, &source.to_string()))?;
    let environment =
        builder.with_telemetry(false).build().map_err(|source| unusable(&library, &source.to_string()))?;
    *loaded = Some(environment.clone());
    Ok(environment)
}

/// The version in the library's file (`1.28.0`), where the file format shows it. Fails with
/// [`Kind::Unavailable`] when the file is missing, no ONNX Runtime, cut off, or too old.
pub(super) fn check(library: &Path) -> Result<Option<String>> {
    let bytes = match std::fs::read(library) {
        Ok(bytes) => bytes,
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => {
            return Err(unusable(library, "there is no such file"));
        }
        Err(source) => return Err(Error::io(library.display(), source)),
    };
    check_bytes(&bytes).map_err(|reason| unusable(library, &reason))
}

fn check_bytes(bytes: &[u8]) -> Result<Option<String>, String> {
    if !pattern(r"OrtGetApiBase")?.is_match(bytes) {
        return Err("it is no ONNX Runtime library".to_owned());
    }
    if elf_is_cut_off(bytes) {
        return Err("the file is cut off".to_owned());
    }
    // ELF libraries name their version as a symbol version. On other systems the loader asks the
    // library itself once it is loaded.
    let Some(found) = pattern(r"VERS_(1\.([0-9]+)\.[0-9]+)")?.captures(bytes) else { return Ok(None) };
    let group = |index| found.get(index).map_or_else(String::new, |part| lossy(part.as_bytes()));
    let (version, minor) = (group(1), group(2));
    if minor.parse::<u32>().is_ok_and(|minor| minor < ort::MINOR_VERSION) {
        return Err(format!("it is version {version}, and 1.{} or newer is needed", ort::MINOR_VERSION));
    }
    Ok(Some(version))
}

fn pattern(pattern: &str) -> Result<Regex, String> {
    Regex::new(pattern).map_err(|error| error.to_string())
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Whether a 64-bit little-endian ELF file ends before its section headers, which stand last. Such a
/// file can be loaded and then kills the process at the first access past its end.
fn elf_is_cut_off(bytes: &[u8]) -> bool {
    if !bytes.starts_with(b"\x7fELF\x02\x01") {
        return false;
    }
    let number = |at: usize, length: usize| {
        let field = bytes.get(at..at + length)?;
        Some(field.iter().rev().fold(0_u64, |number, byte| number << 8 | u64::from(*byte)))
    };
    let headers = || Some((number(0x28, 8)?, number(0x3A, 2)? * number(0x3C, 2)?));
    let end = headers().and_then(|(start, length)| start.checked_add(length));
    end.is_none_or(|end| end > bytes.len() as u64)
}

fn unusable(library: &Path, reason: &str) -> Error {
    let message = format!(
        "ONNX Runtime at {} cannot be used: {reason}; `tiaokuan model fetch` gets one that fits",
        library.display()
    );
    Error::new(Kind::Unavailable, "runtime_unusable", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elf(version: &str, section_headers_at: u64) -> Vec<u8> {
        let mut bytes = b"\x7fELF\x02\x01".to_vec();
        bytes.resize(0x28, 0);
        bytes.extend(section_headers_at.to_le_bytes());
        bytes.resize(0x3A, 0);
        bytes.extend([64, 0, 2, 0]);
        bytes.extend(b"\0OrtGetApiBase\0VERS_");
        bytes.extend(version.as_bytes());
        bytes.resize(512, 0);
        bytes
    }

    #[test]
    fn a_library_that_fits_tells_its_version() {
        assert_eq!(check_bytes(&elf("1.28.0", 128)), Ok(Some("1.28.0".to_owned())));
    }

    #[test]
    fn what_would_hang_or_kill_is_found_before_loading() {
        let too_old = check_bytes(&elf("1.22.0", 128)).unwrap_err();
        assert!(too_old.contains("1.22.0"), "{too_old}");
        assert_eq!(check_bytes(&elf("1.28.0", 500)), Err("the file is cut off".to_owned()));
        assert!(check_bytes(b"<html>").is_err());
        let missing = check(Path::new("/nowhere/libonnxruntime.so")).unwrap_err();
        assert!(missing.to_string().contains("/nowhere/libonnxruntime.so"), "{missing}");
    }
}
