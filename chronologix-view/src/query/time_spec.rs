//! Times as users type them.

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chronologix_schema::layout::{Folder, TimeZone, TimestampParser, parse_rfc3339};

#[cfg(test)]
mod tests;

/// A time as typed: `14:02`, `-10m`, `2025-05-04 14:02`, `2025-05-04T14:02:00+02:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeSpec {
    /// This long ago.
    Ago(TimeDelta),
    /// The last time a clock showed this.
    Clock(NaiveTime),
    /// A date and a time in the zone of the tree.
    Civil(NaiveDateTime),
    /// A time with an offset.
    Exact(DateTime<Utc>),
}

impl TimeSpec {
    /// Returns the instant, in a tree with this newest folder and zone.
    pub(crate) fn resolve(
        self,
        now: DateTime<Utc>,
        newest: Option<Folder>,
        zone: &TimeZone,
    ) -> Option<DateTime<Utc>> {
        match self {
            Self::Ago(duration) => now.checked_sub_signed(duration),
            Self::Exact(instant) => Some(instant),
            Self::Civil(civil) => Some(zone.instant(civil)),
            Self::Clock(time) => {
                // In an old tree, the day of its newest folder counts as today.
                let today = zone.civil(now).date();
                let day = newest.map_or(today, |folder| folder.start().date().min(today));
                let found = zone.instant(day.and_time(time));
                let is_ahead = match newest {
                    // Intervals within a day are at most 12 hours. `14:02` in a folder of 09:00 is
                    // on the day before.
                    Some(folder) if folder.name().contains("__") => {
                        let start = zone.instant(folder.start());
                        let end = start.checked_add_signed(LONGEST_PART);
                        end.is_some_and(|end| found >= end)
                    }
                    _ => day == today && found > now,
                };
                if is_ahead {
                    return Some(zone.instant(day.pred_opt()?.and_time(time)));
                }
                Some(found)
            }
        }
    }
}

/// The longest interval that is shorter than a day.
const LONGEST_PART: TimeDelta = TimeDelta::hours(12);

impl FromStr for TimeSpec {
    type Err = BadTimeSpec;

    fn from_str(text: &str) -> Result<Self, BadTimeSpec> {
        let text = text.trim();
        ago(text)
            .map(Self::Ago)
            .or_else(|| clock(text).map(Self::Clock))
            .or_else(|| civil(text).map(Self::Civil))
            .or_else(|| parse_rfc3339(text).map(Self::Exact))
            .ok_or_else(|| BadTimeSpec(text.into()))
    }
}

/// Parses `-10m` and `1h30m`.
fn ago(text: &str) -> Option<TimeDelta> {
    let mut rest = text.strip_prefix('-').unwrap_or(text);
    let mut sum = TimeDelta::zero();
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
        sum = sum.checked_add(&TimeDelta::try_seconds(number.checked_mul(seconds)?)?)?;
        rest = &after[1..];
        if rest.is_empty() {
            return Some(sum);
        }
    }
}

/// Parses `14:02` and `14:02:03.5`. Formats without a colon are ambiguous.
fn clock(text: &str) -> Option<NaiveTime> {
    let is_clock = text.as_bytes().get(1..3)?.contains(&b':');
    let is_plain = |byte: u8| byte.is_ascii_digit() || b":.,".contains(&byte);
    let zero = if text.as_bytes()[1] == b':' { "0" } else { "" };
    let time = |text: &str| Some(TimestampParser::guess().read(text, some_day()?)?.time());
    (is_clock && text.bytes().all(is_plain)).then(|| time(&format!("{zero}{text}")))?
}

/// A folder for times without a date.
fn some_day() -> Option<Folder> {
    Folder::parse("1970-01-01")
}

/// Parses `2025-05-04` and `2025-05-04 14:02`.
fn civil(text: &str) -> Option<NaiveDateTime> {
    let (date, time) = match text.split_once([' ', 'T']) {
        Some((date, time)) => (date, clock(time.trim())?),
        None => (text, NaiveTime::MIN),
    };
    let dashed = match (date.get(..4), date.get(4..6), date.get(6..8)) {
        (Some(year), Some(month), Some(day)) if date.len() == 8 => format!("{year}-{month}-{day}"),
        _ => date.to_owned(),
    };
    // Days are the names of folders.
    let day = Folder::parse(&dashed).filter(|_| !date.contains("__"))?;
    Some(day.start().date().and_time(time))
}

/// An invalid time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadTimeSpec(Box<str>);

impl fmt::Display for BadTimeSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot read {:?} as a time. Examples: 14:02, -10m, 2025-05-04 14:02",
            self.0
        )
    }
}

impl std::error::Error for BadTimeSpec {}
