//! The wording around a number: what bounds it, changes it, or says that it is no promise.

use std::sync::LazyLock;

use regex::Regex;

use super::plain::pattern;

pub(super) const CHANGE: &str = "扩展|拓展|扩充|压缩|压减|缩短|缩减|精减|减少|精简|降低|下降|调减|核减|降|减|优化|提高|提升|增加|增长|上升|扩大|整合|简化|合并|延长|调整|统一|控制|保持|稳定|维持|提前|升|增";

pub(super) static FILLER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:大?约|近|各|仅|只|共|总计|合计|平均|分别|一般|原则上|全部|同比|环比|年均|累计|再|均|都|也|即|仍|了|最长|最多|最高|至多|通常)$",
    )
});

pub(super) static AT_MOST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:(?:不|不得|不能|不可|未|不会|不应|勿)(?:超过|超出|高于|多于|大于|突破|长于|迟于|晚于|超)|最多|至多|最长|上限为?|控制在|压缩在|缩短在)(?:到|至)?$",
    )
});

pub(super) static AT_LEAST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:(?:不|不得|不能|不可|不应)(?:低于|少于|小于|短于|差于|弱于)|至少|最少|最低|达到?|达至)(?:到|至)?$",
    )
});

pub(super) static MORE_THAN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:超过|突破|高于|大于|多于|优于|超)$"));

pub(super) static LESS_THAN: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:低于|少于|小于|短于)$"));

pub(super) static CHANGED_TO: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?:{CHANGE})(?:[^，。;、]{{0,4}})?(?:至|到|为|成|在)$")));

pub(super) static STATE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:为|是|在|至|到|达)$"));

pub(super) static REDUCED_BY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:压缩|压减|缩短|缩减|精减|减少|精简|降低|下降|调减|减免|核减|下浮|下调|节约|节省|降|减)(?:幅度|比例|率)?(?:为|达|达到|超过|不低于|不少于)?$",
    )
});

pub(super) static INCREASED_BY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:提高|提升|增加|增长|上升|增速|增幅|扩大|上浮|上调)(?:幅度|比例|率)?(?:为|达|达到|超过|不低于|不少于|突破|保持在)?$",
    )
});

pub(super) static SUFFIX: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:\((?:不?含)[^)]{0,4}\))?(?P<mark>(?:及|或|\(含\))?(?:以内|之内|内|以下|以上|以里|之下|之上|左右|多))(?:\(含\))?",
    )
});

/// 由3个减至1个, 从30日压缩到10日: the first number is what was.
pub(super) static CHANGES_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"^(?:以上|左右|以内|内|工作日|环节|材料|事项|部门|窗口)?(?:分别|进一步|统一|再|大幅)?(?:{CHANGE})[^，。;]{{0,2}}?(?:至|到|为|成)"
    ))
});

pub(super) static FROM: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:由|从|将)[^，。;]{0,40}$"));

/// The past standard that a promise is measured against.
pub(super) static STANDARD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?:法定|原来|原有|原先|原|现行|目前|过去|国家规定|规定|此前)(?:的|时限|办理|承诺|为|是)*$")
});

/// Numbers that belong to a name, an ordinal, a rhythm or another number.
pub(super) static NO_NUMBER_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:第|^前|[^提]前|每|近|满|连续|连续超标|逢|上|下|某|这|那|另|同|[A-Za-z0-9×+.·/*]|\(不?含|首|之|[零〇一二三四五六七八九十]|\d月)$",
    )
});

pub(super) static TIME_SERVICE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:的)?(?:[^，。;]{0,4})?(?:自助|不打烊|在线|智能|电话|预约|开放|值守|值班|全天|服务|热线|受理|便民|圈|生活圈|急救圈|内?通达|制|营业|畅通|守护|响应服务|随时|运行)",
    )
});

pub(super) static TIME_DONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:内|以内|之内)?(?:即可|就|可)?(?:办结|完成|办理|办好|办成|审结|审核|审批|审查|出具|答复|反馈|拨付|到账|送达|送电|接电|通气|通水|通电|完税|发证|领证|出证|取证|制证|受理|出件|结案|支付|退付|退还|公示|公开|到位|响应|核准|备案|接通|接入|出图|作出|签订|通过|取得)",
    )
});

pub(super) static TERM_NOUN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:时限|时间|用时|期限|周期|工期|耗时|时长|天数|期)(?:均|平均|总计|合计|累计|最长|最多|分别|缩|压)?(?:为|是|约|:)?$",
    )
});

pub(super) static FOLLOWED_BY_OBJECT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:以上|以下|以内)?的[^，。;]"));

pub(super) static RATE_OBJECT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:以上|以下|以内)?的(?:[^，。;]{0,6})?(?:比例|份额|标准|目标|幅度|扣除|要求|折扣|优惠|补贴|补助|奖励|资助|贴息|贡献|增速|速度|水平|额度|费率|税率|利率|支持|预算|资金|企业|事项|业务|项目|部门|案件)",
    )
});

/// 80%以上的医疗机构达到…, 100%的镇配备…: a share of something is to reach a state.
pub(super) static COVERS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:以上|以下)?的[^，。;]{2,20}(?:达到|实现|完成|配备|建成|覆盖|纳入|通过|建立|接入|开展|设置|符合)",
    )
});

/// 重大案件18个月、普通案件9个月的…审限: what is named after the number is a term.
pub(super) static TERM_AHEAD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[^，。;]{0,28}的[^，。;、]{0,12}(?:审限|时限|期限)"));

pub(super) static ALL_COVERED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^[^，。;]{0,24}(?:全覆盖|自动生成|推广应用|全部实现|免提交|全程网办|一网通办|跨省通办)")
});

pub(super) static ENUMERATED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:等|上述|以上|以下|下列|前述|其他|该|各)$"));

/// What is not to happen describes the object: 消除56人以上大班额.
pub(super) static AVOIDED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"消除|杜绝|避免|防止|不发生|未发生|不存在|不出现"));

pub(super) static PAST_YEAR: LazyLock<Regex> = LazyLock::new(|| pattern(r"(\d{4})年"));

/// Numbers that share the comparison before the first: 分别不超过3个、5个工作日.
pub(super) static CHAIN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:\d+(?:\.\d+)?(?:%|[\p{Han}]{1,4})?(?:以上|以内|以下|左右)?[、和])+$"));
