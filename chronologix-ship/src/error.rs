//! What ends a run, and the exit code it ends with.

use std::{error::Error, fmt, io, path::PathBuf};

use chronologix_schema::settings::ConfigError;

/// Why records cannot be sent. Nothing that was not answered is marked as sent.
///
/// Its `Debug` form is its text.
pub(crate) enum ShipError {
    /// Settings are wrong, or do not go together.
    Config(ConfigError),
    /// A file could not be read or written.
    Io {
        /// What was being done, such as `cannot write the cursor`.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The tree could not be read.
    Tree {
        /// The folder that was given.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The cursor file is not one, or belongs to another tree.
    Cursor {
        /// The cursor file.
        path: PathBuf,
        /// What is wrong with it, and what would be right.
        why: String,
    },
    /// Another process sends the records of this tree.
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// The receiver cannot be used as it is configured: its address, its certificate, its
    /// credentials.
    Receiver {
        /// The address.
        endpoint: String,
        /// What is wrong, and what to look at.
        why: String,
    },
    /// A file of a closed folder could not be read.
    #[cfg(feature = "objects")]
    Unreadable {
        /// Its folder and its name.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// A run to the end of the tree was stopped before it.
    Stopped,
    /// The address of `/metrics` cannot be used.
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

impl ShipError {
    /// Returns the exit code of the program: 2 if its settings are wrong, else 1.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) => 2,
            _ => 1,
        }
    }

    pub(crate) fn io(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            doing,
            path: path.into(),
            source,
        }
    }
}

impl fmt::Display for ShipError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => error.fmt(f),
            Self::Io { doing, path, .. } => write!(f, "{doing} {}", path.display()),
            Self::Tree { path, .. } => write!(f, "cannot read the tree {}", path.display()),
            Self::Cursor { path, why } => {
                write!(f, "the cursor {} cannot be used: {why}", path.display())
            }
            Self::Locked { path } => write!(
                f,
                "another process sends the records of this tree: it holds {}; \
                 stop it, or give this one a state folder of its own",
                path.display()
            ),
            Self::Receiver { endpoint, why } => write!(f, "cannot send to {endpoint}: {why}"),
            #[cfg(feature = "objects")]
            Self::Unreadable { file, .. } => write!(f, "cannot read {file}, which is not shipped"),
            Self::Stopped => {
                f.write_str("stopped before the end of the tree; the next run goes on from there")
            }
            Self::Listen { address, .. } => write!(f, "cannot listen on {address}"),
        }
    }
}

impl fmt::Debug for ShipError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for ShipError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io { source, .. } | Self::Listen { source, .. } => Some(source),
            #[cfg(feature = "objects")]
            Self::Unreadable { source, .. } => Some(source),
            Self::Tree { source, .. } => Some(&**source),
            _ => None,
        }
    }
}

impl From<ConfigError> for ShipError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}
