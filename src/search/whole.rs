//! Whole numbers as JSON writes them: `10` and `10.0` are the same number there.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

use super::request::Values;

/// A whole number, however it is written.
struct Whole<T>(T);

impl<'de, T: TryFrom<i64>> Deserialize<'de> for Whole<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WholeVisitor(PhantomData))
    }
}

struct WholeVisitor<T>(PhantomData<T>);

impl<T: TryFrom<i64>> Visitor<'_> for WholeVisitor<T> {
    type Value = Whole<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number in range")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        let outside = |_| E::invalid_value(Unexpected::Signed(number), &self);
        T::try_from(number).map(Whole).map_err(outside)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        let small = i64::try_from(number);
        let small = small.map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))?;
        self.visit_i64(small)
    }

    #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        if number.fract() != 0.0 || number.abs() > f64::from(u32::MAX) {
            return Err(E::invalid_type(Unexpected::Float(number), &self));
        }
        self.visit_i64(number as i64)
    }
}

/// For `deserialize_with`: a count.
pub(crate) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    Whole::deserialize(deserializer).map(|whole| whole.0)
}

/// For `deserialize_with`: a count or null.
pub(crate) fn count_or_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    Option::<Whole<usize>>::deserialize(deserializer).map(|whole| whole.map(|whole| whole.0))
}

/// For `deserialize_with`: a number or a list of them.
pub(super) fn values<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Values<i32>, D::Error> {
    Ok(match Values::<Whole<i32>>::deserialize(deserializer)? {
        Values::Many(numbers) => Values::Many(numbers.into_iter().map(|whole| whole.0).collect()),
        Values::One(number) => Values::One(number.0),
    })
}

#[cfg(test)]
mod tests {
    use crate::search::SearchRequest;

    #[test]
    fn a_whole_number_may_be_written_with_a_point() {
        let read =
            |fields: &str| serde_json::from_str::<SearchRequest>(&format!(r#"{{"query":"a",{fields}}}"#));
        let request = read(r#""limit":10.0,"filter":{"year":[2022.0,2023]}"#).expect("whole numbers");
        assert_eq!((request.limit, request.filter.year.as_slice()), (10, [2022, 2023].as_slice()));
        assert_eq!(read(r#""filter":{"year":2e3}"#).expect("whole").filter.year.as_slice(), [2000]);
        for wrong in ["10.5", "-1", "1e300", "\"10\"", "null", "[10]", "18446744073709551615"] {
            assert!(read(&format!(r#""limit":{wrong}"#)).is_err(), "{wrong}");
        }
    }
}
