use std::sync::LazyLock;

use regex::Regex;

use super::line::{Line, compact, is_paragraph};
use super::title::tidy;

static SEEKS_COMMENT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"征求.*意见|征集.*意见|听取.*意见").expect("a valid pattern"));

/// The draft within the title of a notice that asks for comments on it.
static SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"《(?P<named>.+)》(?P<stage>[（(][^（）()]*(?:稿|草案|试行|暂行)[）)])?|(?:征求|对)(?:社会)?(?P<plain>[^《》]+?(?:稿|草案)[）)])")
        .expect("a valid pattern")
});

static STAGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[（(][^（）()]*(?:稿|草案|送审|试行|暂行)[^（）()]*[）)]").expect("a valid pattern")
});

/// Whether the title is that of a notice that asks for comments.
pub(super) fn seeks_comment(title: &str) -> bool {
    SEEKS_COMMENT.is_match(title) && !title.starts_with('《')
}

/// The title of what a notice carries (《…》 in its own title), with the stage that stands with or below it,
/// when its text follows in the same file.
pub(super) fn carried_title(notice: &str, lines: &[Line<'_>], after: usize) -> Option<String> {
    let subject = SUBJECT.captures(notice)?;
    let name = subject.name("named").or_else(|| subject.name("plain"))?.as_str();
    let bare = STAGE.replace_all(&compact(name), "").into_owned();
    let heading = lines.iter().enumerate().skip(after).find(|(_, line)| opens_with(line.text, &bare))?;
    let stage = STAGE
        .find(name)
        .map(|found| found.as_str().to_owned())
        .or_else(|| subject.name("stage").map(|stage| stage.as_str().to_owned()))
        .or_else(|| stage_below(lines, heading.0));
    Some(format!("{}{}", tidy(&STAGE.replace_all(name, "")), stage.unwrap_or_default()))
}

/// Whether the line is the draft's own heading, perhaps wrapped, rather than a sentence that names it.
fn opens_with(line: &str, bare: &str) -> bool {
    let line = STAGE.replace_all(&compact(line), "").into_owned();
    let length = line.chars().count();
    length >= 6
        && !is_paragraph(&line)
        && bare.starts_with(&line)
        && length * 2 >= bare.chars().count().min(24)
}

fn stage_below(lines: &[Line<'_>], heading: usize) -> Option<String> {
    let near = lines.iter().skip(heading).take(3);
    near.filter_map(|line| STAGE.find(line.text)).map(|stage| stage.as_str().to_owned()).next()
}
