//! What lines look like: where timestamp, level, message and fields stand in the formats of other
//! loggers and servers.
//!
//! Pure: everything here is decided from the text of one line.

use chrono::{DateTime, NaiveDateTime, NaiveTime, Utc};
use chronologix_schema::Level;
use serde_json::Value;

/// A format, as an index into the table of [`Formats`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FormatId(pub(crate) u16);

/// When a line was written, as far as the line itself tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The timestamp has an offset, a zone, or counts from the epoch.
    Instant(DateTime<Utc>),
    /// Date and time, without a zone.
    Civil(NaiveDateTime),
    /// Date and time without a year, here in 2000, and without a zone.
    YearLess(NaiveDateTime),
    /// A time of day only.
    TimeOfDay(NaiveTime),
}

/// What is needed to date, filter and count a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// The format the line has.
    pub(crate) format: FormatId,
    /// When it was written. `None` in formats without times.
    pub(crate) moment: Option<Moment>,
    /// The level, if the format has one and the line names it.
    pub(crate) level: Option<Level>,
}

/// All values of a line.
#[derive(Clone, Debug, PartialEq, Default)]
pub(crate) struct Values {
    /// The timestamp as written.
    pub(crate) stamp: Option<String>,
    /// The level.
    pub(crate) level: Option<Level>,
    /// The message without what is in `fields`.
    pub(crate) message: String,
    /// Everything else that the format names, in the order of the line: `thread`, `logger`,
    /// `status`, and the members of JSON and logfmt, with their types.
    pub(crate) fields: Vec<(String, Value)>,
}

/// The formats that are known: those of the table, and the user's.
#[derive(Debug, Default)]
pub(crate) struct Formats {}

/// The formats of the lines before, tried first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recent {}

impl Formats {
    /// Returns the head of a line, without line end and colour sequences. `None` if it has no
    /// known format: it continues the line before.
    pub(crate) fn head(&self, line: &[u8], recent: &mut Recent) -> Option<Head> {
        let _ = (line, recent);
        None
    }

    /// Returns the values of a line whose head was found to have this format.
    pub(crate) fn values(&self, line: &str, format: FormatId) -> Option<Values> {
        let _ = (line, format);
        None
    }

    /// Returns the name of a format.
    pub(crate) fn name(&self, format: FormatId) -> &str {
        let _ = format;
        ""
    }
}
