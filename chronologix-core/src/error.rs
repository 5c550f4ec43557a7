//! What calls return when they fail, and what is reported of failures in the background.

use std::{
    error::Error as StdError,
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::ConfigError;

#[cfg(test)]
mod tests;

/// Why a call failed: a logger could not be started or stopped, or a stream is unknown.
///
/// Its `Debug` form is its text and its causes, because that is what a `main` that returns the
/// error prints. The same is true of every error of this crate.
///
/// ```
/// # use chronologix_core as chronologix;
/// let error = chronologix::Config::new().interval("7h").start_blocking().unwrap_err();
/// assert!(matches!(error, chronologix::Error::Config(_)));
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub enum Error {
    /// The configuration is invalid. Nothing was created on disk.
    Config(ConfigError),
    /// A logger for these declared streams is already running. It must be stopped first.
    AlreadyStarted,
    /// An operation on a file or folder failed. The first such error, if there were several.
    Disk(DiskError),
    /// The writer thread could not be started.
    Thread(Arc<io::Error>),
    /// A stream is unknown, or a record was not taken.
    Log(LogError),
}

/// What went wrong in the background, where no call could return it. Only
/// [`Config::on_error`](crate::Config::on_error) gets it. Its `Debug` form is its text and its
/// causes.
#[derive(Clone)]
#[non_exhaustive]
pub enum Incident {
    /// An operation on a file or folder failed.
    Disk(DiskError),
    /// A call of a hook failed, panicked or timed out. Reported for the first failure after a
    /// successful call; [`Logger::hook_stats`](crate::Logger::hook_stats) counts all.
    Hook {
        /// The name of the hook.
        hook: String,
        /// Why the call failed.
        reason: String,
    },
    /// A settings file that is watched for levels became invalid. The levels stay as they are.
    Config(ConfigError),
    /// The writer thread of a forked child could not be started.
    Thread(Arc<io::Error>),
}

/// Why a record was not written, or is not known to be. Its `Debug` form is its text and its
/// causes.
#[derive(Clone)]
#[non_exhaustive]
pub enum LogError {
    /// No logger has been started for these declared streams.
    NotStarted,
    /// The logger was stopped.
    Stopped,
    /// There is no stream of this name.
    UnknownStream {
        /// The name that was given.
        name: String,
        /// The streams of the logger.
        known: Vec<String>,
    },
    /// The queue was full, and the stream's overflow is `drop`.
    Dropped,
    /// The record was made while its thread made another one, as by an allocator or by a signal
    /// handler that logs, and the thread would have waited for itself.
    Nested,
    /// The record could not be written or synced.
    Failed(DiskError),
}

/// An operation on a file or folder that failed: what was being done, to which path, and the cause
/// as [`source`](StdError::source). Its `Debug` form is its text and its cause.
#[derive(Clone)]
pub struct DiskError(Arc<DiskFailure>);

struct DiskFailure {
    doing: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl DiskError {
    /// Creates an error whose text is "cannot", `doing` and the path.
    pub(crate) fn new(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self(Arc::new(DiskFailure {
            doing,
            path: path.to_owned(),
            source,
        }))
    }

    /// Returns the file or folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Returns the operating system's kind of error.
    #[must_use]
    pub fn kind(&self) -> io::ErrorKind {
        self.0.source.kind()
    }

    /// Returns what was being done.
    pub(crate) fn doing(&self) -> &'static str {
        self.0.doing
    }

    /// Returns the operating system's number of the error, if it has one.
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

/// Implements `Debug`: an error and its causes.
macro_rules! debug_as_chain {
    ($($error:ty),*) => {$(
        impl fmt::Debug for $error {
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
    )*};
}

debug_as_chain!(Error, Incident, LogError, DiskError);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => error.fmt(f),
            Self::AlreadyStarted => {
                f.write_str("a logger for these streams is already running; stop it first")
            }
            Self::Disk(error) => error.fmt(f),
            Self::Thread(_) => f.write_str("cannot start the writer thread"),
            Self::Log(error) => error.fmt(f),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            // `Display` shows the error inside, so its source comes next.
            Self::Config(error) => error.source(),
            Self::Disk(error) => error.source(),
            Self::Log(error) => error.source(),
            Self::Thread(error) => Some(&**error),
            Self::AlreadyStarted => None,
        }
    }
}

impl fmt::Display for Incident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(error) => error.fmt(f),
            Self::Hook { hook, reason } => write!(f, "hook {hook:?} failed: {reason}"),
            Self::Config(error) => error.fmt(f),
            Self::Thread(_) => f.write_str("cannot start the writer thread"),
        }
    }
}

impl StdError for Incident {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Config(error) => error.source(),
            Self::Disk(error) => error.source(),
            Self::Thread(error) => Some(&**error),
            Self::Hook { .. } => None,
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
            Self::Dropped => f.write_str("the record was dropped because the queue was full"),
            Self::Nested => f.write_str("the record was made while its thread made another one"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl StdError for LogError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let Self::Failed(error) = self else {
            return None;
        };
        error.source()
    }
}

macro_rules! from_inner {
    ($($inner:ty => $variant:ident),*) => {$(
        impl From<$inner> for Error {
            fn from(error: $inner) -> Self {
                Self::$variant(error)
            }
        }
    )*};
}

from_inner!(ConfigError => Config, DiskError => Disk, LogError => Log);
