//! Sizes and ages as people write them, and what a tree keeps.

use std::{fmt, str::FromStr, time::Duration};

use crate::UnknownWord;

/// A number of bytes: `10GiB`, `500MB`, `4096`.
///
/// ```
/// use chronologix_schema::ByteSize;
///
/// assert_eq!("10KiB".parse(), Ok(ByteSize::new(10 * 1024)));
/// assert_eq!("10kB".parse(), Ok(ByteSize::new(10_000)));
/// assert!("10 kilos".parse::<ByteSize>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteSize(u64);

/// Up to when closed folders are kept: one rule of [`Config::retain`](crate::Config::retain).
///
/// ```
/// use std::time::Duration;
///
/// use chronologix_schema::{ByteSize, Retention};
///
/// assert_eq!("2h".parse(), Ok(Retention::Age(Duration::from_secs(7200))));
/// assert_eq!("10GiB".parse(), Ok(Retention::Size(ByteSize::new(10 << 30))));
/// assert_eq!("30".parse(), Ok(Retention::Folders(30)));
/// assert_eq!(Retention::try_from(30), Ok(Retention::Folders(30)));
/// assert!("a week".parse::<Retention>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Retention {
    /// Until this long after they were closed.
    Age(Duration),
    /// Until all logs of the tree are larger together.
    Size(ByteSize),
    /// Until there are more folders, up to and including the one in use.
    Folders(usize),
}

const BYTES: [(&str, u64); 9] = [
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

const SECONDS: [(&str, u64); 4] = [("m", 60), ("h", 3600), ("d", 86_400), ("w", 604_800)];

const SIZES: &str = "a number of bytes, or one with a unit: B, KiB, MiB, GiB, TiB, kB, MB, GB, TB";

const RETENTIONS: &str = "an age such as 7d (units m, h, d, w), a total size such as 10GiB, or a number of folders such as 30, each above 0";

impl ByteSize {
    /// So many bytes.
    #[must_use]
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// The number of bytes.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

/// A whole number with one of these units.
fn with_unit(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let with = |(unit, worth): &(&str, u64)| {
        let number = text.strip_suffix(unit)?;
        number_of(number)?.checked_mul(*worth)
    };
    units.iter().find_map(with)
}

/// Digits alone: std would take a plus sign as well.
fn number_of(text: &str) -> Option<u64> {
    let is_bare = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_bare)
}

impl FromStr for ByteSize {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let bytes = number_of(text).or_else(|| with_unit(text, &BYTES));
        bytes
            .map(Self)
            .ok_or_else(|| UnknownWord::new("size", text, SIZES))
    }
}

impl FromStr for Retention {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let age = || {
            let seconds = with_unit(text, &SECONDS)?;
            Some(Self::Age(Duration::from_secs(seconds)))
        };
        let size = || with_unit(text, &BYTES).map(|bytes| Self::Size(ByteSize(bytes)));
        let folders = || {
            let number = number_of(text).and_then(|number| usize::try_from(number).ok());
            number.map(Self::Folders)
        };
        age()
            .or_else(size)
            .or_else(folders)
            .filter(|rule| !rule.is_nothing())
            .ok_or_else(|| UnknownWord::new("retention", text, RETENTIONS))
    }
}

impl Retention {
    /// Whether nothing at all would be kept.
    pub fn is_nothing(self) -> bool {
        match self {
            Self::Age(age) => age.is_zero(),
            Self::Size(size) => size.0 == 0,
            Self::Folders(folders) => folders == 0,
        }
    }

    /// What is wrong with one that was not given as text.
    pub fn nothing(self) -> UnknownWord {
        UnknownWord::new("retention", &self.to_string(), RETENTIONS)
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = |(_, worth): &&(&str, u64)| self.0 > 0 && self.0 % worth == 0;
        let (unit, worth) = BYTES[..4].iter().rev().find(exact).unwrap_or(&("B", 1));
        write!(f, "{}{unit}", self.0 / worth)
    }
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Age(age) => {
                let seconds = age.as_secs();
                let exact = |(_, worth): &&(&str, u64)| seconds > 0 && seconds % worth == 0;
                let (unit, worth) = SECONDS.iter().rev().find(exact).unwrap_or(&("s", 1));
                write!(f, "{}{unit}", seconds / worth)
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

/// Texts and plain numbers, of whatever type they come in.
macro_rules! taken_from {
    ($name:ident, $($text:ty),+; $($number:ty),+) => {
        $(impl TryFrom<$text> for $name {
            type Error = UnknownWord;

            fn try_from(text: $text) -> Result<Self, UnknownWord> {
                text.parse()
            }
        })+

        $(impl TryFrom<$number> for $name {
            type Error = UnknownWord;

            fn try_from(number: $number) -> Result<Self, UnknownWord> {
                number.to_string().parse()
            }
        })+
    };
}

taken_from!(ByteSize, &str, String; i32, i64, u32, u64, usize);
taken_from!(Retention, &str, String; i32, i64, u32, u64, usize);
