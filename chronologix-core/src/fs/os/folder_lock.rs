//! Who means to write in a folder: an advisory lock on the folder itself.
//!
//! Every logger that made a folder ready holds it, shared with others; a logger that removes it must have it to itself. So
//! nobody loses a file that is about to be written to, whatever process the other logger is in.

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

use super::{identity_of, open_beneath};
use crate::fs::traits::LockGuard;

/// How often a folder is looked at that another logger is just removing, a millisecond apart. That is over at once; whoever
/// keeps the lock for longer is no logger, and not waited for.
const TRIES: u32 = 20;

/// An open file or folder with a lock on it.
#[derive(Debug)]
pub(crate) struct Flock(File);

impl LockGuard for Flock {}

impl Flock {
    pub(crate) fn new(file: File) -> Self {
        Self(file)
    }
}

impl Drop for Flock {
    /// Closing it would not do: a forked child has the file open as well, and the lock would last as long as the child.
    fn drop(&mut self) {
        let _ = flock(&self.0, FlockOperation::Unlock);
    }
}

/// Holds a folder. [`io::ErrorKind::NotFound`] if it was removed meanwhile.
pub(crate) fn hold(folder: &Path) -> io::Result<Flock> {
    for _ in 0..TRIES {
        let file = open(folder)?;
        if flock(&file, FlockOperation::NonBlockingLockShared) == Err(Errno::WOULDBLOCK) {
            thread::sleep(Duration::from_millis(1));
            continue;
        }
        // Any other error: there are no such locks here, and so nobody removes the folder either.
        if identity_of(&file.metadata()?) == identity_of(&fs::symlink_metadata(folder)?) {
            return Ok(Flock::new(file));
        }
    }
    open(folder).map(Flock::new)
}

/// Removes a folder that nobody holds and that has nothing in it but empty files named in `files`. Whatever takes its place meanwhile stays
/// as it is: the files are looked at and removed in the folder that was opened.
pub(crate) fn remove_if_empty(folder: &Path, files: &[&str]) -> io::Result<bool> {
    let alone = open(folder)?;
    if flock(&alone, FlockOperation::NonBlockingLockExclusive).is_err() {
        return Ok(false);
    }
    let Flock(alone) = &Flock::new(alone);
    let mut empty = Vec::new();
    for entry in Dir::read_from(alone)? {
        let name = entry?.file_name().to_owned();
        if name.to_bytes() == b"." || name.to_bytes() == b".." {
            continue;
        }
        let stat = statat(alone, &name, AtFlags::SYMLINK_NOFOLLOW)?;
        let is_ours = files.iter().any(|file| name.to_bytes() == file.as_bytes());
        let is_file = FileType::from_raw_mode(stat.st_mode).is_file();
        if !is_ours || !is_file || stat.st_size > 0 {
            return Ok(false);
        }
        empty.push(name);
    }
    for name in empty {
        unlinkat(alone, &name, AtFlags::empty())?;
    }
    // It fails if the folder is another one by now, and has something in it.
    fs::remove_dir(folder)?;
    Ok(true)
}

/// The folder, but not what a symlink in its place points to.
fn open(folder: &Path) -> io::Result<File> {
    open_beneath::open(folder, 1, OFlags::RDONLY | OFlags::DIRECTORY, 0)
}
