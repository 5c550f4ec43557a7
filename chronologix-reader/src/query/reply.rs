//! Replies of the query service.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use chronologix_schema::layout::Folder;

use super::{
    request::{Place, QueryId},
    top::TopAnswer,
};
use crate::{
    line::{Key, LogLine},
    merge::Record,
    streams::{StreamId, Streams},
};

/// The most hits of a search that are reported with their positions.
pub(crate) const MOST_HITS: usize = 100_000;

/// An answer, or a part of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The query it belongs to. Replies to older queries of the same kind can be dropped.
    pub id: QueryId,
    /// All known streams. Ids are shared with the follower, but old folders may have added streams.
    pub streams: Streams,
    /// The answer.
    pub answer: Answer,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Answers [`Request::Page`](super::Request::Page).
    Page(Page),
    /// Answers [`Request::Find`](super::Request::Find).
    Found(Found),
    /// Answers [`Request::Search`](super::Request::Search).
    Hits(Hits),
    /// Answers [`Request::Histogram`](super::Request::Histogram).
    Histogram(Histogram),
    /// Answers [`Request::Take`](super::Request::Take).
    Taken(Taken),
    /// Answers [`Request::Top`](super::Request::Top).
    Top(TopAnswer),
    /// A file cannot be read. The answer lacks its lines.
    Trouble(String),
}

/// Adjacent rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Oldest first in both directions. Parts of older pages are put before those that came
    /// earlier.
    pub records: Vec<Record>,
    /// Where the next page in this direction begins.
    pub reached: Place,
    /// Whether there are no more rows in this direction.
    pub is_at_end: bool,
    /// Whether the answer is complete. If not, more parts follow.
    pub is_complete: bool,
}

/// The nearest row that matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The row, or `None` if none was found so far.
    pub key: Option<Key>,
    /// How far the search got.
    pub reached: Place,
    /// Whether the search is over.
    pub is_complete: bool,
}

/// The hits of a search so far.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Hits {
    /// New hits, unordered. Nearer folders come first. At most `MOST_HITS` are reported in total.
    pub keys: Vec<Key>,
    /// The number of matching lines by stream so far. A mirrored copy counts in each of its
    /// streams.
    pub lines: Vec<u64>,
    /// Bytes searched so far.
    pub read: u64,
    /// Bytes to search.
    pub total: u64,
    /// Whether the search is over.
    pub is_complete: bool,
}

/// The records that were taken so far.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Taken {
    /// Their number.
    pub records: u64,
    /// The percentage of the range that was read.
    pub percent: u64,
    /// Whether there is no more to come.
    pub is_complete: bool,
    /// The text for the clipboard, unless it is too long.
    pub text: Option<String>,
    /// The line for the screen.
    pub line: Option<Arc<LogLine>>,
    /// Why it ended early.
    pub problem: Option<String>,
}

/// The number of records by time, stream and level so far.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Histogram {
    /// In order of time. Folders that have not been counted have empty buckets.
    pub buckets: Vec<Bucket>,
    /// Bytes counted so far.
    pub read: u64,
    /// Bytes to count.
    pub total: u64,
    /// Whether the count is complete.
    pub is_complete: bool,
}

/// The records of a time slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Their folder.
    pub folder: Folder,
    /// The start of the slice. It ends where the next begins.
    pub from: DateTime<Utc>,
    /// Records by stream. A mirrored copy counts in each of its streams.
    pub lines: Vec<u64>,
    /// Records by level: first those without a level, then by [`Level`](chronologix_schema::Level).
    /// In the whole answer, a mirrored record counts once.
    pub levels: [i64; 7],
    /// Records by stream that are errors. A mirrored copy counts in each of its streams.
    pub errors: Vec<u64>,
    /// Records by stream that the filter of the view takes, if it has one.
    pub hits: Vec<u64>,
}

impl Bucket {
    /// Returns an empty bucket.
    pub fn new(folder: Folder, from: DateTime<Utc>) -> Self {
        Self {
            folder,
            from,
            lines: Vec::new(),
            levels: [0; 7],
            errors: Vec::new(),
            hits: Vec::new(),
        }
    }
}

/// Adds to the count of a stream.
pub fn add_to(counts: &mut Vec<u64>, stream: StreamId, number: u64) {
    if counts.len() <= stream.index() {
        counts.resize(stream.index() + 1, 0);
    }
    counts[stream.index()] += number;
}

/// The least time between two answers that are not whole.
const REPORT_INTERVAL: Duration = Duration::from_millis(100);

/// When an answer that is not whole is due again.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReportPace(Instant);

impl Default for ReportPace {
    fn default() -> Self {
        Self(Instant::now() + REPORT_INTERVAL)
    }
}

impl ReportPace {
    /// Gives an answer, if it is due.
    pub(super) fn report(&mut self, report: impl FnOnce()) {
        let started = Instant::now();
        if started < self.0 {
            return;
        }
        report();
        // One that takes long is not given as often: other threads wait for it.
        let ended = Instant::now();
        self.0 = ended + REPORT_INTERVAL.max((ended - started) * 10);
    }
}
