use proptest::prelude::*;
use serde::Deserialize;

use super::{Context, extract, inherited};
use crate::model::{ClauseKind, Facts, Role};

#[derive(Deserialize)]
struct Cases {
    row: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    text: String,
    year: Option<i32>,
    #[serde(default)]
    units: Vec<(String, Role)>,
    #[serde(default)]
    deadlines: Vec<String>,
    #[serde(default)]
    targets: Vec<(f64, String)>,
    #[serde(default)]
    warnings: Vec<String>,
}

fn context(year: i32) -> Context<'static> {
    Context { year: Some(year), title: "", path: &[], kind: ClauseKind::Measure, table: &[] }
}

/// One line a difference, so that a failing run names every row at fault.
fn differences(row: &Row) -> Vec<String> {
    let (facts, warnings) = extract(&row.text, &context(row.year.unwrap_or(2022)));
    let units: Vec<_> = facts.units.iter().map(|unit| (unit.name.clone(), unit.role)).collect();
    let deadlines: Vec<_> =
        facts.deadlines.iter().map(|deadline| deadline.date.clone().unwrap_or_default()).collect();
    let targets: Vec<_> = facts.targets.iter().map(|target| (target.value, target.unit.clone())).collect();
    let codes: Vec<_> = warnings.into_iter().map(|warning| warning.code).collect();
    let mut found = Vec::new();
    let mut compare = |what: &str, want: String, got: String| {
        if want != got {
            found.push(format!("{}: {what}\n  want {want}\n  got  {got}", row.name));
        }
    };
    compare("units", format!("{:?}", row.units), format!("{units:?}"));
    compare("deadlines", format!("{:?}", row.deadlines), format!("{deadlines:?}"));
    compare("targets", format!("{:?}", row.targets), format!("{targets:?}"));
    compare("warnings", format!("{:?}", row.warnings), format!("{codes:?}"));
    found
}

#[test]
fn reads_the_wording_of_the_genre() {
    let cases: Cases = toml::from_str(include_str!("../../tests/cases/extract.toml")).expect("cases");
    let found: Vec<String> = cases.row.iter().flat_map(differences).collect();
    assert!(found.is_empty(), "{} differences\n{}", found.len(), found.join("\n"));
}

proptest! {
    #[test]
    fn any_text_is_read_and_quoted(text in r"[0-9年月日底前区局委、，；。：（）()\[\]《》〔〕号%个工作日以内责任单位牵头负责配合由至压缩三十\n 　.．]{0,80}") {
        let (Facts { units, deadlines, targets, .. }, _) = extract(&text, &context(2022));
        for raw in deadlines.iter().map(|d| &d.raw).chain(targets.iter().map(|t| &t.raw)) {
            prop_assert!(text.contains(raw.as_str()));
        }
        prop_assert!(units.iter().all(|unit| !unit.name.is_empty()));
    }
}

#[test]
fn headings_give_their_agencies_to_what_is_below() {
    let path = ["附件2 对标提升举措".to_owned(), "一、开办企业指标领域(区市监局牵头)".to_owned()];
    let facts = inherited(&path, Some(2023));
    assert_eq!(
        facts.units.first().map(|unit| (unit.name.as_str(), unit.role)),
        Some(("区市监局", Role::Lead))
    );
}

#[test]
fn names_references_contacts_and_domain() {
    let text = "根据《关于印发〈条例〉的通知》（国办发〔2020〕43号）和相政办﹝2022﹞6号，办理注销登记。联系人：张三，联系电话：13600000000。";
    let path = ["方案1 企业开办注销提升行动方案".to_owned()];
    let (facts, _) = extract(text, &Context { path: &path, ..context(2022) });
    assert_eq!(facts.references, ["《关于印发〈条例〉的通知》", "国办发〔2020〕43号", "相政办﹝2022﹞6号"]);
    assert_eq!(facts.domain.as_deref(), Some("开办企业"));
    let phones: Vec<_> =
        facts.contacts.iter().map(|contact| (contact.name.as_deref(), contact.phone.as_deref())).collect();
    assert_eq!(phones, [(Some("张三"), Some("13600000000"))]);
}

#[test]
fn a_roster_gives_names_without_their_posts() {
    let text =
        "组  长：张  三    副区长\n副组长：王小明    区数管局局长\n联络员：区数管局李小红，17700000000";
    let (facts, _) = extract(text, &Context { kind: ClauseKind::Roster, ..context(2022) });
    let names: Vec<_> = facts.contacts.iter().filter_map(|contact| contact.name.as_deref()).collect();
    assert_eq!(names, ["张三", "王小明", "李小红"]);
}

#[test]
fn a_table_promises_what_its_goal_column_changes() {
    let rows = [
        ["指标（项目）", "现状水平", "省里目标", "升级版目标"],
        ["纳税时间（小时）", "69.39", "66", "65.23"],
        ["总税收和缴费率（%）", "43.95", "43.95", "43.95"],
        ["报税后流程指数（0-100）", "50", "51", "52.5"],
        [
            "医疗服务",
            "床位数6.40张，设科比例达到50%。",
            "床位数5.19张",
            "床位数6.51张，设科比例达到50%及以上。",
        ],
    ];
    let table: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|&cell| cell.to_owned()).collect()).collect();
    let (facts, _) = extract("", &Context { kind: ClauseKind::Table, table: &table, ..context(2022) });
    let targets: Vec<_> = facts.targets.iter().map(|target| (target.value, target.unit.as_str())).collect();
    assert_eq!(targets, [(65.23, "小时"), (52.5, "分"), (6.51, "张")]);
}
