//! One line of a log, dated, and the order of lines.

use std::hash::{BuildHasher as _, RandomState};

use chronologix_core::layout::Folder;
use jiff::Timestamp;

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
    pub(crate) instant: Timestamp,
    /// The stream the line was read from.
    pub(crate) stream: StreamId,
    /// Counts the lines of a stream and folder in the order they were read.
    pub(crate) sequence: u64,
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

/// Tells equal lines of the same time by one number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fingerprints(RandomState);

impl Fingerprints {
    /// The fingerprint of a line: of its folder, time and text, not of its stream.
    pub(crate) fn of(&self, line: &LogLine) -> u64 {
        self.0
            .hash_one((line.key.folder, line.key.instant, &line.text))
    }
}
