//! The index as it was at an earlier time.

use std::sync::Arc;

use parking_lot::Mutex;
use time::format_description::well_known::Rfc3339;
use time::macros::{format_description, offset, time};
use time::{Date, OffsetDateTime, UtcOffset};

use crate::error::{Error, Result};
use crate::index::Generation;

/// Past states kept ready.
const KEPT: usize = 4;

/// Past states of generations, those last asked for.
#[derive(Default)]
pub(super) struct History {
    /// With the generation that each comes from and its time; the last used last.
    past: Mutex<Vec<(u64, String, Arc<Generation>)>>,
}

impl History {
    /// `current` as it would be had nothing been received after `as_of`: a time (RFC 3339), or a day, which
    /// means its end in China.
    pub(super) fn at(&self, current: &Arc<Generation>, as_of: &str) -> Result<Arc<Generation>> {
        let time = instant(as_of)?;
        let received = current.catalogue().iter().map(|entry| entry.received.as_str());
        let Some(last) = received.clone().filter(|received| *received <= time.as_str()).max() else {
            return current.as_of(&time).map(Arc::new);
        };
        if received.max() == Some(last) {
            return Ok(Arc::clone(current));
        }
        // Every time until the next document came is the same state.
        let is_it = |(generation, time, _): &(u64, String, Arc<Generation>)| {
            *generation == current.id() && time == last
        };
        let mut past = self.past.lock();
        let found = match past.iter().position(is_it) {
            Some(place) => past.remove(place),
            None => (current.id(), last.to_owned(), Arc::new(current.as_of(last)?)),
        };
        past.push(found.clone());
        let surplus = past.len().saturating_sub(KEPT);
        past.drain(..surplus);
        Ok(found.2)
    }
}

/// `as_of` as the catalogue writes times: RFC 3339 in UTC with milliseconds.
fn instant(as_of: &str) -> Result<String> {
    let bad = || {
        let message = format!(
            "as_of: {as_of:?} is neither a day such as 2026-11-22 nor a time such as 2026-11-22T08:00:00+08:00"
        );
        Error::invalid("invalid_as_of", "as_of", message)
    };
    let day = Date::parse(as_of, format_description!("[year]-[month]-[day]"));
    let time = match day {
        Ok(day) => Ok(day.with_time(time!(23:59:59.999)).assume_offset(offset!(+8))),
        Err(_) => OffsetDateTime::parse(as_of, &Rfc3339),
    };
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    let utc = time.map_err(|_| bad())?.checked_to_offset(UtcOffset::UTC).ok_or_else(bad)?;
    utc.format(format).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_the_catalogue_writes_them() {
        let rows = [
            ("2026-11-22", Some("2026-11-22T15:59:59.999Z")),
            ("2026-11-22T08:00:00Z", Some("2026-11-22T08:00:00.000Z")),
            ("2026-11-22T08:00:00.1239+08:00", Some("2026-11-22T00:00:00.123Z")),
            ("2026-02-30", None),
            ("yesterday", None),
            ("", None),
            ("9999-12-31T23:59:59-23:59", None),
        ];
        for (as_of, expected) in rows {
            assert_eq!(instant(as_of).ok().as_deref(), expected, "{as_of}");
        }
    }
}
