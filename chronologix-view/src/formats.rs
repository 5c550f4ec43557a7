//! What lines look like: where timestamp, level, message and fields stand in the formats of other
//! loggers and servers.
//!
//! Pure: everything here is decided from the text of one line.

use std::borrow::Cow;

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

/// The format of a line, with what its head says of the level.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineFormat {
    formats: &'static Formats,
    id: FormatId,
    level: Option<Level>,
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

impl PartialEq for LineFormat {
    fn eq(&self, other: &Self) -> bool {
        (self.id, self.level) == (other.id, other.level)
    }
}

impl Eq for LineFormat {}

impl LineFormat {
    /// Returns the format of a line with this head.
    pub(crate) fn of(formats: &'static Formats, head: Head) -> Self {
        Self {
            formats,
            id: head.format,
            level: head.level,
        }
    }

    /// Returns the level of the line.
    pub(crate) fn level(self) -> Option<Level> {
        self.level
    }

    /// Returns the values of the line, or the whole line as its message.
    pub(crate) fn values(self, line: &str) -> Values {
        let found = self.formats.values(line, self.id);
        found.unwrap_or_else(|| Values {
            message: line.to_owned(),
            ..Values::default()
        })
    }
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

/// Returns a line without colour sequences.
pub(crate) fn strip_colours(line: &[u8]) -> Cow<'_, [u8]> {
    Cow::Borrowed(line)
}

/// Returns the text of a line. Bytes that are not UTF-8 are taken for Latin-1.
pub(crate) fn decode(line: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = str::from_utf8(line) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(line.len() + 8);
    for chunk in line.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| char::from(*byte)));
    }
    Cow::Owned(text)
}
