//! The intervals a day is cut into, and the run of instants that share one folder.

use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::{Folder, TimeZone};
use crate::{ParseError, word::display_word};

/// How long one interval folder is written to, aligned to midnight.
///
/// Intervals are ordered by length.
///
/// ```
/// # use chronologix_schema::layout as chronologix;
/// use chronologix::Interval;
///
/// assert_eq!("1h".parse(), Ok(Interval::Hour1));
/// assert!(Interval::Hour1 < Interval::Hour12);
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
        self.word_and_minutes().0
    }

    /// Its length on a day without a clock change.
    #[must_use]
    pub const fn minutes(self) -> u32 {
        self.word_and_minutes().1
    }

    const fn word_and_minutes(self) -> (&'static str, u32) {
        match self {
            Self::Hour24 => ("24h", 24 * 60),
            Self::Hour12 => ("12h", 12 * 60),
            Self::Hour6 => ("6h", 6 * 60),
            Self::Hour3 => ("3h", 3 * 60),
            Self::Hour1 => ("1h", 60),
            Self::Minute30 => ("30m", 30),
            Self::Minute15 => ("15m", 15),
            Self::Minute5 => ("5m", 5),
        }
    }

    /// The folder a record stamped `instant` lies in, and how long that folder stays the one in
    /// use.
    ///
    /// The folder is the civil time in `zone`, rounded down. Around a clock change a span can be
    /// shorter or longer than [`minutes`](Self::minutes), and the same folder can be in use twice.
    #[must_use]
    pub fn span(self, instant: DateTime<Utc>, zone: &TimeZone) -> Span {
        // Offsets change on whole seconds.
        let second = instant.timestamp();
        let civil = self.civil_start(second, zone);
        Span {
            folder: Folder::around(instant_of(civil).naive_utc(), self),
            start: instant_of(self.start(civil, second, zone)),
            end: instant_of(self.end(civil, second, zone)),
        }
    }

    /// When a folder is closed for certain: no later instant has it. Where the civil time comes
    /// twice, its later one counts.
    #[must_use]
    pub fn close(self, folder: Folder, zone: &TimeZone) -> DateTime<Utc> {
        let end = folder.end(self).map(|civil| zone.instants(civil).1);
        end.unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// When a folder of a tree is closed whose interval is this one by now. A folder that it does
    /// not have is from before the interval was changed. Then the longest that has one counts.
    #[must_use]
    pub fn close_of_any(self, folder: Folder, zone: &TimeZone) -> DateTime<Utc> {
        let mut this_first = [self].into_iter().chain(Self::ALL);
        let interval = this_first.find(|it| folder.belongs_to(*it));
        interval.unwrap_or(self).close(folder, zone)
    }

    /// What clocks show at the start of the folder of a second, in seconds.
    fn civil_start(self, second: i64, zone: &TimeZone) -> i64 {
        let civil = second.saturating_add(zone.period(second).offset());
        // A whole number of intervals makes a day, so days need no care.
        civil - civil.rem_euclid(i64::from(self.minutes()) * 60)
    }

    /// The first later second with another folder: the civil end where no clock change comes
    /// between, else the change that left the folder.
    ///
    /// The zone knows its changes, so none is looked for: this is exact however close two of them
    /// are.
    fn end(self, civil: i64, second: i64, zone: &TimeZone) -> i64 {
        let civil_end = civil + i64::from(self.minutes()) * 60;
        let mut period = zone.period(second);
        loop {
            let planned = civil_end - period.offset();
            if planned < period.until {
                return planned;
            }
            if self.civil_start(period.until, zone) != civil {
                return period.until;
            }
            period = zone.period(period.until);
        }
    }

    /// The earliest second since which the folder has been the same: as `end`, backwards.
    fn start(self, civil: i64, second: i64, zone: &TimeZone) -> i64 {
        let mut period = zone.period(second);
        loop {
            let planned = civil - period.offset();
            if planned > period.since {
                return planned;
            }
            if self.civil_start(period.since - 1, zone) != civil {
                return period.since;
            }
            period = zone.period(period.since - 1);
        }
    }
}

display_word!(Interval);

impl FromStr for Interval {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let found = Self::ALL.into_iter().find(|it| it.as_str() == text);
        found.ok_or_else(|| ParseError::new("interval", text, "24h, 12h, 6h, 3h, 1h, 30m, 15m, 5m"))
    }
}

/// The longest run of instants around one instant whose folder is the same.
///
/// ```
/// use chrono::{DateTime, Utc};
/// use chronologix_schema::layout::{Interval, zone};
///
/// let hour: Interval = "1h".parse()?;
/// let prague = zone("Europe/Prague")?;
///
/// let span = hour.span("2025-05-04T13:07:09Z".parse()?, &prague);
/// assert_eq!(span.folder.name(), "2025-05-04__15-00");
/// assert_eq!(span.start, "2025-05-04T13:00:00Z".parse::<DateTime<Utc>>()?);
/// assert_eq!(span.end, "2025-05-04T14:00:00Z".parse::<DateTime<Utc>>()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The folder of every instant of the run.
    pub folder: Folder,
    /// The first instant of the run.
    pub start: DateTime<Utc>,
    /// The first instant after the run. The last one of chrono where time itself ends.
    pub end: DateTime<Utc>,
}

/// The instant of a second since 1970, or the end of time that is nearest.
pub(super) fn instant_of(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap_or(if second < 0 {
        DateTime::<Utc>::MIN_UTC
    } else {
        DateTime::<Utc>::MAX_UTC
    })
}

#[cfg(test)]
mod tests;
