//! What can go wrong when a tree is read as a whole.

use std::{error::Error, fmt, io, path::PathBuf};

/// An error of a log tree. Its text names the path; its `Debug` form is its text with the cause.
#[non_exhaustive]
pub enum TreeError {
    /// The path cannot be read.
    Unreadable {
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The path is no log tree, and only trees can be followed.
    NotATree {
        /// The path.
        path: PathBuf,
    },
    /// The cursor was kept of another tree.
    OtherTree {
        /// The path of the tree.
        path: PathBuf,
        /// Where the tree of the cursor was.
        cursor: PathBuf,
    },
    /// The cursor was kept by a newer version of this crate.
    NewerCursor {
        /// The version of its format.
        version: u32,
    },
    /// The tree is not sealed, so that there is nothing to verify.
    NotSealed {
        /// The path of the tree.
        path: PathBuf,
    },
    /// A part of the tree cannot be read. What follows is read all the same.
    Incomplete {
        /// The path of the tree.
        path: PathBuf,
        /// What cannot be read, and why.
        problem: String,
    },
}

impl TreeError {
    /// Returns whether a cursor was refused, because it was kept of another tree.
    #[must_use]
    pub fn is_other_tree(&self) -> bool {
        matches!(self, Self::OtherTree { .. })
    }
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, .. } => write!(f, "cannot read {}", path.display()),
            Self::NotATree { path } => write!(
                f,
                "cannot follow {}: it has neither .chronologix.json nor interval folders; \
                 name the base folder of a log tree",
                path.display()
            ),
            Self::OtherTree { path, cursor } => write!(
                f,
                "cannot continue in {}: the cursor was kept of another tree, at {}; \
                 start with a new cursor",
                path.display(),
                cursor.display()
            ),
            Self::NewerCursor { version } => write!(
                f,
                "cannot use a cursor of format {version}: this version reads format 1; \
                 update this program, or start with a new cursor"
            ),
            Self::NotSealed { path } => write!(
                f,
                "cannot verify {}: it has no seals; `seal = true` in the settings of its logger \
                 seals folders as they are closed",
                path.display()
            ),
            Self::Incomplete { path, problem } => {
                write!(f, "cannot read all of {}: {problem}", path.display())
            }
        }
    }
}

impl fmt::Debug for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.source() {
            Some(cause) => write!(f, "{self}: {cause}"),
            None => write!(f, "{self}"),
        }
    }
}

impl Error for TreeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unreadable { source, .. } => Some(source),
            _ => None,
        }
    }
}
