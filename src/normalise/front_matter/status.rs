use std::sync::LazyLock;

use regex::Regex;

use super::line::{Line, compact};
use super::metadata::{Key, Metadata};
use super::origin::Origin;
use crate::model::Status;

static DRAFT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"征求意见稿|公开征求意见|征求.*意见|（[^（）]{0,6}草案[^（）]{0,6}）|\([^()]{0,6}草案[^()]{0,6}\)|草案$|送审稿|讨论稿|审议稿")
        .expect("a valid pattern")
});

/// On trial by its own name: at the end of the title, of a title within it, or of what it hands on.
static TRIAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"[（(](?:试行|暂行)[^（）()]{0,4}[）)]|",
        r"(?:试行|暂行)[\p{Han}]{0,2}(?:办法|规定|条例|细则|规则|意见|方案|标准|制度|规程|措施)",
        r"(?:[（(][^（）()]*[）)])?(?:》|$|的(?:通知|公告)$)",
    ))
    .expect("a valid pattern")
});

static REPEALED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[（(【\[](?:已|现已|全文)?(?:废止|失效)[）)】\]]|^(?:本|该|此)(?:文件|件|规范性文件|文)(?:现)?已(?:经)?(?:被)?(?:宣布)?(?:废止|失效)")
        .expect("a valid pattern")
});

/// A title within the title that the document carries, as against one that it is about.
static CARRIED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:印发|公布|发布|转发|批转|下达|征求|实施|关于)《[^》]*》").expect("a valid pattern")
});

static NAMED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"《[^》]*》").expect("a valid pattern"));

/// Where the document stands, by its metadata, its own titles (`titles`: the notice's and the plan's) and the
/// lines of its head. What it says of other documents does not count.
pub(super) fn status(titles: &[&str], head: &[Line<'_>], metadata: &Metadata) -> (Status, Option<Origin>) {
    if metadata.all(Key::Validity).any(is_repealed) {
        return (Status::Repealed, Some(Origin::Metadata));
    }
    if head.iter().any(|line| REPEALED.is_match(&compact(line.text))) {
        return (Status::Repealed, Some(Origin::Head));
    }
    let of_title = of_titles(titles);
    (of_title, (of_title != Status::Effective).then_some(Origin::Title))
}

fn of_titles(titles: &[&str]) -> Status {
    if titles.iter().any(|title| REPEALED.is_match(title)) {
        return Status::Repealed;
    }
    let own: Vec<String> = titles.iter().map(|title| own_words(title)).collect();
    if own.iter().any(|title| DRAFT.is_match(title)) {
        return Status::Draft;
    }
    let about_others = |title: &String| {
        ["废止", "修改", "失效", "停止", "贯彻", "执行", "适用"].iter().any(|word| title.contains(word))
    };
    if own.iter().any(|title| TRIAL.is_match(title) && !about_others(title)) {
        return Status::Trial;
    }
    Status::Effective
}

fn is_repealed(validity: &str) -> bool {
    let validity = compact(validity);
    let denied = validity.contains("未") || validity.contains('否') || validity.starts_with("有效");
    !denied && ["废止", "失效", "无效"].iter().any(|word| validity.contains(word))
}

/// The title without the names of documents that it is merely about.
fn own_words(title: &str) -> String {
    if CARRIED.is_match(title) && !title.contains("贯彻") && !title.contains("落实《") {
        return title.to_owned();
    }
    NAMED.replace_all(title, "").into_owned()
}
