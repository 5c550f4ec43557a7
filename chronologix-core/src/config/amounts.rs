//! Sizes as people write them.

use std::{fmt, str::FromStr};

use crate::UnknownWord;

/// A number of bytes: `10GiB`, `500MB`, `4096`.
///
/// ```
/// use chronologix_core::ByteSize;
///
/// assert_eq!("10KiB".parse(), Ok(ByteSize::new(10 * 1024)));
/// assert_eq!("10kB".parse(), Ok(ByteSize::new(10_000)));
/// assert!("10 kilos".parse::<ByteSize>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteSize(u64);

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

const SIZES: &str = "a number of bytes, or one with a unit: B, KiB, MiB, GiB, TiB, kB, MB, GB, TB";

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

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = |(_, worth): &&(&str, u64)| self.0 > 0 && self.0 % worth == 0;
        let (unit, worth) = BYTES[..4].iter().rev().find(exact).unwrap_or(&("B", 1));
        write!(f, "{}{unit}", self.0 / worth)
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
