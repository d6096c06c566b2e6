//! People and telephone numbers. They are personal data: found so that they can be withheld.

use std::sync::LazyLock;

use regex::Regex;

use super::labels::{Label, Labelled};
use super::plain::{Plain, pattern};
use crate::model::Contact;

static PHONE: LazyLock<Regex> = LazyLock::new(|| pattern(r"1[3-9]\d{9}|0\d{2,3}-?[2-9]\d{6,7}|[2-9]\d{6,7}"));

/// A name right before a number, perhaps after an agency: 区市监局李红，137….
static NAME_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?P<name>[\p{Han}]{2,12})(?:同志)?(?:，|、|:|\()?(?:联系电话|电话|手机)?(?:，|:|\()?$")
});

/// Common surnames (百家姓, those of more than a hundred thousand people).
const SURNAMES: &str = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉龚程邢裴陆荣翁荀羊甄曲封储靳段焦谷车侯全班仰仲伊宫宁仇栾甘祖武符刘景詹束龙叶司黎薄印白蒲邰从鄂索赖卓蔺屠蒙池乔阴胥闻党翟谭贡劳申扶堵冉雍桑桂牛寿通边扈燕冀浦尚农温别庄晏柴瞿阎慕连茹习艾鱼容向古易慎戈廖终暨居衡步都耿满弘匡国文寇广东殴沃利越隆师巩聂晁勾敖融冷辛阚那简饶空曾沙养鞠丰巢关相查后荆红游权盖益桓公滑肖闫岳覃佟付代";

/// Names and phones of a clause in the order of the text.
pub(super) fn find_contacts(plain: &Plain<'_>, labels: &[Labelled]) -> Vec<Contact> {
    let mut found: Vec<(usize, Contact)> = Vec::new();
    for phone in PHONE.find_iter(&plain.text) {
        let before = plain.slice(0..phone.start());
        let after = plain.slice(phone.end()..plain.text.len());
        let long = phone.as_str().len() >= 11 || phone.as_str().contains('-');
        let labelled = before.ends_with("电话:") || before.ends_with("电话");
        let inside = before.ends_with(|c: char| c.is_ascii_alphanumeric())
            || after.starts_with(|c: char| c.is_ascii_alphanumeric());
        if !inside && (long || labelled) {
            let name = NAME_BEFORE
                .captures(super::plain::tail(before, 90))
                .and_then(|captures| person(captures.name("name")?.as_str()));
            found.push((phone.start(), Contact { name, phone: Some(phone.as_str().to_owned()) }));
        }
    }
    for labelled in labels.iter().filter(|labelled| labelled.label == Label::Person) {
        for name in names_in(plain.raw(labelled.value.clone())) {
            if found.iter().all(|(_, contact)| contact.name.as_ref() != Some(&name)) {
                found.push((labelled.value.start, Contact { name: Some(name), phone: None }));
            }
        }
    }
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, contact)| contact).collect()
}

/// The names in a value as written: 王小明、李小红, 王小明    副区长, 张  三.
fn names_in(value: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut given: Option<&str> = None;
    for word in value.split(|c: char| c.is_whitespace() || matches!(c, '、' | '，' | ',' | '；' | ';')) {
        if word.is_empty() {
            continue;
        }
        // A name of two characters is often spaced out to the width of three.
        let name = match given.take() {
            Some(surname) if word.chars().count() == 1 => format!("{surname}{word}"),
            _ => word.to_owned(),
        };
        if is_person(&name) {
            names.push(name);
        } else if word.chars().count() == 1 {
            given = Some(word);
        }
    }
    names
}

/// The name at the end of 区市监局李红: what follows the agency, else the whole where it looks like a name.
fn person(text: &str) -> Option<String> {
    let characters: Vec<char> = text.chars().collect();
    for length in [3, 2] {
        let Some(at) = characters.len().checked_sub(length) else { continue };
        let (head, name) = characters.split_at(at);
        let (head, name): (String, String) = (head.iter().collect(), name.iter().collect());
        if is_person(&name) && (head.is_empty() || super::names::ends_like_agency(&head) || length == 3) {
            return Some(name);
        }
    }
    None
}

fn is_person(name: &str) -> bool {
    let length = name.chars().count();
    (2..=3).contains(&length)
        && name.starts_with(|c| SURNAMES.contains(c))
        && name.chars().all(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c))
        && !super::names::ends_like_agency(name)
}
