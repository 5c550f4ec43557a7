//! Where following goes on: what a program keeps between its runs.

use serde::{Deserialize, Serialize};

use crate::tree::TreeIdentity;

/// The version of the format that is kept.
pub(super) const VERSION: u32 = 1;

/// A position in a tree: behind every record that was returned. It can be kept, in JSON for one.
///
/// It names the tree, and the folders that may still get lines with the length that was read of
/// each of their files. Its size is bounded by these, not by the tree.
///
/// ```
/// use chronologix_reader::Cursor;
///
/// let kept = serde_json::to_string(&Cursor::start())?;
/// let cursor: Cursor = serde_json::from_str(&kept)?;
/// assert_eq!(cursor, Cursor::start());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowCursor {
    pub(super) version: u32,
    /// Where to begin, if nothing was read yet.
    pub(super) begin: Begin,
    /// The tree. `None` if nothing was read yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tree: Option<TreeIdentity>,
    /// The last folder of those before which nothing is read any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) before: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) folders: Vec<FolderProgress>,
}

/// Where following begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Begin {
    /// At the first record of the tree.
    Start,
    /// Behind the last one.
    End,
}

/// How much of a folder was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FolderProgress {
    pub(super) name: String,
    /// Whether all of it was read, and it is not expected to grow.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) is_finished: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) streams: Vec<StreamProgress>,
}

/// How much of a stream was read in a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StreamProgress {
    pub(super) name: String,
    /// The time of its last record, in nanoseconds since 1970.
    pub(super) time: i64,
    /// Files up to this number were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) closed: Option<u32>,
    pub(super) files: Vec<FileProgress>,
    /// The lines whose copies are still to come in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) copies: Vec<u64>,
}

/// How much of a file was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileProgress {
    pub(super) number: u32,
    /// The offset, uncompressed.
    pub(super) offset: u64,
    /// A hash of the bytes before the offset: another file with this name has others.
    pub(super) hash: u64,
    /// The length that was seen.
    pub(super) length: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for this")]
fn is_false(value: &bool) -> bool {
    !value
}

impl FollowCursor {
    /// Begins with the first record of the tree.
    #[must_use]
    pub fn start() -> Self {
        Self::beginning(Begin::Start)
    }

    /// Begins behind the last record that the tree has when it is followed.
    #[must_use]
    pub fn end() -> Self {
        Self::beginning(Begin::End)
    }

    fn beginning(begin: Begin) -> Self {
        Self {
            version: VERSION,
            begin,
            tree: None,
            before: None,
            folders: Vec::new(),
        }
    }
}
