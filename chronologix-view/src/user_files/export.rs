//! Lines to a file.

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
    /// It would lie in the tree.
    InTree,
    /// There is one already.
    Exists,
    /// The system refused.
    System(io::Error),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InTree => f.write_str("the tree is only read; choose a place outside"),
            Self::Exists => f.write_str("there is such a file already; choose another name"),
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

/// Writes text to a new file that does not lie in `base`, by whatever name.
pub(super) fn write(base: &Path, path: &Path, text: &str) -> Result<(), Problem> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let parent = fs::canonicalize(parent.unwrap_or(Path::new(".")))?;
    // A tree that does not exist has nothing in it.
    if fs::canonicalize(base).is_ok_and(|base| parent.starts_with(base)) {
        return Err(Problem::InTree);
    }
    // A link that is there already is not followed, since the file must be a new one.
    let mut file = fs::File::create_new(path)?;
    file.write_all(text.as_bytes())?;
    Ok(())
}
