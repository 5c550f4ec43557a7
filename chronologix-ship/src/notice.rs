//! What a run says while it goes on: each kind once, until it has gone well again.

use std::{fmt, path::PathBuf, time::Duration};

use chronologix_schema::settings::quantity::format_duration;

/// Something that an operator should know.
///
/// Its text is one line without a full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// The receiver does not answer, or asks for patience. It is waited for.
    Away {
        /// Its address.
        endpoint: String,
        /// What happened.
        why: String,
    },
    /// The receiver answers again.
    Back {
        /// Its address.
        endpoint: String,
        /// How long it was waited for.
        after: Duration,
    },
    /// The receiver refused records, which were written to a file.
    SetAside {
        /// Their number.
        records: usize,
        /// The HTTP status.
        status: u16,
        /// What the receiver says.
        message: String,
        /// The file.
        path: PathBuf,
    },
    /// The receiver took a request and dropped some of its records.
    Rejected {
        /// Their number; 0 for a warning.
        records: u64,
        /// What the receiver says.
        message: String,
    },
    /// A folder cannot be shipped as it is.
    #[cfg(feature = "objects")]
    #[allow(dead_code, reason = "the command that reports it is not here yet")]
    NotShipped(String),
    /// A part of the tree could not be read. What follows is sent all the same.
    Unread {
        /// What it was.
        incident: String,
    },
    /// The run was stopped before the receiver answered.
    Unanswered {
        /// Records of the last request. They are sent again by the next run.
        records: usize,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Away { endpoint, why } => {
                write!(f, "{endpoint} does not take records: {why}; trying again")
            }
            Self::Back { endpoint, after } => {
                let seconds = Duration::from_secs(after.as_secs());
                write!(
                    f,
                    "{endpoint} takes records again, after {}",
                    format_duration(seconds)
                )
            }
            Self::SetAside {
                records,
                status,
                message,
                path,
            } => write!(
                f,
                "the receiver refused {records} records with status {status} ({message}); \
                 they are in {}",
                path.display()
            ),
            Self::Rejected {
                records: 0,
                message,
            } => write!(f, "the receiver took a request with a warning: {message}"),
            Self::Rejected { records, message } => {
                write!(
                    f,
                    "the receiver dropped {records} records of a request: {message}"
                )
            }
            #[cfg(feature = "objects")]
            Self::NotShipped(why) => f.write_str(why),
            Self::Unread { incident } => f.write_str(incident),
            Self::Unanswered { records } => write!(
                f,
                "stopped before the receiver answered; the next run sends {records} records again"
            ),
        }
    }
}
