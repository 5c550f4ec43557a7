//! What the query service answers.

use chrono::{DateTime, Utc};
use chronologix_schema::layout::Folder;

use super::request::{Place, QueryId};
use crate::{line::Key, merge::Record, streams::Streams};

/// The most hits of one search that are told with their places.
pub(crate) const MOST_HITS: usize = 100_000;

/// One answer, or a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    /// The question this belongs to. An answer to any but the newest of its kind may be dropped.
    pub(crate) id: QueryId,
    /// All streams known by now. Ids are those of the follower; old folders may add streams.
    pub(crate) streams: Streams,
    /// What was found.
    pub(crate) answer: Answer,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// To a page.
    Page(Page),
    /// To a find.
    Found(Found),
    /// To a search.
    Hits(Hits),
    /// To a histogram.
    Histogram(Histogram),
    /// A file cannot be read, and the rest is answered without it.
    Trouble(String),
}

/// Rows that lie next to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// Oldest first, whatever the direction. A part of an answer goes on where the part before
    /// ended: pages of older rows are put before it, pages of newer ones after it.
    pub(crate) records: Vec<Record>,
    /// Where the next page of the same direction begins.
    pub(crate) reached: Place,
    /// Whether there is nothing further in this direction.
    pub(crate) is_at_end: bool,
    /// Whether the answer is whole. Otherwise another part follows by itself, as where a filter
    /// leaves out much.
    pub(crate) is_complete: bool,
}

/// The nearest row of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// The row; none if there is no such row in this direction, or not yet.
    pub(crate) key: Option<Key>,
    /// How far was looked.
    pub(crate) reached: Place,
    /// Whether the looking is over.
    pub(crate) is_complete: bool,
}

/// What a search found by now.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Hits {
    /// Hits that were not told before, in no order; nearer folders come first. At most
    /// [`MOST_HITS`] are told; all are counted.
    pub(crate) keys: Vec<Key>,
    /// Lines that match, by stream, all told. A mirrored copy counts in each of its streams.
    pub(crate) lines: Vec<u64>,
    /// Bytes searched, all told.
    pub(crate) read: u64,
    /// Bytes to be searched.
    pub(crate) total: u64,
    /// Whether the search is over.
    pub(crate) is_complete: bool,
}

/// Lines by time, stream and level, as far as they are counted.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Histogram {
    /// In order of time; folders that are not counted yet have empty ones.
    pub(crate) buckets: Vec<Bucket>,
    /// Bytes counted.
    pub(crate) read: u64,
    /// Bytes to be counted.
    pub(crate) total: u64,
    /// Whether everything is counted.
    pub(crate) is_complete: bool,
}

/// The lines of a slice of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bucket {
    /// The folder they lie in.
    pub(crate) folder: Folder,
    /// Where the slice begins. It ends where the next one begins.
    pub(crate) from: DateTime<Utc>,
    /// Lines by stream.
    pub(crate) lines: Vec<u64>,
    /// Lines by level: those without one first, then by [`Level`](chronologix_schema::Level).
    pub(crate) levels: [u64; 7],
    /// Lines that the view's filter takes, if it has one.
    pub(crate) hits: u64,
}

impl Bucket {
    /// All lines.
    pub(crate) fn sum(&self) -> u64 {
        self.lines.iter().sum()
    }
}
