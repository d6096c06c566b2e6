//! The particulars that a government page gives of a document beside it (索引号, 发文字号, 成文日期): what
//! their names tell, for the loader that finds them on a page and for the front matter that reads them.

/// What a field tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Particular {
    /// 文件名称
    Title,
    /// 发文字号
    Number,
    /// 发文机关
    Issuer,
    /// 成文日期
    Written,
    /// 发布日期
    Published,
    /// 有效性
    Validity,
    /// 来源
    Source,
    /// Known to be one and of no use here.
    Other,
}

/// Names of fields by what they tell; within one kind a name stands before those that end it.
const NAMES: &[(Particular, &str)] = &[
    (Particular::Title, "文件名称 信息名称 公文名称 标题 名称 title"),
    (Particular::Number, "发文字号 发文文号 公文文号 文件编号 文件字号 公文字号 备注/文号 文件号 字号 文号"),
    (
        Particular::Issuer,
        "发文机关 发文机构 发文单位 发文部门 发布机构 发布单位 发布机关 发布部门 制发机关 制定机关 \
         印发机关 征集单位 公开责任部门 公开主体 信息公开主体",
    ),
    (
        Particular::Written,
        "成文日期 成文时间 发文日期 发文时间 公文生成日期 文件生成日期 生成日期 生成时间 印发日期 印发时间 \
         签发日期 制发日期 制定日期",
    ),
    (
        Particular::Published,
        "公开发布日期 信息发布日期 发布日期 发布时间 公布日期 公开日期 公开时间 时间 日期 date",
    ),
    (
        Particular::Validity,
        "有效性 时效性 效力状态 有效状态 文件状态 文件有效性 是否有效 是否废止 时效状态 时效 效力",
    ),
    (Particular::Source, "信息来源 文章来源 稿件来源 文档来源 来源 来自 source"),
    (
        Particular::Other,
        "统一登记号 统一编号 规范性文件登记号 登记号 信息索引号 信息索引 索引号 索取号 组配分类 主题分类 \
         体裁分类 信息分类 信息类别 文件类别 文件类型 文件分类 公文种类 公文类别 所属机构 所属主题 服务对象 \
         关键词 主题词 公开方式 公开形式 公开范围 公开类别 公开属性 公开时限 内容概述 内容摘要 摘要 生效日期 \
         生效时间 实施日期 施行日期 废止日期 废止时间 失效日期 失效时间 有效期限 有效期 截止日期 阅读次数 \
         浏览次数 浏览量 访问量 点击数 点击量 点击率 责任编辑 作者 编辑 审核 字体 字号大小 分享 打印",
    ),
];

/// Names that other tables have as headers too: they tell only with a colon.
const ORDINARY: &[&str] = &[
    "标题",
    "名称",
    "时间",
    "日期",
    "来源",
    "作者",
    "编辑",
    "审核",
    "字体",
    "分享",
    "打印",
    "摘要",
    "时效",
    "效力",
    "字号",
    "有效期",
    "截止日期",
    "来自",
    "title",
    "date",
    "source",
];

/// All names and what they tell.
pub fn names() -> impl Iterator<Item = (&'static str, Particular)> {
    NAMES.iter().flat_map(|(key, names)| names.split_whitespace().map(|name| (name, *key)))
}

/// What the field of this name tells; brackets, stars, a colon and white space around and within it do not
/// count.
pub fn of_name(text: &str) -> Option<Particular> {
    let name = bare(text);
    names().find(|(known, _)| *known == name).map(|(_, key)| key)
}

/// Whether `text` is a field's name alone (`索 引 号`, `【发文字号】`) or begins with one and a colon.
pub fn begins(text: &str) -> bool {
    let name = text.split_once([':', '：']).map_or(text, |(name, _)| name);
    let with_colon = name.len() < text.len();
    let unmistakable = !ORDINARY.contains(&bare(name).as_str());
    of_name(name).is_some() && (with_colon || unmistakable)
}

fn bare(text: &str) -> String {
    let dense: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    dense.trim_matches(['【', '】', '[', ']', ':', '：', '*']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_alone_and_with_a_value() {
        assert_eq!(of_name("文　　号："), Some(Particular::Number));
        assert_eq!(of_name("【有 效 性】"), Some(Particular::Validity));
        assert!(begins("索引号") && begins("来 源：中国政府网") && begins("公文生成日期："));
        assert!(!begins("名称") && !begins("时间") && !begins("索引号管理办法") && !begins("主要目标：略"));
    }
}
