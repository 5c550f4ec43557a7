//! Changes that a follower reports.

use std::fmt;

use chronologix_schema::layout::{Folder, Manifest};

use super::file::Incident;
use crate::{
    line::{Key, LogLine},
    streams::Streams,
};

/// A change of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The streams and the manifest.
    Streams(Streams, Option<Manifest>),
    /// Everything has been read from these keys on, and earlier lines of these streams are left
    /// out. What was reported before is obsolete.
    Opened(Vec<Key>),
    /// The current folder.
    Current(Folder),
    /// Lines, in order of time.
    Lines(Vec<LogLine>),
    /// Last lines without a line end, of files that have not grown for a moment. The next line of
    /// the same stream and folder replaces each.
    Unfinished(Vec<LogLine>),
    /// An incident of the file with this name.
    Incident(Key, String, Incident),
    /// There is nothing to follow.
    Waiting(Waiting),
    /// Everything was read, and nothing can be added: all of it comes out of pipes that have ended.
    Ended,
    /// The tree is polled, because there are no file events for this reason.
    Polling(String),
}

/// Why there is nothing to follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// Nothing that was given exists.
    Missing,
    /// There are no logs in what was given.
    Empty,
    /// The base folder cannot be read.
    Unreadable(String),
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("no such file or directory"),
            Self::Empty => f.write_str("no interval folders and no log files"),
            Self::Unreadable(reason) => write!(f, "cannot be read: {reason}"),
        }
    }
}

impl fmt::Display for Incident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("was truncated; reading it from the beginning"),
            Self::Replaced => f.write_str("was replaced; reading the new file"),
            Self::Rewritten => f.write_str("was rewritten"),
            Self::Deleted => f.write_str("was deleted"),
            Self::Unreadable(reason) => write!(f, "cannot be read: {reason}"),
            Self::Damaged(what) => f.write_str(what),
        }
    }
}
