//! Tells which formats a line can have by what is seen at its start, for many formats at a time.

use chrono::{DateTime, NaiveTime};

use super::{Seen, StartFilter};
use crate::formats::{
    FormatId, Moment,
    stamp::{Fraction, Stamp},
};

#[cfg(test)]
mod tests;

/// How many digits at the start make a difference.
const DIGITS: usize = 21;

/// The spellings of stamps that make a difference: what they say, their fraction, and
/// whether they have a `T`.
const SPELLINGS: usize = 4 * 3 * 2;

/// Formats whose lines begin with a stamp, in the order in which they are tried.
#[derive(Clone, Debug)]
pub(in crate::formats) struct Candidates {
    formats: Vec<FormatId>,
    groups: Vec<FormatGroup>,
}

/// What can be seen of 64 formats, a bit for each.
#[derive(Clone, Debug)]
struct FormatGroup {
    /// By the byte behind the stamp.
    bytes: [u64; 256],
    /// By the number of digits at the start.
    digits: [u64; DIGITS],
    /// By the spelling of the stamp.
    spellings: [u64; SPELLINGS],
    /// Those that need no level behind the stamp.
    without_level: u64,
    /// Those that need no quote.
    without_quote: u64,
    /// Those that need no percent sign.
    without_percent: u64,
}

impl Candidates {
    /// Returns these formats.
    pub(in crate::formats) fn new(known: impl Iterator<Item = (FormatId, StartFilter)>) -> Self {
        let (formats, starts): (Vec<_>, Vec<_>) = known.unzip();
        let groups = starts.chunks(64).map(FormatGroup::new).collect();
        Self { formats, groups }
    }

    /// Returns those that a line can have.
    pub(in crate::formats) fn of(&self, seen: &Seen) -> impl Iterator<Item = FormatId> {
        let groups = self.groups.iter().zip(self.formats.chunks(64));
        let spelling = spelling(&seen.stamp);
        let seen = *seen;
        groups.flat_map(move |(group, formats)| {
            let mut left = group.of(&seen, spelling);
            std::iter::from_fn(move || {
                let first = left.trailing_zeros();
                // No bit is left.
                let format = formats.get(first as usize)?;
                left &= left - 1;
                Some(*format)
            })
        })
    }
}

impl FormatGroup {
    fn new(starts: &[StartFilter]) -> Self {
        let set = |is_in: &dyn Fn(&StartFilter) -> bool| {
            let bits = starts.iter().enumerate();
            bits.fold(0, |set, (index, start)| {
                set | u64::from(is_in(start)) << index
            })
        };
        let mut group = Self {
            bytes: [0; 256],
            digits: [0; DIGITS],
            spellings: [0; SPELLINGS],
            without_level: set(&|start| !start.needs_level),
            without_quote: set(&|start| !start.needs_quote),
            without_percent: set(&|start| !start.needs_percent),
        };
        for (byte, formats) in group.bytes.iter_mut().enumerate() {
            *formats = set(&|start| start.bytes[byte]);
        }
        for (count, formats) in group.digits.iter_mut().enumerate() {
            *formats = set(&|start| start.digits.contains(&count));
        }
        for stamp in stamps() {
            group.spellings[spelling(&stamp)] = set(&|start| start.class.has(&stamp));
        }
        group
    }

    fn of(&self, seen: &Seen, spelling: usize) -> u64 {
        let unless = |is_there: bool, without: u64| if is_there { u64::MAX } else { without };
        self.bytes[usize::from(seen.byte)]
            & self.digits.get(seen.digits).copied().unwrap_or_default()
            & self.spellings[spelling]
            & unless(seen.is_level, self.without_level)
            & unless(seen.has_quote, self.without_quote)
            & unless(seen.has_percent, self.without_percent)
    }
}

/// Returns the index of the spelling of a stamp.
fn spelling(stamp: &Stamp) -> usize {
    let kind = match stamp.moment {
        Moment::Instant(_) => 0,
        Moment::Civil(_) => 1,
        Moment::YearLess(_) => 2,
        Moment::TimeOfDay(_) => 3,
    };
    let fraction = match stamp.fraction {
        Fraction::Missing => 0,
        Fraction::Point => 1,
        Fraction::Comma => 2,
    };
    (kind * 3 + fraction) * 2 + usize::from(stamp.has_t)
}

/// Returns a stamp of each spelling.
fn stamps() -> impl Iterator<Item = Stamp> {
    let moments = [
        Moment::Instant(DateTime::UNIX_EPOCH),
        Moment::Civil(DateTime::UNIX_EPOCH.naive_utc()),
        Moment::YearLess(DateTime::UNIX_EPOCH.naive_utc()),
        Moment::TimeOfDay(NaiveTime::MIN),
    ];
    moments.into_iter().flat_map(|moment| {
        let fractions = [Fraction::Missing, Fraction::Point, Fraction::Comma];
        fractions.into_iter().flat_map(move |fraction| {
            [false, true].map(|has_t| Stamp {
                moment,
                end: 0,
                fraction,
                has_t,
            })
        })
    })
}
