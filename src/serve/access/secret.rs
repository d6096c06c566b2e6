//! Secrets: random, compared in constant time, kept as hashes.

use subtle::ConstantTimeEq;

use crate::error::{Error, Kind, Result};

/// 256 random bits.
pub(super) fn random() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::new(Kind::Io, "io", format!("the system gives no random bytes: {error}")))?;
    Ok(bytes)
}

/// `bytes` in lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The hash by which a secret is kept. A password needs a slow hash because people choose it from few; these
/// secrets are 256 random bits, which nobody can try through, so a fast one is enough and costs requests nothing.
pub(super) fn hash(secret: &str) -> String {
    blake3::hash(secret.as_bytes()).to_hex().to_string()
}

/// Whether `a` and `b` are the same, in a time that does not say where they differ.
pub(super) fn is_same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}
