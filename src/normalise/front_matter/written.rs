/// A text as written beside its simplified form, character by character, without white space.
pub(super) struct Written {
    written: Vec<char>,
    simple: Vec<char>,
}

impl Written {
    /// `simple` has as many characters as `written`.
    pub(super) fn new(written: &str, simple: &str) -> Self {
        let dense = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect();
        Self { written: dense(written), simple: dense(simple) }
    }

    /// The first place of `value` in the text, as written there, spaced as `value` is; `value` where it has none.
    pub(super) fn find(&self, value: &str) -> String {
        let wanted: Vec<char> = value.chars().filter(|c| !c.is_whitespace()).collect();
        let place = self.simple.windows(wanted.len().max(1)).position(|window| window == wanted);
        let Some(place) = place else { return value.to_owned() };
        let mut written = self.written.iter().skip(place).copied();
        value.chars().map(|c| if c.is_whitespace() { c } else { written.next().unwrap_or(c) }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_place_as_written() {
        let written = Written::new("關於印發\n方案的通知", "关于印发\n方案的通知");
        assert_eq!(written.find("关于印发方案"), "關於印發方案");
        assert_eq!((written.find("没有"), written.find("")), ("没有".to_owned(), String::new()));
    }
}
