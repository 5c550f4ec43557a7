//! The lock that keeps a folder from being removed: an advisory lock on the folder itself.
//!
//! Every logger that has prepared a folder holds the lock, shared with others. A logger that
//! removes the folder needs it exclusively. So no logger, in whatever process, loses a file that it
//! is about to write to.

use std::{
    fs::{self, File},
    io,
    path::Path,
    thread,
    time::Duration,
};

use rustix::{
    fs::{AtFlags, Dir, FileType, FlockOperation, OFlags, flock, statat, unlinkat},
    io::Errno,
};

use super::{id_of, open_beneath};
use crate::fs::traits::LockGuard;

/// Attempts to lock a folder that another logger is removing, a millisecond apart. Removing takes
/// less than that. A process that keeps the lock for longer is no logger, and is not waited for.
const ATTEMPTS: u32 = 20;

/// A file or folder with a lock on it.
#[derive(Debug)]
pub(crate) struct Flock(pub(super) File);

impl LockGuard for Flock {
    /// Other loggers have the lock shared, so it is taken exclusively meanwhile. A lock that could
    /// not be taken so may be lost by the attempt, and is taken again.
    fn while_alone(&self, alone: &mut dyn FnMut()) {
        if flock(&self.0, FlockOperation::NonBlockingLockExclusive).is_ok() {
            alone();
        }
        let _ = flock(&self.0, FlockOperation::NonBlockingLockShared);
    }
}

impl Flock {
    /// Takes the lock, or returns `None` if another process or guard has it.
    pub(super) fn try_exclusive(file: File) -> io::Result<Option<Self>> {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Self(file))),
            Err(Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl Drop for Flock {
    /// Closing the file would not be enough: a forked child has it open as well, and would keep the
    /// lock for as long as it lives.
    fn drop(&mut self) {
        let _ = flock(&self.0, FlockOperation::Unlock);
    }
}

/// Returns whether the file system has no such locks, or the system does not allow them.
pub(super) fn is_unknown(error: &io::Error) -> bool {
    let unknown = [
        Errno::NOLCK,
        Errno::NOSYS,
        Errno::NOTSUP,
        Errno::OPNOTSUPP,
        Errno::INVAL,
        Errno::PERM,
        Errno::ACCESS,
        // Where locks are those of `fcntl(2)`, an exclusive one needs a file open for writing, and
        // a folder never is.
        Errno::BADF,
    ];
    Errno::from_io_error(error).is_some_and(|error| unknown.contains(&error))
}

/// Locks a folder, shared. Fails with [`io::ErrorKind::NotFound`] if it was removed meanwhile.
pub(crate) fn lock_shared(folder: &Path) -> io::Result<Flock> {
    for _ in 0..ATTEMPTS {
        let file = open(folder)?;
        if flock(&file, FlockOperation::NonBlockingLockShared) == Err(Errno::WOULDBLOCK) {
            thread::sleep(Duration::from_millis(1));
            continue;
        }
        // After any other error, this file system has no such locks, and no logger removes folders.
        if id_of(&file.metadata()?) == id_of(&fs::symlink_metadata(folder)?) {
            return Ok(Flock(file));
        }
    }
    open(folder).map(Flock)
}

/// Removes a folder that is not locked and that has nothing in it but empty files named in `files`.
/// The files are looked at and removed in the folder that was opened, so another folder that takes
/// its place meanwhile stays as it is.
pub(crate) fn remove_if_empty(folder: &Path, files: &[&str]) -> io::Result<bool> {
    let Ok(Some(Flock(opened))) = &Flock::try_exclusive(open(folder)?) else {
        return Ok(false);
    };
    let mut empty = Vec::new();
    for entry in Dir::read_from(opened)? {
        let name = entry?.file_name().to_owned();
        if name.to_bytes() == b"." || name.to_bytes() == b".." {
            continue;
        }
        let stat = statat(opened, &name, AtFlags::SYMLINK_NOFOLLOW)?;
        let is_ours = files.iter().any(|file| name.to_bytes() == file.as_bytes());
        let is_file = FileType::from_raw_mode(stat.st_mode).is_file();
        if !is_ours || !is_file || stat.st_size > 0 {
            return Ok(false);
        }
        empty.push(name);
    }
    for name in empty {
        unlinkat(opened, &name, AtFlags::empty())?;
    }
    // Fails if another folder with something in it has taken its place.
    fs::remove_dir(folder)?;
    Ok(true)
}

/// Opens the folder, but not what a symlink in its place points to.
fn open(folder: &Path) -> io::Result<File> {
    open_beneath::open(folder, 1, OFlags::RDONLY | OFlags::DIRECTORY, 0)
}
