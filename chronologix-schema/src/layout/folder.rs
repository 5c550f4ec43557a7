//! The name of an interval folder, and which names are ours.

use std::fmt;

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike as _};

use super::Interval;

/// The first and the last year that a name can have.
pub(super) const YEARS: std::ops::RangeInclusive<i32> = -9999..=9999;

/// One interval folder, known by the civil time at which its interval starts.
///
/// ```
/// use chronologix_schema::layout::{Folder, Interval};
///
/// let folder = Folder::parse("2025-05-04__15-00").expect("a name of ours");
/// assert_eq!(folder.name(), "2025-05-04__15-00");
/// assert!(folder.belongs_to(Interval::Hour1));
/// assert!(!folder.belongs_to(Interval::Hour6));
///
/// // Only what would be written back identically is an interval folder.
/// assert_eq!(Folder::parse("2025-5-4"), None);
/// assert_eq!(Folder::parse("2025-05-04.bak"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Folder {
    date: NaiveDate,
    /// The minute of the day at which the interval starts, if the name says one.
    minute: Option<u16>,
}

impl Folder {
    /// The folder whose interval holds the civil time.
    pub(super) fn around(civil: NaiveDateTime, interval: Interval) -> Self {
        let minute = civil.hour() * 60 + civil.minute();
        let start = u16::try_from(minute - minute % interval.minutes()).ok();
        Self {
            date: civil.date(),
            minute: start.filter(|_| interval != Interval::Hour24),
        }
    }

    /// The name on disk: `2025-05-04`, or `2025-05-04__15-00` when the interval is not a day.
    #[must_use]
    pub fn name(self) -> String {
        self.to_string()
    }

    /// The folder with this name, if our own formatter would write the name back identically.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (day, time) = match name.split_once("__") {
            Some((day, time)) => (day, Some(time)),
            None => (name, None),
        };
        let (rest, day_of_month) = day.rsplit_once('-')?;
        let (year, month) = rest.rsplit_once('-')?;
        let date = NaiveDate::from_ymd_opt(
            year.parse().ok().filter(|year| YEARS.contains(year))?,
            month.parse().ok()?,
            day_of_month.parse().ok()?,
        )?;
        let folder = match time {
            None => Self::around(date.and_time(NaiveTime::MIN), Interval::Hour24),
            Some(time) => {
                let (hour, minute) = time.split_once('-')?;
                let civil = date.and_hms_opt(hour.parse().ok()?, minute.parse().ok()?, 0)?;
                Self::around(civil, Interval::Minute5)
            }
        };
        // The numbers above are read generously; this is the rule.
        (folder.name() == name).then_some(folder)
    }

    /// The folder with the next name: five minutes later, and on the same day.
    ///
    /// ```
    /// use chronologix_schema::layout::Folder;
    ///
    /// let next = |name| Folder::parse(name)?.next_name().map(Folder::name);
    /// assert_eq!(next("2025-05-04__15-00").as_deref(), Some("2025-05-04__15-05"));
    /// assert_eq!(next("2025-05-04").as_deref(), Some("2025-05-04__00-00"));
    /// assert_eq!(next("2025-05-04__23-55"), None);
    /// ```
    #[must_use]
    pub fn next_name(self) -> Option<Self> {
        let minute = self.minute.map_or(0, |minute| minute + 5);
        (minute < 24 * 60).then_some(Self {
            minute: Some(minute),
            ..self
        })
    }

    /// Whether a tree with this interval has such a folder.
    #[must_use]
    pub fn belongs_to(self, interval: Interval) -> bool {
        Self::around(self.start(), interval) == self
    }

    /// The civil time at which the interval starts.
    #[must_use]
    pub fn start(self) -> NaiveDateTime {
        let seconds = u32::from(self.minute.unwrap_or(0)) * 60;
        let time = NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0);
        self.date.and_time(time.unwrap_or_default())
    }

    /// The civil time at which the interval ends; `None` after the last day that chrono knows.
    pub(super) fn end(self, interval: Interval) -> Option<NaiveDateTime> {
        self.start()
            .checked_add_signed(TimeDelta::minutes(interval.minutes().into()))
    }
}

/// Writes the name on disk.
impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.date;
        let sign = if date.year() < 0 { "-" } else { "" };
        let year = date.year().unsigned_abs();
        write!(f, "{sign}{year:04}-{:02}-{:02}", date.month(), date.day())?;
        match self.minute {
            None => Ok(()),
            Some(minute) => write!(f, "__{:02}-{:02}", minute / 60, minute % 60),
        }
    }
}

#[cfg(test)]
mod tests;
