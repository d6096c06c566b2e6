//! PDF with a text layer: glyphs to lines by geometry, page furniture by repetition, paragraphs by
//! what would have fitted. Where the fonts do not say what their glyphs mean, `pdftotext` is asked;
//! if it knows no better, the file is refused with the reason.

mod bomb;
mod content;
mod font;
mod latin;
mod lines;
mod page;
mod paragraphs;
mod poppler;
mod rows;
mod running;

use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use self::page::{PageText, Survey};
use super::{Limits, Parsed, format, guard, malformed};
use crate::error::{Error, Kind, Result, Warning};

/// Share of glyphs without a known character above which a text is not readable.
const UNREADABLE: f32 = 0.05;

/// Fewer readable characters a page than this are stamps on scanned pages.
const LEAST_A_PAGE: usize = 8;

/// Reads a PDF.
pub(super) fn read(file: &str, bytes: &[u8], limits: &Limits) -> Result<Parsed> {
    bomb::check(file, bytes, limits)?;
    let (name, copy, pages) = (file.to_owned(), bytes.to_vec(), limits.pages);
    let outcome = guard::within(file, limits.time, move || extract(&name, copy, pages));
    let survey = match outcome {
        Ok(survey) => survey,
        Err(error) if error.kind() == Kind::Malformed => return rescue(file, bytes, limits).ok_or(error),
        Err(error) => return Err(error),
    };
    let mut warnings = Vec::new();
    let is_blank = survey.characters < LEAST_A_PAGE * survey.pages.len();
    let is_unreadable = survey.unmapped as f32 > UNREADABLE * (survey.characters + survey.unmapped) as f32;
    if is_blank || is_unreadable {
        return rescue(file, bytes, limits).ok_or_else(|| refusal(file, &survey));
    }
    if survey.unmapped > 0 {
        let message = format!("{} glyphs of {file} have no known character", survey.unmapped);
        warnings.push(Warning::new("unmapped_glyphs", message));
    }
    Ok(Parsed { lines: assemble(survey.pages), encoding: None, warnings })
}

fn extract(file: &str, bytes: Vec<u8>, most_pages: usize) -> Result<Survey> {
    let pdf = Pdf::new(bytes).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => format::encrypted(file, "a PDF"),
        LoadPdfError::Decryption(_) => format::encrypted(file, "a PDF (with an unusual method)"),
        LoadPdfError::Invalid => malformed(file, "the PDF is cut off or damaged; get it again"),
    })?;
    let pages = pdf.pages();
    if pages.len() > most_pages {
        let context =
            format!("{file}: the PDF has {} pages, more than the limit of {most_pages}", pages.len());
        return Err(Error::new(Kind::TooLarge, "too_many_pages", context));
    }
    if pages.is_empty() {
        return Err(malformed(file, "the PDF has no pages; it is cut off or damaged, get it again"));
    }
    Ok(page::survey(&pdf))
}

/// What `pdftotext` makes of the file, if it is there and reads more than we do.
fn rescue(file: &str, bytes: &[u8], limits: &Limits) -> Option<Parsed> {
    let pages = poppler::read(bytes, limits)?;
    let message = format!("{file}: the fonts of the PDF were read with pdftotext");
    Some(Parsed {
        lines: assemble(pages),
        encoding: None,
        warnings: vec![Warning::new("read_by_pdftotext", message)],
    })
}

fn refusal(file: &str, survey: &Survey) -> Error {
    let pages = survey.pages.len();
    if survey.unmapped > survey.characters.max(LEAST_A_PAGE) || survey.unmapped > LEAST_A_PAGE * pages {
        let share = 100 * survey.unmapped / (survey.unmapped + survey.characters).max(1);
        let context = format!(
            "{file}: {share}% of the PDF's glyphs are unmapped (fonts without ToUnicode), so its text cannot be read; \
             save the original document as docx or PDF anew, or install pdftotext (poppler)"
        );
        return Error::new(Kind::Unsupported, "unmapped_text", context);
    }
    let context = format!(
        "{file}: the PDF's {pages} pages are scanned images or blank, without a text layer; recognise the text (OCR) first"
    );
    Error::new(Kind::Unsupported, "scanned_document", context)
}

fn assemble(mut pages: Vec<PageText>) -> Vec<super::RawLine> {
    running::mark(&mut pages);
    paragraphs::join(rows::rebuild(pages))
}
