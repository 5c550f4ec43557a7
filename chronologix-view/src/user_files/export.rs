//! Creates the files of exports.

use std::{
    fmt, fs,
    io::{self, ErrorKind},
    path::Path,
};

#[cfg(test)]
mod tests;

/// Why a file was not written.
#[derive(Debug)]
pub(super) enum Problem {
    /// It would be inside the tree.
    InTree,
    /// The file exists.
    Exists,
    /// An I/O error.
    System(io::Error),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InTree => f.write_str("log trees are read-only; choose a path outside"),
            Self::Exists => f.write_str("file exists; choose another name"),
            Self::System(error) => error.fmt(f),
        }
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::AlreadyExists => Self::Exists,
            _ => Self::System(error),
        }
    }
}

/// Creates a new file outside of `base`.
pub(super) fn create(base: &Path, path: &Path) -> Result<fs::File, Problem> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let parent = fs::canonicalize(parent.unwrap_or(Path::new(".")))?;
    // A tree that does not exist contains nothing.
    if fs::canonicalize(base).is_ok_and(|base| parent.starts_with(base)) {
        return Err(Problem::InTree);
    }
    // The file must be new, so existing links are not followed.
    Ok(fs::File::create_new(path)?)
}
