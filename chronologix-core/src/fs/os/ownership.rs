//! Which files are ours: regular files of this user that have one name. A second name may be that
//! of a file somewhere else, and a file of another user may be read and changed by that user.
//!
//! Some mounts map users: NFS with `root_squash`, SMB, 9p, `bindfs`. There, the files of this
//! process belong to another user than the process itself. Some file systems do not count names
//! either. A file that was just made with `O_EXCL` is ours by definition, so it shows how the
//! other files of ours look there.

use std::{
    fs::{self, File, Metadata},
    io,
    os::unix::fs::MetadataExt,
    path::Path,
};

use super::{open_to_append, temporary_beside};

#[cfg(test)]
mod tests;

/// How a file of ours looks on one mount.
struct Look {
    user: u32,
    names: u64,
}

impl Look {
    /// How it looks on almost every mount.
    fn usual() -> Self {
        Self {
            user: rustix::process::geteuid().as_raw(),
            names: 1,
        }
    }

    /// How it looks beside `path`, whose last `depth` names are below the base.
    fn beside(path: &Path, depth: usize) -> io::Result<Self> {
        let sample = temporary_beside(path);
        let metadata = open_to_append(&sample, depth, 0o600, true)?.metadata();
        let _ = fs::remove_file(&sample);
        let metadata = metadata?;
        Ok(Self {
            user: metadata.uid(),
            names: metadata.nlink(),
        })
    }

    fn fits(&self, user: u32, names: u64) -> bool {
        user == self.user && (names <= 1 || self.names > 1)
    }
}

/// Returns what was opened at `path`, if it is a file of ours; `may_have_names` says whether any
/// number of names will do. If it is not, fails with [`io::ErrorKind::InvalidInput`].
pub(super) fn opened(
    path: &Path,
    depth: usize,
    opened: io::Result<File>,
    may_have_names: impl Fn(&Metadata) -> bool,
) -> io::Result<File> {
    let found = match &opened {
        Ok(file) => file.metadata(),
        Err(_) => fs::symlink_metadata(path),
    };
    if let Ok(found) = found {
        let names = if may_have_names(&found) {
            1
        } else {
            found.nlink()
        };
        check(path, depth, &found, names)?;
    }
    opened
}

fn check(path: &Path, depth: usize, found: &Metadata, names: u64) -> io::Result<()> {
    if !found.is_file() {
        return Err(refusal("it is not a regular file"));
    }
    let theirs = found.uid();
    if Look::usual().fits(theirs, names) {
        return Ok(());
    }
    let ours = Look::beside(path, depth)?;
    if ours.fits(theirs, names) {
        return Ok(());
    }
    Err(refusal(&if theirs == ours.user {
        format!("it has {names} names, and may be a file somewhere else as well")
    } else if ours.user == Look::usual().user {
        format!(
            "it belongs to user {theirs}, and not to this user ({})",
            ours.user
        )
    } else {
        let mapped = ours.user;
        format!("it belongs to user {theirs}, and this mount gives our files to user {mapped}")
    }))
}

/// Returns who owns a folder in which everybody may remove our files, unless that is this user.
/// Where all is as usual, this only looks at the folder.
pub(super) fn foreign_owner(folder: &Path) -> Option<u32> {
    let found = fs::symlink_metadata(folder).ok()?;
    let is_open_to_all = found.mode() & 0o002 != 0;
    // In a sticky folder such as `/tmp`, everybody removes only files of their own.
    let is_sticky = found.mode() & 0o1000 != 0;
    let owner = found.uid();
    if !is_open_to_all || is_sticky || owner == Look::usual().user {
        return None;
    }
    let ours = Look::beside(&folder.join("owner"), 1).ok()?;
    (ours.user != owner).then_some(owner)
}

fn refusal(reason: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidInput,
        format!("{reason}; move it away"),
    )
}
