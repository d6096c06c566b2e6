//! What kind of text a section holds, read from its heading and its lines.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::ClauseKind;

static GOAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:目标|总体要求|总体思路|指导思想|基本原则|工作原则|要求和目标|总体考虑|基本思路|目标任务|总体部署)(?:[：:]|$)").ok()
});
static SAFEGUARD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:保障措施|组织实施|组织保障|工作保障|保障机制|实施保障|政策保障|组织领导|实施步骤|工作要求|有关要求|相关要求|保障与监督|监督考核|推进机制|下步工作)(?:[：:]|$)").ok()
});
static MEASURE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?:措施|举措|任务|重点|内容|工作|行动|事项|指标领域|清单|工程|安排)(?:及\S{2,8})?(?:[：:（(]|$)",
    )
    .ok()
});
static NOTICE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:通知|公告|通告|函|批复|请示|报告|启事|意见建议)$").ok());
static ROSTER_LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:常务)?副?\s*(?:组\s*长|主\s*任|召\s*集\s*人|总指挥|指挥长)\s*[:：]|^成\s*员(?:单位)?\s*[:：]|联\s*络\s*员\s*[:：]|^\s*长\s*[:：]|^[\p{Han}]\s{0,4}[\p{Han}]{1,3}\s{2,}[\p{Han}（）()、]{4,40}$").ok()
});

fn matches(regex: &LazyLock<Option<Regex>>, text: &str) -> bool {
    regex.as_ref().is_some_and(|regex| regex.is_match(text))
}

/// The kind that a heading gives to what stands below it; `outer` where it says nothing.
/// `ordinal` is the heading's number: 工作要求 is an aim at the head of a plan and a safeguard at its foot.
pub(super) fn of_section(heading: &str, ordinal: u32, outer: Option<ClauseKind>) -> Option<ClauseKind> {
    let heading = heading.trim().trim_end_matches(['。', '：', ':']);
    let requirements_first = heading.ends_with("工作要求") && ordinal <= 1;
    if requirements_first || matches(&GOAL, heading) {
        return Some(ClauseKind::Goal);
    }
    if matches(&SAFEGUARD, heading) {
        return Some(ClauseKind::Safeguard);
    }
    if matches(&MEASURE, heading) && outer != Some(ClauseKind::Notice) {
        return Some(ClauseKind::Measure);
    }
    outer
}

/// Whether a document of this title carries another one.
pub(super) fn is_notice_title(title: &str) -> bool {
    matches(&NOTICE, title.trim_end_matches(['）', ')']).trim())
}

/// Whether lines are a list of people and posts.
pub(super) fn is_roster<'a>(lines: impl Iterator<Item = &'a str>) -> bool {
    let (mut people, mut all) = (0usize, 0usize);
    for line in lines {
        all += 1;
        people += usize::from(matches(&ROSTER_LINE, line));
    }
    people >= 2 && people * 3 >= all
}

/// 主要目标：… begins an aim wherever it stands.
pub(super) fn is_goal_paragraph(text: &str) -> bool {
    let head: String = text.chars().take(12).collect();
    ["主要目标：", "主要目标:", "工作目标：", "总体目标：", "目标任务："]
        .iter()
        .any(|goal| head.starts_with(goal))
}
