//! A workbook: a sheet of rows under a frozen heading (more where one cannot hold them), and a sheet of notes.

use rust_xlsxwriter::{
    ExcelDateTime, Format, FormatAlign, FormatBorder, Url, Workbook, Worksheet, XlsxError,
};
use unicode_width::UnicodeWidthStr;

use super::table::{Cell, Column, Table};
use crate::error::{Error, Result};

/// Rows of a sheet, by the format, without the heading.
const SHEET_ROWS: usize = 1_048_576 - 1;
/// Columns of a sheet, by the format.
const SHEET_COLUMNS: usize = 16_384;
/// Most UTF-16 units of a cell, by the format.
const CELL_UNITS: usize = 32_767;
/// Longest address and most addresses of a sheet, by the format; beyond it they are plain text.
const LINK_UNITS: usize = 2_080;
const SHEET_LINKS: usize = 65_530;
/// Most characters of a sheet's name, by the format.
const SHEET_NAME: usize = 31;
/// What a sheet's name must not hold.
const NOT_IN_NAME: [char; 7] = ['[', ']', ':', '*', '?', '/', '\\'];
/// Narrowest column, in Latin characters.
const LEAST_WIDTH: usize = 6;

/// `table` as a workbook.
pub(super) fn bytes(table: &Table) -> Result<Vec<u8>> {
    let failed = |error: XlsxError| Error::internal("writing XLSX").with_source(error);
    workbook(table, SHEET_ROWS).and_then(|mut workbook| workbook.save_to_buffer()).map_err(failed)
}

/// The workbook of `table` with at most `sheet_rows` rows a sheet.
fn workbook(table: &Table, sheet_rows: usize) -> std::result::Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let styles = Styles::new();
    let mut rest = table.rows();
    for number in 1.. {
        let (rows, after) = rest.split_at(rest.len().min(sheet_rows));
        let sheet = workbook.add_worksheet();
        sheet.set_name(sheet_name(&table.title, number))?;
        write_rows(sheet, table.columns(), rows, &styles)?;
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    write_notes(workbook.add_worksheet(), table, &styles)?;
    Ok(workbook)
}

struct Styles {
    heading: Format,
    text: Format,
    date: Format,
    link: Format,
}

impl Styles {
    fn new() -> Self {
        let text = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        Self {
            heading: Format::new()
                .set_bold()
                .set_background_color(0x00E8_EEF7)
                .set_border_bottom(FormatBorder::Thin)
                .set_align(FormatAlign::VerticalCenter)
                .set_text_wrap(),
            date: text.clone().set_num_format("yyyy-mm-dd"),
            link: text.clone().set_hyperlink(),
            text,
        }
    }
}

fn write_rows(
    sheet: &mut Worksheet,
    columns: &[Column],
    rows: &[Vec<Cell>],
    styles: &Styles,
) -> std::result::Result<(), XlsxError> {
    let mut links_left = SHEET_LINKS;
    for (column, at) in columns.iter().take(SHEET_COLUMNS).zip(0_u16..) {
        let cells = || rows.iter().filter_map(|row| row.get(usize::from(at)));
        sheet.set_column_width(at, width(column, cells()) as f64)?;
        sheet.write_string_with_format(0, at, fitted(&column.name), &styles.heading)?;
        for (cell, row) in cells().zip(1_u32..) {
            write_cell(sheet, (row, at), cell, styles, &mut links_left)?;
        }
    }
    let last = u16::try_from(columns.len().min(SHEET_COLUMNS).saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofilter(0, 0, u32::try_from(rows.len()).unwrap_or(u32::MAX), last)?;
    sheet.set_repeat_rows(0, 0)?.set_landscape().set_print_fit_to_pages(1, 0);
    Ok(())
}

fn write_cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    styles: &Styles,
    links_left: &mut usize,
) -> std::result::Result<(), XlsxError> {
    match cell {
        Cell::Number(number) if number.is_finite() => {
            sheet.write_number_with_format(row, column, *number, &styles.text)?;
        }
        Cell::Date(date) if day(date).is_some() => {
            sheet.write_datetime_with_format(row, column, day(date).unwrap_or_default(), &styles.date)?;
        }
        Cell::Link(address) if *links_left > 0 && can_open(address) => {
            *links_left -= 1;
            sheet.write_url_with_format(row, column, Url::new(address.as_str()), &styles.link)?;
        }
        _ => {
            sheet.write_string_with_format(row, column, fitted(&cell.shown()), &styles.text)?;
        }
    }
    Ok(())
}

/// A path leads nowhere from a file on someone's disk.
fn can_open(address: &str) -> bool {
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    is_web && address.encode_utf16().count() <= LINK_UNITS
}

/// `2022-03-25` as a day; none for what is no day, or one before those that the format counts.
fn day(date: &str) -> Option<ExcelDateTime> {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    let day = time::Date::parse(date, &format).ok()?;
    let year = u16::try_from(day.year()).ok().filter(|year| *year >= 1900)?;
    ExcelDateTime::from_ymd(year, u8::from(day.month()), day.day()).ok()
}

/// `text` without characters that XML cannot hold, cut to what a cell holds.
fn fitted(text: &str) -> String {
    let is_allowed =
        |c: char| matches!(c, '\n' | '\t') || !(c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'));
    let clean: String = text.chars().filter(|&c| is_allowed(c)).collect();
    if clean.encode_utf16().count() <= CELL_UNITS {
        return clean;
    }
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units < CELL_UNITS
    };
    clean.chars().take_while(fits).chain(['…']).collect()
}

/// As wide as its longest line, within the column's own bounds.
fn width<'a>(column: &Column, cells: impl Iterator<Item = &'a Cell>) -> usize {
    let longest_line = |text: &str| text.lines().map(UnicodeWidthStr::width).max().unwrap_or(0);
    // The arrow of the filter takes two.
    let heading = column.name.width() + 2;
    let greatest = usize::from(column.width);
    let content = cells.map(|cell| longest_line(&cell.shown())).max().unwrap_or(0);
    content.min(greatest).max(heading).max(LEAST_WIDTH) + 2
}

/// The table's title as a sheet's name; the sheets after the first are numbered.
fn sheet_name(title: &str, number: usize) -> String {
    let suffix = if number == 1 { String::new() } else { format!(" {number}") };
    let room = SHEET_NAME.saturating_sub(suffix.len());
    let allowed = title.chars().filter(|c| !c.is_control() && !NOT_IN_NAME.contains(c));
    // One character may be two units, which is what the format counts.
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= room
    };
    let name: String = allowed.take_while(fits).collect();
    let name = name.trim_matches(|c: char| c == '\'' || c.is_whitespace());
    let is_taken = name.is_empty() || name == NOTES || name.eq_ignore_ascii_case("history");
    format!("{}{suffix}", if is_taken { "表" } else { name })
}

/// Name of the sheet with the notes.
const NOTES: &str = "说明";

fn write_notes(sheet: &mut Worksheet, table: &Table, styles: &Styles) -> std::result::Result<(), XlsxError> {
    sheet.set_name(NOTES)?;
    sheet.set_column_width(0, 16)?.set_column_width(1, 80)?;
    let cut = table.cut_note().map(|note| ("未完".to_owned(), note));
    let title = ("表名".to_owned(), table.title.clone());
    let notes = std::iter::once(title).chain(table.notes.iter().cloned()).chain(cut);
    for ((name, value), row) in notes.zip(0_u32..) {
        sheet.write_string_with_format(row, 0, fitted(&name), &styles.heading)?;
        sheet.write_string_with_format(row, 1, fitted(&value), &styles.text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    /// The parts of a workbook by name.
    fn part(workbook: &[u8], name: &str) -> String {
        let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).expect("a zip archive");
        let mut text = String::new();
        archive.by_name(name).expect(name).read_to_string(&mut text).expect("UTF-8");
        text
    }

    fn table() -> Table {
        let columns =
            [Column::text("条款", 60), Column::number("数"), Column::date("日期"), Column::link("链接")];
        let link = Cell::Link("https://a.example/clauses/a:item_1".into());
        let row =
            vec![Cell::text("=1+1\u{0}\n二行"), Cell::Number(2.5), Cell::Date("2022-03-25".into()), link];
        let odd = vec![
            Cell::text("长".repeat(40_000)),
            Cell::Empty,
            Cell::Date("2021-02-31".into()),
            Cell::Link("/a".into()),
        ];
        Table::new("用水/用气[1]", columns).with_note("检索", "用水").with_rows([row, odd], 9)
    }

    #[test]
    fn cells_have_their_kinds() {
        let workbook = bytes(&table()).expect("written");
        let sheet = part(&workbook, "xl/worksheets/sheet1.xml");
        assert!(!sheet.contains("<f>"), "a formula");
        assert!(sheet.contains("<v>2.5</v>") && sheet.contains("<v>44645</v>"), "{sheet}");
        assert!(sheet.contains(r#"<pane ySplit="1""#) && sheet.contains(r#"<hyperlink ref="D2""#), "{sheet}");
        assert!(!sheet.contains(r#"ref="D3""#), "a path is no link");
        let strings = part(&workbook, "xl/sharedStrings.xml");
        assert!(strings.contains("=1+1\n二行") && strings.contains("2021-02-31"), "{strings}");
        assert!(strings.contains("共 9 行，此处只有前 2 行"));
        assert!(strings.contains(&format!("{}…", "长".repeat(CELL_UNITS - 1))));
        assert!(part(&workbook, "xl/workbook.xml").contains(r#"name="用水用气1""#));
    }

    #[test]
    fn more_rows_than_a_sheet_holds() {
        let saved =
            workbook(&table(), 1).and_then(|mut workbook| workbook.save_to_buffer()).expect("written");
        let book = part(&saved, "xl/workbook.xml");
        assert!(book.contains(r#"name="用水用气1 2""#) && book.contains(r#"name="说明""#), "{book}");
        assert!(
            part(&saved, "xl/worksheets/sheet2.xml").contains("长")
                || !part(&saved, "xl/sharedStrings.xml").is_empty()
        );
    }

    #[test]
    fn any_title_names_a_sheet() {
        for title in ["", "'", "说明", "History", "a/b", &"长".repeat(50), &"😀".repeat(50)] {
            let table = Table::new(title, [Column::text("甲", 10)]);
            assert!(bytes(&table).is_ok(), "{title}");
        }
    }

    #[test]
    fn chinese_counts_two() {
        let column = Column::text("地区", 40);
        assert_eq!(width(&column, [Cell::text("安徽省淮北市相山区\nabc")].iter()), 20);
        assert_eq!(width(&column, [Cell::text("长".repeat(90))].iter()), 42);
        assert_eq!(width(&column, [].iter()), 8);
    }
}
