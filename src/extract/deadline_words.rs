//! The wording of deadlines: dates, what recurs or stays open, and what makes a date mere background.

use std::sync::LazyLock;

use regex::Regex;

use super::plain::pattern;

pub(super) const DIGITS: &str = r"[0-9〇零一二三四五六七八九十]";

/// A date or a period, its parts named; most parts are optional, so matches are checked again.
pub(super) static DATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?P<range>(?:(?P<range_year>\d{{4}})年?)?(?:{DIGITS}{{1,3}}月?)?(?:\d{{1,2}}日?)?[至到-])?(?P<whole>(?:(?P<year>\d{{4}}|[二两][〇零○]{DIGITS}{{2}})(?:年度?|[.\-/])|(?P<relative>今年|本年度?|当年|明年|后年))?(?:(?P<month>{DIGITS}{{1,3}})(?P<month_mark>月份?)|(?P<dotted>\d{{1,2}})[.\-/])?(?:(?P<day>{DIGITS}{{1,3}})(?P<day_mark>[日号])?|(?P<third>[上中下]旬))?(?P<part>[上下]半年|第?[一二三四1-4]季度)?(?P<end>年底|年末|年内|月底|月末|底|末)?(?P<clock>\d{{1,2}}[:时点](?:\d{{2}}分?)?)?(?P<before>之?以?前)?(?P<within>内|中)?)"
    ))
});

/// Where a date can begin: [`DATE`] is tried nowhere else.
pub(super) static DATE_BEGINS: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!("{DIGITS}|[两今本当明后年月上下第至到]")));

pub(super) static PLAN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?P<plan>[一二三四五六七八九十]{1,3})五[”"]?(?P<end>规划期?|期)?(?:末|结束前|期间)"#)
});

/// What recurs, never ends or counts from an event.
pub(super) static OPEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"持续(?:推进|实施|开展|落实|优化|深化|改进|提升|坚持|完善)?|长期(?:坚持|推进|实施|落实)?|常态化(?:推进|开展|实施|坚持|工作)?|全年|立即(?:执行|实施)?|适时|即日起|按(?:照)?(?:上级|省|市|国家)[^，;。]{0,12}(?:要求|部署|安排)[^，;。]{0,4}",
    )
});

pub(super) static RECURRING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?:每(?:个|一|半)?(?:年|季度?|月|周|旬|日)|次年|逐年|逐月)(?:度)?[^，。;\n]{0,24}?前")
});

/// A date in a phrase that recurs: 每年6月底、12月底.
pub(super) static RECURRENT_PHRASE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"每(?:个)?(?:半)?(?:年|季度?|月|周)(?:度)?[^，。;\n]*$"));

pub(super) static SPAN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:用|经过|通过|力争|利用)(?P<span>(?:\d{1,2}|[一二三四五两十])(?:[-至到](?:\d+|[一二三四五十]))?年)(?:左右)?(?:的)?(?:时间)?",
    )
});

/// After a date: the date says which objects are meant, not by when something is to be done.
pub(super) static RELATIVE_CLAUSE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:的|(?:就|便)?(?:已|未|尚未|已经|依法|合法|新)[^，。;\n]{0,14}?的|(?:取得|注册|登记|购买|发生|缴纳|存在|退休|出生|毕业|参加|领取|获得|获批|施行|到期|欠缴|招用|参保|入职|入驻|入库|成立)[^，。;\n]{0,14}?的|(?:出台|设立|发布|印发|制定|签订|形成|竣工|投产|立项|批准|备案|颁布|颁发|核发|办理|受理|申报|提交|供应|出让|开工|建成|投用|发放|完成)(?:投产|使用|投用|入库|并[\p{Han}]{2,4})?的)",
    )
});

/// Before a date: it began, was issued, or bounds the validity of something else.
pub(super) static BACKGROUND_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:截至|截止(?:到|至)?|自|从|有效期[^，。;]{0,4}|(?:延期|延长|延续|执行|实施|施行|期限|缓缴|顺延|政策|享受|保留)[^，。;]{0,6}[至到]|发布时间:?|《[^》]{0,60})$",
    )
});

/// After a date: likewise.
pub(super) static BACKGROUND_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:起|以后|以来|之后|后|开始|印发|发布|施行|版|第?\d*次|\)》|至|到|-|年|月|目标|现状|以上|计划|度|个|地区|个人|的(?:规定|标准|政策))",
    )
});

/// Before a bare year or month in running text: words that make it a deadline.
pub(super) static AIMS_BEFORE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:到|至|在|确保|力争|争取|不晚于|不迟于|最迟|最晚)$"));

/// After a bare year or month in running text: likewise.
pub(super) static AIMS_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:努力|力争|确保|争取|全面实现|全面完成|基本实现|实现|完成|，(?:全[省市县区国社]|力争|努力|实现|完成|基本|每)[^。;]*(?:达|实现|完成|突破|增长|下降))",
    )
});
