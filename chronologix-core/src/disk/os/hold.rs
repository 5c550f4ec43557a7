//! Who means to write in a folder: an advisory lock on the folder itself.
//!
//! Every logger that made a folder ready holds it, shared with others; a logger that removes it must have it to itself. So
//! nobody loses a file that is about to be written to, whatever process the other logger is in.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::Path,
    thread,
    time::Duration,
};

use rustix::{
    fs::{FlockOperation, OFlags, flock},
    io::Errno,
};

use super::identity_of;

/// How often a folder is looked at that another logger is just removing, a millisecond apart. That is over at once; whoever
/// keeps the lock for longer is no logger, and not waited for.
const TRIES: u32 = 20;

/// Holds a folder. [`io::ErrorKind::NotFound`] if it was removed meanwhile.
pub(super) fn hold(folder: &Path) -> io::Result<File> {
    for _ in 0..TRIES {
        let file = open(folder)?;
        if flock(&file, FlockOperation::NonBlockingLockShared) == Err(Errno::WOULDBLOCK) {
            thread::sleep(Duration::from_millis(1));
            continue;
        }
        // Any other error: there are no such locks here, and so nobody removes the folder either.
        if identity_of(&file.metadata()?) == identity_of(&fs::symlink_metadata(folder)?) {
            return Ok(file);
        }
    }
    open(folder)
}

/// Takes a folder that nobody holds, for as long as the file lives.
pub(super) fn take(folder: &Path) -> io::Result<Option<File>> {
    let file = open(folder)?;
    Ok(flock(&file, FlockOperation::NonBlockingLockExclusive)
        .is_ok()
        .then_some(file))
}

/// Never through a symlink.
fn open(folder: &Path) -> io::Result<File> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW;
    OpenOptions::new()
        .read(true)
        .custom_flags(i32::try_from(flags.bits()).unwrap_or_default())
        .open(folder)
}
