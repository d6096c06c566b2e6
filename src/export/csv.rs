//! Comma-separated values as Excel and WPS open them: UTF-8 with a byte order mark, lines ended by CRLF.

use std::borrow::Cow;

use super::table::{Cell, Table};
use crate::error::{Error, Result};

/// By this Excel knows UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
/// What a spreadsheet may take for the beginning of a formula, full-width and small forms too.
const FORMULA_SIGNS: [char; 13] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫', '−'];

/// `table` as CSV. Where it was cut, a last row says so.
pub(super) fn bytes(table: &Table) -> Result<Vec<u8>> {
    let failed = |error: csv::Error| Error::internal("writing CSV").with_source(error);
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(BYTE_ORDER_MARK.to_vec());
    writer.write_record(table.columns().iter().map(|column| text(&column.name))).map_err(failed)?;
    for row in table.rows() {
        writer.write_record(row.iter().map(cell)).map_err(failed)?;
    }
    if let Some(note) = table.cut_note() {
        writer.write_record([note]).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| Error::internal(format!("writing CSV: {error}")))
}

fn cell(cell: &Cell) -> String {
    match cell {
        // A number is written by us and is no formula, whatever its sign.
        Cell::Number(_) => cell.shown(),
        _ => text(&cell.shown()),
    }
}

fn text(text: &str) -> String {
    guarded(&text.replace("\r\n", "\n").replace('\r', "\n")).into_owned()
}

/// `text` with an apostrophe in front where a spreadsheet would take it for a formula: such text comes
/// from documents and drafts that anyone may have written.
fn guarded(text: &str) -> Cow<'_, str> {
    let begins = text.trim_start_matches(is_blank);
    let is_formula = begins.starts_with(FORMULA_SIGNS) || text.starts_with(['\t', '\r', '\n']);
    if is_formula && !is_plain_number(text) { format!("'{text}").into() } else { text.into() }
}

/// White space, and what shows as nothing.
fn is_blank(character: char) -> bool {
    let is_invisible =
        matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}');
    character.is_whitespace() || character.is_control() || is_invisible
}

/// `-3.5` and `+12` are what they seem.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    is_digits(whole) && is_digits(fraction)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::export::Column;

    fn written(rows: Vec<Vec<Cell>>, total: usize) -> String {
        let table = Table::new("表", [Column::text("条款", 10), Column::number("数")]);
        String::from_utf8(bytes(&table.with_rows(rows, total)).expect("written")).expect("UTF-8")
    }

    #[test]
    fn as_excel_expects() {
        let rows = vec![vec![Cell::text("一行\r\n二行, \"引号\""), Cell::Number(-0.5)], vec![]];
        let expected =
            "\u{feff}条款,数\r\n\"一行\n二行, \"\"引号\"\"\",-0.5\r\n,\r\n共 9 行，此处只有前 2 行\r\n";
        assert_eq!(written(rows, 9), expected);
    }

    #[test]
    fn formulas_are_text() {
        let guarded_rows = [
            "=1+1",
            "+1+1",
            "-1+cmd",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "＝1",
            "＋1+1",
            "－1+1",
            "＠a",
            "  =1",
            "　=1",
            "\u{feff}=1",
            "\u{200b}=1",
            "\n=1",
            "- 项目",
            "-",
            "=",
            "﹦1",
            "\u{7}=1",
        ];
        for text in guarded_rows {
            assert_eq!(guarded(text), format!("'{text}"), "{text:?}");
        }
        for text in ["-5", "+3.5", "5", "压缩至5个工作日=快", "", "1-2", "'=1"] {
            assert_eq!(guarded(text), text, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(texts in prop::collection::vec("[=+a-c一-三,\"\n 　\t-]{0,6}", 1..6)) {
            let rows = texts.iter().map(|text| vec![Cell::Text(text.clone()), Cell::Number(1.0)]).collect();
            let csv = written(rows, 0);
            let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
            let read: Vec<String> = reader.records().map(|record| record.unwrap()[0].to_owned()).collect();
            prop_assert_eq!(read.len(), texts.len());
            for (read, text) in read.iter().zip(&texts) {
                prop_assert!(read == text || read.strip_prefix('\'') == Some(text));
                let begins = read.trim_start_matches(is_blank);
                prop_assert!(is_plain_number(read) || !begins.starts_with(FORMULA_SIGNS));
            }
        }
    }
}
