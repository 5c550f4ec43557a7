//! Requests to the query service.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use chronologix_schema::Level;

use super::{filter::View, line_regex::LineRegex, top::Top};
use crate::line::Key;

/// The id of a query. Replies carry it, so that replies to older queries can be dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct QueryId(pub u64);

/// A request with its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Chosen by the caller. Later queries have higher ids.
    pub id: QueryId,
    /// The request.
    pub request: Request,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Rows next to a place. Answered by [`Answer::Page`](super::Answer::Page).
    ///
    /// A jump to a time is a page of newer rows from [`Place::Time`]. The first line of the tree is
    /// a page from [`Place::Beginning`].
    Page {
        /// Streams and filter.
        view: View,
        /// Where the rows begin. A row at this place is excluded.
        from: Place,
        /// The direction from the place.
        direction: Direction,
        /// The number of rows.
        rows: usize,
        /// The number of context rows around each row that the filter takes.
        context: usize,
    },
    /// The nearest row that matches. Answered by [`Answer::Found`](super::Answer::Found).
    Find {
        /// Streams and filter.
        view: View,
        /// What the row must be.
        target: Target,
        /// Where to begin. A row at this place is excluded.
        from: Place,
        /// The direction from the place.
        direction: Direction,
    },
    /// All lines that match. Answered by several [`Answer::Hits`](super::Answer::Hits).
    Search {
        /// Streams and filter.
        view: View,
        /// The pattern.
        pattern: LineRegex,
        /// Folders near this place are searched first.
        near: Place,
    },
    /// The number of lines by time, stream and level. Answered by several
    /// [`Answer::Histogram`](super::Answer::Histogram), each of which replaces the last.
    Histogram {
        /// The streams, and the filter of the lines that count as hits.
        view: View,
    },
    /// The values of a field, the records with the largest numbers in it, or the patterns of
    /// messages. Answered by several [`Answer::Top`](super::Answer::Top). Each replaces the last.
    Top {
        /// Streams and filter.
        view: View,
        /// The question.
        top: Top,
    },
    /// All records of a range, in order. Answered by several
    /// [`Answer::Taken`](super::Answer::Taken).
    Take {
        /// The range.
        range: RecordRange,
        /// Where the records go.
        to: Destination,
    },
}

/// Records between two places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRange {
    /// Streams and filter.
    pub view: View,
    /// The number of context rows around each row that the filter takes.
    pub context: usize,
    /// The first lines of the first and of the last record, or `None` for the whole tree.
    pub keys: Option<(Key, Key)>,
}

/// Where the records of a range go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// To a new file.
    File(PathBuf),
    /// To the clipboard.
    Clipboard,
    /// Nowhere: they are counted.
    Nowhere,
    /// To the screen: the first line in full.
    Screen,
}

/// The target of a [`Request::Find`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A line that matches.
    Match(LineRegex),
    /// A line of at least this level.
    Level(Level),
}

/// A place in the timeline of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before the first line of the tree.
    Beginning,
    /// After the last line of the tree.
    End,
    /// Before the first line of this time or later.
    Time(DateTime<Utc>),
    /// At the line with this key.
    Row(Key),
}

/// A direction in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Towards the beginning of the tree.
    Older,
    /// Towards the end of the tree.
    Newer,
}

/// The kind of a request. Only the newest query of each kind is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// [`Request::Page`].
    Page,
    /// [`Request::Find`].
    Find,
    /// [`Request::Search`].
    Search,
    /// [`Request::Histogram`].
    Histogram,
    /// [`Request::Top`].
    Top,
    /// [`Request::Take`] to a file or the clipboard.
    Export,
    /// [`Request::Take`] that only counts.
    Count,
    /// [`Request::Take`] of a line in full.
    WholeLine,
}

impl Request {
    /// Returns the kind of the request.
    pub fn kind(&self) -> RequestKind {
        match self {
            Self::Page { .. } => RequestKind::Page,
            Self::Find { .. } => RequestKind::Find,
            Self::Search { .. } => RequestKind::Search,
            Self::Histogram { .. } => RequestKind::Histogram,
            Self::Top { .. } => RequestKind::Top,
            Self::Take {
                to: Destination::Nowhere,
                ..
            } => RequestKind::Count,
            Self::Take {
                to: Destination::Screen,
                ..
            } => RequestKind::WholeLine,
            Self::Take { .. } => RequestKind::Export,
        }
    }
}
