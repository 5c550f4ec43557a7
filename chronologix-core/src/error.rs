//! What can go wrong.

use std::{
    error::Error as StdError,
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::ConfigError;

#[cfg(test)]
mod tests;

/// Why a logger could not be started or stopped.
///
/// ```
/// let error = chronologix_core::Config::new().interval("7h").start_blocking().unwrap_err();
/// assert!(matches!(error, chronologix_core::Error::Config(_)));
/// ```
///
/// Its `Debug` form is for people: what `main` prints when it returns this error. It is the text and the causes.
#[derive(Clone)]
#[non_exhaustive]
pub enum Error {
    /// The configuration is not valid. Nothing was created on disk.
    Config(ConfigError),
    /// The declaration is running already: stop that logger first.
    AlreadyStarted,
    /// The disk refused. The first such error, if there were several.
    Disk(DiskError),
    /// The writer thread could not be started.
    Thread(Arc<io::Error>),
    /// A hook did not do what it should. The first failure after a call that went well; [`Logger::hook_stats`](crate::Logger::hook_stats) counts all.
    Hook {
        /// The name of the hook.
        hook: String,
        /// What is wrong.
        why: String,
    },
    /// A stream was not known, or a record was not taken.
    Log(LogError),
}

/// Why a record was not written, or not known to be.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum LogError {
    /// No logger was started yet for this declaration.
    NotStarted,
    /// The logger was stopped.
    Stopped,
    /// There is no stream of this name.
    UnknownStream {
        /// The name that was asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// There was no room in the queue, and the stream drops records then.
    Dropped,
    /// The disk refused to write or to sync the record.
    Failed(DiskError),
}

/// What the disk refused: what was being done, to which path, and the cause as [`source`](StdError::source).
#[derive(Clone, Debug)]
pub struct DiskError(Arc<DiskFailure>);

#[derive(Debug)]
struct DiskFailure {
    doing: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl DiskError {
    /// `doing` completes "cannot".
    pub(crate) fn new(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self(Arc::new(DiskFailure {
            doing,
            path: path.to_owned(),
            source,
        }))
    }

    /// The file or folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// The operating system's kind of error.
    #[must_use]
    pub fn kind(&self) -> io::ErrorKind {
        self.0.source.kind()
    }

    /// What was being done.
    pub(crate) fn doing(&self) -> &'static str {
        self.0.doing
    }

    /// The operating system's number of the error, if it is one of its own.
    pub(crate) fn code(&self) -> Option<i32> {
        self.0.source.raw_os_error()
    }
}

impl fmt::Display for DiskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {} {}", self.0.doing, self.0.path.display())
    }
}

impl StdError for DiskError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0.source)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => error.fmt(f),
            Self::AlreadyStarted => {
                f.write_str("this declaration of streams is running already; stop its logger first")
            }
            Self::Disk(error) => error.fmt(f),
            Self::Thread(_) => f.write_str("cannot start the writer thread"),
            Self::Hook { hook, why } => write!(f, "hook {hook:?} failed: {why}"),
            Self::Log(error) => error.fmt(f),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            // These display the error inside as their own, so its source is theirs.
            Self::Config(error) => error.source(),
            Self::Disk(error) => error.source(),
            Self::Log(error) => error.source(),
            Self::Thread(error) => Some(&**error),
            Self::AlreadyStarted | Self::Hook { .. } => None,
        }
    }
}

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted => f.write_str("no logger was started for these streams"),
            Self::Stopped => f.write_str("the logger was stopped"),
            Self::UnknownStream { name, known } => {
                write!(
                    f,
                    "there is no stream {name:?}; the streams are {}",
                    known.join(", ")
                )
            }
            Self::Dropped => f.write_str("the queue was full and the record was dropped"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl StdError for LogError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Failed(error) => error.source(),
            _ => None,
        }
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<DiskError> for Error {
    fn from(error: DiskError) -> Self {
        Self::Disk(error)
    }
}

impl From<LogError> for Error {
    fn from(error: LogError) -> Self {
        Self::Log(error)
    }
}
