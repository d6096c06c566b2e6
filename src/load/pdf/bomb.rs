//! Streams that unpack to far more than a document holds, found before anything is kept of them.

use std::io::{Read, sink};

use flate2::read::ZlibDecoder;

use crate::error::{Error, Kind, Result};
use crate::load::Limits;

/// Streams packed this small cannot hurt.
const SMALL: usize = 2_048;

/// Unpacks every Flate stream of the file into nothing, as far as the limit, twice where a packed
/// stream holds another.
pub(super) fn check(file: &str, bytes: &[u8], limits: &Limits) -> Result<()> {
    let mut at = 0;
    while let Some(found) = find(bytes, at) {
        at = found;
        let Some(data) = bytes.get(found..) else { break };
        if data.len() < SMALL || data.first().is_none_or(|byte| byte & 0x0F != 8) {
            continue;
        }
        let once = unpacked(ZlibDecoder::new(data), limits);
        let twice = once > limits.unpacked_bytes
            || unpacked(ZlibDecoder::new(ZlibDecoder::new(data)), limits) > limits.unpacked_bytes;
        if twice {
            let context = format!(
                "{file}: a stream of the PDF unpacks to more than {} MiB; it is not read",
                limits.unpacked_bytes >> 20
            );
            return Err(Error::new(Kind::TooLarge, "zip_bomb", context));
        }
    }
    Ok(())
}

fn unpacked(decoder: impl Read, limits: &Limits) -> u64 {
    std::io::copy(&mut decoder.take(limits.unpacked_bytes + 1), &mut CountingSink(0)).unwrap_or(0)
}

/// Like [`sink`], but `copy` does not shortcut it.
struct CountingSink(u64);

impl std::io::Write for CountingSink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        sink().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Where the next stream's data begins.
fn find(bytes: &[u8], from: usize) -> Option<usize> {
    const KEYWORD: &[u8] = b"stream";
    let rest = bytes.get(from..)?;
    let at = rest.windows(KEYWORD.len()).position(|window| window == KEYWORD)? + from + KEYWORD.len();
    let line_end = bytes.get(at..)?.iter().take(2).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    Some(at + line_end)
}
