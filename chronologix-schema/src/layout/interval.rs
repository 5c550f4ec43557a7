//! The intervals a day is cut into, and the run of instants that share one folder.

use std::{fmt, str::FromStr};

use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{Offset, TimeZone},
};

use super::Folder;
use crate::ParseError;

/// How long one interval folder is written to, aligned to midnight.
///
/// Intervals are ordered by length.
///
/// ```
/// use chronologix_schema::layout::{Interval, zone};
///
/// let hour: Interval = "1h".parse()?;
/// let prague = zone("Europe/Prague")?;
///
/// let span = hour.span("2025-05-04T13:07:09Z".parse()?, &prague);
/// assert_eq!(span.folder.name(), "2025-05-04__15-00");
/// assert_eq!(span.start, "2025-05-04T13:00:00Z".parse()?);
/// assert_eq!(span.end, "2025-05-04T14:00:00Z".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Interval {
    /// `5m`
    Minute5,
    /// `15m`
    Minute15,
    /// `30m`
    Minute30,
    /// `1h`
    Hour1,
    /// `3h`
    Hour3,
    /// `6h`
    Hour6,
    /// `12h`
    Hour12,
    /// `24h`: one folder a day, the only one without a time in its name.
    #[default]
    Hour24,
}

impl Interval {
    /// All intervals, longest first.
    pub const ALL: [Self; 8] = [
        Self::Hour24,
        Self::Hour12,
        Self::Hour6,
        Self::Hour3,
        Self::Hour1,
        Self::Minute30,
        Self::Minute15,
        Self::Minute5,
    ];

    /// The word for it: `24h`, `30m`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hour24 => "24h",
            Self::Hour12 => "12h",
            Self::Hour6 => "6h",
            Self::Hour3 => "3h",
            Self::Hour1 => "1h",
            Self::Minute30 => "30m",
            Self::Minute15 => "15m",
            Self::Minute5 => "5m",
        }
    }

    /// Its length on a day without a clock change.
    #[must_use]
    pub const fn minutes(self) -> u32 {
        match self {
            Self::Hour24 => 24 * 60,
            Self::Hour12 => 12 * 60,
            Self::Hour6 => 6 * 60,
            Self::Hour3 => 3 * 60,
            Self::Hour1 => 60,
            Self::Minute30 => 30,
            Self::Minute15 => 15,
            Self::Minute5 => 5,
        }
    }

    /// The folder a record stamped `instant` lies in, and how long that folder stays the one in use.
    ///
    /// The folder is the civil time in `zone`, rounded down. Around a clock change a span can be
    /// shorter or longer than [`minutes`](Self::minutes), and the same folder can be in use twice.
    #[must_use]
    pub fn span(self, instant: Timestamp, zone: &TimeZone) -> Span {
        // Offsets change on whole seconds; so cut, no fraction before 1970 can be rounded past one.
        let second = floor_second(instant);
        let folder = self.folder(second, zone);
        Span {
            folder,
            start: self.start(folder, second, zone),
            end: self.end(folder, second, zone),
        }
    }

    /// When a folder is closed for certain: no later instant has it. Where the civil time comes twice, its later one counts.
    #[must_use]
    pub fn close(self, folder: Folder, zone: &TimeZone) -> Timestamp {
        let later = |civil| zone.to_ambiguous_timestamp(civil).later().ok();
        folder.end(self).and_then(later).unwrap_or(Timestamp::MAX)
    }

    fn folder(self, second: Timestamp, zone: &TimeZone) -> Folder {
        Folder::around(zone.to_datetime(second), self)
    }

    /// The first later instant with another folder: the civil end where no clock change comes
    /// between, else the change that left the folder.
    fn end(self, folder: Folder, second: Timestamp, zone: &TimeZone) -> Timestamp {
        let Some(civil_end) = folder.end(self) else {
            return Timestamp::MAX;
        };
        let mut offset = zone.to_offset(second);
        for change in zone.following(second) {
            let planned = instant_of(civil_end, offset);
            if planned < change.timestamp() {
                return planned;
            }
            if self.folder(change.timestamp(), zone) != folder {
                return change.timestamp();
            }
            offset = change.offset();
        }
        instant_of(civil_end, offset)
    }

    /// The earliest instant since which the folder has been the same: as `end`, backwards.
    fn start(self, folder: Folder, second: Timestamp, zone: &TimeZone) -> Timestamp {
        let just_after = saturating_from_second(second.as_second().saturating_add(1));
        let mut offset = zone.to_offset(second);
        for change in zone.preceding(just_after) {
            let planned = instant_of(folder.start(), offset);
            if planned > change.timestamp() {
                return planned;
            }
            let before = saturating_from_second(change.timestamp().as_second().saturating_sub(1));
            if self.folder(before, zone) != folder {
                return change.timestamp();
            }
            offset = zone.to_offset(before);
        }
        instant_of(folder.start(), offset)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Interval {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let found = Self::ALL
            .into_iter()
            .find(|interval| interval.as_str() == text);
        found.ok_or_else(|| ParseError::new("interval", text, "24h, 12h, 6h, 3h, 1h, 30m, 15m, 5m"))
    }
}

/// The longest run of instants around one instant whose folder is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The folder of every instant of the run.
    pub folder: Folder,
    /// The first instant of the run.
    pub start: Timestamp,
    /// The first instant after the run. `Timestamp::MAX` where time itself ends.
    pub end: Timestamp,
}

/// The start of the second that holds `instant`, also before 1970, where jiff's own count of
/// seconds is rounded towards zero.
pub(super) fn floor_second(instant: Timestamp) -> Timestamp {
    saturating_from_second(instant.as_second() - i64::from(instant.subsec_nanosecond() < 0))
}

pub(super) fn saturating_from_second(second: i64) -> Timestamp {
    let bound = if second < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_second(second).unwrap_or(bound)
}

fn instant_of(civil: DateTime, offset: Offset) -> Timestamp {
    let bound = if civil.year() < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    offset.to_timestamp(civil).unwrap_or(bound)
}

#[cfg(test)]
mod tests;
