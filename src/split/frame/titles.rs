//! Titles: of the document, of an attachment, of a plan that a notice carries.

use std::sync::LazyLock;

use regex::Regex;

use super::closing::is_date_line;
use crate::split::block::{Block, Role, is_heading_like, matches};
use crate::split::kind;
use crate::text::marker::MarkerKind;

/// Lines that the title of the document may take.
const DOCUMENT_TITLE_LINES: u8 = 5;
/// Lines that a title within the document may take.
const INNER_TITLE_LINES: u8 = 3;

/// Shortest title of a document that a page marks up as a heading of a deeper level, in characters.
const SHORTEST_TITLE: usize = 10;

static TITLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:方案|办法|意见|措施|规定|细则|规则|通知|计划|条例|清单|名单|制度|规程|要点|规划|标准|指南|指引|工作安排|任务分工|分工安排|目录|公告|通告|决定|法|解释|一览表|统计表|分工表|汇总表|对比表)\s*(?:[（(〔\[].{1,20}[)）〕\]])?$").ok()
});

/// 2013年11月22日 某省人民代表大会常务委员会第六次会议通过: when a law was passed and amended.
static ENACTMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^[（(]?\s*(?:[0-9０-９]{4}|[一二][〇○零一二三四五六七八九]{3})\s*年.{1,40}?日.*(?:通过|修正|修订|公布|发布|批准|施行|颁布|制定|废止|备案|第[0-9０-９]+号|决定》.{0,8})\s*[)）]?$|^自?(?:发布|公布)之日起?施行$").ok()
});

/// Marks titles: the lines at the head up to the first text, those that follow 附件 or 方案, and a
/// plan's own title after the notice that carries it.
pub(super) fn mark(blocks: &mut [Block]) {
    let mut place = Place { expecting: true, lines_left: DOCUMENT_TITLE_LINES, at_head: true };
    for index in 0..blocks.len() {
        let becomes = match blocks.get(index) {
            Some(block) => place.read(blocks, index, block),
            None => None,
        };
        if let (Some(role), Some(block)) = (becomes, blocks.get_mut(index)) {
            block.role = role;
        }
    }
}

/// Where the reading stands: whether a title may come, and on how many lines.
struct Place {
    expecting: bool,
    lines_left: u8,
    /// Whether nothing but titles and furniture has come.
    at_head: bool,
}

impl Place {
    /// What the next block becomes, where it is no longer what it was.
    fn read(&mut self, blocks: &[Block], index: usize, block: &Block) -> Option<Role> {
        match block.role {
            Role::Furniture => None,
            Role::Marked(1) => Some(Role::Title),
            Role::Marked(_) if self.at_head && is_document_title(&block.text) => {
                self.expecting = true;
                Some(Role::Title)
            }
            Role::Numbered => {
                self.at_head = false;
                let heads = matches!(block.kind(), Some(MarkerKind::Attachment | MarkerKind::Plan));
                self.expecting = heads;
                // 附件1：某县方案 has its title, which may come once more below
                self.lines_left = if is_title(block.body()) { 1 } else { INNER_TITLE_LINES };
                None
            }
            Role::Paragraph => self.read_paragraph(blocks, index, &block.text),
            _ => {
                self.expecting = false;
                self.at_head = false;
                None
            }
        }
    }

    fn read_paragraph(&mut self, blocks: &[Block], index: usize, text: &str) -> Option<Role> {
        if continues_division(blocks, index) {
            return Some(Role::Title);
        }
        if matches(&ENACTMENT, text) && !text.contains('。') {
            return Some(Role::Furniture);
        }
        if self.expecting && is_addressee(text) {
            self.expecting = false;
            return Some(Role::Furniture);
        }
        let is_member = kind::is_roster(std::iter::repeat_n(text, 2));
        if self.expecting && self.lines_left > 0 && is_title_line(text) && !is_member {
            self.lines_left -= 1;
            return Some(Role::Title);
        }
        self.at_head = false;
        self.expecting = is_plan_title(blocks, index);
        self.lines_left = INNER_TITLE_LINES - 1;
        self.expecting.then_some(Role::Title)
    }
}

/// The second line of a chapter's heading: short, right below it, right above what it holds.
fn continues_division(blocks: &[Block], index: usize) -> bool {
    let above = index.checked_sub(1).and_then(|above| blocks.get(above)).and_then(Block::kind);
    let below = blocks.get(index + 1).and_then(Block::kind);
    let divides = |kind| matches!(kind, Some(MarkerKind::Part | MarkerKind::Chapter | MarkerKind::Section));
    let holds = divides(below) || below == Some(MarkerKind::Article);
    let brief =
        blocks.get(index).is_some_and(|block| block.text.chars().count() <= 20 && is_title_line(&block.text));
    divides(above) && holds && brief
}

/// A line of a title: no sentence, no clause of a sentence.
fn is_title_line(text: &str) -> bool {
    let introduces = text.starts_with(['为', '按', '根']) && text.contains(['，', ',']);
    is_heading_like(text) && !text.ends_with(['。', '：', ':', '，', ',']) && !introduces
}

/// 各镇街、开发区，区政府各部门： and no introduction (为…，现提出如下意见：).
fn is_addressee(text: &str) -> bool {
    const INTRODUCES: [&str; 8] = ["如下", "现将", "现就", "决定", "规定", "制定", "提出", "以下"];
    let ends = text.ends_with(['：', ':']) && !text.contains('。') && text.chars().count() <= 160;
    let introduces = text.starts_with(['为', '按', '根', '经', '依', '现'])
        || INTRODUCES.iter().any(|word| text.contains(word));
    ends && !introduces
}

/// A page's heading of a deeper level that is the document's title.
fn is_document_title(text: &str) -> bool {
    text.chars().count() >= SHORTEST_TITLE && (is_title(text) || text.contains("关于"))
}

/// Whether `text` reads as the title of a document.
fn is_title(text: &str) -> bool {
    !text.contains(['。', '；', '：', ':']) && text.chars().count() <= 80 && matches(&TITLE, text.trim_end())
}

/// A title inside the text: reads as one, stands before an introduction or a first heading.
fn is_plan_title(blocks: &[Block], index: usize) -> bool {
    let (Some(block), Some(above), Some(below)) =
        (blocks.get(index), blocks.get(..index), blocks.get(index + 1..))
    else {
        return false;
    };
    let previous_ends = above.iter().rev().find(|block| block.role != Role::Title).is_none_or(|block| {
        block.role == Role::Furniture
            || block.role == Role::Row
            || is_date_line(&block.text)
            || block.text.ends_with(['。', '）', ')'])
    });
    let next_begins = below.iter().find(|block| block.role != Role::Furniture).is_some_and(|block| {
        block.role == Role::Numbered || block.text.contains('。') || block.text.starts_with(['（', '('])
    });
    previous_ends && next_begins && is_title(&block.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_and_notes() {
        assert!(is_title("某县优化营商环境实施方案（试行）"));
        assert!(!is_title("制定实施方案。"));
        assert!(matches(&ENACTMENT, "2013年11月22日 某省第十二届人民代表大会常务委员会第六次会议通过"));
        assert!(matches(&ENACTMENT, "（2021年5月1日某市人民政府令第12号公布）"));
        assert!(!matches(&ENACTMENT, "2022年12月底前完成"));
    }
}
