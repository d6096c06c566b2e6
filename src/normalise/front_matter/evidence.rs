use super::date::{Found, dates, only_date};
use super::draft;
use super::issuer::{self, Signature};
use super::line::{self, Line, compact, is_address, is_numbered, is_paragraph};
use super::metadata::{Key, Metadata, is_metadata};
use super::origin::{Origin, Told};
use super::{number, region, status, title};
use crate::error::Warning;
use crate::model::{Region, Status};

/// Longest head after the title, in lines, when no paragraph ends it.
const HEAD: usize = 40;
/// Lines after the title in which the addressees end.
const ADDRESS: usize = 12;

/// What follows the date of a law's history that makes it the date of a decision, not of effect.
const DECISIONS: &[&str] = &["通过", "批准", "公布", "发布", "修正", "修订", "修改", "令第"];

/// The places of a document that tell of it, found once.
pub(super) struct Evidence<'a> {
    text: &'a str,
    lines: Vec<Line<'a>>,
    metadata: Metadata,
    /// Title as it stands at the head.
    notice: Option<String>,
    /// Title of what the notice carries.
    carried: Option<String>,
    /// Index of the line after the title.
    after: usize,
    /// Index of the line from which the address is looked for.
    address_from: usize,
    /// Index of the first line of the body.
    body: usize,
    title_issuer: Option<String>,
    signed: Signature,
    printed: Signature,
}

impl<'a> Evidence<'a> {
    /// Gathers it from `text`, of which `headings` are the 1-based lines marked up as headings of the first level.
    pub(super) fn gather(text: &'a str, headings: &[u32]) -> Self {
        let mut lines = line::lines(text);
        for line in &mut lines {
            line.heading |= headings.binary_search(&line.number).is_ok();
        }
        Metadata::mark_values(&mut lines);
        let metadata = Metadata::read(&lines);
        let (notice, after) =
            title::title(&lines, &metadata).map_or((None, 0), |title| (Some(title.text), title.end));
        let title_issuer = notice.as_deref().and_then(issuer::of_title);
        let body = body(&lines, after);
        // A page may leave the notice's title out: then the one that was found stands below its address.
        let is_above = |line: &Line<'_>| is_address(line.text) && line.text.chars().count() >= 8;
        let beheaded = lines.iter().take(after).any(is_above);
        let signed_from = if beheaded { 0 } else { body };
        Self {
            body,
            carried: notice.as_deref().and_then(|notice| draft::carried_title(notice, &lines, after)),
            signed: issuer::signature(&lines, signed_from, title_issuer.as_deref(), text),
            printed: issuer::printed(&lines),
            text,
            lines,
            metadata,
            notice,
            after,
            address_from: if beheaded { 0 } else { after },
            title_issuer,
        }
    }

    /// The title; of a notice that asks for comments on a draft and carries it, the draft's: it is what is
    /// searched and cited.
    pub(super) fn title(&self) -> Option<Told<String>> {
        let asks = self.notice.as_deref().is_some_and(draft::seeks_comment);
        let title = self.carried.clone().filter(|_| asks).or_else(|| self.notice.clone())?;
        let of_page = self.metadata.get(Key::Title).is_some_and(|page| compact(page) == compact(&title));
        let stands_in_text = self.after > 0;
        Some((title, if of_page && !stands_in_text { Origin::Metadata } else { Origin::Title }))
    }

    pub(super) fn number(&self) -> Option<Told<String>> {
        let of_page = self
            .metadata
            .get(Key::Number)
            .map(|number| number::whole_line(number).unwrap_or(compact(number)))
            .map(|number| (number, Origin::Metadata));
        let in_head = || {
            let number = self.head().iter().find_map(|line| number::whole_line(line.text))?;
            Some((number, Origin::Head))
        };
        let of_order = || Some((number::of_order(self.below_title())?, Origin::Passage));
        of_page.or_else(in_head).or_else(of_order)
    }

    pub(super) fn issuer(&self) -> Option<Told<String>> {
        let from = |issuer: Option<String>, origin| issuer.map(|issuer| (issuer, origin));
        from(self.title_issuer.clone(), Origin::Title)
            .or_else(|| from(self.signed.issuer.clone(), Origin::Signature))
            .or_else(|| from(self.of_page(Key::Issuer), Origin::Metadata))
            .or_else(|| from(self.passed_by(), Origin::Passage))
            .or_else(|| from(self.printed.issuer.clone(), Origin::Imprint))
            .or_else(|| from(self.of_page(Key::Source), Origin::Metadata))
    }

    /// A body that the page's metadata names; a web site is none.
    fn of_page(&self, key: Key) -> Option<String> {
        self.metadata.get(key).filter(|name| issuer::is_organisation(name)).map(issuer::joined)
    }

    /// The date of the document: as signed, as its page says, below its title, as passed, as printed.
    pub(super) fn written(&self, warnings: &mut Vec<Warning>) -> Option<Told<String>> {
        let from = |date: Option<String>, origin| date.map(|date| (date, origin));
        let signed =
            self.signed.date.as_ref().and_then(|date| self.possible(date, self.signed.line, warnings));
        let below_title =
            || self.below_title().iter().filter(|line| line.text.contains('年')).find_map(bare_date);
        from(signed, Origin::Signature)
            .or_else(|| from(self.metadata.get(Key::Written).and_then(first_date), Origin::Metadata))
            .or_else(|| from(below_title(), Origin::Head))
            .or_else(|| from(self.passed(), Origin::Passage))
            .or_else(|| {
                let date = self.printed.date.as_ref()?;
                from(self.possible(date, self.printed.line, warnings), Origin::Imprint)
            })
    }

    pub(super) fn published(&self) -> Option<String> {
        let with_source = |line: &&Line<'_>| is_metadata(line.text) && line.text.contains("来源");
        self.metadata
            .all(Key::Published)
            .find_map(first_date)
            .or_else(|| self.below_title().iter().find(with_source).and_then(|line| first_date(line.text)))
            .or_else(|| {
                self.below_title().iter().filter(|line| !line.text.contains('年')).find_map(bare_date)
            })
    }

    pub(super) fn status(&self) -> (Status, Option<Origin>) {
        let titles: Vec<&str> = self.notice.iter().chain(&self.carried).map(String::as_str).collect();
        status::status(&titles, self.head(), &self.metadata)
    }

    pub(super) fn region(&self, title: Option<&str>) -> Option<Told<Region>> {
        let passed = self.passed_by();
        let sources = [
            (self.title_issuer.as_deref(), Origin::Title),
            (self.signed.issuer.as_deref(), Origin::Signature),
            (passed.as_deref(), Origin::Passage),
            (title, Origin::Title),
            (self.metadata.get(Key::Issuer), Origin::Metadata),
            (self.printed.issuer.as_deref(), Origin::Imprint),
            (self.metadata.get(Key::Source), Origin::Metadata),
        ];
        let named = sources.into_iter().filter_map(|(source, origin)| Some((source?, origin)));
        region::region(named, &self.lines, self.text)
    }

    /// The lines of the address joined, without its colon.
    pub(super) fn addressees(&self) -> Option<String> {
        let near = self.lines.iter().enumerate().skip(self.address_from).take(ADDRESS);
        let (end, last) =
            near.take_while(|(_, line)| !line.text.contains('。')).find(|(_, line)| is_address(line.text))?;
        let before = self.lines.get(self.address_from..end)?;
        let wrapped = before
            .iter()
            .rev()
            .take_while(|line| line.text.ends_with(['，', ',', '、']) || begins_address(line.text));
        let mut parts: Vec<&str> = wrapped.map(|line| line.text).collect();
        parts.reverse();
        parts.push(last.text.trim_end_matches(['：', ':']));
        Some(compact(&parts.concat()))
    }

    /// Everything above the body, the lines above the title too.
    fn head(&self) -> &[Line<'a>] {
        self.lines.get(..self.body).unwrap_or_default()
    }

    fn below_title(&self) -> &[Line<'a>] {
        self.lines.get(self.after..self.body).unwrap_or_default()
    }

    fn passed_by(&self) -> Option<String> {
        self.below_title().iter().find_map(|line| issuer::of_passage(line.text))
    }

    /// The last decision in a law's history.
    fn passed(&self) -> Option<String> {
        self.below_title().iter().flat_map(|line| decisions(line.text)).max()
    }

    fn possible(&self, date: &Found, line: u32, warnings: &mut Vec<Warning>) -> Option<String> {
        if date.iso.is_none() {
            let written = self.lines.iter().find(|of| of.number == line).map_or("", |line| line.text);
            let message = format!("the calendar has no such day: {written}");
            warnings.push(Warning::new("impossible_date", message).at_line(line));
        }
        date.iso.clone()
    }
}

/// Whether a line of a page's or a paper's frame tells of the document.
pub(super) fn tells(line: &str) -> bool {
    let says = ["印发", "废止", "失效", "抄送"].iter().any(|word| line.contains(word));
    is_metadata(line)
        || number::whole_line(line).is_some()
        || only_date(line).is_some()
        || says && !line.contains(['>', '»', '|'])
}

/// Index of the first line after the title that is an address, a paragraph or a numbered part.
fn body(lines: &[Line<'_>], after: usize) -> usize {
    let end = lines.len().min(after + HEAD);
    (after..end).find(|index| begins_body(lines, *index)).unwrap_or(end)
}

fn begins_body(lines: &[Line<'_>], index: usize) -> bool {
    let Some(line) = lines.get(index) else { return true };
    let is_prose = is_paragraph(line.text) && decisions(line.text).is_empty() && !is_metadata(line.text);
    if !is_prose && !is_address(line.text) && !is_numbered(line.text) {
        return false;
    }
    // A law's history may wrap onto a line that begins with the article it changed.
    let mut next = lines.iter().skip(index + 1).take(2);
    !next.any(|line| !decisions(line.text).is_empty() && line.text.starts_with(|c: char| c.is_ascii_digit()))
}

/// A line below the title that opens an address wrapped over several: 各镇人民政府 without any mark after it.
fn begins_address(text: &str) -> bool {
    text.starts_with('各') && !text.contains('。')
}

fn first_date(text: &str) -> Option<String> {
    dates(text).into_iter().find_map(|date| date.iso)
}

fn bare_date(line: &Line<'_>) -> Option<String> {
    only_date(line.text)?.iso
}

/// Dates of a line of a law's history on which something was decided: 2021年7月30日 … 通过.
fn decisions(text: &str) -> Vec<String> {
    let found = dates(text);
    let ends: Vec<usize> = found.iter().skip(1).map(|date| date.start).chain([text.len()]).collect();
    let decided = |(date, end): (Found, usize)| {
        let after = text.get(date.end..end)?;
        DECISIONS.iter().any(|word| after.contains(word)).then_some(date.iso)?
    };
    found.into_iter().zip(ends).filter_map(decided).collect()
}
