//! Times as users type them.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chronologix_schema::layout::{Folder, TimeZone, TimestampParser, parse_rfc3339};

#[cfg(test)]
mod tests;

/// A time as typed: `14:02`, `-10m`, `2025-05-04 14:02`, `2025-05-04T14:02:00+02:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeSpec {
    /// This long before a point in time, as `-10m`.
    Before(TimeDelta),
    /// This long after a point in time, as `+5m`.
    After(TimeDelta),
    /// This long ago, as `10m ago` and `now`.
    Ago(TimeDelta),
    /// A time this many days ago, as `yesterday 14:02`.
    Day(i64, NaiveTime),
    /// A date of this year or the last, and a time, as `Nov 28 22:57`. Here in a leap year.
    YearLess(NaiveDateTime),
    /// The last time a clock showed this.
    Clock(NaiveTime),
    /// A date and a time in the zone of the tree.
    Civil(NaiveDateTime),
    /// A time with an offset.
    Exact(DateTime<Utc>),
}

impl TimeSpec {
    /// Returns the instant, in a tree with this newest folder and zone.
    pub fn resolve(
        self,
        now: DateTime<Utc>,
        newest: Option<Folder>,
        zone: &TimeZone,
    ) -> Option<DateTime<Utc>> {
        match self {
            Self::Before(duration) | Self::Ago(duration) => now.checked_sub_signed(duration),
            Self::After(duration) => now.checked_add_signed(duration),
            Self::Day(days, time) => {
                let today = zone.civil(now).date();
                let day = today.checked_sub_signed(TimeDelta::days(days))?;
                Some(zone.instant(day.and_time(time)))
            }
            Self::YearLess(civil) => {
                let newest = newest.map(Folder::start);
                let today = zone.civil(now);
                // In an old tree, the year of its newest folder counts as this year.
                let latest = newest.map_or(today, |newest| newest.min(today)) + DAY;
                let year = latest.year();
                let mut years = (year - LEAP_YEARS..=year).rev();
                let found = years.find_map(|year| civil.with_year(year).filter(|it| *it < latest));
                found.map(|civil| zone.instant(civil))
            }
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

    /// Returns the instant at which a range ends. It is that of [`resolve`](Self::resolve), or the
    /// last one if clocks show the time twice.
    pub fn resolve_end(
        self,
        now: DateTime<Utc>,
        newest: Option<Folder>,
        zone: &TimeZone,
    ) -> Option<DateTime<Utc>> {
        let found = self.resolve(now, newest, zone)?;
        Some(match self {
            Self::Day(..) | Self::YearLess(_) | Self::Clock(_) | Self::Civil(_) => {
                zone.instants(zone.civil(found)).1
            }
            Self::Before(_) | Self::After(_) | Self::Ago(_) | Self::Exact(_) => found,
        })
    }
}

/// The longest interval that is shorter than a day.
const LONGEST_PART: TimeDelta = TimeDelta::hours(12);

/// One day.
const DAY: TimeDelta = TimeDelta::days(1);

/// There is a 29th of February in one of this many years.
const LEAP_YEARS: i32 = 8;

impl FromStr for TimeSpec {
    type Err = BadTimeSpec;

    fn from_str(text: &str) -> Result<Self, BadTimeSpec> {
        let text = text.trim();
        relative(text)
            .or_else(|| day(text))
            .or_else(|| clock(text).map(Self::Clock))
            .or_else(|| civil(text).map(Self::Civil))
            .or_else(|| parse_rfc3339(text).map(Self::Exact))
            .or_else(|| epoch(text).map(Self::Exact))
            .or_else(|| year_less(text).map(Self::YearLess))
            .ok_or_else(|| BadTimeSpec(text.into()))
    }
}

/// Parses `-10m`, `1h30m`, `+5m`, `10 minutes ago` and `now`.
fn relative(text: &str) -> Option<TimeSpec> {
    if text.eq_ignore_ascii_case("now") {
        return Some(TimeSpec::Ago(TimeDelta::zero()));
    }
    if let Some(after) = text.strip_prefix('+') {
        return span(after).map(TimeSpec::After);
    }
    if let Some(past) = text.strip_suffix(" ago") {
        return span(past).map(TimeSpec::Ago);
    }
    span(text.strip_prefix('-').unwrap_or(text)).map(TimeSpec::Before)
}

/// Parses `10m`, `1h30m` and `2 hours`.
fn span(text: &str) -> Option<TimeDelta> {
    let mut rest = text;
    let mut sum = TimeDelta::zero();
    loop {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at(digits);
        let number: i64 = number.parse().ok()?;
        let after = after.trim_start();
        let letters = after.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, after) = after.split_at(letters);
        let seconds = match unit.to_ascii_lowercase().as_str() {
            "s" | "sec" | "secs" | "second" | "seconds" => 1,
            "m" | "min" | "mins" | "minute" | "minutes" => 60,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3_600,
            "d" | "day" | "days" => 86_400,
            "w" | "week" | "weeks" => 604_800,
            _ => return None,
        };
        sum = sum.checked_add(&TimeDelta::try_seconds(number.checked_mul(seconds)?)?)?;
        rest = after.trim_start();
        if rest.is_empty() {
            return Some(sum);
        }
    }
}

/// Parses `today` and `yesterday 14:02`.
fn day(text: &str) -> Option<TimeSpec> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let days = match word.to_ascii_lowercase().as_str() {
        "today" => 0,
        "yesterday" => 1,
        _ => return None,
    };
    let time = match rest.trim() {
        "" => NaiveTime::MIN,
        time => clock(time)?,
    };
    Some(TimeSpec::Day(days, time))
}

/// Parses the seconds since 1970, or the milliseconds, microseconds or nanoseconds: by the number
/// of digits, which is right for the years from 2001 to 2286.
fn epoch(text: &str) -> Option<DateTime<Utc>> {
    let text = text.strip_prefix('@').unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 9 {
        return None;
    }
    let per_second = match whole.len() {
        10 => 1,
        13 => 1_000,
        16 => 1_000_000,
        19 => 1_000_000_000,
        _ => return None,
    };
    let number: i64 = whole.parse().ok()?;
    let nanos = (number % per_second) * (1_000_000_000 / per_second);
    let mut fraction_nanos = 0;
    if per_second == 1 {
        fraction_nanos = format!("{fraction:0<9}").parse().ok()?;
    }
    DateTime::from_timestamp(
        number / per_second,
        u32::try_from(nanos + fraction_nanos).ok()?,
    )
}

/// Parses `Nov 28`, `Nov 28 22:57` and `28 Nov 22:57`.
fn year_less(text: &str) -> Option<NaiveDateTime> {
    let mut words = text.split_whitespace();
    let (first, second) = (words.next()?, words.next()?);
    let (month, day) = match month(first) {
        Some(month) => (month, second),
        None => (month(second)?, first),
    };
    let time = match words.next() {
        Some(time) => clock(time)?,
        None => NaiveTime::MIN,
    };
    let date = NaiveDate::from_ymd_opt(2000, month, day.parse().ok()?)?;
    words.next().is_none().then(|| date.and_time(time))
}

/// Returns the number of a month by its English name or the first three letters of it.
fn month(word: &str) -> Option<u32> {
    let month: chrono::Month = word.parse().ok()?;
    Some(month.number_from_month())
}

/// Parses `14:02`, `14:02:03.5` and the hour `22`. More digits without a colon are ambiguous.
fn clock(text: &str) -> Option<NaiveTime> {
    if text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return NaiveTime::from_hms_opt(text.parse().ok()?, 0, 0);
    }
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
pub struct BadTimeSpec(Box<str>);

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
