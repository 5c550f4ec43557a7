//! Sizes, ages and periods, as core takes them: `10GiB`, `30d`, `10s`.

use super::{
    period::{UNITS, millis},
    rules::Verdict,
};

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

/// The smallest limit of a file.
const SMALLEST_LIMIT: u64 = 4 << 10;

/// A rule of what is kept: an age, a size, or a number of folders.
pub(super) fn retention(text: &str) -> Verdict {
    let amount = with_unit(text, &SECONDS)
        .or_else(|| with_unit(text, &BYTES))
        .or_else(|| number_of(text));
    match amount {
        Some(1..) => Ok(()),
        _ => Err(format!(
            "unknown retention {text:?}; allowed: an age such as 7d (units m, h, d, w), a total size such as 10GiB, \
             or a number of folders such as 30, each above 0"
        )),
    }
}

/// How large a file may become.
pub(super) fn file_size(text: &str) -> Verdict {
    match number_of(text).or_else(|| with_unit(text, &BYTES)) {
        Some(SMALLEST_LIMIT..) => Ok(()),
        Some(bytes) => Err(format!(
            "{bytes} bytes; allowed: {SMALLEST_LIMIT} (4KiB) or more"
        )),
        None => Err(format!(
            "unknown size {text:?}; allowed: a number of bytes, or one with a unit: B, KiB, MiB, GiB, TiB, kB, MB, GB, TB"
        )),
    }
}

pub(super) fn period(text: &str) -> Verdict {
    millis(text).map(|_millis| ())
}

/// A period in the largest unit of which it is a whole number.
pub(super) fn in_largest_unit(period: &str) -> Option<String> {
    let period = millis(period).ok()?;
    let (unit, millis) = UNITS
        .iter()
        .rev()
        .find(|(_, millis)| period % millis == 0)?;
    Some(format!("{}{unit}", period / millis))
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
