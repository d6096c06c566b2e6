//! What kind of text a section holds, read from its heading and its lines.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::ClauseKind;

static GOAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:目标|总体要求|总体思路|指导思想|基本原则|工作原则|要求和目标|总体考虑|基本思路|工作思路|目标任务|总体部署|总体安排|指导原则|重要意义|总的要求)(?:[：:]|$)").ok()
});
static SAFEGUARD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:保障措施|组织保障|组织实施|组织领导|实施步骤|步骤|工作要求|有关要求|相关要求|保障与监督|监督考核|督查考核|督导考核|考核评价|推进机制|下步工作|工作保障|保障机制|实施保障|政策保障|组织落实|工作落实|时间安排|进度安排|组织推进)(?:[：:]|$)").ok()
});
/// How the last section of a plan says that it is about its being carried out.
static CLOSING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:切实|全面|着力|进一步)?(?:加强|强化|抓好|做好|健全|完善|压实|狠抓|严格|落实).{0,8}(?:组织|保障|落实|督[查导促]|考核|领导|责任|实施|宣传)|^(?:组织|保障|附则|其他)").ok()
});
/// Headings that name a kind of section and nothing else.
static SECTION_NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:总体|工作|主要|重点|基本|指导|保障|组织|实施|任务|目标|具体|有关|相关|监督|方法){1,3}(?:要求|目标|思路|思想|原则|任务|举措|措施|内容|实施|领导|保障|步骤|分工|考核|安排|机制)[：:]?$").ok()
});
static MEASURE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:措施|举措|任务|重点|内容|工作|行动|事项|指标领域|清单|工程|安排|分工)(?:及\S{2,8})?(?:[：:（(]|$)").ok()
});
static NOTICE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:通知|公告|通告|函|批复|请示|报告|启事|意见建议)$").ok());
static FINAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:本|此|上述|以上)(?:办法|措施|意见|方案|通知|规定|细则|政策|规划|文件|计划|制度|条款|若干\S{2,4}).{0,60}(?:施行|实施|执行|解释|有效期|废止)").ok()
});
static ROSTER_LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:常务)?副?\s*(?:组\s*长|主\s*任|召\s*集\s*人|总指挥|指挥长)\s*[:：]|^成\s*员(?:单位)?\s*[:：]|联\s*络\s*员\s*[:：]|^\s*长\s*[:：]|^[\p{Han}]\s{0,4}[\p{Han}]{1,3}(?:\s{2,}|\x{3000})[\p{Han}（）()、]{4,40}$").ok()
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

/// The kind of a plan's last section, where its heading alone says nothing: 五、强化组织保障.
pub(super) fn of_last_section(heading: &str) -> Option<ClauseKind> {
    matches(&CLOSING, heading.trim()).then_some(ClauseKind::Safeguard)
}

/// Whether a heading names a kind of section (工作目标, 主要任务) rather than a matter.
pub(super) fn names_section(heading: &str) -> bool {
    let heading = heading.trim().trim_end_matches(['。', '：', ':']);
    matches(&GOAL, heading) || matches(&SAFEGUARD, heading) || matches(&MEASURE, heading)
}

/// Whether a line is such a name and nothing else.
pub(super) fn is_section_name(line: &str) -> bool {
    line.chars().count() <= 10 && matches(&SECTION_NAME, line)
}

/// Whether a document of this title issues another one: 关于印发《…》的通知.
pub(super) fn issues_another(title: &str) -> bool {
    let issues = ["印发", "转发", "公布", "发布", "下发", "公开征求", "征求", "报送"];
    let of_one = issues.iter().any(|word| title.contains(word)) || title.contains('《');
    of_one && matches(&NOTICE, title.trim_end_matches(['）', ')']).trim())
}

/// 本办法自印发之日起施行。 at the end of a document belongs to the whole of it.
pub(super) fn is_final_provision(text: &str) -> bool {
    matches(&FINAL, text)
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
