//! Administrative divisions by code and by name, and the region that a title or an issuer names.

mod find;
mod names;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::model::Region;

use self::find::Finder;

const DIVISIONS: &str = include_str!("lexicons/divisions.csv");
const FORMER_DIVISIONS: &str = include_str!("lexicons/former_divisions.csv");

/// Code of the whole country.
const NATIONAL: &str = "000000";

static BUILTIN: LazyLock<RegionTable> = LazyLock::new(|| RegionTable::parse(DIVISIONS, FORMER_DIVISIONS));

/// The divisions of China down to counties, with the names that people and documents use for them.
///
/// Counties of a municipality and counties that a province administers directly have no city.
pub struct RegionTable {
    regions: HashMap<&'static str, Region>,
    names: HashMap<String, Vec<&'static str>>,
    finder: Finder,
}

impl RegionTable {
    /// The table that the program carries.
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }

    /// The division with this code: six digits, or the two or four of a province or a city.
    pub fn by_code(&self, code: &str) -> Option<Region> {
        let code = code.trim();
        if code.len() >= 6 {
            return self.regions.get(code).cloned();
        }
        if code.is_empty() {
            return None;
        }
        self.regions.get(format!("{code:0<6}").as_str()).cloned()
    }

    /// Every division that a user may mean by this name or code, ordered by code: full name (相山区), short
    /// name (相山), former name (偃师市), a name after its parents' (安徽淮北). Several for 鼓楼区, none for
    /// what is no division.
    pub fn resolve(&self, name: &str) -> Vec<Region> {
        let name: String = name.chars().filter(|c| !c.is_whitespace()).collect();
        if name.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.by_code(&name).into_iter().collect();
        }
        if let Some(codes) = self.names.get(&name) {
            return self.all(codes);
        }
        let codes = self.finder.whole(&name);
        self.all(&codes)
    }

    /// The region that running text such as a title or an issuer is about: the first one named, narrowed
    /// by the divisions that follow it directly (洛阳市偃师区). A name that several divisions share is
    /// settled by the parents that `text` names, then by those that `context` (the whole document) names;
    /// none when that leaves more than one.
    pub fn find(&self, text: &str, context: &str) -> Option<Region> {
        let candidates = self.finder.first(text);
        let code = match candidates.as_slice() {
            [] => return None,
            [only] => only,
            several => {
                self.most_supported(several, text).or_else(|| self.most_supported(several, context))?
            }
        };
        self.regions.get(code).cloned()
    }

    /// Whether `region` is `ancestor` or lies in it.
    pub fn contains(ancestor: &Region, region: &Region) -> bool {
        contains_code(&ancestor.code, &region.code)
    }

    fn all(&self, codes: &[&'static str]) -> Vec<Region> {
        codes.iter().filter_map(|code| self.regions.get(code).cloned()).collect()
    }

    /// The one candidate whose parents `text` names most; none when two are even or nothing is named.
    fn most_supported(&self, candidates: &[&'static str], text: &str) -> Option<&'static str> {
        let mut scored: Vec<(usize, &'static str)> = candidates
            .iter()
            .filter_map(|code| Some((names::support(self.regions.get(code)?, text), *code)))
            .collect();
        scored.sort_unstable_by(|a, b| b.cmp(a));
        match scored.as_slice() {
            [(best, code), (second, _), ..] if best > second => Some(code),
            _ => None,
        }
    }

    fn parse(divisions: &'static str, former: &'static str) -> Self {
        let rows: Vec<(&str, &str)> = records(divisions).collect();
        let by_code: HashMap<&'static str, &'static str> = rows.iter().copied().collect();
        let regions = rows.iter().map(|&(code, name)| (code, region(code, name, &by_code))).collect();
        let mut named = names::Names::default();
        for &(code, name) in &rows {
            named.add_division(code, name);
        }
        for (name, code) in records(former).filter(|(_, code)| by_code.contains_key(code)) {
            named.add_full(name, code);
        }
        let finder = Finder::new(&named);
        Self { regions, names: named.into_codes_by_name(), finder }
    }
}

/// The two columns of each row below the header, comments left out.
fn records(csv: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    csv.lines().filter(|line| !line.starts_with('#')).skip(1).filter_map(|line| line.split_once(','))
}

fn region(code: &str, name: &str, by_code: &HashMap<&str, &str>) -> Region {
    let parent = |digits: usize| {
        let parent = format!("{:0<6}", code.get(..digits)?);
        if parent == NATIONAL { None } else { by_code.get(parent.as_str()).map(|name| (*name).to_owned()) }
    };
    let city = if level(code) == Level::Province { None } else { parent(4) };
    Region { code: code.to_owned(), name: name.to_owned(), province: parent(2), city }
}

/// Where a division stands, widest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Country,
    Province,
    City,
    County,
}

fn level(code: &str) -> Level {
    if code == NATIONAL {
        Level::Country
    } else if code.ends_with("0000") {
        Level::Province
    } else if code.ends_with("00") {
        Level::City
    } else {
        Level::County
    }
}

fn contains_code(ancestor: &str, code: &str) -> bool {
    let digits = match level(ancestor) {
        Level::Country => return true,
        Level::Province => 2,
        Level::City => 4,
        Level::County => 6,
    };
    ancestor.get(..digits).is_some_and(|prefix| code.starts_with(prefix))
}

#[cfg(test)]
mod tests;
