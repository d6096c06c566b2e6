use std::collections::HashMap;

use super::{Level, level};
use crate::model::Region;

/// Peoples whose name stands before 自治州, 自治县, 自治旗 and is left out of the short name, longer ones
/// before those that end them.
const PEOPLES: &[&str] = &[
    "柯尔克孜",
    "鄂温克族",
    "达斡尔族",
    "哈萨克族",
    "维吾尔族",
    "傈僳族",
    "景颇族",
    "拉祜族",
    "布朗族",
    "仡佬族",
    "仫佬族",
    "毛南族",
    "布依族",
    "土家族",
    "哈尼族",
    "蒙古族",
    "朝鲜族",
    "纳西族",
    "独龙族",
    "东乡族",
    "保安族",
    "撒拉族",
    "裕固族",
    "哈萨克",
    "塔吉克",
    "维吾尔",
    "普米族",
    "蒙古",
    "锡伯",
    "壮族",
    "回族",
    "苗族",
    "彝族",
    "藏族",
    "羌族",
    "侗族",
    "傣族",
    "白族",
    "满族",
    "瑶族",
    "黎族",
    "水族",
    "畲族",
    "各族",
    "土族",
    "佤族",
    "怒族",
    "京族",
];

/// Endings that a short name leaves out, longer ones before those that end them.
const SUFFIXES: &[&str] = &[
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "地区",
    "新区",
    "林区",
    "省",
    "市",
    "县",
    "区",
    "盟",
    "旗",
];

/// Each province with the character that its document numbers begin with (皖政办〔2022〕6号). 新 of Xinjiang is
/// left out: 新政 is a word.
const NUMBER_PREFIXES: &str = "11京 12津 13冀 14晋 15内 21辽 22吉 23黑 31沪 32苏 33浙 34皖 35闽 36赣 37鲁 \
    41豫 42鄂 43湘 44粤 45桂 46琼 50渝 51川 52黔 53云 54藏 61陕 62甘 63青 64宁";

/// How a name stands for a division.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// The official name, now or formerly.
    Full,
    /// The name without 省, 市, 县, 区, 自治州 and the like.
    Short,
}

/// One reading of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) code: &'static str,
    pub(super) form: Form,
}

/// Every name with its readings.
#[derive(Default)]
pub(super) struct Names(HashMap<String, Vec<Reading>>);

impl Names {
    pub(super) fn add_division(&mut self, code: &'static str, name: &'static str) {
        self.add(name, Reading { code, form: Form::Full });
        if let Some(short) = short_name(name) {
            self.add(short, Reading { code, form: Form::Short });
        }
    }

    pub(super) fn add_full(&mut self, name: &str, code: &'static str) {
        self.add(name, Reading { code, form: Form::Full });
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &[Reading])> {
        self.0.iter().map(|(name, readings)| (name.as_str(), readings.as_slice()))
    }

    pub(super) fn into_codes_by_name(self) -> HashMap<String, Vec<&'static str>> {
        let codes = |readings: Vec<Reading>| {
            let mut codes: Vec<_> = readings.into_iter().map(|reading| reading.code).collect();
            codes.sort_unstable();
            codes.dedup();
            codes
        };
        self.0.into_iter().map(|(name, readings)| (name, codes(readings))).collect()
    }

    fn add(&mut self, name: &str, reading: Reading) {
        let readings = self.0.entry(name.to_owned()).or_default();
        if !readings.contains(&reading) {
            readings.push(reading);
        }
    }
}

/// The name as people shorten it (相山 for 相山区, 恩施 for 恩施土家族苗族自治州); none when less than two characters
/// would be left.
pub(super) fn short_name(name: &str) -> Option<&str> {
    let suffix = SUFFIXES.iter().find(|suffix| name.ends_with(**suffix))?;
    let mut short = name.strip_suffix(suffix).filter(|short| short.chars().count() >= 2)?;
    if suffix.starts_with("自治") {
        while let Some(shorter) = without_people(short) {
            short = shorter;
        }
    }
    Some(short)
}

fn without_people(name: &str) -> Option<&str> {
    PEOPLES.iter().find_map(|people| name.strip_suffix(people)).filter(|shorter| shorter.chars().count() >= 2)
}

/// How often `text` names what `region` lies in: its city counts double, its city or province directly
/// before its own name outweighs everything.
pub(super) fn support(region: &Region, text: &str) -> usize {
    let city = region.city.as_deref().filter(|city| *city != region.name);
    let province = region.province.as_deref().filter(|_| level(&region.code) > Level::Province);
    let count = |parent: Option<&str>| {
        parent.map_or((0, 0), |parent| {
            let named = text.matches(short_name(parent).unwrap_or(parent)).count();
            (named, text.matches(&format!("{parent}{}", region.name)).count())
        })
    };
    let (city_named, city_before) = count(city);
    let (province_named, province_before) = count(province);
    100 * (city_before + province_before) + 2 * city_named + province_named + numbers_of(region, text)
}

fn numbers_of(region: &Region, text: &str) -> usize {
    let province = region.code.get(..2).unwrap_or("?");
    let character = NUMBER_PREFIXES.split(' ').find_map(|prefix| prefix.strip_prefix(province));
    character.map_or(0, |character| {
        let government = ["政发", "政办", "府发", "府办"].iter();
        government.map(|kind| text.matches(&format!("{character}{kind}")).count()).sum()
    })
}
