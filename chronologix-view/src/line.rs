//! One line of a log, dated, and the order of lines.

use chrono::{DateTime, Utc};
use chronologix_schema::layout::Folder;

use crate::streams::StreamId;

/// The place of a line in the timeline of the whole tree: by folder, then time, then stream, then
/// position in the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    /// The interval folder the line lies in.
    pub(crate) folder: Folder,
    /// Folder date and line time together. It never goes back within a stream and folder: where a
    /// stamp does, or a line has none, this is the time of the line before it, so that the order
    /// of a file is kept.
    pub(crate) instant: DateTime<Utc>,
    /// The stream the line was read from.
    pub(crate) stream: StreamId,
    /// Where in the stream's files of the folder the line begins; see [`sequence`].
    pub(crate) sequence: u64,
}

impl Key {
    /// Before all lines of a folder.
    pub(crate) fn first_of(folder: Folder) -> Self {
        Self {
            folder,
            instant: DateTime::<Utc>::MIN_UTC,
            stream: StreamId(0),
            sequence: 0,
        }
    }

    /// After all lines of a folder.
    pub(crate) fn last_of(folder: Folder) -> Self {
        Self {
            folder,
            instant: DateTime::<Utc>::MAX_UTC,
            stream: StreamId(u16::MAX),
            sequence: u64::MAX,
        }
    }
}

/// An instant as RFC 3339 in UTC.
pub(crate) fn rfc3339(instant: DateTime<Utc>) -> String {
    utc_text(instant, "%Y-%m-%dT%H:%M:%S") + "Z"
}

/// An instant in UTC, with the digits of its fraction that are not zero.
pub(crate) fn utc_text(instant: DateTime<Utc>, format: &str) -> String {
    let fraction = format!(".{:09}", instant.timestamp_subsec_nanos());
    let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
    format!("{}{fraction}", instant.format(format))
}

/// Bits of a sequence that say where in a file a line begins: files of up to 16 TiB.
const OFFSET_BITS: u32 = 44;

/// Where a line begins, as one number: the number of the file and the offset in it. 0 is before all
/// lines.
pub(crate) fn sequence(part: u32, offset: u64) -> u64 {
    let part = u64::from(part).min((1 << (64 - OFFSET_BITS)) - 1);
    (part << OFFSET_BITS | offset.min((1 << OFFSET_BITS) - 2)) + 1
}

/// The number of the file and the offset in it that a sequence stands for.
pub(crate) fn part_and_offset(sequence: u64) -> (u32, u64) {
    let place = sequence.saturating_sub(1);
    let part = u32::try_from(place >> OFFSET_BITS).unwrap_or(u32::MAX);
    (part, place & ((1 << OFFSET_BITS) - 1))
}

/// One line as it was read from a file, without its line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogLine {
    /// Where it belongs.
    pub(crate) key: Key,
    /// What it says. Bytes that are not UTF-8 have become replacement characters.
    pub(crate) text: Box<str>,
    /// Whether the line goes on in the file, beyond the most a line may take.
    pub(crate) is_cut: bool,
}
