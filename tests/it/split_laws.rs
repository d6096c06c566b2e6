//! What holds of the splitter for every text.

use std::collections::HashMap;

use proptest::prelude::*;
use tiaokuan::normalise::Source;

use crate::support::source;
use tiaokuan::split::{MAX_CLAUSE, Split, split};

/// Pieces that documents of the genre are made of, damage included.
const FRAGMENTS: [&str; 60] = [
    "附件",
    "附件1",
    "附件2某县方案",
    "附件：1.任务清单",
    "方案1",
    "第一章 总则",
    "第二章　职责",
    "第一节 一般规定",
    "第一条　为规范管理，",
    "第二条之一 适用",
    "第三条规定的事项",
    "一、总体要求",
    "二、",
    "、纳税服务领域",
    "三、保障措施",
    "（一）",
    "（二）推行改革。",
    "(三)规范收费",
    "（2） 加强",
    "1.",
    "1．9月底前",
    "0．4千伏",
    "2、 工作目标",
    "10 依托平台",
    "1.1完善机制",
    "2.1.3 面积",
    "（1）",
    "①",
    "一是提高认识。",
    "责任单位：区税务局",
    "（牵头单位：区住建局",
    "时间节点:2022年12月",
    "【责任单位】县局",
    "主要目标：2022年底前",
    "某县优化营商环境实施方案",
    "关于印发方案的通知",
    "各镇街、各部门：",
    "目  录",
    "2022年3月25日",
    "二〇二二年三月一日",
    "某政办〔2022〕6号",
    "- 2 -",
    "PAGE",
    "第 3 页 共 9 页",
    "扫一扫在手机打开当前页",
    "组  长：张某    副区长",
    "成  员：李某  王某",
    "\t序号\t任务\t责任单位",
    "\t序号\n\t任务\n\t责任单位\n\n\t1\n\t\n\t县局",
    "\t",
    "*备注：本表",
    "注：1.说明",
    "[footnoteRef:1]",
    "[bookmark: _Toc1]",
    "《公路法》",
    "（未闭合的括号",
    "“引号",
    "。",
    "；",
    "| 1 | 开展整治 | 县局 |",
];

fn line() -> impl Strategy<Value = String> {
    let fragment = prop::sample::select(FRAGMENTS.to_vec()).prop_map(str::to_owned);
    let filler = "[甲乙丙丁市县区政府办理。，；：、（） 0-9]{0,40}";
    let long = (20usize..90).prop_map(|times| "推进政务服务标准化，压缩办理时限。".repeat(times));
    prop_oneof![
        6 => (fragment.clone(), filler).prop_map(|(fragment, filler)| fragment + &filler),
        3 => fragment,
        2 => filler.prop_map(|filler| filler),
        1 => long,
        2 => Just(String::new()),
    ]
}

fn document() -> impl Strategy<Value = String> {
    prop::collection::vec(line(), 0..40).prop_map(|lines| lines.join("\n"))
}

fn read(file: &str, text: &str) -> (Source, Split) {
    let source = source(file, text);
    let split = split(&source);
    (source, split)
}

/// How often each byte of the source is in a clause, a heading or furniture.
fn covered(source: &Source, split: &Split) -> Vec<u8> {
    let mut times = vec![0u8; source.text.len()];
    let clauses = split.clauses.iter().map(|clause| &clause.range);
    let headings = split.headings.iter().map(|heading| &heading.range);
    for range in clauses.chain(headings).chain(&split.furniture) {
        for time in &mut times[range.clone()] {
            *time = time.saturating_add(1);
        }
    }
    times
}

fn check(source: &Source, split: &Split) -> Result<(), TestCaseError> {
    for (at, times) in covered(source, split).into_iter().enumerate() {
        let between_lines = times == 0 && source.text.as_bytes()[at] == b'\n';
        prop_assert!(
            times == 1 || between_lines,
            "byte {} is covered {} times in {:?}",
            at,
            times,
            source.text
        );
    }
    let mut ids: Vec<&str> = split.clauses.iter().map(|clause| clause.id_path.as_str()).collect();
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    prop_assert_eq!(ids.len(), count, "two clauses have one id");
    for clause in &split.clauses {
        let text = &source.text[clause.range.clone()];
        prop_assert!(!text.is_empty() && text.chars().count() <= MAX_CLAUSE);
        prop_assert!(clause.id_path.len() <= 200 && clause.id_path.is_ascii());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_character_is_in_one_place(text in document(), markdown in any::<bool>()) {
        let file = if markdown { "text.md" } else { "text.txt" };
        let (source, first) = read(file, &text);
        check(&source, &first)?;
        prop_assert_eq!(split(&source), first, "splitting is deterministic");
    }

    #[test]
    fn any_text_will_do(text in "\\PC{0,200}") {
        let (source, split) = read("text.txt", &text);
        check(&source, &split)?;
    }
}

/// A plan with measures whose text is given, and paragraphs without a number.
fn plan(measures: &[String], paragraphs: &[String]) -> String {
    let mut lines = vec!["某县优化营商环境实施方案".to_owned(), "一、重点任务".to_owned()];
    lines.extend(paragraphs.iter().cloned());
    for (index, measure) in measures.iter().enumerate() {
        lines.push(format!("{}.{measure}。", index + 1));
        lines.push("责任单位：县税务局".to_owned());
    }
    lines.push("二、保障措施".to_owned());
    lines.push("各单位要加强组织领导，压实工作责任，确保各项任务落到实处。".to_owned());
    lines.join("\n")
}

/// Text to id.
fn ids(text: &str) -> HashMap<String, String> {
    let (source, split) = read("text.txt", text);
    split
        .clauses
        .iter()
        .map(|clause| (source.text[clause.range.clone()].to_owned(), clause.id_path.clone()))
        .collect()
}

fn keeps(before: &HashMap<String, String>, after: &HashMap<String, String>) -> Result<(), TestCaseError> {
    for (text, id) in before {
        if let Some(now) = after.get(text) {
            prop_assert_eq!(now, id, "{}", text);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_edit_changes_no_other_id(
        measures in prop::collection::vec("推进[甲乙丙丁戊]{4,30}，压缩时限", 2..6),
        paragraphs in prop::collection::vec("围绕[子丑寅卯辰]{40,60}，持续推进", 1..4),
        edited in "优化[己庚辛]{4,40}，提升服务",
    ) {
        let before = ids(&plan(&measures, &paragraphs));
        let mut changed = measures.clone();
        changed[0] = edited.clone();
        keeps(&before, &ids(&plan(&changed, &paragraphs)))?;
        let mut more = paragraphs.clone();
        more.insert(0, format!("{edited}。{}。", "持续深化改革，".repeat(8)));
        keeps(&before, &ids(&plan(&measures, &more)))?;
    }
}
