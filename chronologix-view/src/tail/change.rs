//! What a follower tells.

use std::fmt;

use chronologix_schema::layout::{Folder, Manifest};

use super::file::Incident;
use crate::{
    line::{Key, LogLine},
    streams::Streams,
};

/// Something the viewer should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// The streams of the tree, and how it describes itself.
    Streams(Streams, Option<Manifest>),
    /// Everything is read from here on, and what was read before is to be forgotten. Earlier lines
    /// of these streams than the ones with these keys are left out.
    Opened(Vec<Key>),
    /// This is the current folder now.
    Current(Folder),
    /// Lines, in order of time.
    Lines(Vec<LogLine>),
    /// Something happened to the file with this name.
    Incident(Key, String, Incident),
    /// There is nothing to follow.
    Waiting(Waiting),
    /// File events are not to be had, for this reason; files are looked at regularly.
    Polling(String),
}

/// Why there is nothing to follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// The base folder does not exist.
    Missing,
    /// The base folder has no interval folders.
    Empty,
    /// The base folder cannot be read.
    Unreadable(String),
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("no such folder"),
            Self::Empty => f.write_str("no interval folders in it"),
            Self::Unreadable(reason) => write!(f, "cannot be read: {reason}"),
        }
    }
}

impl fmt::Display for Incident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("was cut short; reading it from its beginning"),
            Self::Replaced => f.write_str("was replaced; reading the new file"),
            Self::Rewritten => f.write_str("was written anew"),
            Self::Deleted => f.write_str("was deleted"),
            Self::Unreadable(reason) => write!(f, "cannot be read: {reason}"),
        }
    }
}
