//! Sizes, ages and durations as they are written in settings.

use std::{fmt, str::FromStr, time::Duration};

use crate::ParseError;

/// A number of bytes: `10GiB`, `500MB`, `4096`.
///
/// ```
/// # use chronologix_schema::settings::quantity as chronologix;
/// use chronologix::ByteSize;
///
/// assert_eq!("10KiB".parse(), Ok(ByteSize::new(10 * 1024)));
/// assert_eq!("10kB".parse(), Ok(ByteSize::new(10_000)));
/// assert!("10 kilos".parse::<ByteSize>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteSize(u64);

/// How long closed folders are kept: one rule of `Config::retain`.
///
/// ```
/// use std::time::Duration;
///
/// # use chronologix_schema::settings::quantity as chronologix;
/// use chronologix::{ByteSize, Retention};
///
/// assert_eq!("2h".parse(), Ok(Retention::Age(Duration::from_secs(7200))));
/// assert_eq!("10GiB".parse(), Ok(Retention::Size(ByteSize::new(10 << 30))));
/// assert_eq!("30".parse(), Ok(Retention::Folders(30)));
/// assert!("a week".parse::<Retention>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Retention {
    /// Until this long after they were closed.
    Age(Duration),
    /// Until all logs of the tree are larger together.
    Size(ByteSize),
    /// Until there are more folders, including the one in use.
    Folders(usize),
}

type Units = [(&'static str, u64)];

/// In bytes.
const SIZES: &Units = &[
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("B", 1),
];

/// In seconds.
const AGES: &Units = &[("m", 60), ("h", 3600), ("d", 86_400), ("w", 604_800)];

/// In milliseconds.
const DURATIONS: &Units = &[("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

/// Parses a duration: `500ms`, `5s`, `2m` or `1h`.
///
/// ```
/// use std::time::Duration;
///
/// use chronologix_schema::settings::quantity::parse_duration;
///
/// assert_eq!(parse_duration("5s"), Ok(Duration::from_secs(5)));
/// assert!(parse_duration("5 seconds").is_err());
/// ```
///
/// # Errors
///
/// If `text` is not a whole number with one of the units `ms`, `s`, `m`, `h`.
pub fn parse_duration(text: &str) -> Result<Duration, ParseError> {
    let allowed = "a number with one of the units ms, s, m, h, such as 5s";
    let duration = with_unit(text, DURATIONS).map(Duration::from_millis);
    duration.ok_or_else(|| ParseError::new("duration", text, allowed))
}

/// Returns the duration in the largest unit of which it is a whole number.
#[must_use]
pub fn format_duration(duration: Duration) -> String {
    if duration.is_zero() {
        return "0s".to_owned();
    }
    let millis = u64::try_from(duration.as_millis()).unwrap_or_default();
    match in_largest_unit(millis, DURATIONS) {
        Some((number, unit)) if Duration::from_millis(millis) == duration => {
            format!("{number}{unit}")
        }
        _ => format!("{duration:?}"),
    }
}

impl ByteSize {
    /// A number of bytes.
    #[must_use]
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// Returns the number of bytes.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

/// Parses a whole number with one of these units.
fn with_unit(text: &str, units: &Units) -> Option<u64> {
    let with =
        |(unit, worth): &(&str, u64)| whole_number(text.strip_suffix(unit)?)?.checked_mul(*worth);
    units.iter().find_map(with)
}

/// Parses digits alone. std would take a plus sign as well.
fn whole_number(text: &str) -> Option<u64> {
    let is_bare = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_bare)
}

fn in_largest_unit(number: u64, units: &Units) -> Option<(u64, &'static str)> {
    let is_whole = |(_, worth): &&(&str, u64)| number > 0 && number % worth == 0;
    let (unit, worth) = units.iter().rev().find(is_whole)?;
    Some((number / worth, unit))
}

impl FromStr for ByteSize {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let bytes = whole_number(text).or_else(|| with_unit(text, SIZES));
        let allowed =
            "a number of bytes, or one with a unit: B, KiB, MiB, GiB, TiB, kB, MB, GB, TB";
        bytes
            .map(Self)
            .ok_or_else(|| ParseError::new("size", text, allowed))
    }
}

impl FromStr for Retention {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let age = with_unit(text, AGES).map(|seconds| Duration::from_secs(seconds).into());
        let size = || with_unit(text, SIZES).map(|bytes| ByteSize(bytes).into());
        let folders = || Some(Self::Folders(whole_number(text)?.try_into().ok()?));
        let rule = age.or_else(size).or_else(folders);
        let rule = rule.filter(|rule| rule.keeps_something());
        rule.ok_or_else(|| Self::unknown(text))
    }
}

impl Retention {
    /// Returns the problem with a rule that would keep nothing at all.
    pub(super) fn problem(self) -> Option<ParseError> {
        (!self.keeps_something()).then(|| Self::unknown(&self.to_string()))
    }

    fn keeps_something(self) -> bool {
        match self {
            Self::Age(age) => !age.is_zero(),
            Self::Size(size) => size.0 > 0,
            Self::Folders(folders) => folders > 0,
        }
    }

    fn unknown(text: &str) -> ParseError {
        let allowed = "an age such as 7d (units m, h, d, w), a total size such as 10GiB, \
                       or a number of folders such as 30, each above 0";
        ParseError::new("retention", text, allowed)
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, unit) = in_largest_unit(self.0, &SIZES[..4]).unwrap_or((self.0, "B"));
        write!(f, "{number}{unit}")
    }
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Age(age) => {
                let seconds = age.as_secs();
                let (number, unit) = in_largest_unit(seconds, AGES).unwrap_or((seconds, "s"));
                write!(f, "{number}{unit}")
            }
            Self::Size(size) => size.fmt(f),
            Self::Folders(folders) => folders.fmt(f),
        }
    }
}

impl From<Duration> for Retention {
    fn from(age: Duration) -> Self {
        Self::Age(age)
    }
}

impl From<ByteSize> for Retention {
    fn from(size: ByteSize) -> Self {
        Self::Size(size)
    }
}

#[cfg(test)]
mod tests;
