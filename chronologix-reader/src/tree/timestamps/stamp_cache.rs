//! Remembers the last timestamp in brackets: most are of the same second as the one before.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Timelike as _, Utc};

#[cfg(test)]
mod tests;

/// The last timestamp that was parsed, and its meaning.
#[derive(Clone, Debug, Default)]
pub(super) struct StampCache {
    text: String,
    instant: Option<DateTime<Utc>>,
    /// Its length without a trailing fraction, and its time without that fraction.
    second: Option<(usize, NaiveDateTime)>,
}

impl StampCache {
    /// Returns the instant of a timestamp. Calls `parse` unless only the fraction has changed.
    pub(super) fn read(
        &mut self,
        stamp: &str,
        parse: impl FnOnce(&str) -> Option<DateTime<Utc>>,
    ) -> Option<DateTime<Utc>> {
        if self.text == stamp {
            return self.instant;
        }
        if let Some((instant, [])) = self.same_second(stamp.as_bytes()) {
            return Some(instant);
        }
        self.instant = parse(stamp);
        self.text.clear();
        self.text.push_str(stamp);
        let point = stamp.bytes().rposition(|byte| byte == b'.' || byte == b',');
        self.second = point.zip(self.instant).and_then(|(point, instant)| {
            let (nanos, rest) = fraction(&stamp.as_bytes()[point..])?;
            // It is a fraction only if the parser took it for one.
            let is_fraction = rest.is_empty() && instant.timestamp_subsec_nanos() == nanos;
            let second = instant.checked_sub_signed(TimeDelta::nanoseconds(nanos.into()))?;
            is_fraction.then_some((point, second.naive_utc()))
        });
        self.instant
    }

    /// Returns the instant of a line in brackets, if it is of the same second as the last
    /// timestamp, and what stands behind the brackets.
    pub(super) fn of_line<'l>(&self, line: &'l [u8]) -> Option<(DateTime<Utc>, &'l [u8])> {
        let text = line.strip_prefix(b"[")?;
        let (instant, rest) = match self.same_second(text) {
            Some(found) => found,
            None => (self.instant?, text.strip_prefix(self.text.as_bytes())?),
        };
        Some((instant, rest.strip_prefix(b"] ")?))
    }

    /// Returns the instant of a timestamp that a text begins with, if it differs from the last one
    /// by its fraction only, and what stands behind it.
    fn same_second<'t>(&self, text: &'t [u8]) -> Option<(DateTime<Utc>, &'t [u8])> {
        let (length, second) = self.second?;
        let rest = text.strip_prefix(&self.text.as_bytes()[..length])?;
        let (nanos, rest) = fraction(rest)?;
        Some((second.with_nanosecond(nanos)?.and_utc(), rest))
    }
}

/// Parses the nanoseconds of `.123456` at the start of a text. Returns what stands behind it, too.
/// Fewer than three digits may mean something else.
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    /// What a fraction of so many digits is multiplied by.
    const UNITS: [u32; 10] = [0, 0, 0, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];
    let (b'.' | b',', digits) = text.split_first()? else {
        return None;
    };
    let (mut number, mut length) = (0_u32, 0);
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        length += 1;
        if length == UNITS.len() {
            return None;
        }
        number = number * 10 + u32::from(digit);
    }
    let unit = UNITS[length];
    (unit > 0).then_some((number * unit, &digits[length..]))
}
