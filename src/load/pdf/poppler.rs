//! `pdftotext`, where it is installed: it knows fonts that do not describe themselves.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::page::{PageText, PlacedLine};
use crate::load::Limits;

/// Share of damaged characters above which its answer is no better than ours.
const UNREADABLE: f32 = 0.05;

/// Reads a PDF with `pdftotext`; none when it is missing, fails, takes too long or finds no text.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Option<Vec<PageText>> {
    let mut child = Command::new("pdftotext")
        .args(["-enc", "UTF-8", "-q", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let (mut stdin, stdout) = (child.stdin.take()?, child.stdout.take()?);
    let input = bytes.to_vec();
    // It may end without reading all of its input.
    thread::spawn(move || stdin.write_all(&input));
    let most = limits.file_bytes;
    let output = thread::spawn(move || {
        let mut text = Vec::new();
        stdout.take(most).read_to_end(&mut text).map(|_| text)
    });
    let ended_well = wait(&mut child, limits.time.min(Duration::from_mins(1)));
    let text = output.join().ok()?.ok()?;
    let text = String::from_utf8_lossy(&text).into_owned();
    (ended_well && is_readable(&text)).then(|| text.split('\u{0C}').map(page).collect())
}

/// Waits for the child, and ends it after `limit`.
fn wait(child: &mut Child, limit: Duration) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < limit {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => thread::sleep(Duration::from_millis(10)),
            Err(_) => break,
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    false
}

fn is_readable(text: &str) -> bool {
    let inked = || text.chars().filter(|c| !c.is_whitespace());
    let damaged =
        inked().filter(|c| c.is_control() || matches!(c, '\u{FFFD}' | '\u{E000}'..='\u{F8FF}')).count();
    let all = inked().count();
    all > 20 && (damaged as f32) < UNREADABLE * all as f32
}

/// Lines of plain text as if they stood on a page: an em wide a wide character, two high a line.
fn page(text: &str) -> PageText {
    let lines: Vec<PlacedLine> = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(index, line)| {
            let left = width(line) - width(line.trim_start());
            let y = 2.0 * (index as f32 + 1.0);
            PlacedLine {
                text: line.trim().to_owned(),
                left,
                right: width(line.trim_end()),
                y,
                size: 1.0,
                is_furniture: false,
            }
        })
        .collect();
    let height = lines.last().map_or(1.0, |line| line.y + 2.0);
    PageText { lines, height, width: 1.0 }
}

fn width(text: &str) -> f32 {
    text.chars().map(|c| if c.is_ascii() { 0.5 } else { 1.0 }).sum()
}
