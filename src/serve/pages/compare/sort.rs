//! What the table of numbers is sorted by, as addresses state it.

/// What the table is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// By how sure the regions' clauses are: the order of the comparison.
    Sureness,
    /// By the quantity of this place.
    Quantity(usize),
    /// By when.
    Deadline,
    /// By the date of the document.
    Date,
}

/// A key with its direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sort {
    /// What by.
    pub(super) key: Key,
    /// Whether the greatest comes first.
    pub(super) descends: bool,
}

impl Sort {
    /// As an address states it (`1`, `-1`, `deadline`, `-date`); anything else is the order of the comparison.
    pub(super) fn read(value: &str) -> Self {
        let (descends, word) = value.strip_prefix('-').map_or((false, value), |word| (true, word));
        let key = match word {
            "deadline" => Key::Deadline,
            "date" => Key::Date,
            number => match number.parse::<usize>() {
                Ok(place) if place > 0 => Key::Quantity(place - 1),
                _ => return Self { key: Key::Sureness, descends: false },
            },
        };
        Self { key, descends }
    }

    /// As an address states it.
    pub(super) fn word(self) -> String {
        let word = match self.key {
            Key::Sureness => return String::new(),
            Key::Quantity(place) => (place + 1).to_string(),
            Key::Deadline => "deadline".to_owned(),
            Key::Date => "date".to_owned(),
        };
        if self.descends { format!("-{word}") } else { word }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_orders() {
        for word in ["1", "-3", "deadline", "-date"] {
            assert_eq!(Sort::read(word).word(), word);
        }
        for word in ["", "0", "-", "colour", "-0"] {
            assert_eq!(Sort::read(word).key, Key::Sureness, "{word}");
        }
    }
}
