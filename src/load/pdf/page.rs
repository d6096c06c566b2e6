//! A PDF's pages as lines with places, and how much of them could be read.

use hayro_syntax::Pdf;

use super::{content, lines};

/// A line as it stands on the page; lengths in points, y downwards.
#[derive(Clone, Debug, Default)]
pub(super) struct PlacedLine {
    pub(super) text: String,
    pub(super) left: f32,
    pub(super) right: f32,
    /// The baseline.
    pub(super) y: f32,
    /// Height of its letters: an em.
    pub(super) size: f32,
    /// Page furniture: a running header, a page number.
    pub(super) is_furniture: bool,
}

/// The lines of a page in the order in which they are drawn.
#[derive(Clone, Debug, Default)]
pub(super) struct PageText {
    pub(super) lines: Vec<PlacedLine>,
    pub(super) height: f32,
    pub(super) width: f32,
}

/// All pages, and what the fonts said.
#[derive(Clone, Debug, Default)]
pub(super) struct Survey {
    pub(super) pages: Vec<PageText>,
    /// Glyphs with a known character.
    pub(super) characters: usize,
    /// Glyphs without one.
    pub(super) unmapped: usize,
}

/// Reads every page.
pub(super) fn survey(pdf: &Pdf) -> Survey {
    let mut fonts = content::Fonts::new();
    let mut survey = Survey::default();
    for page in pdf.pages().iter() {
        let glyphs = content::glyphs(page, &mut fonts);
        let unmapped = glyphs.iter().filter(|glyph| glyph.text.is_none()).count();
        let blank = glyphs
            .iter()
            .filter(|glyph| glyph.text.as_deref().is_some_and(|text| text.trim().is_empty()))
            .count();
        survey.unmapped += unmapped;
        survey.characters += glyphs.len() - unmapped - blank;
        let (width, height) = page.render_dimensions();
        survey.pages.push(PageText { lines: lines::gather(glyphs), height, width });
    }
    survey
}
