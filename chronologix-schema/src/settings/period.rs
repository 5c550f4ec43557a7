//! Short spans of time as people write them.

use std::{fmt, str::FromStr, time::Duration};

use crate::UnknownWord;

/// A span of time: a number and one of the units `ms`, `s`, `m`, `h`.
///
/// ```
/// use std::time::Duration;
///
/// use chronologix_schema::Period;
///
/// assert_eq!("5s".parse(), Ok(Period::from(Duration::from_secs(5))));
/// assert_eq!("90m".parse::<Period>()?.to_string(), "90m");
/// assert!("5 seconds".parse::<Period>().is_err());
/// # Ok::<(), chronologix_schema::UnknownWord>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(Duration);

/// The units, and their milliseconds.
const UNITS: [(&str, u64); 4] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

const ALLOWED: &str = "a number above 0 with one of the units ms, s, m, h, such as 5s";

impl Period {
    /// As std has it.
    #[must_use]
    pub const fn duration(self) -> Duration {
        self.0
    }
}

impl FromStr for Period {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let millis = milliseconds(text).filter(|millis| *millis > 0);
        millis
            .map(|millis| Self(Duration::from_millis(millis)))
            .ok_or_else(|| UnknownWord::new("period", text, ALLOWED))
    }
}

/// The milliseconds of `500ms`, `5s`, `2m` or `1h`; also of `0s`, which is a time and no period.
pub fn milliseconds(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let (_, worth) = UNITS.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*worth)
}

impl TryFrom<&str> for Period {
    type Error = UnknownWord;

    fn try_from(text: &str) -> Result<Self, UnknownWord> {
        text.parse()
    }
}

impl From<Duration> for Period {
    fn from(duration: Duration) -> Self {
        Self(duration)
    }
}

/// In the largest unit of which it is a whole number.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_whole = |(_, millis): &&(&str, u64)| {
            let unit = Duration::from_millis(*millis).as_nanos();
            !self.0.is_zero() && self.0.as_nanos() % unit == 0
        };
        match UNITS.iter().rev().find(is_whole) {
            Some((unit, millis)) => {
                let whole = self.0.as_nanos() / Duration::from_millis(*millis).as_nanos();
                write!(f, "{whole}{unit}")
            }
            None => write!(f, "{:?}", self.0),
        }
    }
}

#[cfg(test)]
mod tests;
