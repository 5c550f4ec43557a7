//! Which tree it is, so that positions in one are not used in another.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use serde_json::{Value, json};

/// The identity of the base folder of a tree. It stays when the tree is moved on its disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TreeIdentity {
    /// Where it was. For messages only.
    pub path: PathBuf,
    /// The inode of the folder, if the system has them.
    node: Option<u64>,
    /// When the folder was created, in nanoseconds since 1970, if the file system knows.
    created: Option<u64>,
}

impl TreeIdentity {
    /// Returns the identity of the tree in this folder.
    pub(crate) fn of(base: &Path) -> io::Result<Self> {
        let path = fs::canonicalize(base)?;
        let found = fs::metadata(&path)?;
        let created = found.created().ok();
        let created = created.and_then(|created| created.duration_since(UNIX_EPOCH).ok());
        #[cfg(unix)]
        let node = Some(std::os::unix::fs::MetadataExt::ino(&found));
        #[cfg(not(unix))]
        let node = None;
        Ok(Self {
            path,
            node,
            created: created.and_then(|created| u64::try_from(created.as_nanos()).ok()),
        })
    }

    /// Returns what is kept of it.
    pub(crate) fn to_json(&self) -> Value {
        json!({"path": self.path.to_string_lossy(), "node": self.node, "created": self.created})
    }

    /// Returns what was kept. `None` if that is not what [`TreeIdentity::to_json`] returns.
    pub(crate) fn of_json(value: &Value) -> Option<Self> {
        Some(Self {
            path: value.get("path")?.as_str()?.into(),
            node: value.get("node")?.as_u64(),
            created: value.get("created")?.as_u64(),
        })
    }

    /// Returns whether both are of one tree. What one of them does not know is not compared.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let agree = |one: Option<u64>, other: Option<u64>| match (one, other) {
            (Some(one), Some(other)) => Some(one == other),
            _ => None,
        };
        let known = [
            agree(self.node, other.node),
            agree(self.created, other.created),
        ];
        let mut known = known.into_iter().flatten().peekable();
        match known.peek() {
            Some(_) => known.all(|is_same| is_same),
            None => self.path == other.path,
        }
    }
}
