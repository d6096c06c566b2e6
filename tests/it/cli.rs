//! The command line: what it teaches, what a program reads from it, and how it says no.

use std::net::TcpListener;

use predicates::prelude::*;
use predicates::str::{contains, is_empty};

use crate::command::{POLICY, Workplace, complaint, json};

#[test]
fn help_teaches() {
    let place = Workplace::new();
    place.run(&["--help"]).success().stdout(
        contains("Start with `tiaokuan serve`").and(contains("Examples:")).and(contains("Exit codes:")),
    );
    for command in [
        "serve",
        "index",
        "search",
        "similar",
        "compare",
        "atlas",
        "documents",
        "eval",
        "model",
        "completions",
    ] {
        place.run(&["--help"]).stdout(contains(format!("  {command} ")));
        place.run(&[command, "--help"]).success().stdout(contains("Usage:"));
    }
    place.run(&["search", "--help"]).stdout(contains("Region, city or province by name or GB/T 2260 code"));
}

#[test]
fn building_and_querying_can_be_measured() {
    let place = Workplace::new();
    place.write("policies/a.txt", POLICY);
    let measured = ["bench", "policies", "--work", "work", "--embedder", "fake", "--seconds", "0.01"];
    place
        .run(&[&measured[..], &["--json", "figures.json", "--peers", "peers"]].concat())
        .success()
        .stdout(contains("first build, s").and(contains("recall@10")).and(contains("| hybrid")));
    let figures: serde_json::Value =
        serde_json::from_slice(&std::fs::read(place.path("figures.json")).unwrap()).unwrap();
    let size = &figures[0];
    assert_eq!((&size["build"]["documents"], &size["rebuild"]["embedded"]), (&1.into(), &0.into()), "{size}");
    assert_eq!(size["query"]["recall_at_10"], 1.0);
    let articles = std::fs::read_to_string(place.path("peers/all/articles.jsonl")).unwrap();
    assert!(articles.contains("并联审批"));
}

#[test]
fn completions_for_every_shell() {
    for shell in ["bash", "zsh", "fish"] {
        let done = Workplace::new().run(&["completions", shell]);
        done.success().stdout(contains("similar").and(contains("exclude-same-document")));
    }
}

#[test]
fn a_program_reads_json() {
    let place = Workplace::new();
    place.write("policies/a.txt", POLICY);
    let report = json(&place.run(&["index", "policies", "--json"]).success());
    assert_eq!((report["documents"].as_u64(), report["generation"].as_u64()), (Some(1), Some(1)));

    let documents = json(&place.run(&["documents", "--json"]).success());
    assert_eq!(documents["documents"][0]["id"], "a");

    let found = json(&place.run(&["search", "并联审批", "--json"]).success());
    let best = &found["hits"][0]["clause"];
    assert!(best["text"].as_str().unwrap().contains("5个工作日"), "{best}");
    assert_eq!((&found["model"], &found["notices"][0]), (&"absent".into(), &"model_absent".into()));

    let id = best["id"].as_str().unwrap();
    let like = json(&place.run(&["similar", id, "--json"]).success());
    assert!(like["hits"].as_array().unwrap().iter().all(|hit| hit["clause"]["id"] != id), "{like}");
}

#[test]
fn a_person_reads_region_headings_and_text() {
    let place = Workplace::indexed();
    let done = place.run(&["search", "并联审批"]).success();
    done.stdout(contains("获得用水用气").and(contains("5个工作日")).and(contains("\u{1b}").not()))
        .stderr(contains("notice: model_absent"));
    place.run(&["documents"]).success().stdout(contains("青田区优化营商环境实施方案"));
    let mut command = place.command(&["similar", "-"]);
    command.write_stdin("并联审批压缩至3个工作日").assert().success().stdout(contains("5个工作日"));
}

#[test]
fn a_measure_region_by_region() {
    let place = Workplace::new();
    place.write("policies/a.txt", POLICY.replace("青田区", "淮北市相山区"));
    place.write("policies/b.txt", POLICY.replace("青田区", "芜湖市鸠江区").replace("5个工作日", "3个工作日"));
    place.run(&["index", "policies"]).success();
    let asked = ["compare", "--text", "用水用气外线工程并联审批时间压缩至4个工作日以内"];
    let compared = json(&place.run(&[&asked[..], &["--json"]].concat()));
    assert_eq!(compared["total"], 2, "{compared}");
    let values = compared["rows"][0]["values"].as_array().unwrap();
    assert!(values[0]["cell"].is_null() && values[0]["value"] == 4.0, "the draft's own number: {compared}");
    let shown = place.run(&asked);
    shown.stdout(contains("相山区").and(contains("鸠江区")).and(contains("3")).and(contains("\u{1b}").not()));
}

/// Arguments, exit code, code of the error.
const REFUSED: [(&[&str], i32, &str); 19] = [
    (&["search", ""], 2, "empty_query"),
    (&["search", "？！"], 2, "empty_query"),
    (&["search", "审批", "--limit", "0"], 2, "invalid_limit"),
    (&["search", "审批", "--limit", "101"], 2, "invalid_limit"),
    (&["search", "审批", "--region", "火星区"], 2, "unknown_region"),
    (&["search", "审批", "--document", "none"], 2, "unknown_document"),
    (&["search", "审批", "--mode", "semantic"], 1, "model_absent"),
    (&["similar", "a:none"], 3, "unknown_clause"),
    (&["similar", "--text", ""], 2, "empty_text"),
    (&["similar", "--text", "审批", "--per-region", "0"], 2, "invalid_per_region"),
    (&["similar", "--text", "审批", "--min-relevance", "2"], 2, "invalid_min_relevance"),
    (&["compare", "a:none"], 3, "unknown_clause"),
    (&["compare", "--query", "审批", "--region", "火星区"], 2, "unknown_region"),
    (&["compare", "--text", "审批", "--candidates", "4"], 2, "invalid_candidates"),
    (&["serve", "--listen", "here"], 2, "invalid_listen"),
    (&["serve", "--listen", "0.0.0.0:0"], 2, "no_keys"),
    (&["model", "path"], 3, "model_not_found"),
    (&["--config", "none.toml", "documents"], 1, "io"),
    (&["eval", "--gold", "none"], 1, "io"),
];

#[test]
fn a_refusal_has_a_code_and_an_exit_code() {
    let place = Workplace::indexed();
    for (arguments, exit, code) in REFUSED {
        let done = place.run(arguments);
        let said = complaint(&done);
        assert!(said.contains("error: ") && said.contains(&format!("[{code}]")), "{arguments:?}: {said}");
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
        done.code(exit).stdout(is_empty());
    }
}

#[test]
fn wrong_usage_is_shown_where_it_is() {
    let place = Workplace::new();
    let wrong: [(&[&str], &str); 8] = [
        (&[], "Usage:"),
        (&["find"], "find"),
        (&["search"], "<QUERY>"),
        (&["search", "审批", "--mode", "fuzzy"], "fuzzy"),
        (&["search", "审批", "--year", "soon"], "soon"),
        (&["search", "审批", "--kind", "poem"], "one of measure"),
        (&["similar"], "CLAUSE_ID"),
        (&["similar", "a:b", "--text", "审批"], "cannot be used with"),
    ];
    for (arguments, shown) in wrong {
        place.run(arguments).code(2).stderr(contains(shown));
    }
}

#[test]
fn nothing_found_and_nothing_indexed() {
    let place = Workplace::indexed();
    place.run(&["search", "\"外星飞船\""]).code(3).stdout(contains("没有找到"));
    let empty = Workplace::new();
    for arguments in [&["search", "审批"][..], &["similar", "a:b"], &["documents"]] {
        empty.run(arguments).code(1).stderr(contains("[no_generation]"));
    }
}

#[test]
fn a_bad_file_among_good_ones_is_one_line() {
    let place = Workplace::new();
    place.write("policies/a.txt", POLICY);
    place.write("policies/b.txt", [0xff, 0xfe, 0x00, 0x01, 0x80, 0x00, 0xd8, 0x00, 0x00].repeat(40));
    let done = place.run(&["index", "policies"]);
    let said = complaint(&done);
    let lines: Vec<&str> = said.lines().filter(|line| line.contains("not indexed")).collect();
    assert!(lines.len() == 1 && lines[0].contains("b.txt"), "{said}");
    done.code(1).stdout(contains("1 documents"));
    place.run(&["search", "并联审批"]).success();
}

#[test]
fn what_cannot_be_read_publishes_nothing() {
    let place = Workplace::new();
    place.run(&["index", "nowhere"]).code(1).stderr(contains("nowhere"));
    place.run(&["documents"]).code(1).stderr(contains("[no_generation]"));
    place.run(&["serve", "--listen", "127.0.0.1:0", "nowhere"]).code(3).stderr(contains("[no_documents]"));
}

#[test]
fn flags_come_before_the_environment_and_that_before_the_file() {
    let place = Workplace::indexed();
    place.write("tiaokuan.toml", "data_dir = \"elsewhere\"");
    place.run(&["documents"]).code(1).stderr(contains("elsewhere").or(contains("no_generation")));
    let mut command = place.command(&["documents"]);
    command.env("TIAOKUAN_DATA_DIR", place.data()).assert().success();
    let mut command = place.command(&["documents", "--data-dir", "index/data"]);
    command.env("TIAOKUAN_DATA_DIR", "elsewhere").assert().success();
}

#[test]
fn a_broken_configuration_is_named() {
    let place = Workplace::indexed();
    for broken in ["data_dir = ", "colour = \"red\"", "offline = \"soon\""] {
        place.write("tiaokuan.toml", broken);
        place.run(&["documents"]).code(2).stderr(contains("tiaokuan.toml").and(contains("[invalid_config]")));
    }
}

#[test]
fn a_port_in_use_is_said_before_anything_is_indexed() {
    let place = Workplace::new();
    place.write("seeds/a.txt", POLICY);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let done = place.run(&["serve", "--listen", &address]).code(1);
    done.stderr(contains(address).and(contains("[address_in_use]")));
    assert!(!place.data().exists());
}

#[test]
fn a_report_says_what_was_understood() {
    let place = Workplace::new();
    place.write("policies/a.txt", POLICY);
    place.write("policies/b.txt", "");
    let done = place.run(&["index", "policies", "--report"]);
    done.code(1).stdout(contains("标题：青田区优化营商环境实施方案（标题）").and(contains("目录")));
    let unchanged = place.run(&["index", "--report", "policies/a.txt"]).success();
    unchanged.stdout(contains("标题：青田区优化营商环境实施方案").and(contains("nothing had changed")));

    place.run(&["index", "policies", "--report", "r.html"]).code(1).stdout(contains("report: r.html"));
    let page = std::fs::read_to_string(place.path("r.html")).unwrap();
    assert!(page.contains("青田区优化营商环境实施方案") && page.contains("empty_document"), "{page}");
    place.run(&["documents", "a", "--report", "r.html"]).success();
    place.write("policies/page.html", "<p>第一条　为了规范管理，制定本办法。</p>");
    let refused = place.run(&["index", "--report", "policies/page.html"]);
    assert!(complaint(&refused).contains("[invalid_report]"));
    refused.code(2);

    let all = json(&place.run(&["documents", "--report", "--json"]).success());
    assert_eq!(all["documents"][0]["kinds"][0]["kind"], "measure");
    assert_eq!(all["documents"][0]["front_matter"][0]["source"], "title");
    assert!(complaint(&place.run(&["documents", "z", "--report"])).contains("[unknown_document]"));
}
