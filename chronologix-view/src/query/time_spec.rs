//! Times as people type them.

use std::{fmt, str::FromStr};

use chronologix_schema::layout::Folder;
use jiff::{
    SignedDuration, Timestamp, ToSpan as _,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};

#[cfg(test)]
mod tests;

/// A time as it was typed: `14:02`, `-10m`, `2025-05-04 14:02`, `2025-05-04T14:02:00+02:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeSpec {
    /// So long ago.
    Ago(SignedDuration),
    /// The last time the clock showed this.
    Clock(Time),
    /// A date and a time of the tree's zone.
    Civil(DateTime),
    /// A time with its offset.
    Exact(Timestamp),
}

impl TimeSpec {
    /// The instant that is meant, in a tree with this newest folder and zone.
    pub(crate) fn resolve(
        self,
        now: Timestamp,
        newest: Option<Folder>,
        zone: &TimeZone,
    ) -> Option<Timestamp> {
        match self {
            Self::Ago(duration) => now.checked_sub(duration).ok(),
            Self::Exact(instant) => Some(instant),
            Self::Civil(civil) => instant(civil, zone),
            Self::Clock(time) => {
                // An old tree is looked at on its last day.
                let today = zone.to_datetime(now).date();
                let day = newest.map_or(today, |folder| folder.start().date().min(today));
                let found = instant(day.to_datetime(time), zone)?;
                let is_ahead = match newest {
                    // No interval is longer than a day; `14:02` in a folder of 09:00 is of the day before.
                    Some(folder) if folder.name().contains("__") => {
                        let end = instant(folder.start(), zone)?.checked_add(LONGEST_PART);
                        found >= end.unwrap_or(Timestamp::MAX)
                    }
                    _ => day == today && found > now,
                };
                if is_ahead {
                    let before = day.checked_sub(1.day()).ok()?;
                    return instant(before.to_datetime(time), zone);
                }
                Some(found)
            }
        }
    }
}

/// The longest interval that is shorter than a day.
const LONGEST_PART: SignedDuration = SignedDuration::from_hours(12);

fn instant(civil: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(civil);
    ambiguous.compatible().ok()
}

impl FromStr for TimeSpec {
    type Err = BadTimeSpec;

    fn from_str(text: &str) -> Result<Self, BadTimeSpec> {
        let text = text.trim();
        ago(text)
            .map(Self::Ago)
            .or_else(|| clock(text).map(Self::Clock))
            .or_else(|| civil(text).map(Self::Civil))
            .or_else(|| text.parse().ok().map(Self::Exact))
            .ok_or_else(|| BadTimeSpec(text.into()))
    }
}

/// `-10m`, `1h30m`.
fn ago(text: &str) -> Option<SignedDuration> {
    let mut rest = text.strip_prefix('-').unwrap_or(text);
    let mut sum = SignedDuration::ZERO;
    loop {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at(digits);
        let number: i64 = number.parse().ok()?;
        let unit = after.chars().next()?;
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        sum = sum.checked_add(SignedDuration::from_secs(number.checked_mul(seconds)?))?;
        rest = &after[1..];
        if rest.is_empty() {
            return Some(sum);
        }
    }
}

/// `14:02`, `14:02:03.5`; the formats of times without a colon are too easily meant otherwise.
fn clock(text: &str) -> Option<Time> {
    let is_clock = text.as_bytes().get(1..3)?.contains(&b':');
    let padded = if text.as_bytes()[1] == b':' {
        format!("0{text}")
    } else {
        text.to_owned()
    };
    is_clock.then(|| padded.parse().ok()).flatten()
}

/// `2025-05-04`, `2025-05-04 14:02`.
fn civil(text: &str) -> Option<DateTime> {
    let (date, time) = match text.split_once([' ', 'T']) {
        Some((date, time)) => (date, clock(time.trim())?),
        None => (text, Time::midnight()),
    };
    let date: Date = date.parse().ok()?;
    // An offset or a zone behind it is not dropped in silence.
    let is_plain = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit() || b":-. T".contains(&byte))
    };
    is_plain(text).then(|| date.to_datetime(time))
}

/// Why something is no time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadTimeSpec(Box<str>);

impl fmt::Display for BadTimeSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is no time; write 14:02, -10m or 2025-05-04 14:02",
            self.0
        )
    }
}

impl std::error::Error for BadTimeSpec {}
