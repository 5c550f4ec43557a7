//! What happened to files that were followed.

use std::{fmt, path::PathBuf};

/// Something that happened to a file or a folder, by which records may be missing.
///
/// Its text is a whole sentence, with the path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FollowIncident {
    /// The path.
    pub path: PathBuf,
    /// What happened.
    pub kind: IncidentKind,
    /// How many bytes were there and had not been read. `None` if that is not known.
    pub lost_bytes: Option<u64>,
}

/// What happened to a file or a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IncidentKind {
    /// It was deleted before all of it was read.
    Deleted,
    /// It was cut, and is read from its beginning.
    Truncated,
    /// Another file has its name, which is read from its beginning.
    Replaced,
    /// It cannot be read for this reason. It is tried again.
    Unreadable(String),
    /// This is wrong with it. What can be read of it is.
    Damaged(String),
    /// The folder appeared so late that it is not read: many later ones were read before.
    LateFolder,
}

impl fmt::Display for FollowIncident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.kind {
            IncidentKind::Deleted => write!(f, "{path} was deleted before all of it was read")?,
            IncidentKind::Truncated => {
                write!(f, "{path} was cut, and is read from its beginning")?;
            }
            IncidentKind::Replaced => {
                write!(
                    f,
                    "{path} is another file now, and is read from its beginning"
                )?;
            }
            IncidentKind::Unreadable(why) => write!(f, "{path} cannot be read: {why}")?,
            IncidentKind::Damaged(what) => write!(f, "{path} {what}")?,
            IncidentKind::LateFolder => write!(
                f,
                "{path} appeared after many later folders were read, and is not read"
            )?,
        }
        match self.lost_bytes {
            Some(0) => Ok(()),
            Some(1) => f.write_str("; 1 byte is lost"),
            Some(bytes) => write!(f, "; {bytes} bytes are lost"),
            None if self.kind == IncidentKind::Deleted => {
                f.write_str("; how much is lost is not known")
            }
            None => Ok(()),
        }
    }
}
