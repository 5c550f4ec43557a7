//! The name of an interval folder, and which names are ours.

use std::fmt;

use jiff::{
    ToSpan as _,
    civil::{Date, DateTime, Time},
};

use super::Interval;

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
    /// Where the interval starts; midnight when the name is a day.
    start: DateTime,
    shape: Shape,
}

/// Which of the two forms the name has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Shape {
    /// `2025-05-04`
    Day,
    /// `2025-05-04__15-00`
    Time,
}

impl Folder {
    /// The folder whose interval holds the civil time.
    pub(super) fn around(civil: DateTime, interval: Interval) -> Self {
        let minute = minute_of_day(civil.time());
        let start = minute - minute % interval.minutes();
        Self {
            start: at_minute(civil.date(), start),
            shape: Shape::of(interval),
        }
    }

    /// The name on disk: `2025-05-04`, or `2025-05-04__15-00` when the interval is not a day.
    #[must_use]
    pub fn name(&self) -> String {
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
        let date = Date::new(
            year.parse().ok()?,
            month.parse().ok()?,
            day_of_month.parse().ok()?,
        );
        let folder = match time {
            None => Self::around(date.ok()?.to_datetime(Time::midnight()), Interval::Hour24),
            Some(time) => {
                let (hour, minute) = time.split_once('-')?;
                let time = Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()?;
                Self::around(date.ok()?.to_datetime(time), Interval::Minute5)
            }
        };
        // The numbers above are read generously; this is the rule.
        (folder.name() == name).then_some(folder)
    }

    /// Whether a tree with this interval has such a folder.
    #[must_use]
    pub fn belongs_to(&self, interval: Interval) -> bool {
        Self::around(self.start, interval) == *self
    }

    /// The civil time at which the interval starts.
    #[must_use]
    pub fn start(&self) -> DateTime {
        self.start
    }

    /// The civil time at which the interval ends; `None` after the last day jiff knows.
    pub(super) fn end(&self, interval: Interval) -> Option<DateTime> {
        self.start
            .checked_add(i64::from(interval.minutes()).minutes())
            .ok()
    }
}

impl Shape {
    fn of(interval: Interval) -> Self {
        if interval == Interval::Hour24 {
            Self::Day
        } else {
            Self::Time
        }
    }
}

/// Writes the name on disk.
impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = self.start;
        let sign = if start.year() < 0 { "-" } else { "" };
        let year = start.year().unsigned_abs();
        write!(f, "{sign}{year:04}-{:02}-{:02}", start.month(), start.day())?;
        match self.shape {
            Shape::Day => Ok(()),
            Shape::Time => write!(f, "__{:02}-{:02}", start.hour(), start.minute()),
        }
    }
}

fn minute_of_day(time: Time) -> u32 {
    u32::from(time.hour().unsigned_abs()) * 60 + u32::from(time.minute().unsigned_abs())
}

fn at_minute(date: Date, minute: u32) -> DateTime {
    let [hour, minute] = [minute / 60, minute % 60].map(|part| i8::try_from(part).unwrap_or(0));
    date.to_datetime(Time::new(hour, minute, 0, 0).unwrap_or(Time::midnight()))
}

#[cfg(test)]
mod tests;
