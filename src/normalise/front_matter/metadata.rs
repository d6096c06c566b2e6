use std::sync::LazyLock;

use regex::Regex;

use super::line::Line;
use crate::text::particulars::{names, of_name as key_of};

pub(super) use crate::text::particulars::Particular as Key;

/// Lines of the head in which a web page's metadata may stand; it may also stand in the last ones.
const HEAD: usize = 80;
const FOOT: usize = 12;

static KEY: LazyLock<Regex> = LazyLock::new(|| {
    let spaced = |key: &str| key.chars().map(String::from).collect::<Vec<_>>().join(r"\s*");
    let keys: Vec<String> = names().map(|(name, _)| spaced(name)).collect();
    Regex::new(&format!(r"[【\[]?\s*(?P<key>{})\s*[】\]*]*\s*[:：]", keys.join("|")))
        .expect("a valid pattern")
});

/// The fields of a page's metadata, in their order.
#[derive(Debug, Default)]
pub(super) struct Metadata(Vec<(Key, String)>);

impl Metadata {
    /// Reads the metadata of a page: `键：值` several a line, or a table with key and value in cells or on
    /// lines of their own.
    pub(super) fn read(lines: &[Line<'_>]) -> Self {
        let mut fields = Vec::new();
        let foot = lines.len().saturating_sub(FOOT).max(HEAD);
        for (index, line) in lines.iter().enumerate().filter(|(index, _)| *index < HEAD || *index >= foot) {
            let next = lines.get(index + 1).map(|line| line.text);
            fields.extend(fields_of(line.text, next));
        }
        Self(fields)
    }

    /// Marks the lines that are the value of the field on the line above: they are no title.
    pub(super) fn mark_values(lines: &mut [Line<'_>]) {
        let mut after_key = false;
        for line in lines.iter_mut().take(HEAD) {
            line.is_value = after_key && !is_metadata(line.text);
            after_key = key_of(line.text).is_some_and(|key| key != Key::Title);
        }
    }

    /// The first value of `key` that says something.
    pub(super) fn get(&self, key: Key) -> Option<&str> {
        self.all(key).next()
    }

    /// Every value of `key` that says something.
    pub(super) fn all(&self, key: Key) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(of, _)| *of == key).map(|(_, value)| value.as_str())
    }
}

/// Whether the line holds metadata, or a name of a field and nothing else.
pub(super) fn is_metadata(text: &str) -> bool {
    fields_with_colon(text).next().is_some() || text.split(['|', '\t']).any(|cell| key_of(cell).is_some())
}

fn fields_of(line: &str, next: Option<&str>) -> Vec<(Key, String)> {
    let with_colon: Vec<_> = fields_with_colon(line).collect();
    if with_colon.is_empty() {
        return fields_in_cells(line, next);
    }
    let value_on_next = |(key, value): (Key, String)| {
        let next = next.filter(|next| value.is_empty() && !is_metadata(next)).map(str::to_owned);
        (key, next.unwrap_or(value))
    };
    with_colon.into_iter().map(value_on_next).filter(|(_, value)| says_something(value)).collect()
}

fn fields_with_colon(line: &str) -> impl Iterator<Item = (Key, String)> {
    let is_start = |start: usize| {
        !line
            .get(..start)
            .and_then(|before| before.chars().last())
            .is_some_and(|c| c.is_alphabetic() && c != '日')
    };
    let keys: Vec<_> = KEY
        .captures_iter(line)
        .filter(|captures| captures.name("key").is_some_and(|key| is_start(key.start())))
        .filter_map(|captures| Some((captures.get(0)?, key_of(captures.name("key")?.as_str())?)))
        .collect();
    let ends: Vec<usize> = keys.iter().skip(1).map(|(whole, _)| whole.start()).chain([line.len()]).collect();
    keys.into_iter().zip(ends).map(|((whole, key), end)| {
        let value = line.get(whole.end()..end).unwrap_or_default();
        (key, tidy(value))
    })
}

fn fields_in_cells(line: &str, next: Option<&str>) -> Vec<(Key, String)> {
    let cells: Vec<&str> = line.split(['|', '\t']).map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let following = cells.iter().copied().skip(1).map(Some).chain([next.filter(|_| cells.len() == 1)]);
    let field = |(cell, value): (&&str, Option<&str>)| {
        let value = tidy(value.filter(|value| key_of(value).is_none())?);
        Some((key_of(cell)?, value)).filter(|(_, value)| says_something(value))
    };
    cells.iter().zip(following).filter_map(field).collect()
}

fn tidy(value: &str) -> String {
    value.trim_matches(|c: char| c.is_whitespace() || "|*[]【】；;\"'".contains(c)).to_owned()
}

fn says_something(value: &str) -> bool {
    !matches!(value, "" | "无" | "-" | "--" | "—" | "——" | "/" | "暂无")
}

#[cfg(test)]
mod tests {
    use super::super::line::lines;
    use super::*;

    #[test]
    fn fields_on_one_line_in_cells_and_below_each_other() {
        let text = "发布时间:2023-03-03 11:09信息来源:鸠江区人民政府 阅读次数: 字体:【 】\n\
                    | 索 引 号 | 113/2022-1 | 发文字号 | 相政办〔2022〕6号 |\n\
                    成文日期\n2022年3月25日\n有 效 性：\n废止\n废止日期：无";
        let metadata = Metadata::read(&lines(text));
        assert_eq!(metadata.get(Key::Published), Some("2023-03-03 11:09"));
        assert_eq!(metadata.get(Key::Source), Some("鸠江区人民政府"));
        assert_eq!(metadata.get(Key::Number), Some("相政办〔2022〕6号"));
        assert_eq!(metadata.get(Key::Written), Some("2022年3月25日"));
        assert_eq!(metadata.get(Key::Validity), Some("废止"));
    }

    #[test]
    fn sentences_are_no_metadata() {
        assert!(!is_metadata("完成时间：2022年6月底"));
        assert!(!is_metadata("各单位名称：略"));
        assert!(!is_metadata("来源可查、去向可追"));
    }
}
