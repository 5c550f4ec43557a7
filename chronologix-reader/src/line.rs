//! One line of a log with its timestamp, and the order of lines.

use chrono::{DateTime, SecondsFormat, Utc};
use chronologix_schema::{Level, layout::Folder};

use crate::{
    formats::LineFormat,
    record::{self, Detail, Parts},
    streams::StreamId,
};

/// The position of a line in the timeline of the whole tree: by folder, then time, then stream,
/// then position in the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The interval folder the line lies in.
    pub folder: Folder,
    /// The timestamp of the line with the date of its folder.
    ///
    /// It never goes back within a stream and folder: a line with an earlier timestamp, or none,
    /// gets that of the line before it. This keeps the order of the file.
    pub instant: DateTime<Utc>,
    /// The stream the line was read from.
    pub stream: StreamId,
    /// Where the line begins in the stream's files of the folder; see `sequence`.
    pub sequence: u64,
}

impl Key {
    /// Returns a key before all lines of a folder.
    pub fn first_of(folder: Folder) -> Self {
        Self {
            folder,
            instant: DateTime::<Utc>::MIN_UTC,
            stream: StreamId(0),
            sequence: 0,
        }
    }

    /// Returns a key after all lines of a folder.
    pub fn last_of(folder: Folder) -> Self {
        Self {
            folder,
            instant: DateTime::<Utc>::MAX_UTC,
            stream: StreamId(u16::MAX),
            sequence: u64::MAX,
        }
    }
}

/// Formats an instant as RFC 3339 in UTC, with its fraction without trailing zeros.
pub fn rfc3339(instant: DateTime<Utc>) -> String {
    let text = instant.to_rfc3339_opts(SecondsFormat::Nanos, true);
    let text = text.trim_end_matches(['0', 'Z']).trim_end_matches('.');
    format!("{text}Z")
}

/// Bits of a sequence that hold the offset in the file: enough for files of 16 TiB.
const OFFSET_BITS: u32 = 44;

/// Encodes the number of the file and the offset in it as one number. 0 is before all lines.
pub(crate) fn sequence(part: u32, offset: u64) -> u64 {
    let part = u64::from(part).min((1 << (64 - OFFSET_BITS)) - 1);
    (part << OFFSET_BITS | offset.min((1 << OFFSET_BITS) - 2)) + 1
}

/// Decodes a sequence into the number of the file and the offset in it.
pub(crate) fn part_and_offset(sequence: u64) -> (u32, u64) {
    let place = sequence.saturating_sub(1);
    let part = u32::try_from(place >> OFFSET_BITS).unwrap_or(u32::MAX);
    (part, place & ((1 << OFFSET_BITS) - 1))
}

/// One line of a file, without its line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Its position.
    pub key: Key,
    /// Its text, without colour sequences. Bytes that are not UTF-8 are Latin-1.
    pub text: Box<str>,
    /// The bytes in the file, if they are not those of `text`.
    pub raw: Option<Box<[u8]>>,
    /// The time of its own timestamp.
    pub own: Option<DateTime<Utc>>,
    /// Its format, if it is not that of chronologix.
    pub format: Option<LineFormat>,
    /// Whether a record begins here. If not, the line continues the one before.
    pub begins_record: bool,
    /// Whether the text is cut at the longest line that is kept.
    pub is_cut: bool,
    /// What was looked for and found after the cut.
    pub beyond: Option<Box<Beyond>>,
}

/// Matches in the part of a line that is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beyond {
    /// The column of the first match, from 1.
    pub column: usize,
    /// The matches with what is around them, one a line.
    pub text: Box<str>,
}

impl LogLine {
    /// Returns a line in the format of chronologix with the time of its key.
    #[cfg(any(test, feature = "internals"))]
    pub fn new(key: Key, text: impl Into<Box<str>>) -> Self {
        let text = text.into();
        let begins_record = Parts::of(&text, None).stamp.is_some();
        Self {
            key,
            text,
            raw: None,
            own: begins_record.then_some(key.instant),
            format: None,
            begins_record,
            is_cut: false,
            beyond: None,
        }
    }

    /// Returns its own time, or else that of the record it continues.
    pub fn time(&self) -> DateTime<Utc> {
        self.own.unwrap_or(self.key.instant)
    }

    /// Returns the level.
    pub fn level(&self) -> Option<Level> {
        record::level(&self.text, self.format)
    }

    /// Returns the level of a record of these lines. In some formats, the second line has it.
    pub fn level_of_record<'l>(lines: impl IntoIterator<Item = &'l Self>) -> Option<Level> {
        let mut lines = lines.into_iter();
        let first = lines.next().filter(|first| first.begins_record)?;
        let tells = |line: &&Self| line.format.is_some_and(LineFormat::continues);
        first
            .level()
            .or_else(|| lines.filter(tells).find_map(Self::level))
    }

    /// Returns the parts that are shown.
    pub fn parts(&self) -> Parts {
        Parts::of(&self.text, self.format)
    }

    /// Returns the values.
    pub fn detail(&self) -> Detail {
        Detail::of(&self.text, self.format)
    }
}
