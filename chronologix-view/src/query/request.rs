//! What the screen asks of the query service.

use chrono::{DateTime, Utc};
use chronologix_schema::Level;

use super::{filter::View, pattern::Pattern};
use crate::line::Key;

/// Names one question, so that answers to an older one can be told apart and dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct QueryId(pub(crate) u64);

/// A request with the name its answers will bear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Query {
    /// Chosen by whoever asks; a later question has a higher one.
    pub(crate) id: QueryId,
    /// What is asked.
    pub(crate) request: Request,
}

/// Something to be looked up in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// The rows next to a place, answered by [`Answer::Page`](super::Answer::Page). A jump in time
    /// is a page of newer rows from [`Place::Time`], the very first line one from
    /// [`Place::Beginning`].
    Page {
        /// What counts as a row.
        view: View,
        /// Where the rows begin. A row that lies at this very place is not among them.
        from: Place,
        /// To which side of the place.
        direction: Direction,
        /// How many rows, if there are as many.
        rows: usize,
        /// How many rows before and behind one that the filter takes are wanted as well.
        context: usize,
    },
    /// The nearest row of a kind, answered by [`Answer::Found`](super::Answer::Found): the next
    /// error, the match before.
    Find {
        /// What counts as a row.
        view: View,
        /// What the row must be.
        target: Target,
        /// Where to begin. A row that lies at this very place does not count.
        from: Place,
        /// To which side of the place.
        direction: Direction,
    },
    /// All lines that match, answered by several [`Answer::Hits`](super::Answer::Hits) as they are
    /// found.
    Search {
        /// What counts as a row.
        view: View,
        /// What is looked for.
        pattern: Pattern,
        /// Folders near this place are searched first.
        near: Place,
    },
    /// How many lines there are by time, stream and level, answered by several
    /// [`Answer::Histogram`](super::Answer::Histogram), each of which replaces the one before.
    Histogram {
        /// Of which streams, and which lines count as hits.
        view: View,
    },
}

/// What a [`Request::Find`] looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A line that matches.
    Match(Pattern),
    /// A line of at least this level.
    Level(Level),
}

/// A place in the timeline of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Before the first line.
    Beginning,
    /// After the last line.
    End,
    /// Before the first line of this time or later.
    Time(DateTime<Utc>),
    /// At the row with this key.
    Row(Key),
}

/// To which side of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Direction {
    /// Towards the beginning of the tree.
    Older,
    /// Towards its end.
    Newer,
}

/// Of the questions of one kind only the newest is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum RequestKind {
    /// [`Request::Page`].
    Page,
    /// [`Request::Find`].
    Find,
    /// [`Request::Search`].
    Search,
    /// [`Request::Histogram`].
    Histogram,
}

impl Request {
    /// Which older questions this one makes obsolete.
    pub(crate) fn kind(&self) -> RequestKind {
        match self {
            Self::Page { .. } => RequestKind::Page,
            Self::Find { .. } => RequestKind::Find,
            Self::Search { .. } => RequestKind::Search,
            Self::Histogram { .. } => RequestKind::Histogram,
        }
    }
}
