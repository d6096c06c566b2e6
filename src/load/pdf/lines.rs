//! Glyphs to lines: those on one baseline, side by side. The order of drawing is the order of
//! reading; it keeps columns and cells of tables apart.

use super::content::Glyph;
use super::page::PlacedLine;

/// A gap without a space that is wider than this many ems parts cells.
const CELL_GAP: f32 = 0.7;

/// A gap that may be left open and filled later.
const FILLED_GAP: f32 = 0.3;

/// How many lines back a glyph may still belong to.
const LOOK_BACK: usize = 8;

/// How many glyphs back the same glyph drawn twice, to look bold, is recognised.
const BOLD_BACK: usize = 96;

/// Gathers the glyphs of a page into lines.
pub(super) fn gather(glyphs: Vec<Glyph>) -> Vec<PlacedLine> {
    let mut runs: Vec<Vec<Glyph>> = Vec::new();
    let mut recent: Vec<Glyph> = Vec::new();
    for glyph in glyphs {
        if recent.iter().rev().take(BOLD_BACK).any(|other| is_same_place(other, &glyph)) {
            continue;
        }
        recent.push(glyph.clone());
        let from = runs.len().saturating_sub(LOOK_BACK);
        let mut gap = CELL_GAP;
        let run = runs
            .iter_mut()
            .skip(from)
            .rev()
            .find(|run| belongs(run, &glyph, std::mem::replace(&mut gap, FILLED_GAP)));
        match run {
            Some(run) => run.push(glyph),
            None => runs.push(vec![glyph]),
        }
    }
    runs.into_iter().filter_map(place).collect()
}

fn is_same_place(one: &Glyph, other: &Glyph) -> bool {
    let near = 0.12 * other.size;
    one.text == other.text && (one.x - other.x).abs() < near && (one.y - other.y).abs() < near
}

/// Whether `glyph` continues the run over a gap of so many ems, or fills the place before it.
fn belongs(run: &[Glyph], glyph: &Glyph, widest: f32) -> bool {
    let Some(last) = run.last() else { return false };
    let size = last.size.max(glyph.size);
    let is_level = (last.y - glyph.y).abs() < 0.3 * size || is_raised(last, glyph);
    if !is_level || last.is_artifact != glyph.is_artifact {
        return false;
    }
    let gap = glyph.x - (last.x + last.width);
    if gap > -0.6 * size && gap < widest * size {
        return true;
    }
    // Drawn before the first glyph of the run, in its own place.
    run.iter().map(|glyph| glyph.x).reduce(f32::min).is_some_and(|left| {
        let gap = left - (glyph.x + glyph.width);
        gap > -0.2 * size && gap < FILLED_GAP * size
    })
}

/// A footnote mark: small and a little above or below.
fn is_raised(last: &Glyph, glyph: &Glyph) -> bool {
    let (small, large) = (last.size.min(glyph.size), last.size.max(glyph.size));
    small < 0.8 * large && (last.y - glyph.y).abs() < 0.6 * large
}

fn place(mut run: Vec<Glyph>) -> Option<PlacedLine> {
    run.sort_by(|one, other| one.x.total_cmp(&other.x));
    let inked = |glyph: &&Glyph| glyph.text.as_deref().is_none_or(|text| !text.trim().is_empty());
    let (first, last) = (run.iter().find(inked)?, run.iter().rev().find(inked)?);
    let size = run.iter().filter(inked).map(|glyph| glyph.size).fold(0.0, f32::max);
    let line = PlacedLine {
        text: String::new(),
        left: first.x,
        right: last.x + last.width,
        y: first.y,
        size,
        is_furniture: first.is_artifact,
    };
    let mut text = String::new();
    let mut end: Option<f32> = None;
    for glyph in &run {
        let piece = glyph.text.as_deref().unwrap_or("\u{FFFD}");
        if end.is_some_and(|end| needs_space(&text, piece, glyph.x - end, glyph.size)) {
            text.push(' ');
        }
        text.push_str(piece);
        end = Some(glyph.x + glyph.width);
    }
    let text = text.trim().to_owned();
    Some(PlacedLine { text, ..line })
}

/// A gap that stands for a space: narrow between Latin words, wide between ideographs.
fn needs_space(text: &str, next: &str, gap: f32, size: f32) -> bool {
    let is_latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let least = if is_latin(text.chars().last()) && is_latin(next.chars().next()) { 0.2 } else { 0.7 };
    gap > least * size && !text.ends_with(' ') && !next.starts_with(' ')
}
