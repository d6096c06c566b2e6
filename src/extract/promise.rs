//! Which numbers are promises, and how the promise compares with its number.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::deadlines::tail;
use super::plain::pattern;
use crate::model::Comparator;
use crate::text::measure::{EXISTING, Measure, OBJECT_AHEAD, PRODUCE};

/// A number with its unit in its surroundings.
pub(super) struct Mention<'a> {
    /// The folded text of the clause.
    pub(super) text: &'a str,
    /// Number and unit.
    pub(super) range: Range<usize>,
    /// What the unit measures.
    pub(super) measure: Measure,
    /// The unit as written, width folded.
    pub(super) unit: &'a str,
    /// Written with digits.
    pub(super) digits: bool,
    /// The document's year.
    pub(super) year: Option<i32>,
    /// Where the last promise ended: a number right after it shares its verb.
    pub(super) promised_until: usize,
}

impl<'a> Mention<'a> {
    /// The text before the number, back to the sentence's start.
    pub(super) fn sentence_before(&self) -> &'a str {
        let before = tail(self.text.get(..self.range.start).unwrap_or_default(), 600);
        before.rsplit(['。', ';', '\n', '!', '?']).next().unwrap_or_default()
    }

    /// The text before the number, back to the last comma.
    pub(super) fn phrase_before(&self) -> &'a str {
        self.sentence_before().rsplit(['，', ':']).next().unwrap_or_default()
    }

    /// The text after the unit.
    pub(super) fn after(&self) -> &'a str {
        self.text.get(self.range.end..).unwrap_or_default()
    }

    /// The text after the unit, up to the next punctuation.
    pub(super) fn phrase_after(&self) -> &'a str {
        self.after().split(['，', '。', ';', '\n', '、', ':']).next().unwrap_or_default()
    }
}

const CHANGE: &str = "扩展|拓展|扩充|压缩|压减|缩短|缩减|精减|减少|精简|降低|下降|调减|核减|降|减|优化|提高|提升|增加|增长|上升|扩大|整合|简化|合并|延长|调整|统一|控制|保持|稳定|维持|提前|升|增";

static FILLER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:大?约|近|各|仅|只|共|总计|合计|平均|分别|一般|原则上|全部|同比|环比|年均|累计|再|均|都|也|即|仍|了|最长|最多|最高|至多|通常)$",
    )
});
static AT_MOST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:(?:不|不得|不能|不可|未|不会|不应|勿)(?:超过|超出|高于|多于|大于|突破|长于|迟于|晚于|超)|最多|至多|最长|上限为?|控制在|压缩在|缩短在)(?:到|至)?$",
    )
});
static AT_LEAST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:(?:不|不得|不能|不可|不应)(?:低于|少于|小于|短于|差于|弱于)|至少|最少|最低|达到?|达至)(?:到|至)?$",
    )
});
static MORE_THAN: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:超过|突破|高于|大于|多于|优于|超)$"));
static LESS_THAN: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:低于|少于|小于|短于)$"));
static CHANGED_TO: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?:{CHANGE})(?:[^，。;、]{{0,4}})?(?:至|到|为|成|在)$")));
static STATE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:为|是|在|至|到|达)$"));
static REDUCED_BY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:压缩|压减|缩短|缩减|精减|减少|精简|降低|下降|调减|减免|核减|下浮|下调|节约|节省|降|减)(?:幅度|比例|率)?(?:为|达|达到|超过|不低于|不少于)?$",
    )
});
static INCREASED_BY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:提高|提升|增加|增长|上升|增速|增幅|扩大|上浮|上调)(?:幅度|比例|率)?(?:为|达|达到|超过|不低于|不少于|突破|保持在)?$",
    )
});
static SUFFIX: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:\((?:不?含)[^)]{0,4}\))?(?P<mark>(?:及|或|\(含\))?(?:以内|之内|内|以下|以上|以里|之下|之上|左右|多))(?:\(含\))?",
    )
});
/// 由3个减至1个, 从30日压缩到10日: the first number is what was.
static CHANGES_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"^(?:以上|左右|以内|内|工作日|环节|材料|事项|部门|窗口)?(?:分别|进一步|统一|再|大幅)?(?:{CHANGE})[^，。;]{{0,2}}?(?:至|到|为|成)"
    ))
});
static FROM: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:由|从|将)[^，。;]{0,40}$"));
/// The past standard that a promise is measured against.
static STANDARD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?:法定|原来|原有|原先|原|现行|目前|过去|国家规定|规定|此前)(?:的|时限|办理|承诺|为|是)*$")
});
/// Numbers that belong to a name, an ordinal, a rhythm or another number.
static NO_NUMBER_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:第|^前|[^提]前|每|近|满|连续|连续超标|逢|上|下|某|这|那|另|同|[A-Za-z0-9×+.·/*]|\(不?含|首|之|[零〇一二三四五六七八九十]|\d月)$",
    )
});
static TIME_SERVICE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:的)?(?:[^，。;]{0,4})?(?:自助|不打烊|在线|智能|电话|预约|开放|值守|值班|全天|服务|热线|受理|便民|圈|生活圈|急救圈|内?通达|制|营业|畅通|守护|响应服务|随时|运行)",
    )
});
static TIME_DONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:内|以内|之内)?(?:即可|就|可)?(?:办结|完成|办理|办好|办成|审结|审核|审批|审查|出具|答复|反馈|拨付|到账|送达|送电|接电|通气|通水|通电|完税|发证|领证|出证|取证|制证|受理|出件|结案|支付|退付|退还|公示|公开|到位|响应|核准|备案|接通|接入|出图|作出|签订|通过|取得)",
    )
});
static TERM_NOUN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:时限|时间|用时|期限|周期|工期|耗时|时长|天数|期)(?:均|平均|总计|合计|累计|最长|最多|分别|缩|压)?(?:为|是|约|:)?$",
    )
});
static FOLLOWED_BY_OBJECT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:以上|以下|以内)?的[^，。;]"));
static RATE_OBJECT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:以上|以下|以内)?的(?:[^，。;]{0,6})?(?:比例|份额|标准|目标|幅度|扣除|要求|折扣|优惠|补贴|补助|奖励|资助|贴息|贡献|增速|速度|水平|额度|费率|税率|利率|支持|预算|资金|企业|事项|业务|项目|部门|案件)",
    )
});
/// 80%以上的医疗机构达到…, 100%的镇配备…: a share of something is to reach a state.
static COVERS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:以上|以下)?的[^，。;]{2,20}(?:达到|实现|完成|配备|建成|覆盖|纳入|通过|建立|接入|开展|设置|符合)",
    )
});
/// 重大案件18个月、普通案件9个月的…审限: what is named after the number is a term.
static TERM_AHEAD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[^，。;]{0,28}的[^，。;、]{0,12}(?:审限|时限|期限)"));
static ALL_COVERED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^[^，。;]{0,24}(?:全覆盖|自动生成|推广应用|全部实现|免提交|全程网办|一网通办|跨省通办)")
});
static ENUMERATED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:等|上述|以上|以下|下列|前述|其他|该|各)$"));
/// What is not to happen describes the object: 消除56人以上大班额.
static AVOIDED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"消除|杜绝|避免|防止|不发生|未发生|不存在|不出现"));
static PAST_YEAR: LazyLock<Regex> = LazyLock::new(|| pattern(r"(\d{4})年"));

/// Numbers that share the comparison before the first: 分别不超过3个、5个工作日.
static CHAIN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:\d+(?:\.\d+)?(?:%|[\p{Han}]{1,4})?(?:以上|以内|以下|左右)?[、和])+$"));

/// Whether the clause promises this number.
pub(super) fn is_promise(mention: &Mention<'_>) -> bool {
    let before = bare(mention.phrase_before());
    let after = mention.after();
    if mention.measure == Measure::Descriptive
        || NO_NUMBER_BEFORE.is_match(before)
        || after.starts_with('之') && !after.starts_with("之内")
    {
        return false;
    }
    if was_before(mention, before) || is_background(mention) {
        return false;
    }
    match mention.measure {
        Measure::Time => promises_time(mention, before),
        Measure::Year => AT_MOST.is_match(before) || AT_LEAST.is_match(before),
        Measure::Ratio => promises_ratio(mention, before),
        Measure::Money => promises_money(mention, before),
        Measure::Count => promises_count(mention, before),
        Measure::Size => {
            mention.digits && (compares_strictly(before) || produces(mention)) && !bounds(mention)
        }
        Measure::Descriptive => false,
    }
}

/// 由3个减至1个: the 3; 法定30日: the standard.
fn was_before(mention: &Mention<'_>, before: &str) -> bool {
    let changes = CHANGES_AFTER.is_match(mention.after());
    STANDARD.is_match(before)
        || changes
            && (FROM.is_match(mention.phrase_before())
                || mention.phrase_after().len() > 6 && before.ends_with('的'))
}

/// The sentence says how things stand: 目前…, 截至…, or a year before the document's.
fn is_background(mention: &Mention<'_>) -> bool {
    let phrase = mention.phrase_before();
    let sentence = mention.sentence_before();
    let past = |text: &str| {
        mention.year.is_some_and(|now| {
            PAST_YEAR
                .captures_iter(text)
                .filter_map(|c| c.get(1)?.as_str().parse::<i32>().ok())
                .last()
                .is_some_and(|year| year < now)
        })
    };
    ["截至", "截止", "目前", "现状", "进展情况"]
        .iter()
        .any(|word| sentence.starts_with(word) || phrase.contains(word))
        || past(sentence) && !phrase.contains("基础上") && !sentence.contains("基础上")
        || phrase.contains("上年") && !phrase.contains('较')
}

fn promises_time(mention: &Mention<'_>, before: &str) -> bool {
    let after = mention.after();
    let suffix = suffix_of(after);
    if matches!(suffix, Some("以上" | "及以上" | "之上" | "多")) || after.starts_with(['前', '后', '起'])
    {
        return false;
    }
    if AT_MOST.is_match(before) || CHANGED_TO.is_match(before) || REDUCED_BY.is_match(before) {
        return true;
    }
    if MORE_THAN.is_match(before) {
        return false;
    }
    if suffix.is_some() && suffix != Some("左右") {
        return true;
    }
    if TIME_SERVICE.is_match(after) {
        return false;
    }
    mention.digits
        && (TIME_DONE.is_match(after)
            || TERM_NOUN.is_match(before)
            || TERM_AHEAD.is_match(after)
            || before.ends_with("提前")
            || AT_LEAST.is_match(before))
        || after.starts_with("办结")
        || after.starts_with("完成")
}

fn promises_ratio(mention: &Mention<'_>, before: &str) -> bool {
    if !mention.digits && !compares(before) {
        return false;
    }
    let bounding = MORE_THAN.is_match(before) || LESS_THAN.is_match(before);
    if compares(before) && !bounding || !describes(mention) {
        return !before.ends_with("加收");
    }
    RATE_OBJECT.is_match(mention.after()) || COVERS.is_match(mention.after())
}

fn promises_money(mention: &Mention<'_>, before: &str) -> bool {
    let is_fine = before.ends_with('处') || before.ends_with("处以") || mention.phrase_after().contains("罚");
    if is_fine || MORE_THAN.is_match(before) && describes(mention) {
        return false;
    }
    suffix_of(mention.after()).is_some() || compares(before) || mention.digits && produces(mention)
}

fn promises_count(mention: &Mention<'_>, before: &str) -> bool {
    let after = mention.after();
    let in_heading = before.ends_with('(') && after.starts_with(')');
    if in_heading || AVOIDED.is_match(mention.phrase_before()) {
        return false;
    }
    // 三人以上 sets a condition, 20家以上 is a promise.
    let suffixed = mention.digits && suffix_of(after).is_some_and(|suffix| suffix != "内" && suffix != "多");
    let compared = compares_strictly(before) || suffixed;
    if compared {
        return !(describes(mention) && (MORE_THAN.is_match(before) || !mention.digits));
    }
    if !mention.digits || ENUMERATED.is_match(before) && !ALL_COVERED.is_match(after) {
        return false;
    }
    OBJECT_AHEAD.is_match(after)
        || ALL_COVERED.is_match(after)
        || CHANGED_TO.is_match(before)
        || INCREASED_BY.is_match(before)
        || REDUCED_BY.is_match(before)
        || produces(mention)
}

/// A verb that promises what it counts stands before the number: in its phrase, or in the sentence where the
/// number ends its phrase (完成绿化3000亩，森林抚育2000亩) or follows another promise.
fn produces(mention: &Mention<'_>) -> bool {
    let phrase = mention.phrase_before();
    if EXISTING.is_match(phrase) {
        return false;
    }
    if PRODUCE.is_match(phrase) {
        return true;
    }
    let follows = phrase.is_empty() && mention.range.start.saturating_sub(mention.promised_until) < 40;
    let closes = mention.phrase_after().is_empty();
    let sentence = mention.sentence_before();
    (follows || closes && !phrase.is_empty()) && PRODUCE.is_match(sentence) && !EXISTING.is_match(sentence)
}

/// A size with a bound says which object is meant: 建筑面积500平方米以下.
fn bounds(mention: &Mention<'_>) -> bool {
    describes(mention) || matches!(suffix_of(mention.after()), Some("以下" | "以内" | "之内" | "内"))
}

/// Number, comparison and 的 describe an object: 超过200万元的货物.
fn describes(mention: &Mention<'_>) -> bool {
    FOLLOWED_BY_OBJECT.is_match(mention.after())
}

fn compares(before: &str) -> bool {
    compares_strictly(before)
        || STATE.is_match(before)
        || REDUCED_BY.is_match(before)
        || INCREASED_BY.is_match(before)
}

fn compares_strictly(before: &str) -> bool {
    AT_MOST.is_match(before)
        || AT_LEAST.is_match(before)
        || MORE_THAN.is_match(before)
        || LESS_THAN.is_match(before)
}

/// `before` without words such as 约, 各 and 原则上 at its end.
fn bare(before: &str) -> &str {
    let mut rest = before;
    if let Some(chain) = CHAIN.find(rest) {
        rest = rest.get(..chain.start()).unwrap_or_default();
    }
    while let Some(filler) = FILLER.find(rest) {
        // 最多 and 最长 compare by themselves.
        if matches!(filler.as_str(), "最长" | "最多" | "至多") {
            break;
        }
        rest = rest.get(..filler.start()).unwrap_or_default();
    }
    rest
}

fn suffix_of(after: &str) -> Option<&str> {
    let mark = SUFFIX.captures(after)?.name("mark")?.as_str();
    Some(mark.trim_start_matches("(含)").trim_start_matches(['及', '或']))
}

/// How the promise compares with its number, and the range of the text that says so.
pub(super) fn comparator(mention: &Mention<'_>) -> (Comparator, Range<usize>) {
    let phrase = mention.phrase_before();
    let before = bare(phrase);
    let end = mention.range.end + SUFFIX.find(mention.after()).map_or(0, |suffix| suffix.end());
    let suffix = suffix_of(mention.after());
    let rows: [(&LazyLock<Regex>, Comparator); 6] = [
        (&REDUCED_BY, Comparator::Reduce),
        (&INCREASED_BY, Comparator::Increase),
        (&AT_MOST, Comparator::LessOrEqual),
        (&AT_LEAST, Comparator::GreaterOrEqual),
        (&MORE_THAN, Comparator::Greater),
        (&LESS_THAN, Comparator::Less),
    ];
    let prefix =
        rows.iter().find_map(|(regex, comparator)| regex.find(before).map(|found| (found, *comparator)));
    let changed = CHANGED_TO.find(before);
    let start = prefix.map(|(found, _)| found.start()).or(changed.map(|found| found.start()));
    let start = mention.range.start - start.map_or(phrase.len() - before.len(), |start| phrase.len() - start);
    let comparator = match (prefix.map(|(_, comparator)| comparator), suffix) {
        (
            Some(Comparator::GreaterOrEqual) | None,
            Some("以内" | "之内" | "内" | "以下" | "之下" | "以里"),
        ) => Comparator::LessOrEqual,
        (None, Some("以上" | "之上")) => Comparator::GreaterOrEqual,
        (Some(comparator), _) => comparator,
        (None, _) if mention.measure == Measure::Time => Comparator::LessOrEqual,
        (None, _) => Comparator::Equal,
    };
    (comparator, start..end)
}
