//! Writes lines to a new file.

use std::{
    fmt, fs,
    io::{self, ErrorKind, Write as _},
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

/// Writes text to a new file outside of `base`.
pub(super) fn write(base: &Path, path: &Path, text: &str) -> Result<(), Problem> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let parent = fs::canonicalize(parent.unwrap_or(Path::new(".")))?;
    // A tree that does not exist contains nothing.
    if fs::canonicalize(base).is_ok_and(|base| parent.starts_with(base)) {
        return Err(Problem::InTree);
    }
    // The file must be new, so existing links are not followed.
    let mut file = fs::File::create_new(path)?;
    file.write_all(text.as_bytes())?;
    Ok(())
}
