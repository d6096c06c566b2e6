use std::sync::LazyLock;

use regex::Regex;

use super::date::only_date;
use super::issuer::is_organisation;
use super::line::{Line, compact, is_address, is_balanced, is_numbered, is_paragraph};
use super::metadata::{Key, Metadata, is_metadata};
use super::number;

/// Lines searched for a title.
const HEAD: usize = 120;
/// Lines a title may be wrapped over, and its length in characters.
const WRAPPED_LINES: usize = 7;
const LONGEST: usize = 200;

/// What a document is called by its genre, at the end of its title.
static GENRE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?:通知|意见|方案|办法|规定|细则|条例|决定|决议|公告|通告|通报|批复|复函|函|规划|计划|要点|措施|举措|清单|报告|制度|规则|解释|",
        r"法|章程|指引|指南|规程|准则|标准|规范|纲要|守则|任务|分工|政策|条|命令|令|预案|对策|答复|说明|纪要|请示|议案|倡议书|宣言|编|",
        r"法典|名单|安排|目录|台账|实施意见|总则|补充|责任书|承诺书|合同|协议|一览表|任务表)",
        r"(?:[（(][^（）()]*(?:[（(][^（）()]*[）)])?[^（）()]*[）)])*$",
    ))
    .expect("a valid pattern")
});

/// A title that hands on another document ends in its own genre, not in that one's.
static HANDS_ON: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"关于.{0,6}(?:印发|转发|批转|征求|下达|同意|公布)|^(?:印发|转发|批转)")
        .expect("a valid pattern")
});
static HANDED_ON: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"[的》）)].{0,8}(?:通知|函|公告|批复|决定|意见|通告|请示|报告|令|通报)(?:[（(][^（）()]*[）)])*$",
    )
    .expect("a valid pattern")
});
static ISSUED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:印发|发布|公布|转发)《.*》$").expect("a valid pattern"));

/// A line that continues any title: （征求意见稿）, （2022版）.
static STAGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[（(](?:[^（）()]{0,8}(?:稿|草案|试行|暂行|修订|版|年度|修正)|(?:19|20)\d{2}\s*[-—－–年至]+.{0,8}年?)[）)]$")
        .expect("a valid pattern")
});

static FURNITURE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"当前位置|您的位置|您现在的位置|所在位置|[>＞»›].*[>＞»›]|https?:|www\.|扫一扫|",
        r"^首页|^此件|^[（(]此件|^[（(]?(?:主动|依申请)公开|^签发人|^(?:机密|秘密|绝密|特急|加急|平急|急件)|^附\s*件|^目\s*录$|",
        r"^(?:Page|PAGE)|^[（(].*(?:通过|批准|公布|施行|修订|修正|发布).*[）)]$|^关闭|^返回",
    ))
    .expect("a valid pattern")
});

/// Words of a page's controls, which a title may hold as well (无障碍环境建设条例).
static CONTROLS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("字体|打印|分享|阅读次数|浏览|无障碍|登录|注册|收藏|繁体").expect("a valid pattern")
});

static PASSAGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[（(]?(?:19|20)\d{2}\s*年.*(?:通过|批准|公布|发布|修正|修订|施行|会议|令)")
        .expect("a valid pattern")
});

/// A possible title: joined lines.
#[derive(Debug)]
pub(super) struct Title {
    /// Hard wraps joined.
    pub(super) text: String,
    /// Index of the first line after it.
    pub(super) end: usize,
    complete: bool,
    score: i32,
}

/// The title of the document with the index of the line after it: of all runs of lines in the head the one
/// that looks and stands most like one.
pub(super) fn title(lines: &[Line<'_>], metadata: &Metadata) -> Option<Title> {
    let best = best_of_head(lines);
    let of_page =
        metadata.get(Key::Title).map(tidy).filter(|title| is_complete(title) && title.chars().count() >= 6);
    match (best, of_page) {
        (Some(best), Some(text)) if compact(&best.text) != compact(&text) => Some(Title { text, ..best }),
        (None, Some(text)) => Some(Title { text, end: 0, complete: true, score: 0 }),
        (best, _) => best,
    }
}

fn best_of_head(lines: &[Line<'_>]) -> Option<Title> {
    let mut best: Option<Title> = None;
    let mut index = 0;
    while index < lines.len().min(HEAD) {
        let Some(line) = lines.get(index) else { break };
        if begins_body(line.text) && best.as_ref().is_some_and(|best| best.complete || index > HEAD / 2) {
            break;
        }
        let Some(candidate) = candidate(lines, index) else {
            index += 1;
            continue;
        };
        index = candidate.end.max(index + 1);
        if best.as_ref().is_none_or(|best| candidate.score > best.score) {
            best = Some(candidate);
        }
    }
    best
}

fn begins_body(text: &str) -> bool {
    is_address(text) || is_paragraph(text) || is_numbered(text)
}

/// Whether the line may be a title or a part of one.
fn is_title_like(line: &Line<'_>) -> bool {
    if line.heading {
        return !FURNITURE.is_match(line.text);
    }
    let text = line.text;
    let control = CONTROLS.is_match(text) && text.chars().count() < 30 && !GENRE.is_match(text);
    let length = text.chars().count();
    let closed = text.ends_with(['：', ':', '，', ',', '；', ';', '。', '！', '？', '、']);
    let has_words = text.chars().any(|c| c.is_alphabetic() && !c.is_ascii());
    length <= 120
        && !line.is_value
        && has_words
        && !control
        && !closed
        && !text.contains(['。', '；', '\t', '|'])
        && !is_numbered(text)
        && !is_metadata(text)
        && !FURNITURE.is_match(text)
        && !PASSAGE.is_match(text)
        && only_date(text).is_none()
        && number::whole_line(text).is_none()
}

/// The red head of a document on paper: 相山区人民政府办公室文件.
fn is_letterhead(text: &str) -> bool {
    let text = compact(text);
    text.strip_suffix("文件").is_some_and(is_organisation)
}

fn candidate(lines: &[Line<'_>], start: usize) -> Option<Title> {
    let first = lines.get(start).filter(|line| is_title_like(line) && !is_letterhead(line.text))?;
    if first.text.starts_with(['的', '》', '）', ')']) {
        return None;
    }
    let (text, end) = joined(lines, start);
    let complete = is_complete(&text);
    let (text, end) = if complete { (text, end) } else { unfinished(lines, start) };
    let score = score(lines, start, end, &text, complete);
    Some(Title { text, end, complete, score })
}

/// Joins wrapped lines until the title is complete and the next line does not carry it on.
fn joined(lines: &[Line<'_>], start: usize) -> (String, usize) {
    let mut title = String::new();
    let mut end = start;
    for line in lines.iter().skip(start).take(WRAPPED_LINES) {
        let is_stage = STAGE.is_match(line.text) && only_date(line.text).is_none();
        let carries_on = is_stage || line.text.starts_with('的');
        if end > start && is_complete(&title) && !carries_on {
            break;
        }
        let open = !is_balanced(&title);
        let after_heading = lines.get(start).is_some_and(|first| first.heading) && !line.heading;
        if end > start && after_heading && !carries_on && !open {
            break;
        }
        let blocked =
            !is_title_like(line) || (line.gap > 2 && !open) || (line.heading && end > start && !open);
        if end > start && !carries_on && blocked {
            break;
        }
        title = tidy(&format!("{title}\n{}", line.text));
        end += 1;
        if title.chars().count() > LONGEST {
            break;
        }
    }
    (title, end)
}

/// A title that ends in no known genre: the lines without a blank one between them.
fn unfinished(lines: &[Line<'_>], start: usize) -> (String, usize) {
    let mut title = String::new();
    let mut end = start;
    for line in lines.iter().skip(start).take(3) {
        let after_heading = lines.get(start).is_some_and(|first| first.heading);
        let apart = line.gap > 0 || line.heading || after_heading;
        if end > start && (apart || !is_title_like(line) || is_organisation(line.text)) {
            break;
        }
        title = tidy(&format!("{title}\n{}", line.text));
        end += 1;
    }
    (title, end)
}

fn is_complete(title: &str) -> bool {
    if !is_balanced(title) {
        return false;
    }
    if ISSUED.is_match(title) {
        return true;
    }
    GENRE.is_match(title) && (!HANDS_ON.is_match(title) || HANDED_ON.is_match(title))
}

fn score(lines: &[Line<'_>], start: usize, end: usize, title: &str, complete: bool) -> i32 {
    let length = title.chars().count();
    let heading = lines.get(start).is_some_and(|line| line.heading);
    let says_about = title.contains("关于") || title.contains("人民政府") || title.contains('《');
    let follows = lines.iter().skip(end).take(4);
    let followed =
        follows.clone().any(|line| {
            is_address(line.text)
                || PASSAGE.is_match(line.text)
                || only_date(line.text).is_some()
                || is_metadata(line.text)
        }) || follows.take(2).any(|line| is_paragraph(line.text) || number::whole_line(line.text).is_some());
    let parts = [
        (complete, 4),
        (heading, if complete || says_about { 4 } else { 2 }),
        (says_about, 2),
        (followed, 2),
        (start == 0, 2),
        (length >= 12, 1),
        (length < 6 && !heading, -4),
        (is_organisation(title), -4),
        (title.ends_with("网") || title.ends_with("网站") || title.contains("门户"), -6),
    ];
    parts.iter().filter(|(holds, _)| *holds).map(|(_, points)| points).sum()
}

/// White space inside a title is wrapping or letter-spacing, except between two bodies that issue together.
pub(super) fn tidy(title: &str) -> String {
    let mut tidied = String::new();
    for part in title.split_whitespace() {
        let both = is_organisation(&tidied) && names_a_body_first(part) && tidied.chars().count() > 3;
        let words = tidied.ends_with(|c: char| c.is_ascii_alphanumeric())
            && part.starts_with(|c: char| c.is_ascii_alphabetic());
        if !tidied.is_empty() && (both || words) {
            tidied.push(' ');
        }
        tidied.push_str(part);
    }
    tidied
}

/// 县人民政府办公室关于…, 国务院, but not 关于….
fn names_a_body_first(text: &str) -> bool {
    let before = ["关于", "印发", "公布", "转发"]
        .iter()
        .filter_map(|word| text.find(word))
        .min()
        .unwrap_or(text.len());
    text.get(..before).is_some_and(|name| name.chars().count() >= 3 && is_organisation(name))
}
